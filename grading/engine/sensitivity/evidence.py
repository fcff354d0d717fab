"""What detectors look at and what they claim."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from typing import Final

import polars as pl

from grading.engine.profile import Sample
from grading.engine.sensitivity.headers import Spoken
from grading.engine.sensitivity.signs import ANY_KIND, KIND, KIND_OF, KINDS, grouped
from grading.engine.sensitivity.taxonomy import SensitiveType, Taxonomy

#: Distinct values of a column that detectors look at, and of a table; characters of them.
VALUES_EXAMINED: Final = 4_000
VALUES_OF_TABLE: Final = 1_000_000
CHARACTERS_EXAMINED: Final = 4_000 * 512
CHARACTERS_OF_TABLE: Final = 100_000_000
#: So many values are looked at however long they are.
LEAST_EXAMINED: Final = 40
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
    "digests": "%(matched)s cells hold digests or ciphers under a name for an identifier of persons.",
    "tracked_context": "Other columns of the table hold what moves with a person.",
    "organisation_context": "The records are organisations or places; the persons in them are their contacts.",
    "things_context": "The records are things, machines or animals: what is said here is not said of a person.",
    "organisation_header": "The column name says that it is an organisation's.",
    "minors_table": "Most persons of the table are minors.",
    "minors": "The column name contains “%(word)s”: the persons are minors.",
}


_COUNT: Final = itemgetter(1)


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

    @property
    def header(self) -> str | None:
        """The word of the column's name that speaks for the type."""
        told = self.evidence[0] if self.evidence else None
        return str(told.params["word"]) if told is not None and told.code == "header" else None


class Look:
    """A column as detectors see it: distinct values (placeholders left out) with their cell counts.

    `proven` holds the values that strong validators recognise; weaker detectors leave them out of their shares, so
    that adding proven personal values never lowers another verdict. The others are the open ones. `traits`: what any
    value could be, proven or open (see signs.py). `spoken`: what the column's name says.
    """

    __slots__ = (
        "_all", "_cells_by_kind", "_kinds", "_open", "cells", "longest", "name", "open_cells", "open_distinct",
        "open_kinds", "proven", "spoken", "taxonomy", "texts", "today", "traits", "values",
    )  # fmt: skip

    def __init__(self, name: str, values: Mapping[str, int], taxonomy: Taxonomy, today: date) -> None:
        self.name = name
        self.values = values
        self.texts = tuple(values)
        self.taxonomy = taxonomy
        self.today = today
        self.spoken: Spoken = taxonomy.vocabulary.heard(name)
        self.longest = max(map(len, self.texts), default=0)
        self.proven: frozenset[str] = frozenset()
        self._all = grouped(values.items())
        self.traits = self._leave_open(self._all)
        self.cells = self.open_cells

    def _leave_open(self, groups: Mapping[int, list[tuple[str, int]]]) -> int:
        """Take these groups for the open ones. Returns the traits of any value in them."""
        self._open: list[tuple[int, list[tuple[str, int]], int]] = []
        self._kinds: dict[str, list[tuple[str, int]]] | None = None
        self._cells_by_kind: dict[str, int] | None = None
        open_cells = open_distinct = any_traits = 0
        for traits, values in groups.items():
            cells = sum(map(_COUNT, values))
            self._open.append((traits, values, cells))
            open_cells += cells
            open_distinct += len(values)
            any_traits |= traits
        self.open_cells = open_cells
        self.open_distinct = open_distinct
        self.open_kinds = any_traits & ANY_KIND
        return any_traits

    def without(self, proven: frozenset[str]) -> "Look":
        """The same look when strong validators have recognised some values."""
        other = object.__new__(Look)
        for attribute in Look.__slots__:
            setattr(other, attribute, getattr(self, attribute))
        other.proven = proven
        left = {traits: [one for one in values if one[0] not in proven] for traits, values in self._all.items()}
        other._leave_open({traits: values for traits, values in left.items() if values})
        return other

    @property
    def kinds(self) -> Mapping[str, Sequence[tuple[str, int]]]:
        """The open values with their counts, by `kind_of`."""
        if self._kinds is None:
            self._kinds = {kind: [] for kind in KIND}
            for traits, values, _ in self._open:
                self._kinds[KIND_OF[traits & ANY_KIND]].extend(values)
        return self._kinds

    @property
    def cells_by_kind(self) -> Mapping[str, int]:
        """Open cells by `kind_of`."""
        if self._cells_by_kind is None:
            self._cells_by_kind = dict.fromkeys(KIND, 0)
            for traits, _, cells in self._open:
                self._cells_by_kind[KIND_OF[traits & ANY_KIND]] += cells
        return self._cells_by_kind

    def part(self, kinds: str) -> float:
        """Share of the open cells of these kinds."""
        wanted = KINDS[kinds]
        found = 0
        for traits, _, cells in self._open:
            if traits & wanted:
                found += cells
        return found / self.open_cells if found else 0.0

    def of(self, kinds: str) -> Iterable[tuple[str, int]]:
        """The open values of these kinds with their counts."""
        for kind in kinds:
            yield from self.kinds[kind]

    def having(self, traits: int) -> list[str]:
        """The values, proven or open, that have one of the traits at least."""
        return [text for own, values in self._all.items() if own & traits for text, _ in values]

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

    def matching(
        self, test: Callable[[str], object], kinds: str = "DNHA", *, traits: int = 0, least: float = 0.0
    ) -> tuple[int, int]:
        """(cells, distinct values) of these kinds for which `test` is true, strongly proven values left out.

        `traits`: only values that have one of them can pass. Where fewer than `least` cells pass the answer is (0, 0),
        and is given as soon as that is certain.
        """
        wanted = KINDS[kinds]
        possible = cells = distinct = 0
        chosen = []
        for own, values, held in self._open:
            if own & wanted and (not traits or own & traits):
                chosen.append(values)
                possible += held
        if possible < least:
            return 0, 0
        for values in chosen:
            for text, count in values:
                if test(text):
                    cells += count
                    distinct += 1
                else:
                    possible -= count
                    if possible < least:
                        return 0, 0
        return cells, distinct

    def cells_of(self, texts: Iterable[str]) -> int:
        """Cells that hold one of these distinct values of the column."""
        return sum([self.values[text] for text in texts])

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


