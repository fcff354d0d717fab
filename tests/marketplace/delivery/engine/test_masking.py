"""Files masked as their grant obliges: what leaves, what never does, and that nothing is left on failure."""

import csv
import gzip
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grading.engine.readers import Table, UnreadableFile, open_table
from marketplace.delivery.engine import masking
from marketplace.delivery.engine.masking import MaskingError, MaskReport, mask_file
from marketplace.delivery.engine.rules import load_rules
from tests.grading import workbooks
from tests.grading.packed import zstd_packed

KEY = b"a grant's own key, 32 bytes long"
HEADINGS = ["姓名", "resident", "phone", "mrn", "born", "diagnosis", "visits"]
TYPES = {
    "姓名": "person_name",
    "resident": "resident_id",
    "phone": "mobile_phone",
    "mrn": "medical_record_number",
    "born": "birth_date",
    "diagnosis": "health",
    "visits": None,
}
ROWS = [
    ["张小明", "110101199003078888", "13812345678", "H0001", "1990-03-07", "高血压", "3"],
    ["Maria Garcia", "", "+86 139 8765 4321", "H0002", "07/03/1985", "E11.9", "1"],
    ["欧阳修", "not one", "021-62345678", "H0001", "unknown", "感冒", "-2"],
]
MASKED = [
    ["张**", "110***************", "138****5678", "H1", "1990", "高血压", "3"],
    ["M. G.", "", "139****4321", "H2", "1985", "E11.9", "1"],
    ["欧阳*", "***", "***", "H1", "***", "感冒", "-2"],
]


def write_csv(path: Path, rows: Any = ROWS, headings: Any = HEADINGS, delimiter: str = ",") -> Path:
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows([headings, *rows])
    return path


def write_json_lines(path: Path) -> Path:
    lines = (json.dumps(dict(zip(HEADINGS, row, strict=True)), ensure_ascii=False) for row in ROWS)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_parquet(path: Path) -> Path:
    pl.DataFrame(ROWS, schema=HEADINGS, orient="row").write_parquet(path)
    return path


def write_workbook(path: Path) -> Path:
    rows: list[Sequence[object]] = [HEADINGS, *([None if cell == "" else cell for cell in row] for row in ROWS)]
    path.write_bytes(workbooks.table(rows))
    return path


def packed(path: Path, pack: Callable[[bytes], bytes]) -> Path:
    path.write_bytes(pack(path.read_bytes()))
    return path


def masked(
    source: Path, columns: Any = TYPES, *, key: bytes = KEY, **options: Any
) -> tuple[MaskReport, list[list[str]]]:
    sink = source.with_name("masked")
    report = mask_file(source, filename=source.name, columns=columns, key=key, sink_path=sink, **options)
    with open(sink, encoding="utf-8", newline="") as file:
        return report, list(csv.reader(file))


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("patients.csv", write_csv),
        ("patients.tsv", lambda path: write_csv(path, delimiter="\t")),
        ("patients.jsonl", write_json_lines),
        ("patients.parquet", write_parquet),
        ("patients.csv.gz", lambda path: packed(write_csv(path), gzip.compress)),
        ("patients.parquet.zst", lambda path: packed(write_parquet(path), zstd_packed)),
        ("patients.xlsx", write_workbook),
    ],
)
def test_every_format_leaves_as_the_same_masked_csv(tmp_path: Path, name: str, write: Any) -> None:
    report, (header, *rows) = masked(write(tmp_path / name))
    assert header == HEADINGS
    pseudonyms = {rows[0][3]: "H1", rows[1][3]: "H2"}
    assert len(pseudonyms) == 2
    assert [[*row[:3], pseudonyms[row[3]], *row[4:]] for row in rows] == MASKED
    assert report == MaskReport(
        rows=3,
        columns={
            "姓名": "name",
            "resident": "keep_ends",
            "phone": "phone",
            "mrn": "pseudonym",
            "born": "year",
            "diagnosis": "term",
            "visits": "keep",
        },
        misfits={"姓名": 0, "resident": 1, "phone": 1, "mrn": 0, "born": 1, "diagnosis": 0},
        hidden={},
        neutralised=0,
        rules_code="masking_default",
        rules_version="2.0.0",
    )


