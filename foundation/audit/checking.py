"""Checking a log, wherever its records come from: the database or an exported file.

A `Checker` is fed events and seals in the order of the log and keeps a handful of numbers, so a log of any length is
checked with the same memory. It needs the secrets of `foundation.audit.keys` and no database.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from foundation.audit import canonical, keys, merkle
from foundation.audit.notes import Checkpoint
from foundation.errors import _

MOST_PROBLEMS: Final = 1_000
"""Problems kept for the report; all are counted."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. `code` is stable (see `MEANING`); the event's action and time are as found now."""

    code: str
    event_id: int | None = None
    position: int | None = None
    seal: int | None = None
    action: str = ""
    at: str = ""
    last_position: int | None = None
    file: str = ""


MEANING: Final[Mapping[str, str]] = {
    "event_altered": _("was altered after it was sealed"),
    "event_forged": _("was not written by the exchange, or altered before it was sealed"),
    "event_moved": _("is genuine but is not what was sealed at this position"),
    "event_missing": _("is sealed and no longer there"),
    "event_repeated": _("appears out of order or more than once"),
    "position_missing": _("positions are missing from the log"),
    "position_unsealed": _("positions belong to no seal"),
    "seal_altered": _("the seal was altered, or its key is not configured"),
    "seal_missing": _("seals are missing before this one"),
    "seal_unchained": _("the seal does not continue the one before it"),
    "seal_wrong_root": _("the sealed positions are not those of the seal's Merkle root"),
    "seal_wrong_tree": _("the seal's root of the whole log is not that of the positions up to it"),
    "node_altered": _("a remembered inner node of the log's tree is not that of its positions"),
    "checkpoint_altered": _("is not a checkpoint that this exchange signed"),
    "checkpoint_contradicted": _("the positions are not those that the checkpoint was signed for"),
    "checkpoint_ahead": _("the checkpoint was signed for positions that are no longer there"),
    "export_altered": _("the end of the export is missing, or counts other lines than there are"),
}


@dataclass(frozen=True, slots=True)
class Report:
    """What a verification found.

    The `unsealed_tail` events, the oldest from `unsealed_since`, are authenticated one by one, but a removed one would
    not be noticed. `found` counts all problems, `problems` holds the first thousand. Of the `sealed` positions the
    first `checkpointed` are those of a checkpoint that was compared; the removal of all that was sealed after it, seals
    included, would not be noticed either.
    """

    events: int
    sealed: int
    seals: int
    unsealed_tail: int
    unsealed_since: str
    found: int
    problems: list[Problem]
    checkpoints: int = 0
    checkpointed: int = 0

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return self.found == 0


@dataclass(frozen=True, slots=True)
class Place:
    """A sealed position as it is stored."""

    position: int
    event_id: int
    leaf_hash: bytes
    key_version: object
    mac: bytes


