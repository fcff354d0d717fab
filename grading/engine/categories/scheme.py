"""Classification as data: industry sector, business domain, attribute (GB/T 43697-2024); checked when loaded."""

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from grading.engine.categories.codesystems import SYSTEMS
from grading.engine.categories.tokens import Term, term, unit
from grading.engine.forms import CERTAINTIES
from grading.engine.levels.scheme import CONDITIONS, InvalidScheme

_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,38}")
#: An attribute that holds wherever the other does stands before it, or it would never be chosen.
_BEFORE: Final = (("sensitive_personal", "personal"),)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What speaks for a sector or a domain.

    `strong` words all but decide, `words` point to it, `weak` ones are shared with others. `headers` and
    `weak_headers` are abbreviations that mean something in column names only. `units` stand in brackets of names or
    behind numbers, `systems` are codes of SYSTEMS seen in values, `types` and `weak_types` are sensitive types.
    """

    strong: frozenset[Term] = frozenset()
    words: frozenset[Term] = frozenset()
    weak: frozenset[Term] = frozenset()
    headers: frozenset[Term] = frozenset()
    weak_headers: frozenset[Term] = frozenset()
    units: frozenset[str] = frozenset()
    systems: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    weak_types: frozenset[str] = frozenset()

    def terms(self) -> tuple[Term, ...]:
        """All words, each as often as it was given."""
        return (*self.strong, *self.words, *self.weak, *self.headers, *self.weak_headers)


@dataclass(frozen=True, slots=True)
class Domain:
    """A business domain of a sector."""

    code: str
    title: str
    title_zh: str
    vocabulary: Vocabulary


@dataclass(frozen=True, slots=True)
class Sector:
    """An industry sector. `source` and `certainty` say where its name comes from."""

    code: str
    title: str
    title_zh: str
    source: str
    certainty: str
    vocabulary: Vocabulary
    domains: tuple[Domain, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """Words that say how a text is read, whatever the sector.

    `containers` (list, survey, 名单) say in what form data comes, not what it is about; `actors` (school, driver, 医院)
    whose it is or who takes part; `neutral` words only keep the words within them from speaking (手机号 is no
    telecommunications).
    """

    containers: frozenset[Term] = frozenset()
    actors: frozenset[Term] = frozenset()
    neutral: frozenset[Term] = frozenset()


@dataclass(frozen=True)
class Categories:
    """A version of the classification. `attributes`: (code, condition) in order of precedence.

    `aliases`: what else providers may declare → the sector that it means here, or nothing where it names none.
    """

    code: str
    version: str
    standard: str
    source: str
    certainty: str
    sectors: tuple[Sector, ...]
    attributes: tuple[tuple[str, str], ...]
    reading: Reading = field(default_factory=Reading)
    aliases: Mapping[str, str] = field(default_factory=dict)

    def sector_of(self, declared: str | None) -> str | None:
        """The sector that a provider's word means; None where it names none. A word unknown here stays as it is."""
        return self.aliases.get(declared, declared) or None if declared else None

    def names(self) -> frozenset[str]:
        """Every sector and every other name of one."""
        return frozenset((*(sector.code for sector in self.sectors), *self.aliases))


def load_categories(path: Path | str, *, types: Collection[str] | None = None) -> Categories:
    """Read a classification file. `types`: the sensitive types that there are. Raises InvalidScheme."""
    return parse_categories(tomllib.loads(Path(path).read_text(encoding="utf-8")), types=types)


def parse_categories(data: Mapping[str, Any], *, types: Collection[str] | None = None) -> Categories:
    """Check plain data (as of the TOML file) and make Categories of it. Raises InvalidScheme naming what is wrong."""
    for key in ("code", "version", "standard", "source", "certainty", "sectors", "attributes"):
        if not data.get(key):
            raise InvalidScheme(f"{key} is missing")
    reading = data.get("reading", {})
    sectors = tuple(_sector(item, types) for item in data["sectors"])
    if twice := _repeated(sector.code for sector in sectors):
        raise InvalidScheme(f"sector {twice} occurs twice")
    return Categories(
        code=data["code"],
        version=str(data["version"]),
        standard=data["standard"],
        source=data["source"],
        certainty=data["certainty"],
        sectors=sectors,
        attributes=_attributes(data["attributes"]),
        reading=Reading(
            containers=_terms(reading.get("containers", ()), "reading.containers"),
            actors=_terms(reading.get("actors", ()), "reading.actors"),
            neutral=_terms(reading.get("neutral", ()), "reading.neutral"),
        ),
        aliases=_aliases(data.get("aliases", {}), {sector.code for sector in sectors}),
    )


