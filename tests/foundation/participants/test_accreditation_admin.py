"""Accreditations in the admin: the page says what is claimed, the buttons call services, nobody slips past them."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from foundation.participants.models import Accreditation
from tests.factories import Party, World
from tests.foundation.participants.certified import claimed, confirmed, day

REASON = 'name="reason"'


@pytest.fixture
def world(db: None) -> World:
    return World()


def _page(row: Accreditation, party: Party) -> str:
    address = reverse("admin:participants_accreditation_change", args=[row.pk])
    return party.admin.get(address, headers={"Accept-Language": "en"}).content.decode()


def _press(row: Accreditation, party: Party, event: str, **said: str) -> tuple[int, list[str]]:
    """The answer's status, and the newest message."""
    address = reverse("admin:participants_accreditation_action", args=[row.pk, event])
    answer = party.admin.post(address, said, headers={"Accept-Language": "en"})
    return answer.status_code, [str(message) for message in get_messages(answer.wsgi_request)][-1:]


def _buttons(row: Accreditation, party: Party) -> set[str]:
    page = _page(row, party)
    return {
        event
        for event in ("confirm", "refuse", "revoke", "expire", "supersede", "withdraw")
        if f'action="{reverse("admin:participants_accreditation_action", args=[row.pk, event])}"' in page
    }


def test_the_page_says_what_is_claimed_and_what_would_be_superseded(world: World) -> None:
    older = confirmed(world, world.provider)
    row = claimed(world.provider, number="DSMM-9", level=4, scope="The data platform")
    page = _page(row, world.reviewer)
    for part in (
        "Data security capability maturity (DSMM)",
        "GB/T 37988-2019 (R)",
        "Dalian Data Company",
        "4 quantitatively controlled",
        "The data platform",
        "DSMM-9",
        f"{older.pk}: 3 well defined, {day(-30)} – {day(335)}, confirmed",
    ):
        assert part in page
    assert 'name="_save"' not in page
    answer = world.reviewer.admin.get(reverse("admin:participants_accreditation_changelist"), {"kind": row.kind})
    assert answer.content.decode().count("Dalian Data Company") == 2
    answer = world.reviewer.admin.get(
        reverse("admin:participants_accreditation_changelist"), {"kind": "classified_protection"}
    )
    assert "Dalian Data Company" not in answer.content.decode()
    organisation = reverse("admin:participants_organisation_change", args=[world.provider.organisation_id])
    shown = world.reviewer.admin.get(organisation, headers={"Accept-Language": "en"}).content.decode()
    assert shown.count("Data security capability maturity (DSMM)") >= 2
    assert reverse("admin:participants_accreditation_change", args=[row.pk]) in shown


def test_the_buttons_are_those_that_the_state_allows(world: World) -> None:
    row = claimed(world.provider)
    assert _buttons(row, world.reviewer) == {"confirm", "refuse"}
    assert _press(row, world.reviewer, "confirm") == (302, ["Done."])
    assert _buttons(row, world.reviewer) == {"revoke"}
    status, (said,) = _press(row, world.reviewer, "revoke")
    assert (status, said) == (302, "State the reason: the organisation will read it.")
    assert _press(row, world.reviewer, "revoke", reason="Forged.") == (302, ["Done."])
    assert _buttons(row, world.reviewer) == set()
    row.refresh_from_db()
    assert (row.state, row.state_reason) == ("revoked", "Forged.")
    status, (said,) = _press(row, world.reviewer, "confirm")
    assert said == "Accreditation: 'confirm' is not possible in state 'revoked'."


def test_nobody_slips_past_the_buttons(world: World) -> None:
    row = claimed(world.provider)
    assert _press(row, world.auditor, "confirm") == (302, ["Only the exchange may do this."])
    assert _press(row, world.provider, "confirm")[0] == 302  # to signing in: no staff
    assert _press(row, world.reviewer, "withdraw")[0] == 404
    address = reverse("admin:participants_accreditation_action", args=[row.pk, "confirm"])
    assert world.reviewer.admin.get(address).status_code == 405
    edit = reverse("admin:participants_accreditation_change", args=[row.pk])
    assert world.reviewer.admin.post(edit, {"state": "confirmed", "level": "5"}).status_code == 403
    own = claimed(world.exchange)
    _status, (said,) = _press(own, world.reviewer, "confirm")
    assert said.startswith("You belong to whom this accreditation is claimed for")
    assert set(Accreditation.objects.values_list("state", "level")) == {("claimed", 3)}
