"""What detectors look at and what they claim."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import polars as pl

from grading.engine.profile import ColumnProfile, Sample
from grading.engine.sensitivity.taxonomy import SensitiveType, Taxonomy, speaks_of

#: Distinct values of a column that detectors look at.
VALUES_EXAMINED = 4_000

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
    "spread": "The numbers begin with %(prefixes)s different prefixes, unlike a serial number.",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """`code` is a key of EVIDENCE; `params` hold counts and header words, never values of the data."""

    code: str
    params: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Claim:
    """A detector's opinion of a column. `dominant`: the column is of this type; else it contains such values."""

    type: SensitiveType
    confidence: float
    matched: int
    examined: int
    evidence: tuple[Evidence, ...]
    dominant: bool = True
    identifies: bool = False


@dataclass(frozen=True)
class Look:
    """A column as detectors see it: distinct values (placeholders left out) with their cell counts.

    `proven` holds the values that strong validators recognise; weaker detectors leave them out of their shares, so
    that adding proven personal values never lowers another verdict.
    """

    profile: ColumnProfile
    texts: tuple[str, ...]
    counts: tuple[int, ...]
    taxonomy: Taxonomy
    today: date
    proven: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The column's name."""
        return self.profile.name

    @cached_property
    def cells(self) -> int:
        """Cells examined."""
        return sum(self.counts)

    @cached_property
    def open_cells(self) -> int:
        """Cells examined that no strong validator has recognised."""
        return sum(count for text, count in zip(self.texts, self.counts, strict=True) if text not in self.proven)

    def header(self, code: str) -> str | None:
        """The word of the column name that speaks for the type, unless another speaks against it."""
        kind = self.taxonomy.types[code]
        return None if self.avoided(code) else speaks_of(self.name, kind.headers)

    def avoided(self, code: str) -> str | None:
        """The word of the column name that speaks against the type."""
        return speaks_of(self.name, self.taxonomy.types[code].avoid)

    def matching(self, test: Callable[[str], object]) -> tuple[int, int]:
        """(cells, distinct values) for which `test` is true, strongly proven values of other types left out."""
        cells = distinct = 0
        for text, count in zip(self.texts, self.counts, strict=True):
            if text not in self.proven and test(text):
                cells += count
                distinct += 1
        return cells, distinct

    def claim(
        self,
        code: str,
        confidence: float,
        matched: int,
        *evidence: Evidence,
        examined: int | None = None,
        dominant: bool = True,
        identifies: bool | None = None,
    ) -> Claim:
        """A claim with the header's evidence added."""
        kind = self.taxonomy.types[code]
        word = self.header(code)
        told = (Evidence("header", {"word": word}), *evidence) if word else evidence
        return Claim(
            kind,
            round(min(confidence, 0.99), 2),
            matched,
            self.cells if examined is None else examined,
            told,
            dominant,
            kind.identifies if identifies is None else identifies,
        )


def look_at(profile: ColumnProfile, sample: Sample, taxonomy: Taxonomy, today: date) -> Look:
    """Take a bounded, reproducible choice of the column's distinct values."""
    frame = sample.frame.filter((pl.col("kind") != "placeholder") & (pl.col("text") != "")).select("text", "count")
    # one form for the detectors: full-width digits, invisible signs and spaces within Chinese words hide nothing
    plain = pl.col("text").str.normalize("NFKC").str.replace_all(r"\p{Cf}", "").str.strip_chars()
    plain = plain.str.replace_all(r"(\p{Han})\s+(\p{Han})", "$1$2")
    frame = frame.with_columns(text=plain).filter(pl.col("text") != "")
    frame = frame.group_by("text").agg(pl.col("count").sum())
    if frame.height > VALUES_EXAMINED:
        frame = frame.with_columns(place=pl.col("text").hash(seed=7)).sort("place").head(VALUES_EXAMINED)
    frame = frame.sort("text")
    return Look(
        profile, tuple(frame.get_column("text").to_list()), tuple(frame.get_column("count").to_list()), taxonomy, today
    )
