"""Cells that a spreadsheet would run as a formula when a file of text is opened in it (OWASP: CSV injection)."""

from typing import Final

import polars as pl

_BEGINS: Final = r"(?s)^[=+\-@＝＋－＠\t\r\n].*[\p{L}\p{N}]"
_NUMBER: Final = r"^[+-]?(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?%?$"
#: Signs before digits, spaces and brackets alone, telephone numbers among them, can at worst be reckoned with.
_ARITHMETIC: Final = r"^[+\-＋－\s][\d\s().,/\-]*$"


def would_run(text: pl.Series) -> pl.Series:
    """True where a text begins with = + - @, their full-width forms, a tab or a return, and is no number."""
    return text.str.contains(_BEGINS) & ~text.str.contains(_NUMBER)


def looks_planted(text: pl.Expr) -> pl.Expr:
    """The same without what only looks like reckoning: what is worth a word to whoever wrote the file."""
    return text.str.contains(_BEGINS) & ~text.str.contains(_NUMBER) & ~text.str.contains(_ARITHMETIC)
