"""Who gets into the admin, and that authorities find nothing there but what is shown to them."""

from foundation.participants.services import suspend_organisation
from tests.factories import World

OTHERS = ("grading/grade", "participants/organisation", "rulebooks/rulebookversion", "jobs/job", "catalog/listing")


def test_authorities_get_in_and_read_what_is_theirs(db: None) -> None:
    world = World()
    assert world.authority.admin.get("/admin/").status_code == 200
    assert world.authority.admin.get("/admin/authorization/grant/").status_code == 200
    for room in OTHERS:
        assert world.authority.admin.get(f"/admin/{room}/").status_code == 403, room
    for party in (world.provider, world.buyer):
        assert party.admin.get("/admin/").status_code == 302
        assert party.admin.get("/admin/authorization/grant/").status_code == 302


def test_only_while_they_are_verified(db: None) -> None:
    world = World()
    unverified = world.organisation("Mint", ("sector_authority", "finance"), kind="authority", verified=False)
    assert unverified.admin.get("/admin/").status_code == 302
    organisation_id = world.authority.organisation_id
    suspend_organisation(actor=world.exchange.actor, organisation_id=organisation_id, reason="inquiry")
    assert world.authority.admin.get("/admin/").status_code == 302
