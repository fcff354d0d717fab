"""Signed notes and checkpoints as transparency logs exchange them (C2SP signed-note and tlog-checkpoint). Pure.

A note is text, an empty line, and a line `— NAME BASE64` for each signature: four bytes that tell the key, then 64 of
Ed25519 over the text. A checkpoint is a note of three lines: the log's name, the number of its leaves, their root.
Whoever knows a public key can check both; nobody needs the database or a secret for it.
"""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from foundation.audit.merkle import HASH

ED25519: Final = b"\1"
"""The signature type of signed notes."""
_DASH: Final = "— "
_LIMIT: Final = 20_000
"""Longest note read, characters: a checkpoint has some hundred, and strangers may send one."""


class BadNote(ValueError):
    """Not a note, not signed by a key that is trusted, or not a checkpoint."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What checks a signature; `str` of it is the form in which it is handed out (`NAME+HASH+KEY`)."""

    name: str
    raw: bytes

    @property
    def hint(self) -> bytes:
        """The four bytes by which a signature names its key."""
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.raw).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.hint.hex()}+{base64.b64encode(ED25519 + self.raw).decode()}"

    @classmethod
    def parsed(cls, text: str) -> Self:
        """The key that `text` writes down. BadNote for anything else, a wrong check sum included."""
        name, _, rest = text.strip().partition("+")
        hint, _, encoded = rest.partition("+")
        found = cls(checked_name(name), _base64(encoded)[1:])
        if len(found.raw) != HASH or str(found) != f"{name}+{hint}+{encoded}":
            raise BadNote("not an Ed25519 key of the form NAME+HASH+KEY")
        return found


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key under its name."""

    name: str
    private: Ed25519PrivateKey

    @property
    def public(self) -> PublicKey:
        """The key that checks what this one signs."""
        return PublicKey(self.name, self.private.public_key().public_bytes_raw())

    def line(self, text: str) -> str:
        """The line that signs `text`."""
        signature = self.public.hint + self.private.sign(text.encode())
        return f"{_DASH}{self.name} {base64.b64encode(signature).decode()}\n"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: of `origin` there are `size` leaves with this root. `note` is the signed form."""

    origin: str
    size: int
    root: bytes
    note: str

    @classmethod
    def signed(cls, *, origin: str, size: int, root: bytes, signers: Sequence[Signer]) -> Self:
        """The checkpoint under the signature of every signer."""
        text = f"{checked_name(origin)}\n{size}\n{base64.b64encode(root).decode()}\n"
        return cls(origin, size, root, sign(text, signers))

    @classmethod
    def opened(cls, note: str, trusted: Sequence[PublicKey]) -> Self:
        """The checkpoint of a note that one of the trusted keys signed under the log's own name. BadNote otherwise."""
        text, keys = verify(note, trusted)
        origin, number, root, *_ = [*text.split("\n"), "", ""]
        if not (number.isascii() and number.isdecimal() and len(number) <= 19 and number == str(int(number))):
            raise BadNote("the second line is not the size of a log")
        if len(decoded := _base64(root)) != HASH:
            raise BadNote("the third line is not a hash")
        if all(key.name != origin for key in keys):
            raise BadNote("signed under another name than that of the log")
        return cls(origin, int(number), decoded, note)


def sign(text: str, signers: Sequence[Signer]) -> str:
    """The note of `text`, which ends with a line feed and has no empty line at its end."""
    return text + "\n" + "".join(signer.line(text) for signer in signers)


def verify(note: str, trusted: Sequence[PublicKey]) -> tuple[str, list[PublicKey]]:
    """The text of a note and the trusted keys that signed it; signatures of keys that nobody asked for do not count.

    BadNote where there is none, and where a trusted key's signature is wrong.
    """
    text, separator, lines = note.rpartition("\n\n")
    text += "\n"
    if len(note) > _LIMIT or not separator or not lines.endswith("\n"):
        raise BadNote("not a signed note")
    found = []
    for line in lines.removesuffix("\n").split("\n"):
        name, _, encoded = line.removeprefix(_DASH).partition(" ")
        if not line.startswith(_DASH) or len(signature := _base64(encoded)) < 5:
            raise BadNote("not a signature where one belongs")
        for key in trusted:
            if (key.name, key.hint) == (name, signature[:4]):
                _check(key, signature[4:], text)
                found.append(key)
    if not found:
        raise BadNote("signed by none of the trusted keys")
    return text, found


def checked_name(name: str) -> str:
    """`name` if a key or a log may have it. BadNote for nothing, white space and plus signs."""
    if not name or "+" in name or any(character.isspace() for character in name):
        raise BadNote("a name has neither white space nor plus signs")
    return name


def _check(key: PublicKey, signature: bytes, text: str) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key.raw).verify(signature, text.encode())
    except (InvalidSignature, ValueError) as error:
        raise BadNote("the signature is not that of the text") from error


def _base64(text: str) -> bytes:
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadNote("not base64") from error
    if base64.b64encode(decoded).decode() != text:  # two spellings of one value would make two notes of one
        raise BadNote("not base64 in its one spelling")
    return decoded
