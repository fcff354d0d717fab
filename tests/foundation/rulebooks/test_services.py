"""Writing, proposing, releasing and withdrawing rules: who may, what is refused, what is left behind."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from foundation.actors import system
from foundation.audit.selectors import timeline
from foundation.errors import Conflict, Forbidden, IllegalTransition, InvalidInput, NotFound, StaleVersion
from foundation.events.models import Event
from foundation.jobs import services as jobs
from foundation.jobs.models import Job
from foundation.rulebooks import services
from foundation.rulebooks.in_force import in_force
from foundation.rulebooks.models import RulebookVersion
from tests.factories import World
from tests.foundation.rulebooks.pricing import KIND, backdate, drafted, proposed, released, text


def soon(days: float = 1) -> datetime:
    return timezone.now() + timedelta(days=days)


def actions(row: RulebookVersion) -> list[str]:
    return [event.action for event in timeline(("rulebook_version", row.pk))]


def validity(kind: str = KIND) -> list[tuple[int, str, object, object]]:
    rows = RulebookVersion.objects.filter(rulebook__kind=kind).order_by("number")
    return [(row.number, row.state, row.valid_from, row.valid_to) for row in rows]


def test_a_version_on_its_way(world: World, author) -> None:
    row = drafted(author, text(3, standard="GB/T 1"))
    assert (row.number, row.state, row.label, row.standard, row.data["per_page"]) == (1, "draft", "2", "GB/T 1", 3)
    assert (row.author_id, row.releaser_id) == (author.user.pk, None)
    row = services.revise_draft(
        actor=author.actor, version_id=row.pk, content=text(4), note="Dearer.", seen_sha256=row.sha256
    )
    assert (row.number, row.data["per_page"], row.standard, row.note) == (1, 4, "", "Dearer.")
    row = services.propose_version(actor=author.actor, version_id=row.pk)
    job = Job.objects.get(kind=services.WHAT_IF)
    assert (job.subject_type, job.subject_id, job.arguments) == ("rulebook_version", row.pk, {"version_id": row.pk})
    assert in_force(KIND).number == 0
    jobs.execute(job.pk)
    row = services.release_version(actor=world.approver.actor, version_id=row.pk, against=0)
    assert (row.state, row.releaser_id) == ("released", world.approver.user.pk)
    assert (row.valid_from, row.valid_to) == (row.released_at, None)
    assert (in_force(KIND).version_id, in_force(KIND).rules.per_page) == (row.pk, 4)
    assert actions(row) == [
        "rulebook.drafted", "rulebook.revised", "rulebook.proposed", "rulebook.compared", "rulebook.released",
    ]  # fmt: skip
    events = Event.objects.filter(subject_type="rulebook_version", subject_id=row.pk).order_by("pk")
    assert [event.name for event in events] == ["rulebook.released", "rulebook.entered_force"]
    assert events[0].data == {"kind": KIND}


@pytest.mark.parametrize(
    ("content", "problems"),
    [
        (text(-1), ["per_page must be a whole number, not -1"]),
        ("per_page = ", ["not TOML: Invalid value (at end of document)"]),
        ("per_page = nan", ["/per_page: nan is not a number to work with"]),
    ],
)
def test_unusable_rules_are_not_even_drafted(author, content, problems) -> None:
    with pytest.raises(InvalidInput) as refused:
        drafted(author, content)
    assert [(field.pointer, field.params["problem"]) for field in refused.value.fields] == [
        ("/content", problem) for problem in problems
    ]
    assert not RulebookVersion.objects.exists()


def test_drafts_are_written_by_the_exchange_with_a_note(world: World, author) -> None:
    for party in (world.buyer, world.approver, world.auditor):
        with pytest.raises(Forbidden) as refused:
            drafted(party)
        assert refused.value.rule == "participants.exchange_only"
    with pytest.raises(Forbidden) as refused:
        services.draft_version(actor=system("beat"), kind=KIND, content=text(), note="By night.")
    assert refused.value.rule == "rulebooks.person_needed"
    for note in ("  ", "x" * 2001):
        with pytest.raises(InvalidInput) as wrong:
            services.draft_version(actor=author.actor, kind=KIND, content=text(), note=note)
        assert wrong.value.fields[0].pointer == "/note"
    with pytest.raises(NotFound):
        services.draft_version(actor=author.actor, kind="laws_of_nature", content=text(), note="New.")
    with pytest.raises(InvalidInput) as wrong:
        drafted(author, scope="x" * 41)
    assert wrong.value.fields[0].pointer == "/scope"
    assert not RulebookVersion.objects.exists()


def test_only_the_author_changes_and_proposes_a_draft(world: World, author) -> None:
    row = drafted(author)
    attempts: list[Callable[[], RulebookVersion]] = [
        lambda: services.revise_draft(actor=world.exchange.actor, version_id=row.pk, content=text(9), note="Mine."),
        lambda: services.propose_version(actor=world.exchange.actor, version_id=row.pk),
    ]
    for action in attempts:
        with pytest.raises(Forbidden) as refused:
            action()
        assert refused.value.rule == "rulebooks.author_only"
    with pytest.raises(NotFound):
        services.propose_version(actor=world.buyer.actor, version_id=row.pk)
    with pytest.raises(StaleVersion):
        services.revise_draft(
            actor=author.actor, version_id=row.pk, content=text(9), note="Late.", seen_sha256="0" * 64
        )
    row.refresh_from_db()
    assert (row.state, row.data["per_page"]) == ("draft", 3)
    assert actions(row) == ["rulebook.drafted"]


def test_the_author_never_releases(world: World) -> None:
    row = proposed(world.exchange)  # an administrator may write and may release: not the same version
    with pytest.raises(Forbidden) as refused:
        services.release_version(actor=world.exchange.actor, version_id=row.pk, against=0)
    assert refused.value.rule == "rulebooks.second_person_needed"
    for party, error in ((world.auditor, Forbidden), (world.buyer, NotFound)):
        with pytest.raises(error):
            services.release_version(actor=party.actor, version_id=row.pk, against=0)
    with pytest.raises(Forbidden):
        services.release_version(actor=system("beat"), version_id=row.pk, against=0)
    row.refresh_from_db()
    assert (row.state, row.releaser_id, row.valid_from) == ("proposed", None, None)
    assert "rulebook.released" not in actions(row)
    assert in_force(KIND).number == 0


def test_nothing_is_released_before_it_is_compared(world: World, author) -> None:
    row = services.propose_version(actor=author.actor, version_id=drafted(author).pk)
    with pytest.raises(Conflict, match="not computed yet"):
        services.release_version(actor=world.approver.actor, version_id=row.pk, against=0)
    row.refresh_from_db()
    assert row.state == "proposed"


def test_what_was_released_is_final(world: World, author) -> None:
    row = released(author, world.approver)
    attempts: list[Callable[[], RulebookVersion]] = [
        lambda: services.revise_draft(actor=author.actor, version_id=row.pk, content=text(9), note="No."),
        lambda: services.propose_version(actor=author.actor, version_id=row.pk),
        lambda: services.release_version(actor=world.approver.actor, version_id=row.pk, against=0),
        lambda: services.return_version(actor=world.approver.actor, version_id=row.pk, reason="No."),
    ]
    for action in attempts:
        with pytest.raises(IllegalTransition):
            action()
    with pytest.raises(Conflict, match="is in force"):
        services.withdraw_version(actor=world.approver.actor, version_id=row.pk, reason="No.")
    assert in_force(KIND).version_id == row.pk


def test_one_version_ends_where_the_next_begins(world: World, author) -> None:
    first = released(author, world.approver)
    second = released(author, world.approver, text(4, label="3"), against=1)
    assert validity() == [
        (1, "released", first.valid_from, second.valid_from),
        (2, "released", second.valid_from, None),
    ]
    assert in_force(KIND).number == 2
    assert first.valid_from is not None
    assert second.valid_from is not None
    assert in_force(KIND, at=second.valid_from - timedelta(microseconds=1)).number == 1
    assert in_force(KIND, at=first.valid_from - timedelta(microseconds=1)).number == 0


def test_a_later_date_and_one_before_it(world: World, author) -> None:
    first = released(author, world.approver)
    late, between = soon(9), soon(5)
    released(author, world.approver, text(4, label="3"), against=1, valid_from=late)
    released(author, world.approver, text(5, label="4"), against=1, valid_from=between)
    assert validity() == [
        (1, "released", first.valid_from, between),
        (2, "released", late, None),
        (3, "released", between, late),
    ]
    seen = [in_force(KIND, at=at).number for at in (between - timedelta(microseconds=1), between, late)]
    assert seen == [1, 3, 2]
    assert in_force(KIND).number == 1


def test_the_past_an_equal_instant_and_a_stale_comparison_are_refused(world: World, author) -> None:
    at = soon()
    released(author, world.approver, valid_from=at)
    row = proposed(author, text(4, label="3"))

    def release(**options: Any) -> RulebookVersion:
        return services.release_version(actor=world.approver.actor, version_id=row.pk, **options)

    with pytest.raises(InvalidInput) as wrong:
        release(against=0, valid_from=soon(-1))
    assert wrong.value.fields[0].pointer == "/valid_from"
    with pytest.raises(Conflict, match="begins at that very instant"):
        release(against=0, valid_from=at)
    with pytest.raises(StaleVersion, match="would replace version 1, and was compared with version 0"):
        release(against=0, valid_from=at + timedelta(seconds=1))
    row.refresh_from_db()
    assert (row.state, validity()[0]) == ("proposed", (1, "released", at, None))


def test_a_date_to_come_is_announced_when_it_has(world: World, author) -> None:
    row = released(author, world.approver, valid_from=soon())
    assert services.announce_in_force(actor=system("beat")) == 0
    assert not Event.objects.filter(name="rulebook.entered_force").exists()
    backdate(row, valid_from="2026-01-01T00:00Z")
    assert services.announce_in_force(actor=system("beat")) == 1
    assert services.announce_in_force(actor=system("beat")) == 0
    assert Event.objects.get(name="rulebook.entered_force").subject_id == row.pk
    assert actions(row)[-1] == "rulebook.entered_force"


def test_withdrawing_before_the_date_gives_the_time_back(world: World, author) -> None:
    first = released(author, world.approver)
    second = released(author, world.approver, text(4, label="3"), against=1, valid_from=soon(5))
    third = released(author, world.approver, text(5, label="4"), against=2, valid_from=soon(9))
    services.withdraw_version(actor=world.approver.actor, version_id=second.pk, reason="A mistake.")
    assert [(number, state, end) for number, state, _begin, end in validity()] == [
        (1, "released", third.valid_from),
        (2, "withdrawn", third.valid_from),
        (3, "released", None),
    ]
    assert in_force(KIND, at=soon(6)).version_id == first.pk
    services.withdraw_version(actor=world.approver.actor, version_id=third.pk, reason="Another.")
    assert validity()[0] == (1, "released", first.valid_from, None)


def test_who_withdraws_what(world: World, author) -> None:
    row = drafted(author)
    for party in (world.approver, world.auditor):
        with pytest.raises(Forbidden):
            services.withdraw_version(actor=party.actor, version_id=row.pk, reason="No.")
    with pytest.raises(InvalidInput) as wrong:
        services.withdraw_version(actor=author.actor, version_id=row.pk, reason=" ")
    assert wrong.value.fields[0].pointer == "/reason"
    services.withdraw_version(actor=author.actor, version_id=row.pk, reason="Not needed.")
    other = drafted(author)
    services.withdraw_version(actor=world.exchange.actor, version_id=other.pk, reason="Not needed.")
    scheduled = released(author, world.approver, valid_from=soon())
    with pytest.raises(Forbidden):  # an operator writes; what two people released, a releaser takes back
        services.withdraw_version(actor=author.actor, version_id=scheduled.pk, reason="No.")
    assert [state for _number, state, *_ in validity()] == ["withdrawn", "withdrawn", "released"]


def test_a_returned_version_is_a_draft_again_and_compared_anew(world: World, author) -> None:
    row = proposed(author)
    assert row.what_if is not None
    with pytest.raises(Forbidden):
        services.return_version(actor=world.auditor.actor, version_id=row.pk, reason="No.")
    row = services.return_version(actor=world.approver.actor, version_id=row.pk, reason="Name the source.")
    assert (row.state, row.state_reason, row.what_if, row.what_if_at) == ("draft", "Name the source.", None, None)
    row = services.revise_draft(actor=author.actor, version_id=row.pk, content=text(3, source="law"), note="Source.")
    row = services.propose_version(actor=author.actor, version_id=row.pk)
    assert (row.state, row.state_reason) == ("proposed", "")
    assert Job.objects.filter(kind=services.WHAT_IF, subject_id=row.pk, state="queued").count() == 1


def test_a_label_stands_for_one_text(world: World, author) -> None:
    with pytest.raises(Conflict, match="'prices@1' stands for another text already"):
        services.propose_version(actor=author.actor, version_id=drafted(author, text(9, label="1")).pk)
    first = proposed(author)
    second = drafted(author, text(5))
    with pytest.raises(Conflict, match="'prices@2' stands for another text already"):
        services.propose_version(actor=author.actor, version_id=second.pk)
    second.refresh_from_db()
    assert second.state == "draft"
    services.withdraw_version(actor=author.actor, version_id=first.pk, reason="Replaced.")
    services.propose_version(actor=author.actor, version_id=second.pk)
    shipped = services.propose_version(actor=author.actor, version_id=drafted(author, text(2, label="1")).pk)
    assert shipped.state == "proposed"


def test_a_scope_has_rules_of_its_own_or_those_of_all(world: World, author) -> None:
    assert in_force(KIND, scope="330000").number == 0
    released(author, world.approver)
    assert in_force(KIND, scope="330000").rules.per_page == 3
    own = proposed(author, text(7, label="zj-1"), scope="330000")
    assert own.number == 1
    with pytest.raises(StaleVersion):
        services.release_version(actor=world.approver.actor, version_id=own.pk, against=0)
    services.release_version(actor=world.approver.actor, version_id=own.pk, against=1)
    assert in_force(KIND, scope="330000").rules.per_page == 7
    assert (in_force(KIND).rules.per_page, in_force(KIND, scope="210000").rules.per_page) == (3, 3)
