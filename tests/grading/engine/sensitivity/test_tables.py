"""Chinese tables as offices keep them: what is of persons in each, what only looks like it, and what never changes."""

import random
import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import iban

from grading.engine.sensitivity import ColumnVerdict, Taxonomy
from grading.engine.sensitivity.detect import judge
from grading.engine.sensitivity.evidence import look_of
from grading.rules.shipped import shipped_rules
from tests.grading.engine.conftest import make_resident_id
from tests.grading.engine.sensitivity.office_tables import (
    PLATE,
    ROWS,
    TABLES,
    Make,
    address,
    card,
    columns,
    day,
    form,
    mobile,
    name,
    number,
    of,
)

TODAY: Final = date(2026, 11, 1)


@cache
def taxonomy() -> Taxonomy:
    return shipped_rules().taxonomy


def judged(held: Mapping[str, Sequence[str]]) -> dict[str, ColumnVerdict]:
    looks = [look_of(header, [(value, 1) for value in values], taxonomy(), TODAY) for header, values in held.items()]
    return {verdict.column: verdict for verdict in judge(looks)}


@pytest.mark.parametrize("table", TABLES)
def test_what_is_of_persons_is_found_and_nothing_else(table: str) -> None:
    found = judged(columns(table))

    assert {header: verdict.sensitive_type if verdict.personal else None for header, verdict in found.items()} == {
        header: code for header, _, code in TABLES[table]
    }


def test_all_that_is_of_children_is_sensitive_and_nothing_of_their_parents() -> None:
    found = judged(columns("pupils"))

    assert {header for header, verdict in found.items() if verdict.sensitive_personal} == {
        "学籍号",
        "xsxm",
        "bj",
        "语文",
    }
    assert [item.code for item in found["xsxm"].evidence][-1] == "minors_table"
    assert not found["家长姓名"].sensitive_personal


@pytest.mark.parametrize("table", ["power bills", "staff"])
def test_numbers_that_organisations_gave_are_ordinary_personal_information(table: str) -> None:
    found = judged(columns(table))

    assert max(verdict.floor for verdict in found.values()) == 2
    assert not any(verdict.sensitive_personal for verdict in found.values())


def test_a_document_beside_such_a_number_remains_sensitive() -> None:
    source = random.Random(5)
    held = {"工号": form("E#####"), "姓名": name, "驾驶证号": form("3301########")}
    found = judged({header: [make(source) for _ in range(ROWS)] for header, make in held.items()})

    assert {header: (verdict.sensitive_type, verdict.floor) for header, verdict in found.items()} == {
        "工号": ("personal_number", 2),
        "姓名": ("person_name", 2),
        "驾驶证号": ("other_document", 4),
    }


def test_an_account_of_a_firm_is_business_and_says_why() -> None:
    found = judged(columns("firms"))["对公账号"]

    assert (found.sensitive_type, found.nature, found.floor) == ("financial_account", "business", 2)
    assert found.evidence[-1].code == "organisation_context"


def test_a_password_beside_no_person_is_business_and_grave() -> None:
    found = judged({"系统": ["OA", "CRM", "ERP"], "root密码": ["Zx#81kk2a", "Qw!77aa10", "Mn@55zz9k"]})["root密码"]

    assert (found.sensitive_type, found.personal, found.floor) == ("secret", False, 4)


@pytest.mark.parametrize(
    ("header", "make", "code"),
    [
        ("军官证号", form("军字第1#####号"), "other_document"),
        ("不动产权证号", form("浙(2023)杭州市不动产权第0######号"), "other_document"),
        ("column7", lambda source: make_resident_id(source) + "43", "other_document"),
        ("驾驶证号", form("3301########"), "other_document"),
        ("学生证号", form("2021######"), "other_document"),
        ("学籍号", form("2021######"), "personal_number"),
        ("zkzh", form("1033######"), "personal_number"),
        ("library card", form("L#######"), "personal_number"),
        ("工号", make_resident_id, "resident_id"),
        ("学号MD5", form("~" * 32), "personal_number"),
        ("港澳通行证", form("C########"), "passport"),
        ("台胞证", form("0#######"), "passport"),
        ("社保卡号", form("D########"), "national_id"),
        ("身份证后六位", form("######"), "resident_id"),
        ("身份证号", lambda source: make_resident_id(source)[:1] + "*" * 16 + "5", "resident_id"),
        ("手机号MD5", form("~" * 32), "mobile_phone"),
        ("姓名", of("买买提·艾力 阿依古丽·吐尔逊 才让多杰 巴特尔"), "person_name"),
        ("收件人", lambda source: name(source)[0] + source.choice(["先生", "女士"]), "person_name"),
        ("领用人", name, "person_name"),
        ("姓名拼音", of("ZHANG|WEI WANG|XIAOMING LI|NA OUYANG|FENG"), "person_name"),
        ("车牌", lambda source: PLATE(source)[:3] + "***" + PLATE(source)[-1], "vehicle_plate"),
        ("处置情况", lambda source: f"车辆{PLATE(source)}违停, 已拖离", "vehicle_plate"),
        ("行程", of("杭州东→上海虹桥→南京南 北京-石家庄-郑州"), "location_track"),
        ("工资", number(4_000, 30_000), "personal_finance"),
    ],
)
def test_a_column_alone(header: str, make: Make, code: str) -> None:
    source = random.Random(11)
    values = [make(source).replace("|", " ") for _ in range(ROWS)]
    found = judged({header: values})[header]

    assert (found.sensitive_type, found.personal) == (code, True)