def look_at(name: str, sample: Sample, taxonomy: Taxonomy, today: date, *, columns: int = 1) -> Look:
    """Take a bounded, reproducible choice of the distinct values of one of a table's `columns`."""
    frame = sample.frame
    most = _most(columns)
    if frame.height > 2 * most:
        frame = frame.filter((pl.col("kind") != "placeholder") & (pl.col("text") != ""))
        frame = frame.with_columns(place=pl.col("text").hash(seed=7)).sort("place", "text").head(most)
    texts, counts, kinds = (frame.get_column(key).to_list() for key in ("text", "count", "kind"))
    held = [(text, count) for text, count, kind in zip(texts, counts, kinds, strict=True) if kind != "placeholder"]
    return look_of(name, held, taxonomy, today, columns=columns)


def look_of(
    name: str, values: Iterable[tuple[str | None, int]], taxonomy: Taxonomy, today: date, *, columns: int = 1
) -> Look:
    """The look at values with their counts. Full-width digits, invisible signs, spaces in Chinese hide nothing."""
    plain: dict[str, int] = {}
    for text, count in values:
        if text in plain:
            plain[text] += count
        elif text and text.endswith(".0") and len(text) >= 13 and text[:-2].isdigit():
            # a telephone number that went through a column of fractions
            plain[text[:-2]] = plain.get(text[:-2], 0) + count
        elif text and (
            bare := text.strip(_EDGES) if len(text) <= LONGEST_EXAMINED and text.isascii() else _plain(text)
        ):
            plain[bare] = plain.get(bare, 0) + count
    absent = taxonomy.lexicons["absent_words"]
    if not absent.isdisjoint(plain):
        plain = {text: count for text, count in plain.items() if text not in absent}
    if len(plain) > LEAST_EXAMINED:
        characters = min(CHARACTERS_EXAMINED, CHARACTERS_OF_TABLE // columns)
        step = max(-(-len(plain) // _most(columns)), -(-sum(map(len, plain)) // characters))
        if step > 1:
            plain = {text: plain[text] for text in sorted(plain)[::step]}
    return Look(name, plain, taxonomy, today)


def _most(columns: int) -> int:
    """Values that are looked at of each of so many columns."""
    return max(LEAST_EXAMINED, min(VALUES_EXAMINED, VALUES_OF_TABLE // columns))


#: White space, and the quotes that spreadsheets put before numbers that are to remain text.
_EDGES: Final = " \t\r\n\v\f'\"`"
_FORMAT = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
_APART = re.compile("(?<=[\u4e00-\u9fff])\\s+(?=[\u4e00-\u9fff])")


def _plain(text: str) -> str:
    if len(text) > LONGEST_EXAMINED:
        text = text[:LONGEST_EXAMINED]
    if text.isascii():
        return text.strip(_EDGES)
    return _APART.sub("", _FORMAT.sub("", unicodedata.normalize("NFKC", text)).strip())[:LONGEST_EXAMINED]