@dataclass(slots=True)
class Checker:
    """Feed `sealed` and `seal` in the order of the log, then `unsealed` in the order of identifiers, then `report`.

    Before all that `expect` checkpoints, if there are any. With `nodes`, take `completed` after each item.
    """

    nodes: bool = False

    events: int = 0
    positions: int = 0
    seals: int = 0
    tail: int = 0
    tail_since: str = ""
    found: int = 0
    problems: list[Problem] = field(default_factory=list)
    last_hash: bytes = merkle.EMPTY
    _position: int = 0
    _number: int = 0
    _sealed_to: int = 0
    _unsealed_id: int = 0
    _tree: merkle.Tree = field(default_factory=merkle.Tree)
    _tree_first: int = 0
    _log: merkle.Tree = field(default_factory=merkle.Tree)
    _whole: bool = True
    _expected: list[Checkpoint] = field(default_factory=list)
    _checkpoints: int = 0
    _checkpointed: int = 0
    _contradicted: bool = False

    def __post_init__(self) -> None:
        self._log = merkle.Tree(remember=self.nodes)

    @property
    def next_seal(self) -> int:
        """The number of the seal that the positions fed now belong to."""
        return self._number + 1

    def expect(self, checkpoints: Iterable[tuple[str, Checkpoint | None]]) -> None:
        """Compare the log with these checkpoints, given with the names of their files; None is not genuine."""
        for name, checkpoint in checkpoints:
            if checkpoint is None:
                self.problem("checkpoint_altered", file=name)
            else:
                self._expected.append(checkpoint)
        self._checkpoints = len(self._expected)
        self._expected.sort(key=lambda checkpoint: -checkpoint.size)

    def completed(self) -> Iterator[merkle.Node]:
        """The inner nodes of the log's tree that what was fed since the last call completed; none after a gap."""
        made = self._log.completed()
        return made if self._whole else iter(())

    def sealed(self, place: Place, record: Mapping[str, Any] | None, mac: bytes) -> None:
        """The next position and its event; `record` None where the event is gone."""
        self.positions += 1
        if place.position != self._position + 1:
            if place.position <= self._position:
                self.problem("event_repeated", record, event_id=place.event_id, position=place.position)
            else:
                self._gap(self._position + 1, place.position - 1)
        self._position = max(self._position, place.position)
        if not self._tree.size:
            self._tree_first = place.position
        self._tree.add(place.leaf_hash)
        self._grow(place)
        if record is None:
            self.problem("event_missing", event_id=place.event_id, position=place.position)
            return
        self.events += 1
        content = canonical.content(record)
        genuine = _genuine(record, content, mac)
        placed = (
            record.get("id") == place.event_id
            and merkle.leaf(place.position, content, mac) == place.leaf_hash
            and _placed(place)
        )
        if not (genuine and placed):
            code = "event_moved" if genuine else "event_forged" if placed else "event_altered"
            self.problem(code, record, event_id=place.event_id, position=place.position)

    def seal(self, record: Mapping[str, Any], stored_hash: bytes, mac: bytes) -> None:
        """The seal over the positions fed since the last one."""
        self.seals += 1
        number, first, last = (_number(record, name) for name in ("number", "first", "last"))
        if hashlib.sha256(canonical.content(record)).digest() != stored_hash or not keys.fits(
            record.get("key_version"), keys.SEAL, stored_hash, mac
        ):
            self.problem("seal_altered", seal=number)
        if number != self._number + 1:
            self.problem("seal_missing", seal=number)
        elif record.get("previous_hash") != self.last_hash.hex():
            self.problem("seal_unchained", seal=number)
        if first > self._sealed_to + 1:
            self.problem("position_unsealed", seal=number, position=self._sealed_to + 1, last_position=first - 1)
        if self._position < last:
            self._gap(self._position + 1, last)
            self._position = last
        if (
            self._tree.root().hex() != record.get("merkle_root")
            or self._tree_first != first
            or self._tree.size != last - first + 1
        ):
            self.problem("seal_wrong_root", seal=number, position=first, last_position=last)
            self._whole = False
        elif self._whole and "tree_root" in record and record["tree_root"] != self._log.root().hex():
            self.problem("seal_wrong_tree", seal=number, position=1, last_position=last)
            self._whole = False
        self._number, self.last_hash, self._sealed_to = number, stored_hash, last
        self._tree = merkle.Tree()

    def unsealed(self, record: Mapping[str, Any], mac: bytes) -> None:
        """The next event that has no position yet."""
        self.events += 1
        self.tail += 1
        identifier, at = _number(record, "id"), str(record.get("at"))
        self.tail_since = min(self.tail_since or at, at)
        if identifier <= self._unsealed_id:
            self.problem("event_repeated", record, event_id=identifier)
        self._unsealed_id = max(self._unsealed_id, identifier)
        if not _genuine(record, canonical.content(record), mac):
            self.problem("event_forged", record, event_id=identifier)

    def report(self) -> Report:
        """The findings so far."""
        if self._position > self._sealed_to:
            self.problem("position_unsealed", position=self._sealed_to + 1, last_position=self._position)
        if self._expected:
            ahead = max(checkpoint.size for checkpoint in self._expected)
            self.problem("checkpoint_ahead", position=self._position + 1, last_position=ahead)
        return Report(
            events=self.events,
            sealed=self.positions,
            seals=self.seals,
            unsealed_tail=self.tail,
            unsealed_since=self.tail_since,
            found=self.found,
            problems=self.problems,
            checkpoints=self._checkpoints,
            checkpointed=self._checkpointed,
        )

    def problem(self, code: str, record: Mapping[str, Any] | None = None, *, file: str = "", **where: int) -> None:
        """Count a finding, and keep it if there is room."""
        self.found += 1
        if len(self.problems) < MOST_PROBLEMS:
            action, at = (str(record.get("action")), str(record.get("at"))) if record else ("", "")
            self.problems.append(Problem(code=code, action=action, at=at, file=file, **where))

    def _grow(self, place: Place) -> None:
        """Add the position to the log's tree, and compare it with what was signed for at this size.

        Of contradictions the first is told: of one that is found here, every later checkpoint is another.
        """
        self._log.add(place.leaf_hash)
        self._whole = self._whole and place.position == self._log.size
        while self._expected and self._expected[-1].size <= place.position:
            checkpoint = self._expected.pop()
            if self._whole and checkpoint.size == self._log.size and checkpoint.root == self._log.root():
                self._checkpointed = checkpoint.size
            elif not self._contradicted:
                self._contradicted = True
                self.problem("checkpoint_contradicted", position=self._checkpointed + 1, last_position=checkpoint.size)

    def _gap(self, first: int, last: int) -> None:
        self.problem("position_missing", position=first, last_position=last)


def _genuine(record: Mapping[str, Any], content: bytes, mac: bytes) -> bool:
    return bool(content) and keys.fits(record.get("key_version"), keys.EVENT, content, mac)


def _placed(place: Place) -> bool:
    content = canonical.position_content(place.position, place.event_id, place.leaf_hash)
    return keys.fits(place.key_version, keys.POSITION, content, place.mac)


def _number(record: Mapping[str, Any], name: str) -> int:
    value = record.get(name)
    return value if isinstance(value, int) else 0
