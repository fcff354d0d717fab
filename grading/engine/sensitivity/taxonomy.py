"""The kinds of sensitive columns, their header words and lexicons: a versioned data file, checked when loaded."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

from grading.engine.sensitivity.headers import Vocabulary, header_words

__all__ = [
    "InvalidTaxonomy",
    "SensitiveType",
    "Taxonomy",
    "header_words",
    "load_taxonomy",
    "parse_taxonomy",
    "word_list",
]

NATURES = ("personal", "sensitive_personal", "business", "geography", "statistics")
#: Long word lists, one file each, beside the shipped rule files.
WORD_LISTS: Final = Path(__file__).resolve().parents[2] / "schemes" / "lexicons"
LEXICONS = (
    "surnames_zh",
    "common_surnames_zh",
    "compound_surnames_zh",
    "given_signs_zh",
    "ethnic_groups",
    "ethnic_short",
    "religions",
    "gender_words",
    "gender_letters",
    "health_words",
    "street_words",
    "marital_words",
    "education_words",
    "political_words",
    "relation_words",
    "occupation_words",
    "organisation_words",
    "private_words",
    "organisation_headers",
    "organisation_endings",
    "adult_words",
    "role_words",
    "own_words",
    "cities_zh",
    "absent_words",
    "surnames_pinyin",
    "body_measures",
    "gene_words",
    "offence_words",
    "orientation_words",
    "as_such_words",
    "keeper_words",
    "machine_words",
    "animal_words",
)
#: Word lists that tell from a column's name whose the column is.
MENTIONED: Final = (
    "organisation_words",
    "private_words",
    "organisation_headers",
    "adult_words",
    "role_words",
    "own_words",
    "cities_zh",
    "absent_words",
    "keeper_words",
    "machine_words",
    "animal_words",
)
#: Types that a few known words are of, with the lists of these words.
LISTED: Final[Mapping[str, str]] = {
    "gender": "gender_words",
    "ethnicity": "ethnic_groups",
    "religion": "religions",
    "marital_status": "marital_words",
    "political_status": "political_words",
    "family_relation": "relation_words",
    "education": "education_words",
    "occupation": "occupation_words",
}


class InvalidTaxonomy(ValueError):
    """A taxonomy file that cannot be used; the message names the key and what is wrong with it."""


class AnyOf:
    """Finds any of some words in a text: alternatives by their first signs, which is faster than one after the other.

    Words that begin in ASCII are looked for apart from the others, of which most texts have no sign.
    """

    def __init__(self, words: Iterable[str]) -> None:
        plain: dict[str, Any] = {}
        others: dict[str, Any] = {}
        for word in sorted(words):
            branch = plain if word[0].isascii() else others
            for sign in word:
                branch = branch.setdefault(sign, {})
            branch[""] = {}
        self._plain = re.compile(_pattern(plain)) if plain else None
        self._others = re.compile(_pattern(others)) if others else None

    def within(self, text: str) -> bool:
        """Whether one of the words, none of which is empty, stands in the text."""
        if self._plain is not None and self._plain.search(text) is not None:
            return True
        return self._others is not None and not text.isascii() and self._others.search(text) is not None


def _pattern(branch: Mapping[str, Any]) -> str:
    if "" in branch:  # a word ends here; longer ones with the same beginning add nothing
        return ""
    ways = [re.escape(sign) + _pattern(further) for sign, further in branch.items()]
    return ways[0] if len(ways) == 1 else f"(?:{'|'.join(ways)})"


@dataclass(frozen=True, slots=True)
class SensitiveType:
    """One kind of sensitive column.

    `context`: personal only in a table about identifiable persons. `identifies`: its presence makes a table one.
    `needs_context`: outside such a table the column is not held to be of the type at all.
    `headers` are words of column names for the type, `weak` ones that say little, `avoid` words against it:
    after a word for it, with `avoid_before` on either side.
    `floor` and `floor_in_context`: lowest level (general 1 to 4) of data that holds it, outside and in such a table.
    """

    code: str
    title_en: str
    title_zh: str
    nature: str
    identifies: bool
    context: bool
    needs_context: bool
    nature_in_context: str
    floor: int
    floor_in_context: int
    source: str
    certainty: str
    headers: tuple[str, ...]
    weak: tuple[str, ...]
    avoid: tuple[str, ...]
    avoid_before: bool = False


@dataclass(frozen=True)
class Taxonomy:
    """All types by code, and the word lists the detectors use."""

    code: str
    version: str
    standard: str
    title: str
    source: str
    certainty: str
    types: Mapping[str, SensitiveType]
    lexicons: Mapping[str, frozenset[str]]

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The header words of all types, ready to be looked up."""
        return Vocabulary(
            [(kind.code, kind.headers, kind.weak, kind.avoid) for kind in self.types.values()],
            either_side=frozenset(kind.code for kind in self.types.values() if kind.avoid_before),
            lists={name: self.lexicons[name] for name in MENTIONED},
        )

    @cached_property
    def listed(self) -> Mapping[str, tuple[str, ...]]:
        """The types of `LISTED` that a lower-case word is of."""
        found: dict[str, tuple[str, ...]] = {}
        for code, lexicon in LISTED.items():
            for word in {word.lower() for word in self.lexicons[lexicon]}:
                found[word] = (*found.get(word, ()), code)
        return found

    @cached_property
    def diseases(self) -> AnyOf:
        """Finds what is said of health in lower-case text."""
        return AnyOf(self.lexicons["health_words"])


