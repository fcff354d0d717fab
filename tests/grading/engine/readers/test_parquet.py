"""Parquet: every logical type opens and is profiled; what the footer says is what is in the file."""

import base64
import io
import zlib
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import accumulate
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grading.engine.profile import study_table
from grading.engine.readers import RowGroup, UnreadableFile, open_table
from grading.engine.readers.footer import BadFooter, read_row_groups
from tests.grading.engine.readers.conftest import Open, RowsOf

# One column of a value and a null, as Arrow's own writer makes them; Polars writes none of these types.
INT96 = (
    "eNoLcAwyFGUQVRFV0RFlATLYRNlkGBgYmICYmZEj/chRbi4GhsctqgyiLJI6pgwSbMXJGam5iaJMQKWqTBKMiQxiLJIykjJqDDKibJKqbAySQDFR"
    "oKCYl5iXGoenDNBMBqBqG002STUmkLFACRY1DjEvBg2FgsSiwtLUEt3kggLdxKKi/HKFstSi4sz8PAUjMz0DPUNJGZBbqoA4AOhMAE8JHGk="
)
MAP = (
    "eNp1UT1rwzAQPZ1Vk0KWDCck0OAhNhmc0BRsOnjp0ilDyBxSRFBpcD5cp0npf+t/cy8OtKEfg/ROunfv7knT+9mYgPrUT0lyEFJocxyIUouy1wMA"
    "5CUh4D1AEAzlX/RGi+YnPWjpDUkzz0CH++Wz3zhCyFALRsJJyvlM6uvSvz8e3frgSQJ1Y9AB38QwsZznM+qrNgtKGmvSBCx1TRyCuRPuu/ZUQ0xR"
    "C7VIOsWFCWN5UuDOhUKTSDA5tnP+I3Ru9iX1VFwY/CX1gGfP6kMomXQYYBBVrn45+NfhsqqGrq53b9HR1/vVbhvd5qOb0dik7OxkzvILTfkHPgGD"
    "cT5o"
)
JSON = (
    "eNp1UttOwkAQXSupPhATH7bpJn0gTWh8QKVeSDT6MAXagBekKBTfSiFF5Sa0EDX+oR/g5zjbFrwknqTb6ZyZOWeyvQFbp4SqVM3RFAYiFZWCsLPx"
    "prrqqf4uL4PtbUKIgM/62gaeSZamWO6YyOLM6/eGLhUITWcFec3NapcfWCWlmMIUjSg0zbIiYchQTEqBFGibZ//IMAVtEJx1Jm0xkWkCV8WWlLYp"
    "BcjKabDtWus01pQ/hf0IPiDqEOMCYAGGDyaAD8WIAsMAuOJBEaASJb7fiDI/2kl/gzdjnQXgQSkpMnkeklk2lyp6ybzlkBicssorqrFKlircqbX6"
    "5j5R1Km+dA690B1dzzt+pIN2zMbd04lTGzaPulYz9A4G887jJGy39EEs4nNf5Wi/P0v8QLRPvVlt3Ope4d7p5+9bx69u6ySsDfVB1zKf2o7dX5o2"
    "fvWfnxM5M3Gnz2Ev2PUmk113Oh0vMvPedPYwHmUOCnv5PZ0pCl6OiDd0g//RFzbSi64="
)
UUID = (
    "eNoLcAwyFGUQ1RHV0RFlATLYRNlkzJg0BBgYmZhZWNnYOTi5uHl4+fglMEQEBRkYGJiAmJkRXUqURVLHlEGCrTg5IzU3UZSJQZRPVEGUSYIxMecN"
    "UIMYi6SMpIwag4won6QqG4MkUFwUKCi2iBGI1DhsiLZfUgboYgag+TaabJJqTCDHgAxhUeMAUgwaCgWJRYWlqSW6yQUFuolFRfnlCmWpRcWZ+XkK"
    "RmZ6BnqGkjIyQC3rgDgAGAwAmoIf3Q=="
)
WIDE = (
    "eNoLcAwyFGUQNRM10xFlATLYRNlkJEQZMAHrHRzCYkwaJKkXFARSTEDMzIhVXpRFUseUQYKtODkjNTdRlIlBlE9US5RJgjFRlQvovBSdGBAJVCrG"
    "IikjKaPGICPKJ6nKxiAJVCEKFBSbwwREahw2NPeGpAwwwBiALrTRZJNUYwL5CWQ5ixoHkGLQUChILCosTS3RTS4o0E0sKsovVyhLLSrOzM9TMDLT"
    "M9AzlJSRAWr5AMQBwFgAAKmeJsk="
)

