"""The columns of a file from its beginning: the same names and types as an examination gives, and no more read."""

import gzip
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from grading.engine import confined, outline
from grading.engine.headless import LEXICONS
from grading.engine.outline import Column
from grading.engine.profile import profile_table
from grading.engine.profile.split import Apart
from grading.engine.readers import UnreadableFile, open_table
from grading.rules.shipped import shipped_rules
from tests.grading.workbooks import sheet, workbook

ROWS = [{"Id": n, "when": f"2024-01-{n:02d}", "price": n / 4, "none": None, "deep": {"a": n}} for n in range(1, 25)]

WORDS = {name: shipped_rules().taxonomy.lexicons[name] for name in LEXICONS}


def outlined(path: Path, content: bytes, filename: str, today: date) -> tuple[Column, ...]:
    path.write_bytes(content)
    return outline.outline(path, filename=filename, today=today, lexicons=WORDS, report=lambda _share, _stage: None)


def parquet() -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame(ROWS).write_parquet(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "filename"),
    [
        ("\n".join(map(json.dumps, ROWS)).encode(), "t.jsonl"),
        (json.dumps(ROWS).encode(), "t.json"),
        (gzip.compress(json.dumps(ROWS).encode()), "t.json.gz"),
        (parquet(), "t.parquet"),
        (b"Id,,when\n" + b"1,x,2024-01-01\n" * 30, "t.csv"),
        ('Id,"when"x\n1,"a"b\n'.encode("utf-16"), "t.csv"),
        (b"a\tb\n1\t\xd6\xd0\n", "t.tsv"),
        (workbook({"s": sheet([["a", "b"], [1, "x"], [2, "y"]])}), "t.xlsx"),
    ],
)
def test_as_an_examination_has_them(tmp_path: Path, content: bytes, filename: str, today: date) -> None:
    found = outlined(tmp_path / "t", content, filename, today)
    with open_table(tmp_path / "t", filename=filename) as table:
        named = {heading.name for heading in table.columns if heading.original.strip()}
        profile = profile_table(table)
    expected = [Column(column.name, column.inferred_type) for column in profile.columns if column.name in named]
    assert list(found) == expected != []


def test_only_the_beginning_is_read(tmp_path: Path, today: date, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outline, "BYTES", 40)
    monkeypatch.setattr(outline, "ROWS", 10)
    changing = [{"a": 1} for _ in range(20)] + [{"a": 1.5} for _ in range(200)]
    text = "a,b\n" + "1,1\n" * 20 + "x,1\n" * 200 + 'broken,"\n'
    assert outlined(tmp_path / "t", text.encode(), "t.csv", today)[0] == Column("a", "integer")
    lines = "\n".join(map(json.dumps, changing)).encode()
    assert outlined(tmp_path / "t", lines, "t.jsonl", today) == (Column("a", "integer"),)


@pytest.mark.parametrize(
    "text",
    [
        "张伟,13912345678\n李娜,13812345678\n",
        "张三,男,35,北京市海淀区中关村大街1号\n李四,女,28,上海市浦东新区世纪大道8号\n",
        "部门一,张三\n部门二,李四\n部门三,王小明\n部门一,欧阳娜娜\n",
        "北京市海淀区中关村大街1号,x\n上海市浦东新区世纪大道8号,y\n",
        "男,1984年2月3日\n女,1990年12月1日\n",
        "李伟,0571-88888888\n王芳,0571-88888887\n",
        "张三,北京市海淀区中关村大街1号\n",
        "Li Wei,1984-02-03,Flat 3 Nanjing Rd\nWang Fang,1990-01-01,Flat 8 Nanjing Rd\n",
        "sales,Mary Johnson\nsales,David Brown\nstock,Laura Wilson\n",
        "a,12 Baker Street\nb,7 Abbey Road\nc,221 Oxford Street\n",
        "F,03/02/1984,x\nM,01/12/1990,y\n",
        "x,03/02/1984\ny,01/12/1990\nz,unreadable\nx,05/06/1971\ny,11/12/1965\n",
        "a,35,900\nb,28,700\nc,61,1200\n",
        "John Smith (555-223-4567),a\nMary Brown (555-223-4568),b\n",
        "Mary Johnson,1984-02-03\n",
        "7,NV\n9,NV\n8,CA\n12,NV\n6,CA\n",
        "9,Yes\n12,no\n7,yes\n5,YES\n",
        "LUP-NV-016,x\nLUP-NV-017,y\nLUP-CA-003,z\n",
        "January 31 2017,x\nFebruary 28 2017,y\nMarch 31 2017,z\nApril 30 2017,w\n",
        "2023/06/30 07:00:00+00,x\n2022/06/30 07:00:00+00,y\n",
        "01M292,29,355,404,363\n01M448,91,383,423,366\n01M450,25,377,402,370\n01M458,7,414,401,359\n",
        "01M292,29,355,404,363\n01M448,91,383,453,396\n01M450,25,377,402,350\n01M458,7,314,401,359\n",
    ],
)
def test_records_in_the_place_of_the_header_are_no_names(tmp_path: Path, today: date, text: str) -> None:
    with pytest.raises(UnreadableFile) as problem:
        outlined(tmp_path / "t", text.encode(), "t.csv", today)
    assert problem.value.code == "no_header"