def test_only_kept_columns_leave_in_the_order_of_the_file(tmp_path: Path) -> None:
    report, (header, *rows) = masked(write_csv(tmp_path / "a.csv"), kept=["visits", "姓名"])
    assert header == ["姓名", "visits"]
    assert rows[0] == ["张**", "3"]
    assert set(report.columns) == {"姓名", "visits"}


def test_pseudonyms_of_two_grants_cannot_be_linked(tmp_path: Path) -> None:
    source = write_csv(tmp_path / "a.csv")
    (_, one), (_, two) = masked(source), masked(source, key=KEY[::-1])
    assert {row[3] for row in one[1:]}.isdisjoint(row[3] for row in two[1:])


def test_a_type_without_a_rule_is_redacted_and_empty_cells_stay_empty(tmp_path: Path) -> None:
    source = write_csv(tmp_path / "a.csv", [["secret", "1"], ["", "2"], ["  ", "3"]], ["aura", "n"])
    report, rows = masked(source, {"aura": "aura", "n": None})
    assert rows[1:] == [["***", "1"], ["", "2"], ["", "3"]]
    assert (report.columns, report.misfits) == ({"aura": "redact", "n": "keep"}, {})


def test_what_one_column_hides_stands_in_no_other(tmp_path: Path) -> None:
    headings = ["姓名", "mrn", "诊断", "备注", "费用"]
    types = {"姓名": "person_name", "mrn": "medical_record_number", "诊断": "health", "备注": None, "费用": None}
    rows = [
        ["张小明", "H0012345", "高血压", "家属称 张 小 明 已转院", "12.50"],
        ["李娜", "H0012346", "李娜：肺炎", "复诊", "H0012346"],
        ["王芳", "H0012347", "感冒", "见 h-0012347", "8"],
        ["Ma Li", "H0012348", "流感", "无", "1"],
        ["", "", "痛风", "李娜的床位", "2"],
    ]
    report, (_header, *left) = masked(write_csv(tmp_path / "a.csv", rows, headings), types)
    assert [row[2:] for row in left] == [
        ["高血压", "***", "12.50"],
        ["***", "复诊", "***"],
        ["感冒", "***", "8"],
        ["流感", "无", "1"],
        ["痛风", "李娜的床位", "2"],  # another row's name: nothing in this row tells that it is one
    ]
    assert report.hidden == {"诊断": 1, "备注": 2, "费用": 1}


def test_a_column_that_does_not_leave_is_hidden_in_the_others_too(tmp_path: Path) -> None:
    source = write_csv(tmp_path / "a.csv", [["张小明", "张小明来电"]], ["姓名", "备注"])
    _report, rows = masked(source, {"姓名": "person_name", "备注": None}, kept=["备注"])
    assert rows == [["备注"], ["***"]]


@pytest.mark.parametrize(
    ("value", "left"),
    [
        ("身份证 11010519491231002X 已核", "***"),
        ("11010519491231002X", "***"),
        ("身份证１１０１０５１９４９１２３１００２Ｘ", "***"),
        ("写信到 zhang@example.org", "***"),
        ("电话13812345678转3", "***"),
        ("电话\u200b13812345678", "***"),
        ("卡号 4111111111111111", "***"),
        ("13812345678", "13812345678"),  # the examination saw the whole column and took it for something else
        ("110105194912310021", "110105194912310021"),  # the check digit is wrong
        ("订单 20240131000123", "订单 20240131000123"),
        ("3.5 kg @ 20", "3.5 kg @ 20"),
    ],
)
def test_what_proves_to_be_a_persons_leaves_no_kept_column(tmp_path: Path, value: str, left: str) -> None:
    report, rows = masked(write_csv(tmp_path / "a.csv", [[value, "1"]], ["remark", "n"]), {"remark": None, "n": None})
    assert rows[1:] == [[left, "1"]]
    assert report.hidden == ({"remark": 1} if left == "***" else {})


