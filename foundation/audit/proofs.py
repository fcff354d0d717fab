"""Proofs that stand alone: whoever has a public key of the log checks them, without database, secrets or Django.

An inclusion proof shows that an event is in the log that a checkpoint was signed for; a consistency proof that the log
of an older checkpoint is the beginning of that of a newer one. Both are JSON documents (`PROOF_FORMAT` 1); hashes are
in hex, the path as in RFC 9162:

    {"proof": "inclusion", "format": 1, "event": {…}, "mac": "…", "position": 17, "path": […], "checkpoint": "…"}
    {"proof": "consistency", "format": 1, "size": 9, "path": […], "checkpoint": "…"}

The leaf of an event is SHA-256 of a zero byte, its position (8 bytes, big-endian), the RFC 8785 form of `event` and the
32 bytes of `mac`; it is number `position` - 1 of the tree, which counts from 0.

    python -m foundation.audit.proofs PROOF.json --key 'NAME+HASH+KEY' [--since OLD.checkpoint]
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from foundation.audit import canonical, merkle, paths
from foundation.audit.notes import BadNote, Checkpoint, PublicKey

PROOF_FORMAT: Final = 1
_LIMIT: Final = 1_000_000  # characters of a proof that are read
_INCLUSION: Final = {"proof", "format", "event", "mac", "position", "path", "checkpoint"}
_CONSISTENCY: Final = {"proof", "format", "size", "path", "checkpoint"}


class BadProof(ValueError):
    """It does not show what it says."""


@dataclass(frozen=True, slots=True)
class Inclusion:
    """What was shown: this event is at this position of the log of the checkpoint."""

    event: Mapping[str, Any]
    position: int
    checkpoint: Checkpoint

    def __str__(self) -> str:
        event = self.event
        return (
            f"Event {event.get('id')} ({event.get('action')} at {event.get('at')}) is at position {self.position} "
            f"of the log {self.checkpoint.origin}, checkpoint of size {self.checkpoint.size}."
        )


@dataclass(frozen=True, slots=True)
class Consistency:
    """What was shown: the log of the older checkpoint is the beginning of that of the newer one."""

    older: Checkpoint
    newer: Checkpoint

    def __str__(self) -> str:
        return (
            f"The log {self.newer.origin} of size {self.newer.size} begins with that of size {self.older.size}: "
            "nothing in it was changed or removed."
        )


def inclusion(*, event: Mapping[str, Any], mac: bytes, position: int, path: list[bytes], note: str) -> dict[str, Any]:
    """The document of an inclusion proof."""
    return {
        "proof": "inclusion",
        "format": PROOF_FORMAT,
        "event": dict(event),
        "mac": mac.hex(),
        "position": position,
        "path": [hashed.hex() for hashed in path],
        "checkpoint": note,
    }


def consistency(*, size: int, path: list[bytes], note: str) -> dict[str, Any]:
    """The document of a consistency proof from the log of `size` positions to that of the checkpoint `note`."""
    return {
        "proof": "consistency",
        "format": PROOF_FORMAT,
        "size": size,
        "path": [hashed.hex() for hashed in path],
        "checkpoint": note,
    }


def check(text: str, trusted: Sequence[PublicKey], *, since: str = "") -> Inclusion | Consistency:
    """What the proof shows; BadProof where it shows nothing. A consistency proof is about the older note `since`."""
    if len(text) > _LIMIT:
        raise BadProof("too long for a proof")
    try:
        document = json.loads(text)
        if not isinstance(document, dict) or document.get("format") != PROOF_FORMAT:
            raise BadProof(f"not a proof of format {PROOF_FORMAT}")
        match document.get("proof"):
            case "inclusion" if set(document) == _INCLUSION:
                return _included(document, trusted)
            case "consistency" if set(document) == _CONSISTENCY:
                return _continued(document, trusted, since)
    except BadProof:
        raise
    except BadNote as error:
        raise BadProof(f"the checkpoint is not genuine: {error}") from error
    except (TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
        raise BadProof(f"not a proof: {error}") from error
    raise BadProof("neither an inclusion nor a consistency proof")


def _included(document: dict[str, Any], trusted: Sequence[PublicKey]) -> Inclusion:
    checkpoint = Checkpoint.opened(document["checkpoint"], trusted)
    event, position = document["event"], _integer(document["position"])
    leaf = merkle.leaf(position, canonical.canonical(event), _hash(document["mac"]))
    if not paths.leads_to(leaf, position - 1, checkpoint.size, _path(document), checkpoint.root):
        raise BadProof("the event, at this position, is not in the log of the checkpoint")
    return Inclusion(event, position, checkpoint)


def _continued(document: dict[str, Any], trusted: Sequence[PublicKey], since: str) -> Consistency:
    if not since:
        raise BadProof("give the older checkpoint to compare with")
    older, newer = Checkpoint.opened(since, trusted), Checkpoint.opened(document["checkpoint"], trusted)
    if older.origin != newer.origin:
        raise BadProof("the two checkpoints are of different logs")
    if older.size != _integer(document["size"]):
        raise BadProof(f"the proof is for a log of size {document['size']}, the older checkpoint has {older.size}")
    if not paths.continues(older.size, older.root, newer.size, newer.root, _path(document)):
        raise BadProof("the log of the older checkpoint is not the beginning of that of the newer one")
    return Consistency(older, newer)


def _path(document: dict[str, Any]) -> list[bytes]:
    if not isinstance(document["path"], list):
        raise TypeError("the path is a list of hashes")
    return [_hash(hashed) for hashed in document["path"]]


def _hash(value: str) -> bytes:
    if len(decoded := bytes.fromhex(value)) != merkle.HASH:
        raise ValueError("a hash has 32 bytes")
    return decoded


def _integer(value: Any) -> int:
    if type(value) is not int:
        raise TypeError("a position or size is a whole number")
    return value


def read(name: str) -> str:
    """The text of a file, `-` for standard input, as far as a proof can be long. OSError or ValueError."""
    if name == "-":
        return sys.stdin.read(_LIMIT + 1)
    with open(name, encoding="utf-8") as stream:
        return stream.read(_LIMIT + 1)


def trusted_keys(values: Sequence[str]) -> list[PublicKey]:
    """Public keys, each given as such or as a file with one a line. BadNote or OSError."""
    lines = [
        line for value in values for line in (Path(value).read_text().split() if Path(value).is_file() else [value])
    ]
    return [PublicKey.parsed(line) for line in lines]


def main(arguments: Sequence[str] | None = None) -> int:
    """Check a proof from the command line: 0 it holds, 1 it does not, 2 it cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m foundation.audit.proofs", description="Check a proof of the log.")
    parser.add_argument("proof", help="the file; '-': standard input")
    parser.add_argument("--key", action="append", required=True, help="a public key of the log, or a file of them")
    parser.add_argument("--since", help="for a consistency proof: the file of the older checkpoint")
    given = parser.parse_args(arguments)
    try:
        text, since = read(given.proof), read(given.since) if given.since else ""
        trusted = trusted_keys(given.key)
    except (OSError, ValueError) as error:
        print(f"cannot be read: {error}", file=sys.stderr)
        return 2
    try:
        print(check(text, trusted, since=since))
    except BadProof as error:
        print(f"not proved: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
