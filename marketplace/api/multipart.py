"""`multipart/form-data` (RFC 7578) whose last part is the file: read as it comes, in constant memory.

What goes with the file comes before it, so that what is refused is refused before the file is read.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.http import parse_header_parameters
from django.utils.translation import gettext_noop as _
from rest_framework.request import Request

from foundation.errors import InvalidInput, step

MEDIA_TYPE: Final = "multipart/form-data"
LONGEST_HEADERS: Final = 8_192
LONGEST_FIELD: Final = 1 << 20
MOST_FIELDS: Final = 16
AROUND: Final = LONGEST_FIELD * 2
"""Bytes that a form may have besides those of its file, and that may follow its last boundary."""
FILE: Final = "file"
"""The name of the part that is the file; all others are fields, also where a client sends them from files."""
AS_THEY_ARE: Final = frozenset({"", "7bit", "8bit", "binary"})
"""Content-Transfer-Encodings that change nothing (RFC 2045, 6); others are deprecated in forms (RFC 7578, 4.7)."""
END: Final = b"\r\n"


@dataclass(frozen=True, slots=True)
class Form:
    """The fields before the file, the name that the file's part gives it, and its bytes, to be read once."""

    fields: Mapping[str, str]
    filename: str
    file: Iterator[bytes]


def is_form(request: Request) -> bool:
    """Whether the body is a form, and not the file itself."""
    return bool(request.content_type.split(";")[0].strip().lower() == MEDIA_TYPE)


def read_form(request: Request, pieces: Iterable[bytes]) -> Form:
    """The form in the pieces of the body, up to where its file begins. InvalidInput for what is none."""
    _kind, parameters = parse_header_parameters(request.content_type)
    boundary = parameters.get("boundary", "")
    if not re.fullmatch(r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]", boundary):
        raise InvalidInput.of("/content-type", _("Name the boundary of the form's parts (RFC 2046)."))
    return form_of(boundary.encode(), pieces)


def form_of(boundary: bytes, pieces: Iterable[bytes]) -> Form:
    """The same, by the boundary."""
    source = _Source(pieces, END + b"--" + boundary)
    source.taken(source.boundary, LONGEST_HEADERS)
    fields: dict[str, str] = {}
    while not source.ended():
        name, filename = _described(source.taken(END + END, LONGEST_HEADERS))
        if name == FILE:
            if not filename:
                raise InvalidInput.of("/file", _("The form has no file: give it as the last part, with a file name."))
            return Form(fields, filename, _file(source))
        if not name or name in fields or len(fields) >= MOST_FIELDS:
            raise InvalidInput.of("/", _("Give each field of the form once, and the file as its last part."))
        try:
            fields[name] = source.taken(source.boundary, LONGEST_FIELD).decode()
        except UnicodeDecodeError as error:
            raise InvalidInput.of(pointer_to(name), _("Write the fields of the form in UTF-8.")) from error
    raise InvalidInput.of("/file", _("The form has no file: give it as the last part, with a file name."))


def pointer_to(name: str) -> str:
    """To a field of the form (RFC 6901)."""
    return f"/{step(name[:60])}"


def _file(source: "_Source") -> Iterator[bytes]:
    yield from source.until(source.boundary)
    if not source.ended():
        raise InvalidInput.of("/file", _("Parts come after the file: give it as the last one."))


def _described(headers: bytes) -> tuple[str, str | None]:
    """The name of a part, and of the file that it comes from. InvalidInput for a part that is encoded."""
    lines = (line.partition(":") for line in headers.decode("utf-8", "replace").split("\r\n"))
    said = {key.strip().lower(): value.strip() for key, _colon, value in lines}
    try:
        _kind, parameters = parse_header_parameters(said.get("content-disposition", ""))
    except (ValueError, LookupError, UnicodeError):
        parameters = {}
    name = str(parameters.get("name", ""))
    if said.get("content-transfer-encoding", "").lower() not in AS_THEY_ARE:
        raise InvalidInput.of(pointer_to(name), _("Send the file's own bytes, without a content coding."))
    return name, parameters.get("filename")


class _Source:
    """The body, of which no more is held than a piece and a boundary."""

    def __init__(self, pieces: Iterable[bytes], boundary: bytes) -> None:
        self.boundary = boundary
        self._pieces = iter(pieces)
        self._held = END  # so that the first boundary, too, begins a line

    def _more(self) -> None:
        piece = next(self._pieces, None)
        if piece is None:
            raise InvalidInput.of("/", _("The form ends before its last boundary: send it again."))
        self._held += piece

    def until(self, mark: bytes) -> Iterator[bytes]:
        """The bytes before the next `mark`, which is passed over."""
        while (place := self._held.find(mark)) < 0:
            keep = len(mark) - 1
            if len(self._held) > keep:
                out, self._held = self._held[:-keep], self._held[-keep:]
                yield out
            self._more()
        out, self._held = self._held[:place], self._held[place + len(mark) :]
        if out:
            yield out

    def taken(self, mark: bytes, limit: int) -> bytes:
        """The same in one piece of at most `limit` bytes."""
        found = b""
        for piece in self.until(mark):
            found += piece
            if len(found) > limit:
                raise InvalidInput.of(
                    "/", _("A part of the form before the file is longer than %(limit)s bytes."), limit=limit
                )
        return found

    def ended(self) -> bool:
        """After a boundary: whether it was the last; else the next part begins."""
        while len(self._held) < 2:
            self._more()
        if self._held.startswith(b"--"):
            rest = len(self._held) - 2
            for piece in self._pieces:  # what comes after the last boundary says nothing
                rest += len(piece)
                if rest > AROUND:
                    raise InvalidInput.of("/file", _("Parts come after the file: give it as the last one."))
            return True
        if self._held[:2] != END:
            self.taken(END, LONGEST_HEADERS)
            self._held = END + self._held
        return False
