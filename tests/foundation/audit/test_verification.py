from typing import Any

import pytest

from foundation.actors import system
from foundation.audit import canonical, services
from foundation.audit.checking import MEANING, MOST_PROBLEMS
from foundation.audit.models import Event
from foundation.audit.verification import verify

from .attacks import attacker, rehash, sql
from .conftest import write

INSERT = (
    "INSERT INTO audit_event"
    " (id, at, actor_kind, actor_label, action, subject_type, subject_id, data, key_version, mac)"
    " SELECT %s, at, actor_kind, actor_label, action, subject_type, subject_id, data, key_version, mac"
    " FROM audit_event WHERE id = %s"
)


def found() -> list[tuple[str, int | None, int | None]]:
    report = verify()
    assert report.found == len(report.problems)
    assert report.ok == (not report.problems)
    assert {problem.code for problem in report.problems} <= set(MEANING)
    return [(problem.code, problem.event_id, problem.position) for problem in report.problems]


def test_an_untouched_log_has_no_problems(log: list[Event]) -> None:
    report = verify()
    assert report.ok
    assert (report.events, report.sealed, report.seals, report.unsealed_tail) == (10, 8, 2, 2)
    assert report.unsealed_since == canonical.instant(log[8].at)
    assert report.problems == []


@pytest.mark.django_db(transaction=True)
def test_an_empty_log_has_no_problems() -> None:
    report = verify()
    assert (report.ok, report.events, report.sealed, report.seals, report.unsealed_tail) == (True, 0, 0, 0, 0)


@pytest.mark.parametrize(
    "change",
    [
        "at = at + interval '1 microsecond'",
        "actor_kind = 'system'",
        "actor_label = 'bob'",
        "actor_user_id = 8",
        "actor_user_id = NULL",
        "actor_organisation_id = 4",
        "action = 'listing.withdrawn'",
        "subject_type = 'catalog.offer'",
        "subject_id = '99'",
        """data = '{"n": 4}'""",
        """data = '{"n": "2"}'""",
        "data = '5'",
        "key_version = 2",
        "mac = sha256('x')",
        "mac = ''",
    ],
)
@pytest.mark.parametrize("rehashed", [False, True])
def test_an_altered_event_is_named(log: list[Event], change: str, rehashed: bool) -> None:
    with attacker():
        sql(f"UPDATE audit_event SET {change} WHERE id = %s", log[2].pk)
        if rehashed:
            rehash()
        problems = found()
        assert ("event_altered", log[2].pk, 3) in problems
        assert {event for _, event, _ in problems} == {log[2].pk, None} if rehashed else {log[2].pk}
    assert verify().ok


def test_the_problem_tells_action_and_time(log: list[Event]) -> None:
    with attacker():
        sql("UPDATE audit_event SET subject_id = '99' WHERE id = %s", log[2].pk)
        (problem,) = verify().problems
    assert (problem.action, problem.at) == ("listing.published", canonical.instant(log[2].at))


def test_an_altered_unsealed_event_is_named(log: list[Event]) -> None:
    with attacker():
        sql("UPDATE audit_event SET data = '{}' WHERE id = %s", log[9].pk)
        assert found() == [("event_forged", log[9].pk, None)]


def test_a_deleted_event_is_named(log: list[Event]) -> None:
    with attacker():
        sql("DELETE FROM audit_event WHERE id = %s", log[4].pk)
        assert found() == [("event_missing", log[4].pk, 5)]


def test_an_event_deleted_with_its_position_leaves_a_gap(log: list[Event]) -> None:
    with attacker():
        sql("DELETE FROM audit_event WHERE id = %s", log[6].pk)
        sql("DELETE FROM audit_sealedposition WHERE position = 7")
        assert found() == [("position_missing", None, 7), ("seal_wrong_root", None, 6)]


def test_a_closed_gap_is_found_though_everything_is_rehashed(log: list[Event]) -> None:
    with attacker():
        sql("DELETE FROM audit_event WHERE id = %s", log[1].pk)
        sql("DELETE FROM audit_sealedposition WHERE position = 2")
        for position in range(3, 9):
            sql("UPDATE audit_sealedposition SET position = position - 1 WHERE position = %s", position)
        sql("UPDATE audit_seal SET first = greatest(first - 1, 1), last = last - 1")
        rehash()
        problems = found()
        moved = [(event.pk, position) for position, event in enumerate(log[2:8], 2)]
        assert [(event, position) for code, event, position in problems if code == "event_moved"] == moved
        assert [code for code, *_ in problems].count("seal_altered") == 2


