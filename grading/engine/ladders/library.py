"""All schemes together: each is completed by the one that it is based on, and checked as a whole.

A scheme that cannot be used does not take the others with it: `Library.problems` names it, and asking for it fails.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from grading.engine.ladders.checks import check_alone, checked
from grading.engine.ladders.ladder import NATIONAL, InvalidLadder, LevelScheme, UnknownScheme
from grading.engine.ladders.reading import SchemeText, read_text


@dataclass(frozen=True, slots=True)
class Library:
    """The schemes that can be used, by code, and what is wrong with the others (`code/path: what`).

    `unusable`: code → the regions that a scheme which cannot be used was made for, None where nobody can tell.
    """

    schemes: Mapping[str, LevelScheme]
    problems: tuple[str, ...] = ()
    unusable: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of the schemes in alphabetical order, the national one first."""
        return tuple(sorted(self.schemes, key=lambda code: (code != NATIONAL, code)))

    def scheme(self, code: str) -> LevelScheme:
        """A scheme. UnknownScheme; InvalidLadder where there is one that cannot be used."""
        if code in self.schemes:
            return self.schemes[code]
        if mine := tuple(said for said in self.problems if said.startswith(f"{code}/")):
            raise InvalidLadder(mine)
        raise UnknownScheme(code, self.codes)


def read_scheme(data: Mapping[str, Any]) -> SchemeText:
    """A text that is right as far as it goes: as a whole, if it extends no other. InvalidLadder with all problems."""
    text, problems = read_text(data)
    problems += check_alone(text) if text.extends else checked(text)[1]
    if problems:
        raise InvalidLadder(tuple(problems))
    return text


def library(texts: Iterable[SchemeText]) -> Library:
    """All schemes, each completed by its base. Never raises: see `Library.problems`."""
    by_code: dict[str, SchemeText] = {}
    problems: list[str] = []
    twice = set()
    for text in texts:
        if text.code in by_code:
            problems.append(f"{text.code}/code: there are two schemes of this code")
            twice.add(text.code)
        by_code[text.code] = text
    if NATIONAL not in by_code:
        problems.append(f"{NATIONAL}/code: there is no national scheme")
    found: dict[str, LevelScheme] = {}
    for code in sorted(by_code):
        scheme, said = _resolved(code, by_code)
        problems += (f"{code}/{line}" for line in said)
        if scheme is not None and not said and code not in twice:
            found[code] = scheme
    unusable = {code: text.regions for code, text in by_code.items() if code not in found}
    return Library(MappingProxyType(found), tuple(problems), MappingProxyType(unusable))


def _resolved(code: str, texts: Mapping[str, SchemeText]) -> tuple[LevelScheme | None, list[str]]:
    """A scheme with everything that it inherits, and what is wrong with it; None where its bases are not there."""
    chain = [texts[code]]
    while base := chain[-1].extends:
        names = [text.code for text in chain]
        if base in names:
            cycle = " → ".join([*names[names.index(base) :], base])
            return None, [f"extends: schemes are based on each other: {cycle}"]
        if base not in texts:
            return None, [f"extends: there is no scheme '{base}'"]
        chain.append(texts[base])
    whole = chain.pop()
    while chain:
        whole = _completed(chain.pop(), whole)
    return checked(whole)


def _completed(text: SchemeText, base: SchemeText) -> SchemeText:
    """A text with what it leaves to its base: levels, criteria, counterparts of levels that it has no row of."""
    own = {row.level for row in text.crosswalk}
    levels = text.levels or base.levels
    known = {level.code for level in levels}
    inherited = tuple(
        replace(row, path=f"{base.code}/{row.path}")
        for row in base.crosswalk
        if row.level not in own and row.level in known
    )
    completed = replace(text, levels=levels, crosswalk=(*text.crosswalk, *inherited))
    if text.criteria is None and not text.criteria_unknown:
        completed = replace(
            completed,
            criteria=base.criteria,
            criteria_unknown=base.criteria_unknown,
            criteria_unknown_zh=base.criteria_unknown_zh,
        )
    return completed