@pytest.mark.parametrize(
    ("header", "make"),
    [
        ("物料编码", form("1##########")),
        ("发票号码", form("########")),
        ("手机品牌", of("华为 小米 苹果")),
        ("人脸识别设备型号", form("DS-K1T#########")),
        ("指纹识别率", number(95, 100, 2)),
        ("血糖仪型号", of("GA-3 罗氏活力")),
        ("民族乐器", of("二胡 古筝 琵琶")),
        ("菜名", of("宫保鸡丁 鱼香肉丝 麻婆豆腐 东坡肉")),
        ("景点", of("黄山 华山 龙门石窟 白马寺")),
        ("客服热线", of("400-820-8820 95588 12345")),
        ("公司地址", address),
        ("文件MD5", form("~" * 32)),
        ("证件类型", of("身份证 护照")),
        ("机器人型号", of("ABB-IRB120 KUKA-KR6")),
        ("开业日期", day(1990, 2020)),
        ("短信模板", of("您的验证码已发送 您的订单已发货")),
    ],
)
def test_a_look_alike_alone(header: str, make: Make) -> None:
    source = random.Random(12)
    assert not judged({header: [make(source) for _ in range(ROWS)]})[header].personal


def test_no_header_decides_alone() -> None:
    """Every word for a type, above serials of three signs; only what people call themselves may look like that."""
    values = [(f"q{place}z", 1) for place in range(12)]
    words = {word for kind in taxonomy().types.values() for word in kind.headers}
    found = judge([look_of("姓名", [("张伟", 1), ("李娜", 1), ("王芳", 1), ("刘洋", 1)], taxonomy(), TODAY)] + [
        look_of(word, values, taxonomy(), TODAY) for word in sorted(words)
    ])  # fmt: skip

    assert {verdict.sensitive_type for verdict in found[1:]} <= {None, "online_account"}
    chosen = re.compile("名|昵称|nick|主播|发帖|楼主|评论|网友|创作者|博主")
    assert all(chosen.search(verdict.column) for verdict in found[1:] if verdict.sensitive_type)


PROVEN: Final[Mapping[str, Make]] = {
    "resident_id": make_resident_id,
    "card": card,
    "email": lambda source: f"user{source.randrange(10**6)}@example.org",
    "iban": lambda source: f"DE{iban.calc_check_digits('DE00' + (body := f'{source.randrange(10**18):018d}'))}{body}",
    "mobile": mobile,
}
ANY_COLUMN: Final = st.sampled_from([(table, header) for table, entries in TABLES.items() for header, _, _ in entries])


@settings(max_examples=40, deadline=None)
@given(where=ANY_COLUMN, kind=st.sampled_from(sorted(PROVEN)), added=st.integers(12, 40), seed=st.integers(0, 9))
def test_values_that_prove_to_be_personal_never_lower_a_verdict(
    where: tuple[str, str], kind: str, added: int, seed: int
) -> None:
    table, header = where
    held = columns(table, seed=seed)
    before = judged(held)[header]
    source = random.Random(seed)
    held[header] = held[header] + [PROVEN[kind](source) for _ in range(added)]
    after = judged(held)[header]

    assert after.personal >= before.personal
    assert after.sensitive_personal >= before.sensitive_personal
    assert after.floor >= before.floor


@settings(max_examples=30, deadline=None)
@given(where=ANY_COLUMN, added=st.integers(1, 200), absent=st.sampled_from(["", "未提供", "保密", "见附件"]))
def test_words_of_absence_never_change_a_verdict(where: tuple[str, str], added: int, absent: str) -> None:
    table, header = where
    held = columns(table)
    before = judged(held)
    held[header] = held[header] + [absent] * added

    assert judged(held) == before
