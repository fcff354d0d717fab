"""What is a value of each type, and which texts write the same one: from the standard, XML Schema and strptime."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.engine.quality.declared.model import Field
from grading.engine.quality.declared.reading import read

VALID = {
    ("string", "email"): (["a.b+c@example.org", "小明@例子.中国"], ["a@b", "@b.cn", "a b@c.cn", ".a@b.cn", "a@-b.cn"]),
    ("string", "uri"): (["https://a.cn/b?c#d", "urn:isbn:1", "http://[::1]:80/"], ["a.cn/b", "http://a b", "http://é"]),
    ("string", "uuid"): (["123e4567-e89b-12d3-a456-426614174000"], ["123e4567e89b12d3a456426614174000", "x"]),
    ("string", "binary"): (["", "YQ==", "YWI=", "YWJj"], ["YQ", "Y Q==", "YQ=a"]),
    ("integer", "default"): (["0", "-7", "+7", "007", " 7 ", "9" * 40], ["", "1.0", "1e3", "1,000", "７", "--1"]),
    ("number", "default"): (
        ["-1.23", "+100000.00", "210", ".5", "5.", "1E-4", "NaN", "inf", "-INF"],
        ["", ".", "1,5", "1e", "1.2.3", "infinity", "0x1"],
    ),
    ("boolean", "default"): (["true", "True", "TRUE", "1", "false", "0"], ["yes", "T", "", "tRUE"]),
    ("date", "default"): (
        ["2024-02-29", "0001-01-01"],
        ["2023-02-29", "24-1-1", "2024-2-9", "2024/02/09", "0000-01-01"],
    ),
    ("time", "default"): (["15:00:00", "00:00:00"], ["24:00:00", "15:00", "15:60:00", "3pm"]),
    ("datetime", "default"): (
        ["2024-01-26T15:00:00", "2024-01-26T15:00:00.300-05:00", "2024-01-26T24:00:00Z", "2024-01-26T00:00:00+14:00"],
        ["2024-01-26", "2024-01-26 15:00:00", "2024-02-30T15:00:00", "2024-01-26T15:00", "2024-01-26T15:00:00+15:00"],
    ),
    ("year", "default"): (["2024", "-0044", "12024", "2024Z"], ["24", "02024", "2024.0"]),
    ("yearmonth", "default"): (["2024-01", "2024-12"], ["2024-13", "2024-1", "2024"]),
    ("duration", "default"): (["P1Y2M3DT5H6M7.5S", "-PT5M", "P0D"], ["P", "PT", "P1YT", "1D", "P1W", "P1.5D", "P-1D"]),
    ("geopoint", "default"): (["90.50, 45.50", "90,-45"], ["1", "190,0", "0,91", "1,2,3", "a,b"]),
    ("geopoint", "array"): (["[90.5, 45]"], ["[1]", "[1,2,3]", "90,45", '["1","2"]', "[true,1]"]),
    ("geopoint", "object"): (['{"lon": 90.5, "lat": 45}'], ['{"lon": 1}', '{"lon": 1, "lat": 2, "x": 3}', "[1,2]"]),
    ("object", "default"): (['{"a": [1]}', "{}"], ["[]", "1", "{a: 1}", '{"a": NaN}', "null"]),
    ("array", "default"): (["[1, {}]", "[]"], ["{}", "1,2", ""]),
    ("geojson", "default"): (
        [
            '{"type": "Point", "coordinates": [1, 2]}',
            '{"type": "Feature", "geometry": null, "properties": {}}',
            '{"type": "FeatureCollection", "features": []}',
            '{"type": "GeometryCollection", "geometries": [{"type": "MultiPoint", "coordinates": [[1, 2, 3]]}]}',
        ],
        [
            '{"type": "Point", "coordinates": [1]}',
            '{"type": "Polygon", "coordinates": [[1, 2]]}',
            '{"type": "Feature", "geometry": null}',
            '{"type": "Dot"}',
            "[]",
        ],
    ),
    ("geojson", "topojson"): (
        ['{"type": "Topology", "objects": {"a": {"type": "Point"}}, "arcs": [[[1, 2]]]}'],
        ['{"type": "Topology", "objects": {}}', '{"type": "Point", "coordinates": [1, 2]}'],
    ),
    ("any", "default"): (["x", "1"], []),
    ("date", "%d/%m/%Y"): (["26/01/2024", "6/1/2024"], ["2024-01-26", "31/02/2024", "26/01/24", "26/01/2024 "]),
    ("date", "%d. %B %Y"): (["5. March 2024", "05.  march 2024"], ["5. Mar 2024", "5 March 2024"]),
    ("date", "%Y年%m月%d日"): (["2024年1月5日"], ["2024-1-5"]),
    ("date", "%Y-%j"): (["2024-366", "2023-001"], ["2024-367"]),
    ("datetime", "%Y%m%dT%H%M%S%z"): (["20240105T101112+0800", "20240105T101112Z"], ["20240105T101112"]),
    ("time", "%I:%M %p"): (["12:05 AM", "01:05 pm"], ["13:05 PM", "01:05"]),
    ("time", "%S"): (["59"], ["60", "62"]),
    ("date", "any"): (["2024-01-05", "05/01/2024", "2024年1月5日", "5 March 2024", "20240105"], ["soon", "2024-13-45"]),
    ("datetime", "any"): (["2024-01-05 10:00", "2024-01-05T10:00:00Z", "2024/01/05"], ["10:00"]),
    ("time", "any"): (["10:05", "10:05:06"], ["25:00"]),
}


@pytest.mark.parametrize(("kind", "written"), VALID)
def test_values_of_each_type(kind, written):
    valid, invalid = VALID[kind, written]
    found = read(Field(0, "x", kind, written), pl.Series([*valid, *invalid], dtype=pl.String))
    assert dict(zip([*valid, *invalid], found.get_column("ok"), strict=True)) == {
        **dict.fromkeys(valid, True),
        **dict.fromkeys(invalid, False),
    }


SAME = [
    (Field(0, "x", "integer"), ["7", "+07", "007"]),
    (Field(0, "x", "integer", group_char=","), ["1234567", "1,234,567"]),
    (Field(0, "x", "integer", bare_number=False), ["95", "95%", "EUR 95"]),
    (Field(0, "x", "number"), ["1500", "1.5e3", "01500.000", "+15E2"]),
    (Field(0, "x", "number"), ["0", "-0.0", "0e7"]),
    (Field(0, "x", "number"), ["0.00012", "12e-5", "1.20E-4"]),
    (Field(0, "x", "number", decimal_char=",", group_char=".", bare_number=False), ["-1234,5", "€ -1.234,50"]),
    (Field(0, "x", "boolean", true_values=("是", "1"), false_values=("否",)), ["是", "1"]),
    (Field(0, "x", "datetime"), ["2024-01-26T15:00:00Z", "2024-01-26T10:00:00.000-05:00", "2024-01-27T00:00:00+09:00"]),
    (Field(0, "x", "datetime"), ["2024-01-26T24:00:00", "2024-01-27T00:00:00"]),
    (Field(0, "x", "date", "%d/%m/%Y"), ["5/1/2024", "05/01/2024"]),
    (Field(0, "x", "duration"), ["P1Y", "P12M"]),
    (Field(0, "x", "duration"), ["P0D", "-PT0S"]),
    (Field(0, "x", "object"), ['{"a":1,"b":2}', '{"b": 2, "a": 1}']),
    (Field(0, "x", "geopoint"), ["1, 2", "1.0,2.00"]),
    (Field(0, "x", "list", item_type="integer"), ["1,2", "01,+2"]),
]


@pytest.mark.parametrize(("field", "texts"), SAME, ids=lambda value: getattr(value, "type", None))
def test_texts_of_one_value(field, texts):
    found = read(field, pl.Series(texts))
    assert found.get_column("ok").all()
    assert found.get_column("same").n_unique() == 1


DIFFERENT = [
    (Field(0, "x", "number"), ["0.1", "0.10000000000000000000000000001"]),
    (Field(0, "x", "number"), ["1e400", "1e401", "INF"]),
    (Field(0, "x", "datetime"), ["2024-01-26T15:00:00", "2024-01-26T15:00:00Z", "2024-01-26T15:00:00.0000001"]),
    (Field(0, "x", "string"), ["a", "A", "a "]),
]


@pytest.mark.parametrize(("field", "texts"), DIFFERENT, ids=lambda value: getattr(value, "type", None))
def test_texts_of_different_values(field, texts):
    assert read(field, pl.Series(texts)).get_column("same").n_unique() == len(texts)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.decimals(allow_nan=False, allow_infinity=False), min_size=1, max_size=12),
    st.sampled_from(["f", "E", "G"]),
)
def test_numbers_are_the_same_if_they_are_equal(numbers, written):
    numbers = [number for number in numbers if abs(number.adjusted()) < 500] or [Decimal(1)]
    texts = [format(number, written) for number in numbers] + [str(number) for number in numbers]
    found = read(Field(0, "x", "number"), pl.Series(texts))
    assert found.get_column("ok").all()
    told = dict(zip(texts, found.get_column("same"), strict=True))
    for one, first in told.items():
        for other, second in told.items():
            assert (first == second) == (Decimal(one) == Decimal(other)), (one, other)


@settings(deadline=None, max_examples=4)
@given(st.lists(st.text(max_size=30), min_size=30))
def test_no_text_breaks_a_reading(texts):
    for kind, written in VALID:
        found = read(Field(0, "x", kind, written), pl.Series(texts, dtype=pl.String), native=True)
        assert found.height == len(texts)
        assert found.get_column("ok").null_count() == 0
        assert found.filter(pl.col("ok") & pl.col("same").is_null()).height == 0


def test_a_format_with_types_of_its_own_may_also_write_the_default_form():
    field = Field(0, "x", "number", decimal_char=",")
    texts = pl.Series(["1,5", "1.5", "x"])
    assert read(field, texts).get_column("ok").to_list() == [True, False, False]
    assert read(field, texts, native=True).get_column("ok").to_list() == [True, True, False]
    assert read(field, texts, native=True).get_column("same").to_list() == ["1.5", "1.5", None]


def test_sizes_are_characters_members_and_items():
    sizes = {
        Field(0, "x", "string"): "数据",
        Field(0, "x", "array"): "[1, [2]]",
        Field(0, "x", "object"): '{"a": 1, "b": {}}',
        Field(0, "x", "list", delimiter=";"): "a;b",
    }
    assert [read(field, pl.Series([text])).get_column("size").item() for field, text in sizes.items()] == [2] * 4