def test_a_copied_event_is_named(log: list[Event]) -> None:
    with attacker():
        copy = log[9].pk + 1
        sql(INSERT, copy, log[2].pk)
        assert found() == [("event_forged", copy, None)]


def test_an_event_inserted_into_the_sealed_log_is_named(log: list[Event]) -> None:
    with attacker():
        copy = log[9].pk + 1
        sql(INSERT, copy, log[2].pk)
        for position in (8, 7, 6, 5, 4):
            sql("UPDATE audit_sealedposition SET position = position + 1 WHERE position = %s", position)
        sql("INSERT INTO audit_sealedposition SELECT 4, %s, leaf_hash, key_version, mac"
            " FROM audit_sealedposition WHERE position = 3", copy)  # fmt: skip
        sql("UPDATE audit_seal SET last = last + 1, first = first + (number - 1)")
        rehash()
        assert ("event_altered", copy, 4) in found()


@pytest.mark.parametrize("rehashed", [False, True])
def test_exchanged_events_are_named(log: list[Event], rehashed: bool) -> None:
    with attacker():
        for position, event in ((2, -1), (6, log[1].pk), (2, log[5].pk)):
            sql("UPDATE audit_sealedposition SET event_id = %s WHERE position = %s", event, position)
        if rehashed:
            rehash()
        moved = [("event_moved", log[5].pk, 2), ("event_moved", log[1].pk, 6)]
        assert [problem for problem in found() if problem[0] == "event_moved"] == moved


def test_exchanged_identifiers_are_named(log: list[Event]) -> None:
    with attacker():
        for old, new in ((log[8].pk, -1), (log[9].pk, log[8].pk), (-1, log[9].pk)):
            sql("UPDATE audit_event SET id = %s WHERE id = %s", new, old)
        assert found() == [("event_forged", log[8].pk, None), ("event_forged", log[9].pk, None)]


@pytest.mark.parametrize(
    "change",
    ["last = 4", "first = 2", "merkle_root = sha256('x')", "hash = sha256('x')", "mac = sha256('x')",
     "sealed_at = now() + interval '1 day'", "horizon = horizon + 1", "key_version = 9"],
)  # fmt: skip
def test_an_altered_seal_is_named(log: list[Event], change: str) -> None:
    with attacker():
        sql(f"UPDATE audit_seal SET {change} WHERE number = 1")
        assert [p.seal for p in verify().problems if p.code == "seal_altered"] == [1]


def test_a_missing_seal_is_found(log: list[Event]) -> None:
    with attacker():
        sql("DELETE FROM audit_seal WHERE number = 1")
        codes = {problem.code: problem for problem in verify().problems}
        assert codes["seal_missing"].seal == 2
        assert (codes["position_unsealed"].position, codes["position_unsealed"].last_position) == (1, 5)


def test_positions_after_the_last_seal_are_found(log: list[Event]) -> None:
    with attacker():
        sql("DELETE FROM audit_seal WHERE number = 2")
        assert found() == [("position_unsealed", None, 6)]


def test_a_seal_of_another_chain_is_found(log: list[Event]) -> None:
    """Two seals over the same positions cannot be exchanged: each names the hash before it."""
    with attacker():
        sql("UPDATE audit_seal SET previous_hash = sha256('x') WHERE number = 2")
        assert ("seal_unchained", 2) in [(p.code, p.seal) for p in verify().problems]


def test_an_unknown_key_is_a_problem(log: list[Event], settings: Any) -> None:
    settings.AUDIT_KEYS = {2: "another secret of at least 32 characters"}
    report = verify()
    assert report.found == 10 + 2
    assert {problem.code for problem in report.problems} == {"event_altered", "event_forged", "seal_altered"}


def test_old_keys_verify_old_events(log: list[Event], settings: Any) -> None:
    settings.AUDIT_KEYS = {**settings.AUDIT_KEYS, 2: "another secret of at least 32 characters"}
    write(2)
    assert services.seal(actor=system("test")) == 4
    report = verify()
    assert report.ok
    assert report.sealed == 12


def test_problems_are_counted_beyond_those_kept(log: list[Event], monkeypatch: Any) -> None:
    assert MOST_PROBLEMS == 1_000
    monkeypatch.setattr("foundation.audit.checking.MOST_PROBLEMS", 3)
    with attacker():
        sql("UPDATE audit_event SET actor_label = 'nobody'")
        report = verify()
    assert (report.found, len(report.problems)) == (10, 3)
