"""Small tables made for the tests of the engines: every value is invented."""

import csv
import io
import random
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path

import pytest

from grading.engine.profile import Study, study_table
from grading.engine.readers import open_table
from grading.engine.rules import RuleSet
from grading.rules.shipped import shipped_rules

TODAY = date(2026, 3, 1)


def make_resident_id(source: random.Random) -> str:
    """A made-up number with a right check character: the sum of all 18 digits' weights is 1 modulo 11."""
    area = source.choice(["110105", "310115", "440305", "520102", "330106"])
    born = date(1940, 1, 1) + timedelta(days=source.randrange(25_000))
    body = f"{area}{born:%Y%m%d}{source.randrange(1000):03d}"
    # 2^(17 - i) mod 11 are the weights of GB 11643, derived here instead of copied from the engine.
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(body))
    check = (1 - total) % 11
    return body + ("X" if check == 10 else str(check))


def make_rows(text_rows: Iterable[Iterable[object]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(text_rows)
    return buffer.getvalue()


def make_hospital(rows: int, seed: int = 7) -> str:
    """Inpatients with names, numbers, birth dates, telephones, addresses and diagnoses, Chinese and English."""
    source = random.Random(seed)
    surnames, given = "王李张刘陈杨赵黄周吴", ["伟", "芳", "娜", "秀英", "敏", "静", "强", "磊", "洋", "建国", "思远"]
    english = ["John Smith", "Mary Johnson", "David Brown", "Laura Wilson", "Emily Clark"]
    diagnoses = ["2型糖尿病", "高血压", "肺炎", "Acute bronchitis", "阑尾炎", "Fracture of femur", "冠心病"]
    prefixes = ["138", "139", "150", "186", "177", "199", "133"]
    table: list[list[object]] = [
        ["病历号", "姓名", "身份证号", "性别", "出生日期", "手机号", "住址", "诊断", "入院日期", "费用"]
    ]
    for number in range(rows):
        identity = make_resident_id(source)
        name = source.choice(english) if number % 5 == 0 else source.choice(surnames) + source.choice(given)
        table.append(
            [
                f"ZY{2024000000 + number}",
                name,
                identity,
                source.choice(["男", "女"]),
                f"{identity[6:10]}-{identity[10:12]}-{identity[12:14]}",
                source.choice(prefixes) + f"{source.randrange(10**8):08d}",
                f"贵阳市云岩区中山路{source.randrange(1, 300)}号{source.randrange(1, 30)}栋",
                source.choice(diagnoses),
                f"2024-{source.randrange(1, 13):02d}-{source.randrange(1, 29):02d}",
                f"{source.uniform(100, 90000):.2f}",
            ]
        )
    return make_rows(table)


@pytest.fixture
def hospital() -> Callable[..., str]:
    return make_hospital


@pytest.fixture
def table_text() -> Callable[[Iterable[Iterable[object]]], str]:
    return make_rows


@pytest.fixture
def resident_id() -> Callable[[random.Random], str]:
    return make_resident_id


@pytest.fixture(scope="session")
def today() -> date:
    return TODAY


@pytest.fixture(scope="session")
def rules() -> RuleSet:
    return shipped_rules()


@pytest.fixture(scope="session")
def study_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Study]:
    """Study a table given as text, bytes or a file."""
    folder = tmp_path_factory.mktemp("tables")

    def make(content: str | bytes | Path, filename: str = "table.csv") -> Study:
        path = content if isinstance(content, Path) else folder / "content"
        if isinstance(content, str):
            path.write_text(content, encoding="utf-8", newline="")
        elif isinstance(content, bytes):
            path.write_bytes(content)
        with open_table(path, filename=filename, trusting=True) as table:
            return study_table(table)

    return make
