"""The log as a file: written from the database, verified without one.

An export is JSON Lines, in this order: `export` (a header); for each seal its `event` lines in the order of positions
and then its `seal` line; the `event` lines of the unsealed tail; `end`, which authenticates the number of lines, so
that an export cut short is noticed. An `event` line holds the event as it was authenticated under `event` (null where
a sealed event is gone from the database), its `mac`, and its place: `position`, `event_id`, `seal`, `leaf_hash`,
`place_key_version`, `place_mac`; all null in the tail. Binary values are in hex.

What no log shows by itself is that its newest seals were removed together with all their events: signed checkpoints
show that (foundation.audit.checkpoints).
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final, Protocol, TextIO

from django.utils import timezone

from foundation.audit import canonical, keys, log
from foundation.audit.checking import Checker, Place, Report
from foundation.audit.errors import UnreadableExport
from foundation.audit.models import Event, Seal, SealedPosition
from foundation.audit.notes import Checkpoint

FORMAT: Final = 1
LINE_LIMIT: Final = 1_000_000
"""Longest line read, characters: an event's data is limited far below (canonical.DATA_LIMIT)."""
_PLACE: Final = ("position", "event_id", "seal", "leaf_hash", "place_key_version", "place_mac")
_KEYS: Final[dict[str, set[str]]] = {
    "export": {"kind", "format"},
    "event": {"kind", "event", "mac", *_PLACE},
    "seal": {"kind", "seal", "hash", "mac"},
    "end": {"kind", "end", "mac"},
}


class Writable(Protocol):
    """What an export is written to: an open text file, standard output of a command."""

    def write(self, text: str, /) -> object:
        """Append `text`."""


def export(stream: Writable) -> int:
    """Write the whole log to `stream` (see above), from one snapshot; the number of events."""
    checker = Checker()  # counts what is written in the words in which the reader will
    _write(stream, {"kind": "export", "format": FORMAT})
    with log.snapshot():
        for item in log.read():
            log.feed(checker, item)
            match item:
                case Seal():
                    codes = {"hash": bytes(item.hash).hex(), "mac": bytes(item.mac).hex()}
                    _write(stream, {"kind": "seal", "seal": canonical.seal_record(item), **codes})
                case (place, event):
                    _write(stream, _event_line(place, event, checker.next_seal))
    version = keys.current_version()
    end = {**_counts(checker), "exported_at": canonical.instant(timezone.now()), "key_version": version}
    code = keys.mac(version, keys.EXPORT, canonical.canonical(end))
    _write(stream, {"kind": "end", "end": end, "mac": code.hex()})
    return checker.events


def verify_export(stream: TextIO, checkpoints: Iterable[tuple[str, Checkpoint | None]] = ()) -> Report:
    """Check an export line by line, with constant memory and without a database; the secrets are needed.

    `checkpoints` (see `checkpoints.kept`) are what the log must still contain. UnreadableExport, with the line, for
    what is not an export at all.
    """
    checker, ended = Checker(), False
    checker.expect(checkpoints)
    for line, item in _lines(stream):
        if ended:
            raise UnreadableExport(line=line, reason="there is more after the end")
        if (line == 1) != (item.get("kind") == "export"):
            raise UnreadableExport(line=line, reason="an export begins with its header")
        try:
            ended = _check_line(checker, item)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise UnreadableExport(line=line, reason=f"{type(error).__name__} {error}") from error
    if not ended:
        checker.problem("export_altered")
    return checker.report()


def _check_line(checker: Checker, item: dict[str, Any]) -> bool:
    """Feed one line to the checker; whether it is the last. KeyError, TypeError or ValueError for a wrong form."""
    if set(item) != _KEYS[item["kind"]]:
        raise ValueError(f"with the keys {sorted(item)}")
    match item["kind"]:
        case "export":
            if item["format"] != FORMAT:
                raise ValueError(f"format {item['format']}")
        case "event" if item["position"] is None:
            checker.unsealed(_object(item["event"]), bytes.fromhex(item["mac"]))
        case "event":
            record = None if item["event"] is None else _object(item["event"])
            if item["seal"] != checker.next_seal:
                checker.problem("event_moved", record, event_id=item["event_id"], position=item["position"])
            checker.sealed(_place_of(item), record, bytes.fromhex(item["mac"]))
        case "seal":
            checker.seal(_object(item["seal"]), bytes.fromhex(item["hash"]), bytes.fromhex(item["mac"]))
        case "end":
            end = _object(item["end"])
            if not _counts(checker).items() <= end.items() or not keys.fits(
                end.get("key_version"), keys.EXPORT, canonical.canonical(end), bytes.fromhex(item["mac"])
            ):
                checker.problem("export_altered")
            return True
    return False


def _counts(checker: Checker) -> dict[str, Any]:
    return {
        "events": checker.events,
        "sealed": checker.positions,
        "seals": checker.seals,
        "last_hash": checker.last_hash.hex(),
    }


def _event_line(place: SealedPosition | None, event: Event | None, number: int) -> dict[str, Any]:
    line: dict[str, Any] = {
        "kind": "event",
        "event": canonical.event_record(event) if event else None,
        "mac": bytes(event.mac).hex() if event else "",
    }
    if place is None:
        return line | dict.fromkeys(_PLACE)
    return line | {
        "position": place.position,
        "event_id": place.event_id,
        "seal": number,
        "leaf_hash": bytes(place.leaf_hash).hex(),
        "place_key_version": place.key_version,
        "place_mac": bytes(place.mac).hex(),
    }


def _place_of(item: dict[str, Any]) -> Place:
    position, event_id = item["position"], item["event_id"]
    if not (type(position) is int and type(event_id) is int):
        raise TypeError("with a position or event that is no number")
    return Place(
        position=position,
        event_id=event_id,
        leaf_hash=bytes.fromhex(item["leaf_hash"]),
        key_version=item["place_key_version"],
        mac=bytes.fromhex(item["place_mac"]),
    )


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("without an object where one belongs")
    return value


def _write(stream: Writable, line: dict[str, Any]) -> None:
    stream.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")


def _lines(stream: TextIO) -> Iterator[tuple[int, dict[str, Any]]]:
    number = 0
    while True:
        number += 1
        try:
            text = stream.readline(LINE_LIMIT)
            if not text:
                return
            if len(text) == LINE_LIMIT:
                raise ValueError("the line is too long")
            item = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise UnreadableExport(line=number, reason=f"{type(error).__name__} {error}") from error
        if not isinstance(item, dict):
            raise UnreadableExport(line=number, reason="not a JSON object")
        yield number, item


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):  # readers differ in which of them they show
        raise ValueError("a name appears twice in an object")
    return found


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")