AT = datetime(2020, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
PLAIN_AT = AT.replace(tzinfo=None)


def written(values: Any, dtype: Any = None, **options: Any) -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame({"a": pl.Series(values, dtype=dtype)}).write_parquet(buffer, **options)
    return buffer.getvalue()


def stored(text: str) -> bytes:
    return zlib.decompress(base64.b64decode(text))


@pytest.mark.parametrize(
    ("content", "declared", "cell", "inferred"),
    [
        (
            written([Decimal("1.50"), None], pl.Decimal(38, 2)),
            "decimal(precision=38, scale=2)",
            Decimal("1.50"),
            "decimal",
        ),
        (written([time(1, 2, 3, 4), None]), "time", time(1, 2, 3, 4), "time"),
        (written([timedelta(1, 2, 3), None]), "duration(time_unit='us')", "P1DT2.000003S", "text"),
        (written([b"a\xff", None]), "binary", "61ff", "text"),
        (written(["x", None], pl.Categorical), "categorical", "x", "text"),
        (written(["x", None], pl.Enum(["x", "y"])), "enum(categories=['x', 'y'])", "x", "text"),
        (written([[1, 2], None]), "list(int64)", '{"value":[1,2]}', "structure"),
        (written([[1, 2], None], pl.Array(pl.Int8, 2)), "array(int8, shape=(2,))", '{"value":[1,2]}', "structure"),
        (written([[b"\xff"], None]), "list(binary)", '{"value":["ff"]}', "structure"),
        (
            written([[b"\xff", b"a"], None], pl.Array(pl.Binary, 2)),
            "array(binary, shape=(2,))",
            '{"value":["ff","61"]}',
            "structure",
        ),
        (
            written([{"x": 1, "y": [{"b": b"\xff", "d": timedelta(1)}]}, None]),
            "struct({'x': int64, 'y': list(struct({'b': binary, 'd': duration(time_unit='us')}))})",
            '{"value":{"x":1,"y":[{"b":"ff","d":"P1D"}]}}',
            "structure",
        ),
        (written([2**64 - 1, None], pl.UInt64), "uint64", 2**64 - 1, "integer"),
        (written([1.5, None], pl.Float32), "float32", 1.5, "decimal"),
        (written([True, None]), "boolean", True, "boolean"),
        (written([date(1, 1, 1), None]), "date", date(1, 1, 1), "date"),
        (written([PLAIN_AT, None]), "datetime(time_unit='us', time_zone=none)", PLAIN_AT, "datetime"),
        (
            written([AT, None], pl.Datetime("us", "Asia/Shanghai")),
            "datetime(time_unit='us', time_zone='asia/shanghai')",
            AT,
            "datetime",
        ),
        (written([None, None], pl.Null), "null", None, "empty"),
        (stored(INT96), "datetime(time_unit='ns', time_zone=none)", PLAIN_AT, "datetime"),
        (stored(MAP), "map(string, binary)", '{"value":[{"key":"k","value":"ff"}]}', "structure"),
        (stored(JSON), "string", '{"a":1}', "text"),
        (stored(UUID), "binary", bytes(range(16)).hex(), "text"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_every_type_opens_and_is_profiled(
    opened: Open, rows_of: RowsOf, content: bytes, declared: str, cell: object, inferred: str
) -> None:
    table = opened(content, "t.parquet")
    assert ([heading.declared_type for heading in table.columns], rows_of(table)) == ([declared], [(cell,), (None,)])
    profile = study_table(table).profile
    assert (profile.rows, profile.columns[0].nulls) == (2, 1 + (cell is None))
    assert profile.columns[0].inferred_type == inferred
    assert profile.to_dict()


def test_a_decimal_that_nothing_here_holds_is_refused(opened: Open) -> None:
    with pytest.raises(UnreadableFile, match="cannot be parsed as parquet"):
        study_table(opened(stored(WIDE), "t.parquet"))


@pytest.mark.parametrize(
    ("content", "nulls", "low", "high"),
    [
        (written([3, None, -1]), 1, -1, 3),
        (written([2**64 - 1, 7], pl.UInt64), 0, 7, 2**64 - 1),
        (written([200, 7], pl.UInt8), 0, 7, 200),
        (written([-7, 100], pl.Int8), 0, -7, 100),
        (written([Decimal("1.50"), Decimal("-2.25")]), 0, Decimal("-2.25"), Decimal("1.50")),
        (
            written([Decimal("1" * 35 + ".50"), None], pl.Decimal(38, 2)),
            1,
            Decimal("1" * 35 + ".50"),
            Decimal("1" * 35 + ".50"),
        ),
        (written([date(2020, 1, 2), date(1969, 1, 1)]), 0, date(1969, 1, 1), date(2020, 1, 2)),
        (written([PLAIN_AT, None]), 1, PLAIN_AT, PLAIN_AT),
        (written([AT, None]), 1, AT, AT),
        (written([1.5, -2.5]), 0, -2.5, 1.5),
        (written([True, False]), 0, False, True),
        (written([0.0, 1.5]), 0, None, 1.5),
        (stored(INT96), None, None, None),
        (stored(UUID), 1, None, None),
    ],
)
def test_the_footers_figures(opened: Open, content: bytes, nulls: int | None, low: object, high: object) -> None:
    (group,) = opened(content, "t.parquet").row_groups
    (chunk,) = group.columns
    assert (chunk.name, chunk.values, chunk.nulls) == ("a", group.rows, nulls)
    assert (chunk.minimum, chunk.maximum) == (low, high)


def test_row_groups_say_which_rows_they_hold(opened: Open) -> None:
    content = written(list(range(10)), row_group_size=4, compression="uncompressed")
    table = opened(content, "t.parquet")
    assert [(group.first_row, group.rows) for group in table.row_groups] == [(0, 4), (4, 4), (8, 2)]
    assert [group.columns[0].maximum for group in table.row_groups] == [3, 7, 9]
    assert all(0 < group.packed_bytes < len(content) for group in table.row_groups)
    assert table.records == 10
    assert opened(b"a,b\n1,2\n").row_groups == ()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(st.none() | st.integers(-(2**63), 2**63 - 1), st.none() | st.text(max_size=5), st.dates()), min_size=1
    ),
    size=st.integers(1, 7),
)
def test_the_footer_agrees_with_the_content(tmp_path: Path, rows: list[tuple[Any, ...]], size: int) -> None:
    frame = pl.DataFrame(rows, schema={"n": pl.Int64, "t": pl.String, "d": pl.Date}, orient="row")
    frame.write_parquet(tmp_path / "t", row_group_size=size)
    with open(tmp_path / "t", "rb") as file:
        groups = read_row_groups(file)
    assert sum(group.rows for group in groups) == len(rows)
    for group in groups:
        part = frame.slice(group.first_row, group.rows)
        for chunk, cells in zip(group.columns, part.get_columns(), strict=True):
            assert chunk.nulls == cells.null_count()
            assert chunk.minimum in (None, cells.min())
            assert chunk.maximum in (None, cells.max())
        assert group.columns[2].minimum == part.get_column("d").min()


def _groups_of(content: bytes) -> tuple[RowGroup, ...]:
    return read_row_groups(io.BytesIO(content))


@settings(max_examples=150, deadline=None)
@given(place=st.integers(1, 400), junk=st.binary(min_size=1, max_size=12))
def test_a_damaged_footer_is_an_error_of_its_own(place: int, junk: bytes) -> None:
    content = written([1, 2, 3])
    place = max(0, len(content) - place)
    try:
        groups = _groups_of(content[:place] + junk + content[place + len(junk) :])
    except BadFooter:
        return
    assert [group.first_row for group in groups] == list(accumulate((g.rows for g in groups[:-1]), initial=0))


@pytest.mark.parametrize(
    "footer",
    [
        b"",
        b"\x1c" * 40_000,  # structures within structures
        b"\x19\xfc\xff\xff\xff\xff\x07",  # a list of two thousand million
        b"\x15\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",  # a number of 12 bytes
        b"\x18\xff\xff\xff\xff\x07",  # a text of two thousand million bytes
        b"\x1f\x00",
    ],
)
def test_a_footer_made_to_hurt(footer: bytes) -> None:
    with pytest.raises(BadFooter):
        _groups_of(b"PAR1" + footer + len(footer).to_bytes(4, "little") + b"PAR1")


def test_a_footer_that_only_polars_reads_leaves_the_groups_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "t").write_bytes(written([1, 2, 3]))
    monkeypatch.setattr("grading.engine.readers.footer.LARGEST_FOOTER", 10)
    with open_table(tmp_path / "t", filename="t.parquet") as table:
        assert (table.records, table.row_groups) == (3, ())
