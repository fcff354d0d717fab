"""What a masked column hides, found again in cells that would leave as they are.

Two nets. A number or address that proves to be a person's is found wherever it stands: resident IDs by check digit and
date, e-mail addresses, IBAN, plates, and within longer text telephone, payment card and social security numbers. And
what an identifying column says is found in the other cells of its row, however it is spaced or its letters are written.

Columns of bare digits are left to the examination, which has seen them whole: eleven digits may be a serial number.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from grading.engine.sensitivity.embedded import identifiers

IDENTIFYING: Final = frozenset(
    {"person_name", "resident_id", "passport", "mobile_phone", "email", "medical_record_number", "bank_card"}
    | {"vehicle_plate"}
)
"""Sensitive types whose values name one person."""

_CANDIDATE: Final = r"@|\d{4}|\p{Han}[A-Z]"
#: Shorter ones are found by chance: a doctor's number in an amount, two letters in a word.
_TELLING: Final = r"^(?:.*\p{Han}.+|.+\p{Han}.*|\D.{3,}|.{3,}\D|.{8,})$"


def hiding(cells: Mapping[str, pl.Series], sources: Sequence[pl.Series]) -> dict[str, pl.Series]:
    """Of each column of text cells, which cells hold what must stay hidden (true or false, never null).

    `sources` are the identifying columns of the same rows, unmasked, as text.
    """
    told = [_compact(source) for source in sources]
    return {name: _hiding(text, told) for name, text in cells.items()}


def proves_a_person(value: str) -> bool:
    """Whether a text in normal form holds a number or address that proves to be a person's."""
    return next(identifiers(value), None) is not None


def _hiding(text: pl.Series, told: Sequence[pl.Series]) -> pl.Series:
    if not text.len() or text.null_count() == text.len():
        return pl.repeat(False, text.len(), dtype=pl.Boolean, eager=True)
    plain = text.str.normalize("NFKC").str.replace_all(r"\p{Cf}", "")
    suspects = plain.filter(plain.str.contains(_CANDIDATE).fill_null(False)).unique()
    found = plain.is_in([value for value in suspects if proves_a_person(value)])
    compact = _compact(text)
    for source in told:
        rows = pl.DataFrame({"cell": compact, "source": source})
        telling = pl.col("source").str.contains(_TELLING)
        held = pl.col("cell").str.contains(pl.col("source"), literal=True)
        found = found | rows.select((telling & held).fill_null(False).alias("held")).to_series()
    return found.fill_null(False)


def _compact(text: pl.Series) -> pl.Series:
    return text.str.normalize("NFKC").str.to_lowercase().str.replace_all(r"[\s\p{Cf}-]", "")
