"""Strangers' text on its way to a terminal or a line of JSON: nothing in it may act on who reads it."""

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

_ACTING: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Control and format characters (terminal escapes, overrides of the writing direction), surrogates, line ends."""
_ACTING_IN_JSON: Final = re.compile(
    "[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb]"
)


def printable(text: str, limit: int = 120) -> str:
    """The text on one line, at most `limit` characters, with a visible escape for each character that acts."""
    shown = "".join(map(_shown, text[:limit]))
    return shown if len(text) <= limit else f"{shown}…"


def json_line(record: Mapping[str, Any], encoding: str | None = "utf-8") -> str:
    """The record as one line of JSON that `encoding` can carry; characters that act are written as escapes."""
    line = json.dumps(record, ensure_ascii=False, allow_nan=False)
    try:
        line = _ACTING_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", line)
        line.encode(encoding or "ascii")
    except UnicodeEncodeError:
        line = json.dumps(record, ensure_ascii=True, allow_nan=False)
    return line


def _shown(character: str) -> str:
    if unicodedata.category(character) not in _ACTING:
        return character
    return character.encode("unicode_escape").decode() if character != "\t" else " "
