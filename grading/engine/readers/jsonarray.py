"""A JSON array of objects (RFC 8259) rewritten as JSON Lines, element by element, in bounded memory."""

import json
import re
from collections.abc import Iterator
from typing import IO, Final

from grading.engine.readers.errors import UnreadableFile
from grading.engine.readers.lines import text_of
from grading.engine.readers.scratch import Scratch

PIECE_CHARACTERS: Final = 1 << 20
LONGEST_ELEMENT: Final = 1 << 24
"""Characters of one element; a longer one is a document, not a record."""
_SPACE: Final = re.compile(r"[ \t\r\n]*")
_LINE_ENDS: Final = str.maketrans("\r\n", "  ")
_DECODER: Final = json.JSONDecoder()


def array_as_lines(path: str, encoding: str, scratch: Scratch) -> IO[bytes]:
    """The elements of the array, one a line, as they are written but for line ends between their tokens, in UTF-8.

    Raises UnreadableFile where the document is cut off or goes on after the array.
    """
    handle = scratch.new()
    for element in _elements(path, encoding):
        # Within strings line ends are escaped: a bare one stands between tokens, where a space means the same.
        handle.write(element.translate(_LINE_ENDS).encode("utf-8", "replace") + b"\n")
    handle.flush()
    return handle


def _elements(path: str, encoding: str) -> Iterator[str]:
    with text_of(path, encoding) as source:
        text = source.read(PIECE_CHARACTERS).removeprefix("\ufeff")
        place = _after_space(text, 0) + 1  # the bracket
        wanted = PIECE_CHARACTERS
        while True:
            start = _after_space(text, place)
            try:
                _, end = _DECODER.raw_decode(text, start)
                separator = _after_space(text, end)
                if separator == len(text):
                    raise ValueError("the element may go on")
            except RecursionError as error:
                raise _malformed("an element is nested too deeply") from error
            except ValueError as error:
                # Cut off here, or wrong: more text decides, twice as much each time, so that the work stays linear.
                more = source.read(wanted)
                text, place, wanted = text[start:] + more, 0, 2 * wanted
                if not more or len(text) > LONGEST_ELEMENT:
                    raise _malformed("the array is cut off or malformed") from error
                continue
            yield text[start:end]
            place, wanted = separator + 1, PIECE_CHARACTERS
            if text[separator] == "]":
                break
            if text[separator] != ",":
                raise _malformed("elements are not separated by commas")
        if text[place:].strip() or source.read(PIECE_CHARACTERS).strip():
            raise _malformed("the document goes on after the array")


def _after_space(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return place if found is None else found.end()


def _malformed(detail: str) -> UnreadableFile:
    return UnreadableFile("malformed_table", format="json", detail=detail)
