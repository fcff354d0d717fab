"""Errors put into a right table, by kind: the share of them is what is asked for, their places and forms are drawn.

Generic: what a cell can become depends on its own signs and on the other values of its column, never on the file.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Final

Rows = list[list[str]]
"""Header first; all rows of one length."""
Place = tuple[int, int]

LEAST_AGREED: Final = 0.99
"""Share of the rows that agree with a dependency for it to be one."""
LEAST_SAID: Final = 0.9
"""Of the rows that the column's most frequent value does not fit, the share that the dependency must foretell."""
LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


def put_in(rows: Rows, kind: str, rate: float, source: random.Random) -> Rows:
    """A copy of the table with errors in the share `rate` of the places that can have them, at least in one.

    The places of a larger share hold those of a smaller one with the same source.
    """
    broken = [list(row) for row in rows]
    BREAKS[kind](broken, rate, source)
    return broken


def _missing(rows: Rows, rate: float, source: random.Random) -> None:
    for row, column in _drawn(_filled(rows), rate, source):
        rows[row][column] = ""


def _typo(rows: Rows, rate: float, source: random.Random) -> None:
    """A letter lost, doubled, exchanged for another or with its neighbour, in cells of letters."""
    for row, column in _drawn(_lettered(rows), rate, source):
        rows[row][column] = _mistyped(rows[row][column], source)


def _mistyped(text: str, source: random.Random) -> str:
    while True:
        place = source.randrange(len(text))
        way = source.randrange(4)
        if way == 0:
            changed = text[:place] + text[place + 1 :]
        elif way == 1:
            changed = text[:place] + source.choice(LETTERS) + text[place:]
        elif way == 2:
            changed = text[:place] + source.choice(LETTERS) + text[place + 1 :]
        else:
            changed = text[:place] + text[place + 1 : place + 2] + text[place] + text[place + 2 :]
        if changed.strip() and changed != text:
            return changed


def _pattern(rows: Rows, rate: float, source: random.Random) -> None:
    """The value written in another form, in cells with a digit: a sign for another, something before or after it."""
    for row, column in _drawn(_digital(rows), rate, source):
        rows[row][column] = _misshapen(rows[row][column], source)


def _misshapen(text: str, source: random.Random) -> str:
    digits = [place for place, sign in enumerate(text) if sign.isdigit()]
    place = source.choice(digits)
    way = source.randrange(4)
    if way == 0:
        return text[:place] + source.choice("OlIS") + text[place + 1 :]
    if way == 1:
        return text + source.choice([" units", "?", " approx.", "*"])
    if way == 2:
        return source.choice(["#", "no. ", "~", "<"]) + text
    return text[:place] + source.choice([" ", "--", "/", "_"]) + text[place:]


def _duplicates(rows: Rows, rate: float, source: random.Random) -> None:
    """Rows that stand there a second time, somewhere below."""
    for row, _column in _drawn(_whole(rows), rate, source):
        rows.insert(source.randrange(row + 1, len(rows) + 1), list(rows[row]))


def _dependency(rows: Rows, rate: float, source: random.Random) -> None:
    """Another value of the column, in cells of columns that follow from another column, where that one repeats."""
    values = {column: sorted({row[column] for row in rows[1:]}) for column in range(len(rows[0]))}
    for row, column in _drawn(_dependent(rows), rate, source):
        others = [value for value in values[column] if value and value != rows[row][column]]
        rows[row][column] = source.choice(others)


def dependencies(rows: Rows) -> list[tuple[int, int]]:
    """(determinant, dependent) of columns with repeated values: all but LEAST_AGREED of the rows agree."""
    width, body = len(rows[0]), rows[1:]
    distinct = [len({row[column] for row in body}) for column in range(width)]
    found = []
    for one in range(width):
        if not 2 <= distinct[one] <= len(body) / 2:
            continue
        for other in range(width):
            if other == one or distinct[other] < 3 or distinct[other] > distinct[one]:
                continue
            groups: dict[str, Counter[str]] = defaultdict(Counter)
            for row in body:
                groups[row[one]][row[other]] += 1
            agreed = sum(max(group.values()) for group in groups.values())
            # What a single key says, however often, is no dependency: without the one that says most, the others must
            # still foretell their rows, each by the other rows with its key.
            usual, _ = Counter(row[other] for row in body).most_common(1)[0]
            loudest = max(groups, key=lambda key: groups[key].total() - groups[key][usual])
            keys = {key for key, group in groups.items() if group.total() > 1 and key != loudest}
            foretold = sum(most for key in keys if (most := max(groups[key].values())) > 1)
            several = sum(groups[key].total() for key in keys)
            by_chance = max(Counter(row[other] for row in body if row[one] in keys).values(), default=0)
            said = foretold - by_chance >= LEAST_SAID * (several - by_chance) > 0
            if agreed >= LEAST_AGREED * len(body) and said:
                found.append((one, other))
    return found


BREAKS: Final[dict[str, Callable[[Rows, float, random.Random], None]]] = {
    "missing": _missing,
    "typo": _typo,
    "pattern": _pattern,
    "duplicates": _duplicates,
    "dependency": _dependency,
}


def can_have(rows: Rows) -> dict[str, int]:
    """How many places of the table errors of each kind can be put into."""
    return {kind: len(places(rows)) for kind, places in PLACES.items()}


def _lettered(rows: Rows) -> list[Place]:
    return [place for place in _filled(rows) if sum(sign.isalpha() for sign in _at(rows, place)) >= 3]


def _digital(rows: Rows) -> list[Place]:
    return [place for place in _filled(rows) if any(sign.isdigit() for sign in _at(rows, place))]


def _whole(rows: Rows) -> list[Place]:
    return [(row, 0) for row in range(1, len(rows))]


def _dependent(rows: Rows) -> list[Place]:
    places: set[Place] = set()
    for determinant, dependent in dependencies(rows):
        counts = Counter(row[determinant] for row in rows[1:])
        places |= {(row, dependent) for row in range(1, len(rows)) if counts[rows[row][determinant]] > 1}
    return sorted(places)


def _filled(rows: Rows) -> list[Place]:
    return [(row, column) for row in range(1, len(rows)) for column, text in enumerate(rows[row]) if text.strip()]


def _drawn(places: list[Place], rate: float, source: random.Random) -> list[Place]:
    shuffled = places[:]
    source.shuffle(shuffled)
    return shuffled[: max(1, round(rate * len(shuffled)))] if shuffled else []


def _at(rows: Rows, place: Place) -> str:
    return rows[place[0]][place[1]]


PLACES: Final[dict[str, Callable[[Rows], list[Place]]]] = {
    "missing": _filled,
    "typo": _lettered,
    "pattern": _digital,
    "duplicates": _whole,
    "dependency": _dependent,
}
