"""Regular expressions of strangers: of an engine whose time grows with the text only, and whose size is bounded.

The standard names the expressions of XML Schema, which speak of the whole value. Those of Rust's `regex` differ in
little: class subtraction is translated, `^` and `$` are anchors, as in the standard's own example; what needs
backtracking (look-around, back-references) is refused, and so is what compiles to more than the engine's limit.
"""

import re
from collections.abc import Mapping
from typing import Final

import polars as pl

PATTERN_CHARACTERS: Final = 500
PATTERN_WEIGHT: Final = 1_000
"""What one expression may come to when its counted repetitions are written out: 1 a character, more for large sets."""
REPEATED: Final = re.compile(r"\{\s*([0-9]+)\s*(?:,\s*([0-9]+)?\s*)?\}")
SETS: Final[Mapping[str, int]] = {"w": 10, "W": 10, "p": 10, "P": 10, "d": 2, "D": 2}
"""Escapes of large sets of characters → how many characters they weigh, by the time that compiling them takes."""
LISTED: Final = 40
"""Characters of a class that lists its own that weigh as much as one outside of classes."""
SPACED: Final = re.compile(r"\(\?[a-zA-Z-]*x")
"""The flag under which spaces and comments say nothing: they would part a repetition from what it repeats."""
SAID: Final[Mapping[str, str]] = {
    "look-around": "pattern_backtracks",
    "backreferences": "pattern_backtracks",
}
"""Words of the engine's refusal → the code of the problem."""


def whole(pattern: str) -> str:
    """The expression that a text must match from its first to its last character."""
    return f"^(?:{_translated(pattern)})$"


def pattern_problem(pattern: str) -> str | None:
    """The code of why the expression cannot be used; None where it can. What is too heavy is not compiled."""
    weight = pattern_weight(pattern)
    if weight is None:
        return "bad_pattern"
    if weight > PATTERN_WEIGHT:
        return "pattern_heavy"
    try:
        pl.select(pl.lit("").str.contains(whole(pattern)))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        said = str(error)
        return next((code for words, code in SAID.items() if words in said), "bad_pattern")
    return None


def pattern_weight(pattern: str) -> int | None:
    """How large the expression is, which says how long it takes to compile; None where brackets do not close.

    None, too, under the flag `x`, which XML Schema does not have.
    """
    totals, last, place = [0], 0, 0  # of each open bracket; of what stands last, to be repeated
    while place < len(pattern):
        sign, step = pattern[place], 1
        if sign == "(":
            if SPACED.match(pattern, place):
                return None
            totals.append(0)
            last = 0
        elif sign == ")":
            if len(totals) == 1:
                return None
            last = totals.pop()
            totals[-1] += last
        elif sign == "{" and (found := REPEATED.match(pattern, place)):
            times = max(1, *(int(count) for count in found.groups("0")))
            totals[-1] += last * (times - 1)
            last *= times
            step = found.end() - place
        elif sign in "*+?":  # of what stands before, which may be repeated once more
            totals[-1] += 1
        else:
            step = _atom(pattern, place)
            atom = pattern[place : place + step]
            last = sum(weight * atom.count(f"\\{letter}") for letter, weight in SETS.items()) + len(atom) // LISTED or 1
            totals[-1] += last
        place += step
    return totals[0] if len(totals) == 1 else None


def _atom(pattern: str, place: int) -> int:
    """How many characters the escape, the class or the character takes that begins here."""
    if pattern[place] == "\\":
        return _escape(pattern, place)
    if pattern[place] != "[":
        return 1
    depth, end = 0, place
    while end < len(pattern):
        if pattern[end] == "\\":
            end += 1
        elif pattern[end] == "[":
            depth += 1
            end += pattern.startswith("^", end + 1)
            end += pattern.startswith("]", end + 1)  # stands for itself at the beginning
        elif pattern[end] == "]":
            depth -= 1
            if not depth:
                break
        end += 1
    return end - place + 1


def _escape(pattern: str, place: int) -> int:
    r"""`\w`, `\pL`, `\p{Han}`, `\x{4E00}`, `\b{start}`: characters of the escape that begins here."""
    letter = pattern[place + 1 : place + 2]
    braced = letter in tuple("pPxuUb") and pattern.startswith("{", place + 2)
    if braced and not (letter == "b" and REPEATED.match(pattern, place + 2)):
        end = pattern.find("}", place)
        return (end if end > 0 else len(pattern)) - place + 1
    return 3 if letter in ("p", "P") else 2


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