@pytest.mark.parametrize(
    "text",
    [
        "姓名,性别,年龄,住址\n张三,男,35,北京市海淀区中关村大街1号\n李四,女,28,上海市浦东新区世纪大道8号\n",
        "高度,温度,金额,方向\n1.5,20,300,东\n1.7,21,200,西\n",
        "安徽,江苏,湖南\n1,2,3\n4,5,6\n",
        "单位,成绩,时间\n甲,优,早\n乙,良,晚\n",
        "name,birth date,address\nMary Johnson,1984-02-03,12 Baker Street\n",
        "Country/Region,Lat,1/22/20,1/23/20\nChina,30.1,5,9\nFrance,46.2,0,2\n",
        "region,2019,2020\nnorth,1500,2030\nsouth,2100,1800\n",
        ",0\n0,3.5\n1,-2.5\n",
        "0,1,2,3\n4,0,9,1\n0,2,1,5\n",
        "station,5,25,50,75,95\nA,1,30,60,80,99\nB,0,20,40,60,90\n",
        "Virginia,Georgia\nMary,John\nLaura,David\n",
        "who,2020-01-31\nA,present\nB,absent\n",
        "country,2020-01-31,2020-02-29\n",
        "高度,方向\n",
        "申请人,曾用名,颜色\n张伟,李娜,白色\n王芳,赵敏,黄色\n欧阳娜娜,孙丽,金色\n",
        "code1,state\nAB1,NV\nCD2,NV\nEF3,CA\n",
        "name,description\nname,what it is called\ncode,its number\nsize,in bytes\n",
        "FY2020,unit\nUSD1200,a\nUSD1350,b\nUSD9901,c\n",
        "2020年,地区\n1200元,东\n1500元,西\n",
        "state,kind\nNV,a\nNV,a\nstate,kind\nCA,b\nstate,kind\nNV,b\n",
        "who,5,25,50,whom,1,2,3\na,7,28,51,b,1,2,3\nc,4,24,49,d,0,1,4\n",
    ],
)
def test_names_above_other_values_are_names(tmp_path: Path, today: date, text: str) -> None:
    expected = [name for name in text.split("\n")[0].split(",") if name]
    assert [column.name for column in outlined(tmp_path / "t", text.encode(), "t.csv", today)] == expected


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"columns": 3},
        {"columns": [["a"]]},
        {"columns": [["a", "bytes"]]},
        {"columns": [["a\x00", "text"]]},
        {"columns": [["a" * 300, "text"]]},
        {"columns": [["", "text"]]},
        {"columns": [["a", "text"], ["a", "text"]]},
        {"columns": [[f"c{n}", "text"] for n in range(5000)]},
        {"columns": [[1, "text"]]},
        {"columns": [["half \ud83d", "text"]]},
        [],
        None,
        {"unreadable": None},
        {"unreadable": {"code": "no_header"}},
        {"unreadable": {"code": [], "params": {}}},
        {"unreadable": {"code": "invented" * 20, "params": {}}},
        {"unreadable": {"code": "expands", "params": {}}},
        {"unreadable": {"code": "expands", "params": {"limit": [1]}}},
        {"unreadable": {"code": "expands", "params": {"limit": 1 << 80}}},
        {"unreadable": {"code": "expands", "params": {"limit": "a\x00"}}},
        {"unreadable": {"code": "expands", "params": {"limit": "\udc00"}}},
        {"unreadable": {"code": "expands", "params": {"limit": "a" * 201}}},
    ],
)
def test_what_a_child_that_was_led_astray_says_is_not_taken(answer: Any) -> None:
    for read in (confined.columns_in, confined.result):
        with pytest.raises(UnreadableFile) as problem:
            read(answer)
        assert (problem.value.code, problem.value.params) == ("parser_broken", {})


def test_of_a_problem_its_own_parameters_are_taken() -> None:
    for code, params in (
        ("no_header", {}),
        ("expands", {"limit": 3}),
        ("malformed_table", {"format": "é", "detail": "x"}),
    ):
        for read in (confined.columns_in, confined.result):
            with pytest.raises(UnreadableFile) as problem:
                read({"unreadable": {"code": code, "params": {**params, "code": "more", "self": "\x00"}}})
            assert (problem.value.code, problem.value.params) == (code, params)


@pytest.mark.parametrize("examination", [None, 1, {}, {"profile": {}}, {"profile": 1, "assessment": []}])
def test_an_examination_that_is_none_is_not_taken(examination: Any) -> None:
    with pytest.raises(UnreadableFile) as problem:
        confined.result({"examination": examination})
    assert problem.value.code == "parser_broken"
    with pytest.raises(Apart, match=r"^$"):
        confined.result({"apart": "a\x00"})


def test_what_a_child_says_is_taken(tmp_path: Path, today: date) -> None:
    (tmp_path / "t").write_bytes(b"a,b\n1,x\n")
    told: list[tuple[float, str]] = []
    request = confined.outline_order(filename="t.csv", taxonomy=shipped_rules().taxonomy, today=today)

    def take(share: float, stage: str) -> None:
        told.append((share, stage))

    said = confined.outline_confined(request, files={"source": tmp_path / "t"}, scratch=tmp_path, report=take)
    assert confined.columns_in(said) == (Column("a", "integer"), Column("b", "text"))
    assert (told[0], told[-1]) == ((0.0, "opening"), (1.0, "done"))
    (tmp_path / "t").write_bytes(b"")
    said = confined.outline_confined(request, files={"source": tmp_path / "t"}, scratch=tmp_path, report=take)
    with pytest.raises(UnreadableFile) as problem:
        confined.columns_in(said)
    assert problem.value.code == "empty_file"