def test_typed_parquet_cells_are_masked_and_written_as_text(tmp_path: Path) -> None:
    path = tmp_path / "typed.parquet"
    pl.DataFrame(
        {
            "phone": [13812345678, None],
            "born": [date(1990, 3, 7), None],
            "tags": [["a", "b"], None],
            "who": [{"name": "张三"}, None],
            "blob": [b"\x00\x01", None],
            "stay": [timedelta(hours=25), None],
            "share": [0.5, 1e-9],
        }
    ).write_parquet(path)
    columns = {"phone": "mobile_phone", "born": "birth_date", "tags": None, "who": "person_name", "blob": None}
    _, rows = masked(path, {**columns, "stay": None, "share": None})
    assert rows[1] == ["138****5678", "1990", '{"value":["a","b"]}', "***", "0001", "P1DT1H", "0.5"]
    assert rows[2][:6] == [""] * 6
    assert float(rows[2][6]) == 1e-9


def test_a_column_that_nobody_assessed_stops_the_work(tmp_path: Path) -> None:
    columns = {name: kind for name, kind in TYPES.items() if name != "phone"}
    with pytest.raises(MaskingError) as caught:
        masked(write_csv(tmp_path / "a.csv"), columns)
    assert (caught.value.code, caught.value.columns) == ("column_not_assessed", ("phone",))
    assert (tmp_path / "masked").read_bytes() == b""


def test_an_assessment_of_another_file_stops_the_work(tmp_path: Path) -> None:
    with pytest.raises(MaskingError) as caught:
        masked(write_csv(tmp_path / "a.csv"), {**TYPES, "email": "email"})
    assert (caught.value.code, caught.value.columns) == ("column_unknown", ("email",))


@pytest.mark.parametrize(("kept", "code"), [(["shoe size"], "column_unknown"), ([], "nothing_kept")])
def test_kept_columns_must_be_columns_of_the_file(tmp_path: Path, kept: Any, code: str) -> None:
    with pytest.raises(MaskingError) as caught:
        masked(write_csv(tmp_path / "a.csv"), kept=kept)
    assert caught.value.code == code


def test_a_short_key_stops_the_work_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        masked(write_csv(tmp_path / "a.csv"), key=b"short")
    assert (tmp_path / "masked").read_bytes() == b""


def test_a_file_that_breaks_midway_leaves_nothing(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "a.parquet")
    content = bytearray(path.read_bytes())
    content[4:200] = bytes(196)
    path.write_bytes(content)
    with pytest.raises(UnreadableFile):
        masked(path)
    assert (tmp_path / "masked").read_bytes() == b""


def test_rows_of_uneven_length_are_masked_too(tmp_path: Path) -> None:
    path = tmp_path / "uneven.csv"
    path.write_text('name,phone\n"张"三,13812345678\n李四\n王五,13912345678,extra\n', encoding="utf-8")
    report, rows = masked(path, {"name": "person_name", "phone": "mobile_phone"})
    assert report.rows == 3
    text = json.dumps(rows, ensure_ascii=False)
    assert not any(value in text for value in ("张三", "李四", "王五", "13812345678", "13912345678"))


def test_where_the_fast_reader_gives_up_the_forgiving_one_starts_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def open_broken(path: Path, **options: Any) -> Table:
        good = open_table(path, **options)
        # Breaks in the middle of the file, after the first rows were written.
        broken = good.frame.with_columns(pl.col("c6").cast(pl.UInt8))
        return replace(good, frame=broken, repair=lambda: open_table(path, **options))

    monkeypatch.setattr(masking, "open_table", open_broken)
    report, rows = masked(write_csv(tmp_path / "a.csv"))
    assert report.rows == 3
    assert [row[0] for row in rows] == ["姓名", "张**", "M. G.", "欧阳*"]


