"""Quality and distributions as pictures: accessible SVG without scripts. Pure, no Django."""

from grading.drawing.axes import number
from grading.drawing.columns import ColumnMark, ColumnWords, columns
from grading.drawing.distribution import Bin, Distribution, Share, Words, distribution, sparkline
from grading.drawing.scores import Mark, bars, radar
from grading.drawing.svg import POLICY, standalone
from grading.drawing.tallies import Span, Tally, spans, tallies

__all__ = [
    "POLICY",
    "Bin",
    "ColumnMark",
    "ColumnWords",
    "Distribution",
    "Mark",
    "Share",
    "Span",
    "Tally",
    "Words",
    "bars",
    "columns",
    "distribution",
    "number",
    "radar",
    "spans",
    "sparkline",
    "standalone",
    "tallies",
]
