"""A check of stored rows: authorities of sectors that no listing can be of."""

from collections.abc import Sequence
from typing import Any

from django.core import checks
from django.core.checks import CheckMessage, Tags, register
from django.db import connection

from foundation.participants import sectors
from foundation.participants.models import OrganisationRole, Role


@register(Tags.database)
def authorities_have_known_sectors(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """participants.W001 for each claimed or confirmed authority of an unknown sector: nobody would ever ask it.

    Asked for by `manage.py check --database default` and by `migrate`.
    """
    if not databases or OrganisationRole._meta.db_table not in connection.introspection.table_names():
        return []
    strange = OrganisationRole.objects.filter(role=Role.SECTOR_AUTHORITY).exclude(sector__in=sectors.known())
    known = ", ".join(sorted(sectors.known()))
    return [
        checks.Warning(
            f"organisation {row.organisation_id} is the authority of the sector '{row.sector}', which no listing is of",
            hint=f"manage.py correct_sector {row.organisation_id} '{row.sector}' SECTOR, with SECTOR one of: {known}",
            id="participants.W001",
        )
        for row in strange.order_by("organisation_id", "sector")
    ]
