"""Which sub-indicator of GB/T 36344-2018 a kind of error speaks of."""

from collections.abc import Mapping
from typing import Final

Indicator = tuple[str, str]
"""(dimension, sub-indicator): keys of DIMENSIONS."""

PRESENT: Final[Indicator] = ("completeness", "data_elements")
CONTENT: Final[Indicator] = ("accuracy", "content_correctness")
FORMAT: Final[Indicator] = ("accuracy", "format_compliance")
UNIQUE: Final[Indicator] = ("accuracy", "uniqueness")
DIRTY: Final[Indicator] = ("accuracy", "dirty_data_rate")
SAME: Final[Indicator] = ("consistency", "same_data")
RELATED: Final[Indicator] = ("consistency", "related_data")

#: A kind that is not named here speaks of what a cell says, not of how: `content_correctness`.
INDICATOR_OF: Final[Mapping[str, Indicator]] = {
    "disguised_missing": PRESENT,
    "dependency_gap": PRESENT,
    "value_elsewhere": PRESENT,
    "type_mismatch": FORMAT,
    "mixed_format": FORMAT,
    "mixed_units": FORMAT,
    "pattern_outlier": FORMAT,
    "strange_writing": FORMAT,
    "swapped_day_month": CONTENT,
    "numeric_outlier": CONTENT,
    "near_duplicate": CONTENT,
    "misspelt_word": CONTENT,
    "embedded_value": CONTENT,
    "broken_text": DIRTY,
    "wrong_encoding": DIRTY,
    "inconsistent_spelling": SAME,
    "dependency_break": RELATED,
    "dependency_key": RELATED,
}
#: Sub-indicators that look at single values: they can say something of such columns only as show what is right in them.
OF_VALUES: Final = frozenset({CONTENT, FORMAT, DIRTY, SAME, RELATED})


def indicator_of(kind: str) -> Indicator:
    """The sub-indicator that an error of this kind lowers, besides the rate of dirty data."""
    return INDICATOR_OF.get(kind, CONTENT)
