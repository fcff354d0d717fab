"""Shapes of text values: what is left of them names nobody, in whatever script."""

import polars as pl
import pytest

from grading.engine.profile.shapes import shape
from grading.engine.redact import value_shape


@pytest.mark.parametrize(
    ("value", "left"),
    [
        ("N14228", "A99999"),
        ("李娜", "文文"),
        ("김민수", "aaa"),
        ("أحمد", "aaaa"),
        ("たなか", "aaa"),
        ("สมชาย", "aaaaa"),
        ("Ωmega-７", "Aaaaa-9"),
        ("½ⅷ", "99"),
    ],
)
def test_no_letter_and_no_digit_is_left_in_profiles_and_findings(value: str, left: str) -> None:
    assert pl.select(shape(pl.lit(value)).alias("shape")).item() == left
    assert value_shape(value) == left