def _aliases(given: Any, sectors: Collection[str]) -> dict[str, str]:
    if not isinstance(given, Mapping):
        raise InvalidScheme("aliases must be a table of other names and the sectors they mean")
    for name, sector in given.items():
        place = f"aliases.{name}"
        if not _CODE.fullmatch(name):
            raise InvalidScheme(f"{place}: a code has small letters, digits and underscores, at most 39 of them")
        if name in sectors:
            raise InvalidScheme(f"{place}: {name} is a sector itself")
        if not isinstance(sector, str) or (sector and sector not in sectors):
            raise InvalidScheme(f"{place}: {sector} is no sector; it is one, or empty where the name says nothing")
    return dict(given)


def _attributes(given: Iterable[Mapping[str, Any]]) -> tuple[tuple[str, str], ...]:
    attributes = []
    for item in given:
        code, condition = _named(item, "attributes"), item.get("when")
        if condition not in (*CONDITIONS, "always"):
            raise InvalidScheme(f"attributes.{code}.when must be one of {', '.join((*CONDITIONS, 'always'))}")
        attributes.append((code, str(condition)))
    order = [condition for _, condition in attributes]
    if twice := _repeated(code for code, _ in attributes) or _repeated(order):
        raise InvalidScheme(f"attributes: {twice} occurs twice")
    if order[-1] != "always":
        raise InvalidScheme("attributes must end with one that always applies")
    for first, then in _BEFORE:
        if first in order and then in order and order.index(first) > order.index(then):
            raise InvalidScheme(f"attributes: {first} must stand before {then}")
    return tuple(attributes)


def _sector(given: Mapping[str, Any], types: Collection[str] | None) -> Sector:
    code = _named(given, "sectors")
    place = f"sectors.{code}"
    for key in ("source", "certainty", "domains"):
        if not given.get(key):
            raise InvalidScheme(f"{place}.{key} is missing")
    if given["certainty"] not in CERTAINTIES:
        raise InvalidScheme(f"{place}.certainty must be one of {', '.join(CERTAINTIES)}")
    domains = []
    for item in given["domains"]:
        inner = _named(item, f"{place}.domains")
        vocabulary = _vocabulary(item, f"{place}.{inner}", types)
        domains.append(Domain(inner, item["title"], item["title_zh"], vocabulary))
    if twice := _repeated(domain.code for domain in domains):
        raise InvalidScheme(f"{place}: domain {twice} occurs twice")
    own = _vocabulary(given, place, types)
    everything = [own, *(domain.vocabulary for domain in domains)]
    for kind, spoken in (
        ("word", [" ".join(word) for part in everything for word in part.terms()]),
        ("unit", [name for part in everything for name in part.units]),
        ("system", [name for part in everything for name in part.systems]),
        ("type", [name for part in everything for name in (*part.types, *part.weak_types)]),
    ):
        if twice := _repeated(spoken):
            raise InvalidScheme(f"{place}: {kind} {twice} occurs twice")
    if not own.strong:
        raise InvalidScheme(f"{place}.strong is missing")
    return Sector(code, given["title"], given["title_zh"], given["source"], given["certainty"], own, tuple(domains))


def _named(given: Mapping[str, Any], place: str) -> str:
    code = str(given.get("code", "?"))
    if not _CODE.fullmatch(code):
        raise InvalidScheme(f"{place}.{code}: a code has small letters, digits and underscores, at most 39 of them")
    for key in ("title", "title_zh"):
        if not given.get(key):
            raise InvalidScheme(f"{place}.{code}.{key} is missing")
    return code


def _vocabulary(given: Mapping[str, Any], place: str, types: Collection[str] | None) -> Vocabulary:
    for key in ("types", "weak_types"):
        unknown = [name for name in given.get(key, ()) if types is not None and name not in types]
        if unknown:
            raise InvalidScheme(f"{place}.{key}: sensitive type {unknown[0]} is unknown")
    systems = given.get("systems", ())
    if strange := [name for name in systems if name not in SYSTEMS]:
        raise InvalidScheme(f"{place}.systems: {strange[0]} is unknown; known are {', '.join(SYSTEMS)}")
    return Vocabulary(
        strong=_terms(given.get("strong", ()), f"{place}.strong"),
        words=_terms(given.get("words", ()), f"{place}.words"),
        weak=_terms(given.get("weak", ()), f"{place}.weak"),
        headers=_terms(given.get("headers", ()), f"{place}.headers"),
        weak_headers=_terms(given.get("weak_headers", ()), f"{place}.weak_headers"),
        units=frozenset(unit(name) for name in given.get("units", ())),
        systems=frozenset(systems),
        types=frozenset(given.get("types", ())),
        weak_types=frozenset(given.get("weak_types", ())),
    )


def _terms(given: Iterable[Any], place: str) -> frozenset[Term]:
    read = []
    for word in given:
        read.append(term(word) if isinstance(word, str) else ())
        if not read[-1]:
            raise InvalidScheme(f"{place}: {word!r} is no word")
    if twice := _repeated(" ".join(word) for word in read):
        raise InvalidScheme(f"{place}: {twice} occurs twice")
    return frozenset(read)


def _repeated(names: Iterable[str]) -> str | None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None
