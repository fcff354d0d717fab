import io
import json
from typing import Any

import pytest

from foundation.audit.checking import Report
from foundation.audit.errors import UnreadableExport
from foundation.audit.models import Event
from foundation.audit.verification import export, verify_export

from .attacks import attacker, sql


@pytest.fixture
def lines(log: list[Event]) -> list[dict[str, Any]]:
    """The lines of an export: header, 5 events, seal, 3 events, seal, 2 unsealed events, end."""
    stream = io.StringIO()
    assert export(stream) == 10
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def check(lines: list[dict[str, Any]]) -> Report:
    return verify_export(io.StringIO("".join(json.dumps(line) + "\n" for line in lines)))


def problems(lines: list[dict[str, Any]]) -> list[tuple[str, int | None, int | None]]:
    return [(problem.code, problem.event_id, problem.position) for problem in check(lines).problems]


def test_an_export_has_the_log_in_its_order(lines: list[dict[str, Any]], log: list[Event]) -> None:
    kinds = ["export", *["event"] * 5, "seal", *["event"] * 3, "seal", *["event"] * 2, "end"]
    assert [line["kind"] for line in lines] == kinds
    events = [line for line in lines if line["kind"] == "event"]
    assert [line["event"]["id"] for line in events] == [event.pk for event in log]
    assert [line["position"] for line in events] == [1, 2, 3, 4, 5, 6, 7, 8, None, None]
    assert [line["seal"] for line in events] == [1, 1, 1, 1, 1, 2, 2, 2, None, None]
    assert events[0]["mac"] == bytes(log[0].mac).hex()


def test_an_untouched_export_verifies_without_database(
    lines: list[dict[str, Any]], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        report = check(lines)
    assert report.ok
    assert (report.events, report.sealed, report.seals, report.unsealed_tail) == (10, 8, 2, 2)


def test_an_altered_event_is_named(lines: list[dict[str, Any]], log: list[Event]) -> None:
    lines[3]["event"]["data"]["n"] = 77
    report = check(lines)
    (problem,) = report.problems
    assert (problem.code, problem.event_id, problem.position) == ("event_altered", log[2].pk, 3)
    assert (problem.action, problem.at) == ("listing.published", lines[3]["event"]["at"])
    assert not report.ok


def test_each_altered_event_is_named(lines: list[dict[str, Any]], log: list[Event]) -> None:
    lines[1]["event"]["actor_label"] = "bob"
    lines[11]["event"]["action"] = "listing.published"
    assert problems(lines) == [("event_altered", log[0].pk, 1), ("event_forged", log[8].pk, None)]


def test_an_added_field_is_an_alteration(lines: list[dict[str, Any]], log: list[Event]) -> None:
    lines[3]["event"]["note"] = "approved by the board"
    assert problems(lines) == [("event_altered", log[2].pk, 3)]


def test_a_removed_line_is_found(lines: list[dict[str, Any]]) -> None:
    del lines[3]
    assert problems(lines) == [
        ("position_missing", None, 3),
        ("seal_wrong_root", None, 1),
        ("export_altered", None, None),
    ]


def test_a_removed_unsealed_event_is_found(lines: list[dict[str, Any]]) -> None:
    del lines[11]
    assert problems(lines) == [("export_altered", None, None)]


def test_exchanged_lines_are_named(lines: list[dict[str, Any]], log: list[Event]) -> None:
    lines[2]["event"], lines[4]["event"] = lines[4]["event"], lines[2]["event"]
    lines[2]["mac"], lines[4]["mac"] = lines[4]["mac"], lines[2]["mac"]
    assert problems(lines) == [("event_moved", log[1].pk, 2), ("event_moved", log[3].pk, 4)]


def test_an_event_listed_under_another_seal_is_named(lines: list[dict[str, Any]], log: list[Event]) -> None:
    lines[3]["seal"] = 2
    assert problems(lines) == [("event_moved", log[2].pk, 3)]


def test_a_repeated_unsealed_event_is_named(lines: list[dict[str, Any]], log: list[Event]) -> None:
    lines[12] = lines[11]
    assert problems(lines) == [("event_repeated", log[8].pk, None)]


def test_an_altered_seal_is_found(lines: list[dict[str, Any]]) -> None:
    lines[6]["seal"]["sealed_at"] = "2020-01-01T00:00:00.000000+00:00"
    assert [(problem.code, problem.seal) for problem in check(lines).problems] == [("seal_altered", 1)]


def test_an_export_cut_short_is_found(lines: list[dict[str, Any]]) -> None:
    assert problems(lines[:-1]) == [("export_altered", None, None)]
    assert problems([*lines[:7], lines[-1]]) == [("export_altered", None, None)]


def test_the_end_cannot_be_rewritten(lines: list[dict[str, Any]]) -> None:
    end = {**lines[-1], "end": {**lines[-1]["end"], "events": 5, "sealed": 5, "seals": 1}}
    end["end"]["last_hash"] = lines[6]["hash"]
    assert problems([*lines[:7], end]) == [("export_altered", None, None)]


def test_a_deleted_event_is_exported_as_missing(log: list[Event]) -> None:
    with attacker():
        sql("DELETE FROM audit_event WHERE id = %s", log[4].pk)
        stream = io.StringIO()
        assert export(stream) == 9
    stream.seek(0)
    (problem,) = verify_export(stream).problems
    assert (problem.code, problem.event_id, problem.position) == ("event_missing", log[4].pk, 5)


@pytest.mark.parametrize(
    "text",
    [
        "not json\n",
        "[]\n",
        '{"kind":"event"}\n',
        '{"kind":"export","format":2}\n',
        '{"kind":"export","format":1}\n{"kind":"export","format":1}\n',
        '{"kind":"export","format":1}\n{"kind":"other"}\n',
        '{"kind":"export","format":1}\n{"kind":["event"]}\n',
        '{"kind":"export","kind":"export","format":1}\n',
        '{"kind":"export","format":NaN}\n',
        '{"kind":"export","format":1}\n{"kind":"seal","seal":[],"hash":"","mac":""}\n',
        '{"kind":"export","format":1}\n{"kind":"seal","seal":{},"hash":"zz","mac":""}\n',
        "[" * 100_000 + "\n",
        " " * 1_000_001,
    ],
)
def test_what_is_not_an_export_is_refused(text: str) -> None:
    with pytest.raises(UnreadableExport, match=r"^Line [12] is not part of an audit export"):
        verify_export(io.StringIO(text))


def test_lines_after_the_end_are_refused(lines: list[dict[str, Any]]) -> None:
    with pytest.raises(UnreadableExport, match=r"Line 15 .* more after the end"):
        check([*lines, lines[1]])
