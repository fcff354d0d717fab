"""What time does to accreditations, and that nothing waits for the job that writes it down."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from foundation.audit.models import Event as AuditEvent
from foundation.errors import Forbidden
from foundation.events.models import Event
from foundation.participants import selectors, services, tasks
from foundation.participants.models import Accreditation
from tests.factories import SYSTEM, World
from tests.foundation.participants.certified import claimed, confirmed, day

DSMM = "data_security_capability"


@pytest.fixture
def world(db: None) -> World:
    return World()


def ends_on(row: Accreditation, last: date) -> None:
    Accreditation.objects.filter(pk=row.pk).update(valid_from=day(-400), valid_until=last)


def test_the_last_day_counts_and_the_day_after_does_not_whatever_the_job_did(world: World) -> None:
    row = confirmed(world, world.provider)
    number = world.provider.organisation_id
    ends_on(row, day(0))
    assert services.expire_accreditations(actor=SYSTEM) == 0
    assert selectors.standing_accreditations(number, on=day(0)) == {DSMM: 3}
    ends_on(row, day(-1))
    before = [dict(selectors.standing_accreditations(number, on=day(at))) for at in (-2, -1, 0)]
    assert before == [{DSMM: 3}, {DSMM: 3}, {}]
    assert services.expire_accreditations(actor=SYSTEM) == 1
    row.refresh_from_db()
    assert (row.state, row.ended_at is not None) == ("expired", True)
    assert [dict(selectors.standing_accreditations(number, on=day(at))) for at in (-2, -1, 0)] == before
    assert services.expire_accreditations(actor=SYSTEM) == 0
    assert Event.objects.filter(name="accreditation.expired").count() == 1


def test_claims_and_superseded_ones_do_not_expire(world: World) -> None:
    waiting = claimed(world.other_provider)
    older = confirmed(world, world.provider)
    confirmed(world, world.provider, number="2", valid_from=day(-20))
    for row in (waiting, older):
        ends_on(row, day(-1))
    assert services.expire_accreditations(actor=SYSTEM) == 0


def test_a_successor_after_the_end_needs_no_superseding(world: World) -> None:
    row = confirmed(world, world.provider)
    ends_on(row, day(-1))
    services.expire_accreditations(actor=SYSTEM)
    newer = confirmed(world, world.provider, valid_from=day(-3), number="2", level=5)
    row.refresh_from_db()
    assert (row.state, newer.state) == ("expired", "confirmed")
    standing = [dict(selectors.standing_accreditations(world.provider.organisation_id, on=day(at))) for at in (-4, -3)]
    assert standing == [{DSMM: 3}, {DSMM: 5}]


def test_the_end_is_announced_thirty_days_before_once(world: World) -> None:
    row = confirmed(world, world.provider)
    claimed(world.other_provider, valid_until=day(5))
    for left, reminded in ((31, [0, 0]), (-1, [0, 0]), (30, [1, 0]), (0, [0, 0])):
        ends_on(row, day(left))
        assert [services.remind_of_accreditations(actor=SYSTEM) for _time in range(2)] == reminded, left
    Accreditation.objects.filter(pk=row.pk).update(reminded_at=None)  # on its last day, if nobody has before
    assert services.remind_of_accreditations(actor=SYSTEM) == 1
    assert Event.objects.filter(name="accreditation.expiring", subject_id=row.pk).count() == 2
    assert AuditEvent.objects.filter(action="accreditation.expiring").count() == 2


def test_beat_does_both(world: World) -> None:
    over, soon = confirmed(world, world.provider), confirmed(world, world.other_provider, valid_until=day(7))
    ends_on(over, day(-1))
    tasks.expire_accreditations()
    told = Event.objects.filter(name__in=["accreditation.expired", "accreditation.expiring"]).order_by("pk")
    assert list(told.values_list("name", "subject_id")) == [
        ("accreditation.expired", over.pk),
        ("accreditation.expiring", soon.pk),
    ]


def test_more_than_a_batch_is_done(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("foundation.batches.BATCH", 1)
    for party in (world.provider, world.other_provider, world.buyer):
        ends_on(confirmed(world, party), day(-1))
    assert services.expire_accreditations(actor=SYSTEM) == 3


def test_only_the_system_ends_what_is_over(world: World) -> None:
    for act in (services.expire_accreditations, services.remind_of_accreditations):
        with pytest.raises(Forbidden):
            act(actor=world.exchange.actor)


def test_the_command_line_confirms_the_exchanges_own(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    row = claimed(world.exchange)
    call_command("confirm_accreditation", str(row.pk))
    row.refresh_from_db()
    assert row.state == "confirmed"
    assert f"valid until {day(335)}" in capsys.readouterr().out
    event = AuditEvent.objects.get(action="accreditation.confirmed")
    assert (event.actor_kind, event.actor_label) == ("system", "confirm_accreditation")
    with pytest.raises(CommandError):
        call_command("confirm_accreditation", str(row.pk))
