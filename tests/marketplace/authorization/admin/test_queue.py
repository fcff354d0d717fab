"""The queue of requests: for whom each waits, counts beside the filters, and constant queries."""

from html import unescape

from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.authorization import services
from marketplace.authorization.models import AccessRequest
from tests.factories import Party, World
from tests.marketplace.authorization.asking import BY_SECTOR, UNIFIED, ask, listing, steps

QUEUE = "/admin/authorization/accessrequest/"


def shown(party: Party, **filters: str) -> list[int]:
    answer = party.admin.get(QUEUE, filters)
    assert answer.status_code == 200
    return [row.pk for row in answer.context["cl"].result_list]


def test_each_sees_what_waits_for_them(world: World) -> None:
    assert world.authority
    unified = ask(world, listing(world, UNIFIED))
    sector = ask(world, listing(world, BY_SECTOR, filename="b.csv"), form="masked")
    services.ask_for_information(actor=world.approver.actor, step_id=steps(unified)[0].pk, question="Which roads?")
    second = ask(world, listing(world, UNIFIED, filename="c.csv"))
    assert shown(world.approver) == [unified.pk, sector.pk, second.pk]
    assert shown(world.approver, waiting="me") == [second.pk]
    assert shown(world.approver, waiting="buyer") == [unified.pk]
    assert shown(world.approver, waiting="others") == [sector.pk]
    assert shown(world.auditor, waiting="me") == []
    assert shown(world.auditor, waiting="ours") == [second.pk]
    assert shown(world.authority) == [sector.pk]  # of the others it is told nothing
    assert shown(world.authority, waiting="me") == [sector.pk]
    services.approve_step(actor=world.authority.actor, step_id=steps(sector)[0].pk)
    assert shown(world.authority, waiting="me") == []
    assert shown(world.approver, waiting="me") == [sector.pk, second.pk]
    services.approve_step(actor=world.approver.actor, step_id=steps(sector)[1].pk)
    assert shown(world.approver) == [unified.pk, second.pk]
    assert shown(world.approver, state="approved") == [sector.pk]


def test_counts_stand_beside_the_filters(world: World) -> None:
    assert world.authority
    ask(world, listing(world, UNIFIED))
    ask(world, listing(world, BY_SECTOR, filename="b.csv"), form="masked")
    text = unescape(world.approver.admin.get(QUEUE).content.decode())
    for line in (
        "Waiting now (2)",
        "in approval (2)",
        "me (1)",
        "other organisations (1)",
        "by sector (1)",
        "research (2)",
    ):
        assert line in text, line
    text = unescape(world.approver.admin.get(QUEUE, {"waiting": "me"}).content.decode())
    for line in ("Waiting now (1)", "me (1)", "other organisations (1)", "centralized and unified (1)"):
        assert line in text, line
    assert "by sector (" not in text


def test_as_many_queries_for_many_as_for_one(world: World) -> None:
    version = listing(world, UNIFIED)
    ask(world, version)
    shown(world.approver)  # signs in

    def counted() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert len(shown(world.approver)) == AccessRequest.objects.count()
        return len(seen)

    one = counted()
    ask(world, version, purpose="internal_use")
    ask(world, version, world.other_buyer, purpose="internal_use")
    ask(world, version, world.other_buyer)
    assert counted() == one
