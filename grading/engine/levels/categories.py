"""Classification: industry sector, business domain, attribute (GB/T 43697-2024), by words and sensitive types."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grading.engine.levels.scheme import CONDITIONS, InvalidScheme
from grading.engine.sensitivity import ColumnVerdict
from grading.engine.sensitivity.taxonomy import header_words

#: A word of the listing's title counts as much as this many column names.
TITLE_WEIGHT = 2.0
TYPE_WEIGHT = 3.0
DECLARED_CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Domain:
    """A business domain of a sector."""

    code: str
    title: str
    title_zh: str
    words: frozenset[str]
    types: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sector:
    """An industry sector."""

    code: str
    title: str
    title_zh: str
    words: frozenset[str]
    domains: tuple[Domain, ...]


@dataclass(frozen=True, slots=True)
class Categories:
    """A version of the classification. `attributes`: (code, condition) in order of precedence."""

    code: str
    version: str
    standard: str
    source: str
    certainty: str
    sectors: tuple[Sector, ...]
    attributes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CategoryOption:
    """Another category that the words allow."""

    sector: str
    domain: str | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Category:
    """Sector, domain and attribute. `sector` is None where nothing speaks for any; `declared`: the provider said it."""

    sector: str | None
    domain: str | None
    attribute: str
    confidence: float
    declared: bool
    alternatives: tuple[CategoryOption, ...] = ()


def load_categories(path: Path | str) -> Categories:
    """Read a classification file. Raises InvalidScheme."""
    return parse_categories(tomllib.loads(Path(path).read_text(encoding="utf-8")))


def parse_categories(data: Mapping[str, Any]) -> Categories:
    """Check plain data (as of the TOML file) and make Categories of it."""
    for key in ("code", "version", "standard", "source", "certainty", "sectors", "attributes"):
        if not data.get(key):
            raise InvalidScheme(f"{key} is missing")
    sectors = tuple(_sector(item) for item in data["sectors"])
    if len({sector.code for sector in sectors}) != len(sectors):
        raise InvalidScheme("two sectors have the same code")
    attributes = tuple((item["code"], item["when"]) for item in data["attributes"])
    if any(condition not in (*CONDITIONS, "always") for _, condition in attributes) or attributes[-1][1] != "always":
        raise InvalidScheme("attributes must end with one that always applies")
    return Categories(
        code=data["code"],
        version=str(data["version"]),
        standard=data["standard"],
        source=data["source"],
        certainty=data["certainty"],
        sectors=sectors,
        attributes=attributes,
    )


def categorise(
    categories: Categories,
    *,
    columns: Iterable[str],
    texts: Iterable[str],
    sector: str | None,
    verdicts: tuple[ColumnVerdict, ...],
) -> Category:
    """Recommend a category from column names, listing texts and sensitive types.

    A declared sector is taken as it is, known to the scheme or not; the words then choose the domain within it.
    """
    told = _words_of(columns, texts)
    types = {verdict.sensitive_type for verdict in verdicts if verdict.sensitive_type}
    options: list[tuple[float, str, str | None]] = []
    for entry in categories.sectors:
        own = told.weight(entry.words)
        scores = [
            (told.weight(domain.words) + TYPE_WEIGHT * len(domain.types & types), domain.code)
            for domain in entry.domains
        ]
        best, code = max(scores, key=lambda item: item[0], default=(0.0, None))
        if own + best > 0:
            options.append((own + best, entry.code, code if best > 0 else None))
    options.sort(key=lambda item: (-item[0], item[1]))
    attribute = next(code for code, condition in categories.attributes if _holds(condition, verdicts))
    total = sum(weight for weight, _, _ in options)
    rated = [CategoryOption(code, domain, round(weight / (total + 1.0), 2)) for weight, code, domain in options]
    if sector is not None:
        inside = next((option for option in rated if option.sector == sector), None)
        others = tuple(option for option in rated if option.sector != sector)[:3]
        return Category(sector, inside.domain if inside else None, attribute, DECLARED_CONFIDENCE, True, others)
    if not rated:
        return Category(None, None, attribute, 0.0, False)
    return Category(rated[0].sector, rated[0].domain, attribute, rated[0].confidence, False, tuple(rated[1:4]))


@dataclass(frozen=True)
class _Words:
    """How many column names hold a word, and whether the listing's texts do."""

    names: Mapping[str, int]
    joined_names: tuple[str, ...]
    in_texts: frozenset[str]
    texts: str

    def weight(self, words: frozenset[str]) -> float:
        total = 0.0
        for word in words:
            if word.isascii():
                total += self.names.get(word, 0) + TITLE_WEIGHT * (word in self.in_texts)
            else:
                total += sum(word in name for name in self.joined_names) + TITLE_WEIGHT * (word in self.texts)
        return total


def _words_of(columns: Iterable[str], texts: Iterable[str]) -> _Words:
    names, described = tuple(columns), " ".join(texts)
    counted = Counter(word for name in names for word in set(header_words(name)))
    chinese = tuple(name for name in names if not name.isascii())
    return _Words(counted, chinese, frozenset(header_words(described)), described)


def _holds(condition: str, verdicts: tuple[ColumnVerdict, ...]) -> bool:
    if condition == "always":
        return True
    if condition == "personal":
        return any(verdict.personal for verdict in verdicts)
    if condition == "sensitive_personal":
        return any(verdict.sensitive_personal for verdict in verdicts)
    return any(verdict.nature == condition for verdict in verdicts)


def _sector(given: Mapping[str, Any]) -> Sector:
    code = str(given.get("code", "?"))
    for key in ("code", "title", "title_zh", "words", "domains"):
        if not given.get(key):
            raise InvalidScheme(f"sectors.{code}.{key} is missing")
    domains = tuple(
        Domain(
            item["code"], item["title"], item["title_zh"], frozenset(item["words"]), frozenset(item.get("types", ()))
        )
        for item in given["domains"]
    )
    return Sector(code, given["title"], given["title_zh"], frozenset(given["words"]), domains)