def test_many_batches_are_one_file(tmp_path: Path) -> None:
    rows = [[f"1381234{number % 10_000:04d}", str(number)] for number in range(140_000)]
    report, written = masked(
        write_csv(tmp_path / "big.csv", rows, ["phone", "n"]), {"phone": "mobile_phone", "n": None}
    )
    assert (report.rows, len(written)) == (140_000, 140_001)
    assert written[-1] == [f"138****{139_999 % 10_000:04d}", "139999"]


DANGEROUS = ["=SUM(A1)", "=cmd|' /C calc'!A0", "+cmd", "-cmd", "@SUM(A1)", "\t=1+1", "＝1+1", "=\nA1", "-1+1", "=1"]
HARMLESS = ["-5", "+86", "-1,234.5", "-1e-5", "-.5", "-5%", "-", "--", "=", "1-2", "a=b", "plain"]


@pytest.mark.parametrize("value", DANGEROUS)
def test_what_a_spreadsheet_would_run_is_made_harmless(tmp_path: Path, value: str) -> None:
    report, rows = masked(write_csv(tmp_path / "a.csv", [[value, "1"]], ["note", "n"]), {"note": None, "n": None})
    assert rows[1] == ["'" + value, "1"]
    assert report.neutralised == 1


@pytest.mark.parametrize("value", HARMLESS)
def test_numbers_and_plain_text_are_not_touched(tmp_path: Path, value: str) -> None:
    report, rows = masked(write_csv(tmp_path / "a.csv", [[value, "1"]], ["note", "n"]), {"note": None, "n": None})
    assert rows[1] == [value, "1"]
    assert report.neutralised == 0


def test_a_heading_is_made_harmless_too(tmp_path: Path) -> None:
    _, rows = masked(write_csv(tmp_path / "a.csv", [["1", "2"]], ["=1+1", "n"]), {"=1+1": None, "n": None})
    assert rows[0] == ["'=1+1", "n"]


def test_other_rules_can_be_given(tmp_path: Path) -> None:
    rules = replace(load_rules(), version="2", types={})
    report, rows = masked(write_csv(tmp_path / "a.csv"), rules=rules)
    assert report.rules_version == "2"
    assert rows[1] == ["***"] * 6 + ["3"]


NAMES = st.text("赵钱孙李周吴郑王冯陈小明丽华", min_size=2, max_size=4)
PEOPLE = st.lists(
    st.tuples(
        NAMES,
        st.from_regex(r"[1-9][0-9]{16}[0-9X]", fullmatch=True),
        st.from_regex(r"(\+86 ?)?1[3-9][0-9]{9}", fullmatch=True),
        st.from_regex(r"H[0-9]{6,8}", fullmatch=True),
        st.dates(date(1900, 1, 1), date(2025, 1, 1)).map(str),
    ),
    min_size=1,
    max_size=20,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=PEOPLE, suffix=st.sampled_from(["csv", "parquet"]))
def test_no_identifier_of_anybody_is_anywhere_in_what_leaves(tmp_path: Path, people: Any, suffix: str) -> None:
    path = tmp_path / f"people.{suffix}"
    rows = [list(person) for person in people]
    if suffix == "csv":
        write_csv(path, rows, HEADINGS[:5])
    else:
        pl.DataFrame(rows, schema=HEADINGS[:5], orient="row").write_parquet(path)
    report, _ = masked(path, {name: TYPES[name] for name in HEADINGS[:5]})
    text = (tmp_path / "masked").read_text(encoding="utf-8")
    assert report.rows == len(people)
    for person in people:
        for value in person:
            assert value not in text
        assert person[2][-11:] not in text
