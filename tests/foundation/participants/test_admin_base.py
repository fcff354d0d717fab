"""Lists of the admin: what no stored text holds is refused before the database would."""

import pytest
from django.contrib import admin
from django.urls import reverse

from foundation.participants.admin_base import ReadOnlyAdmin
from tests.factories import World

PAGES = sorted(m._meta.label_lower for m, page in admin.site._registry.items() if isinstance(page, ReadOnlyAdmin))


@pytest.mark.django_db
def test_nul_in_a_list_is_a_bad_request() -> None:
    client = World().exchange.admin
    assert "jobs.job" in PAGES
    for label in PAGES:
        url = reverse(f"admin:{label.replace('.', '_')}_changelist")
        for query in ("state=%00", "q=a%00b", "id__exact=%00"):
            assert client.get(f"{url}?{query}").status_code == 400, (label, query)
