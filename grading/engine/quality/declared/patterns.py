"""Regular expressions of strangers: of an engine whose time grows with the text only, and whose size is bounded.

The standard names the expressions of XML Schema, which speak of the whole value. Those of Rust's `regex` differ in
little: class subtraction is translated, `^` and `$` are anchors, as in the standard's own example; what needs
backtracking (look-around, back-references) is refused, and so is what compiles to more than the engine's limit.
"""

import re
from typing import Final

import polars as pl

PATTERN_CHARACTERS: Final = 500
PATTERN_WEIGHT: Final = 1_000
"""What one expression may come to when its counted repetitions are written out: 1 a character, more for large sets."""
REPEATED: Final = re.compile(r"\{(\d{1,6})(?:,(\d{1,6})?)?\}")
LARGE_SETS: Final = "wWpP"
LARGE: Final = 10


def whole(pattern: str) -> str:
    """The expression that a text must match from its first to its last character."""
    return f"^(?:{_translated(pattern)})$"


def pattern_problem(pattern: str) -> str | None:
    """Why the expression cannot be used; None where it can."""
    weight = pattern_weight(pattern)
    if weight is None:
        return "its brackets do not close"
    if weight > PATTERN_WEIGHT:
        return "its repetitions come to too much"
    try:
        pl.select(pl.lit("").str.contains(whole(pattern)))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        lines = [line.partition("error:")[2] for line in str(error).splitlines() if "error:" in line]
        said = lines[-1].strip() if lines else str(error).strip().splitlines()[0]
        return said[:200].rstrip(".")
    return None


def pattern_weight(pattern: str) -> int | None:
    """How large the expression is, which says how long it takes to compile; None where brackets do not close."""
    totals, last, place = [0], 0, 0  # of each open bracket; of what stands last, to be repeated
    while place < len(pattern):
        sign, step = pattern[place], 1
        if sign == "(":
            totals.append(0)
            last = 0
        elif sign == ")":
            if len(totals) == 1:
                return None
            last = totals.pop()
            totals[-1] += last
        elif sign == "{" and (found := REPEATED.match(pattern, place)):
            totals[-1] += last * (max(int(found[1]), int(found[2] or 0)) - 1)
            last *= max(int(found[1]), int(found[2] or 0))
            step = found.end() - place
        else:
            step = _atom(pattern, place)
            atom = pattern[place : place + step]
            last = LARGE * sum(atom.count(f"\\{letter}") for letter in LARGE_SETS) or 1
            totals[-1] += last
        place += step
    return totals[0] if len(totals) == 1 else None


def _atom(pattern: str, place: int) -> int:
    """How many characters the escape, the class or the character takes that begins here."""
    if pattern[place] == "\\":
        return 2
    if pattern[place] != "[":
        return 1
    depth, end = 0, place
    while end < len(pattern):
        if pattern[end] == "\\":
            end += 1
        elif pattern[end] == "[":
            depth += 1
        elif pattern[end] == "]":
            depth -= 1
            if not depth:
                break
        end += 1
    return end - place + 1


def _translated(pattern: str) -> str:
    """`[a-z-[aeiou]]` of XML Schema is `[a-z--[aeiou]]` here."""
    out: list[str] = []
    depth, place = 0, 0
    while place < len(pattern):
        sign = pattern[place]
        if sign == "\\":
            out.append(pattern[place : place + 2])
            place += 2
            continue
        if sign == "[":
            if depth and out and out[-1] == "-":
                out.append("-")
            depth += 1
        elif sign == "]" and depth:
            depth -= 1
        out.append(sign)
        place += 1
    return "".join(out)
