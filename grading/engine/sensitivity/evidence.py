"""What detectors look at and what they claim."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Final

import polars as pl

from grading.engine.profile import Sample
from grading.engine.sensitivity.headers import Spoken
from grading.engine.sensitivity.taxonomy import SensitiveType, Taxonomy

#: Distinct values of a column that detectors look at.
VALUES_EXAMINED: Final = 4_000
#: Characters of a value that detectors look at; what embedded identifiers stand after, the masking finds.
LONGEST_EXAMINED: Final = 2_000

#: Codes of evidence with their English message templates.
EVIDENCE: Mapping[str, str] = {
    "header": "The column name contains “%(word)s”.",
    "header_against": "The column name contains “%(word)s”, which speaks against it.",
    "format": "%(matched)s of %(examined)s cells have the form of this type.",
    "checksum": "%(passed)s of %(tried)s candidates pass the check digit; chance alone gives %(chance)s.",
    "embedded": "%(matched)s cells contain such a value within longer text.",
    "lexicon": "%(matched)s of %(examined)s cells hold known words of this type.",
    "value_set": "The column has %(distinct)s distinct values, all of this type.",
    "plausible_dates": "%(matched)s of %(examined)s cells are dates in the past from 1900 on.",
    "person_context": "Other columns of the table identify persons.",
    "no_person_context": "No column of the table identifies persons.",
    "alone": "The column stands alone: nothing shows that it is not about persons.",
    "co_occurrence": "Other columns of the table hold %(types)s, which raises this one.",
    "spread": "The numbers begin with %(prefixes)s different prefixes, unlike a serial number.",
    "unverified": "Possibly of this type: the form is right in %(matched)s cells, the check digit in %(passed)s.",
    "masked_values": "%(matched)s cells hold such values with signs masked by asterisks.",
    "minors": "The column name contains “%(word)s”: the persons are minors.",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """`code` is a key of EVIDENCE; `params` hold counts and header words, never values of the data."""

    code: str
    params: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Claim:
    """A detector's opinion of a column. `dominant`: the column is of this type; else it contains such values.

    `texts` are the distinct values that carry it, where other detectors are to leave them out of their shares.
    """

    type: SensitiveType
    confidence: float
    matched: int
    examined: int
    evidence: tuple[Evidence, ...]
    dominant: bool = True
    identifies: bool = False
    texts: frozenset[str] = frozenset()


_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:[eE][+-]?\d{1,3})? ?%?")
_HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")


def kind_of(text: str) -> str:
    """`D` digits only, `N` another number, `H` with Chinese characters, `A` anything else."""
    if text.isascii():
        if text.isdigit():
            return "D"
        return "N" if text[0] in "+-.0123456789" and _NUMBER.fullmatch(text) else "A"
    return "H" if _HAN.search(text) else "A"


@dataclass(frozen=True)
class Look:
    """A column as detectors see it: distinct values (placeholders left out) with their cell counts.

    `proven` holds the values that strong validators recognise; weaker detectors leave them out of their shares, so
    that adding proven personal values never lowers another verdict.
    """

    name: str
    texts: tuple[str, ...]
    counts: tuple[int, ...]
    taxonomy: Taxonomy
    today: date
    proven: frozenset[str] = frozenset()

    @cached_property
    def cells(self) -> int:
        """Cells examined."""
        return sum(self.counts)

    @cached_property
    def spoken(self) -> Spoken:
        """What the column's name says."""
        return self.taxonomy.vocabulary.heard(self.name)

    @cached_property
    def kinds(self) -> Mapping[str, tuple[tuple[str, int], ...]]:
        """The open values with their counts, by `kind_of`."""
        found: dict[str, list[tuple[str, int]]] = {"D": [], "N": [], "H": [], "A": []}
        for text, count in zip(self.texts, self.counts, strict=True):
            if text not in self.proven:
                found[kind_of(text)].append((text, count))
        return {kind: tuple(values) for kind, values in found.items()}

    @cached_property
    def cells_by_kind(self) -> Mapping[str, int]:
        """Open cells by `kind_of`."""
        return {kind: sum(count for _, count in values) for kind, values in self.kinds.items()}

    @cached_property
    def open_cells(self) -> int:
        """Cells examined that no strong validator has recognised."""
        return sum(self.cells_by_kind.values())

    @cached_property
    def open_distinct(self) -> int:
        """Distinct values that no strong validator has recognised."""
        return sum(map(len, self.kinds.values()))

    @cached_property
    def longest(self) -> int:
        """Characters of the longest value."""
        return max(map(len, self.texts), default=0)

    def part(self, kinds: str) -> float:
        """Share of the open cells of these kinds."""
        return sum(self.cells_by_kind[kind] for kind in kinds) / self.open_cells if self.open_cells else 0.0

    def of(self, kinds: str) -> Iterable[tuple[str, int]]:
        """The open values of these kinds with their counts."""
        for kind in kinds:
            yield from self.kinds[kind]

    def header(self, code: str) -> str | None:
        """The word of the column name that speaks for the type, unless another speaks against it."""
        return None if self.avoided(code) or self.spoken.about else self.spoken.strong.get(code)

    def weak_header(self, code: str) -> str | None:
        """The same, words that say little included."""
        if self.avoided(code) or self.spoken.about:
            return None
        return self.spoken.strong.get(code) or self.spoken.weak.get(code)

    def named(self, code: str) -> str | None:
        """The word for the type, heeding words against this type, but not those that name a thing about it."""
        return None if self.avoided(code) else self.spoken.strong.get(code)

    def avoided(self, code: str) -> str | None:
        """The word of the column name that speaks against the type."""
        return self.spoken.against.get(code)

    def matching(self, test: Callable[[str], object], kinds: str = "DNHA") -> tuple[int, int]:
        """(cells, distinct values) of these kinds for which `test` is true, strongly proven values left out."""
        cells = distinct = 0
        for kind in kinds:
            for text, count in self.kinds[kind]:
                if test(text):
                    cells += count
                    distinct += 1
        return cells, distinct

    def cells_of(self, texts: frozenset[str] | set[str]) -> int:
        """Cells that hold one of these values."""
        return sum(count for text, count in zip(self.texts, self.counts, strict=True) if text in texts)

    def claim(
        self,
        code: str,
        confidence: float,
        matched: int,
        *evidence: Evidence,
        examined: int | None = None,
        dominant: bool = True,
        identifies: bool | None = None,
        texts: Iterable[str] = (),
    ) -> Claim:
        """A claim with the header's evidence added."""
        kind = self.taxonomy.types[code]
        word = self.weak_header(code)
        told = (Evidence("header", {"word": word}), *evidence) if word else evidence
        return Claim(
            kind,
            round(min(confidence, 0.99), 2),
            matched,
            self.cells if examined is None else examined,
            told,
            dominant,
            kind.identifies if identifies is None else identifies,
            frozenset(texts),
        )

    def formed(self, matched: int) -> Evidence:
        """So many of the open cells have the form."""
        return Evidence("format", {"matched": matched, "examined": self.open_cells})