def load_taxonomy(path: Path | str) -> Taxonomy:
    """Read a taxonomy file. Raises InvalidTaxonomy."""
    return parse_taxonomy(tomllib.loads(Path(path).read_text(encoding="utf-8")))


def parse_taxonomy(data: Mapping[str, Any]) -> Taxonomy:
    """Check plain data (as of the TOML file) and make a Taxonomy of it."""
    for key in ("code", "version", "standard", "title", "source", "certainty", "types", "lexicons"):
        if not data.get(key):
            raise InvalidTaxonomy(f"{key} is missing")
    types: dict[str, SensitiveType] = {}
    for given in data["types"]:
        entry = _type(given)
        if entry.code in types:
            raise InvalidTaxonomy(f"type {entry.code} occurs twice")
        types[entry.code] = entry
    missing = [name for name in LEXICONS if not data["lexicons"].get(name)]
    if missing:
        raise InvalidTaxonomy(f"lexicons.{missing[0]} is missing")
    return Taxonomy(
        code=data["code"],
        version=str(data["version"]),
        standard=data["standard"],
        title=data["title"],
        source=data["source"],
        certainty=data["certainty"],
        types=types,
        lexicons={name: frozenset(data["lexicons"][name]) for name in LEXICONS},
    )


@lru_cache(maxsize=8)
def word_list(name: str) -> frozenset[str]:
    """The words of a file of `WORD_LISTS`: separated by white space, lines that begin with # left out."""
    lines = (WORD_LISTS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def _type(given: Mapping[str, Any]) -> SensitiveType:
    code = str(given.get("code", "?"))
    for key in ("code", "title_en", "title_zh", "nature", "floor", "source", "certainty", "headers"):
        if not given.get(key):
            raise InvalidTaxonomy(f"types.{code}.{key} is missing")
    nature = given["nature"]
    in_context = given.get("personal_in_context", nature)
    if nature not in NATURES or in_context not in NATURES:
        raise InvalidTaxonomy(f"types.{code}.nature must be one of {', '.join(NATURES)}")
    floor, floor_in_context = int(given["floor"]), int(given.get("floor_in_context", given["floor"]))
    if not 1 <= floor <= floor_in_context <= 4:
        raise InvalidTaxonomy(f"types.{code}.floor must be 1 to 4 and not above floor_in_context")
    return SensitiveType(
        code=code,
        title_en=given["title_en"],
        title_zh=given["title_zh"],
        nature=nature,
        identifies=bool(given.get("identifies", False)),
        context=bool(given.get("context", False)),
        needs_context=bool(given.get("needs_context", False)),
        nature_in_context=in_context,
        floor=floor,
        floor_in_context=floor_in_context,
        source=given["source"],
        certainty=given["certainty"],
        headers=tuple(given["headers"]),
        weak=tuple(given.get("weak", ())),
        avoid=tuple(given.get("avoid", ())),
        avoid_before=bool(given.get("avoid_before", False)),
    )