def look_at(name: str, sample: Sample, taxonomy: Taxonomy, today: date) -> Look:
    """Take a bounded, reproducible choice of the column's distinct values."""
    frame = sample.frame
    if frame.height > 2 * VALUES_EXAMINED:
        frame = frame.filter((pl.col("kind") != "placeholder") & (pl.col("text") != ""))
        frame = frame.with_columns(place=pl.col("text").hash(seed=7)).sort("place", "text").head(VALUES_EXAMINED)
    texts, counts, kinds = (frame.get_column(key).to_list() for key in ("text", "count", "kind"))
    held = [(text, count) for text, count, kind in zip(texts, counts, kinds, strict=True) if kind != "placeholder"]
    return look_of(name, held, taxonomy, today)


def look_of(name: str, values: Iterable[tuple[str | None, int]], taxonomy: Taxonomy, today: date) -> Look:
    """The look at values with their counts. Full-width digits, invisible signs, spaces in Chinese hide nothing."""
    plain: dict[str, int] = {}
    for text, count in values:
        if text and (bare := _plain(text)):
            plain[bare] = plain.get(bare, 0) + count
    ordered = sorted(plain)
    if len(ordered) > VALUES_EXAMINED:
        ordered = ordered[:: -(-len(ordered) // VALUES_EXAMINED)]
    return Look(name, tuple(ordered), tuple(plain[text] for text in ordered), taxonomy, today)


_FORMAT = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
_APART = re.compile("(?<=[\u4e00-\u9fff])\\s+(?=[\u4e00-\u9fff])")


def _plain(text: str) -> str:
    if len(text) > LONGEST_EXAMINED:
        text = text[:LONGEST_EXAMINED]
    if text.isascii():
        return text.strip()
    return _APART.sub("", _FORMAT.sub("", unicodedata.normalize("NFKC", text)).strip())
