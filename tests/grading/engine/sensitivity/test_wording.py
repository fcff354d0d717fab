"""Chinese columns in the ways they are headed and written, and the tables that make them persons' or nobody's."""

import random
from collections.abc import Mapping, Sequence
from typing import Final

import pytest

from bench.sensitivity.numbers import bank_card, mobile
from bench.sensitivity.wording import words
from tests.grading.engine.conftest import make_resident_id
from tests.grading.engine.sensitivity.test_tables import judged

ROWS: Final = 24
NAMES: Final = words(
    """谭思琪 史博 侯依依 宁建国 尤桂兰 路国庆 单海涛 解晓燕 毕文博 乐雪 郁志强 左春花 巢浩然 汤玉梅 祝磊 费静 王芳
    李明远 张婷婷 刘德胜 陈娟 杨一鸣 赵秀英 黄涛"""
)


def many(text: str) -> list[str]:
    """So many cells of these words, one after the other."""
    listed = words(text)
    return [listed[place % len(listed)] for place in range(ROWS)]


def alone(header: str, values: Sequence[str]) -> tuple[str | None, bool]:
    verdict = judged({header: values})[header]
    return (verdict.sensitive_type if verdict.personal else None), verdict.personal


def types(table: Mapping[str, Sequence[str]]) -> dict[str, str | None]:
    return {header: verdict.sensitive_type if verdict.personal else None for header, verdict in judged(table).items()}


def hidden(text: str, head: int, tail: int) -> str:
    return text[:head] + "*" * (len(text) - head - tail) + text[len(text) - tail :]


@pytest.mark.parametrize(
    ("header", "said", "code"),
    [
        ("职业", "农民 护士 教师", "occupation"),
        ("xl", "本科 大专 硕士", "education"),
        ("hyzk", "未婚 已婚 丧偶", "marital_status"),
        ("edu_level", "本科 大专 硕士", "education"),
        ("籍贯", "四川成都 河南周口", "origin"),
        ("户口性质", "农业 非农业", "origin"),
        ("zzmm", "群众 中共党员 共青团员", "political_status"),
        ("受益人关系", "本人 配偶 子女", "family_relation"),
        ("姓", "许 宁 吕 王 申", "person_name"),
        ("英文姓", "WANG LI ZHANG OUYANG", "person_name"),
        ("创建人", "zhangwei liming02 wangxiaoming chenjing", "person_name"),
        ("现居住地", "和平区怡景苑15-2-2303 浦东新区翡翠城19-1-103", "address"),
        ("BIRTHDT", "19520624 19671126 19810220", "birth_date"),
        ("csrq", "850312 910728 661105", "birth_date"),
        ("出生年月", "一九八五年三月 一九九〇年十二月", "birth_date"),
        ("年龄", "三岁半 五岁 4岁半", "age"),
        ("聊天内容", "今晚一起吃饭吗 我到家了 明天记得带伞 妈妈生病了", "communication"),
        ("宽带账号", "hz532073890 hz191403330 hz320600533", "online_account"),
        ("过敏原", "花粉 芒果 青霉素 海鲜 尘螨 无", "health"),
        ("PHONE", "18057560603.0 17756166880.0 13912345678.0", "mobile_phone"),
        ("家庭住址(区县)", "太原市迎泽区 西宁市城中区", "address"),
        ("任职单位", "财政局 教育局 人民医院", "occupation"),
        ("AAC004", "1 2", "gender"),
        ("AAC006", "19650214 19891019 19830115", "birth_date"),
        ("车辆识别代号", "LSV14BRZ5K1929214 LGXAP8AC7SW312360 LVGPKAGS9YP254747", "vin"),
    ],
)
def test_what_a_column_alone_is_called(header: str, said: str, code: str) -> None:
    assert alone(header, many(said)) == (code, True)


@pytest.mark.parametrize("header", ["AAC003", "khxm", "emp_name", "f1", "数据3"])
def test_names_of_persons(header: str) -> None:
    assert alone(header, NAMES) == ("person_name", True)


def test_passwords_of_letters_and_accounts_that_are_called_only_that_differ_from_cell_to_cell() -> None:
    pets = words("dragon monkey shadow sunshine princess flower tiger panda")
    letters = [pet + "abc"[place % 3] * 3 for place, pet in enumerate(many(" ".join(pets)))]
    handles = [f"{pet}_{place}" for place, pet in enumerate(many(" ".join(pets)))]

    assert alone("登录密码", letters) == ("password", True)
    assert alone("登录密码", many("enabled disabled expired")) == (None, False)
    assert alone("账号", handles) == ("online_account", True)
    assert alone("账号", many("admin root mysql")) == (None, False)


def test_names_of_persons_with_what_else_is_known_of_them() -> None:
    assert alone("人员信息", [f"{name}(女,{place + 20}岁)" for place, name in enumerate(NAMES)]) == (
        "person_name",
        True,
    )


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("药品名称", "布洛芬缓释胶囊 连花清瘟胶囊 氯雷他定片"),
        ("适应症", "高血压 糖尿病 肺炎"),
        ("病种", "高血压 糖尿病 肺炎"),
        ("疾病分类", "传染病 慢性病 职业病"),
        ("航班号", "CA5287 CZ2704 CA3161"),
        ("车次", "D5179 T3870 G1022"),
        ("出入境口岸", "浦东机场 罗湖口岸 皇岗口岸"),
        ("邮政编码", "110000 120000 550001"),
        ("单位电话", "0731-41533482 0891-3506477 029-38909529"),
        ("厂商联系电话", "0930-7190862 0797-3859635 010-56691628"),
        ("uuid", "60b866c894dc808d30cdc26c0763e3ee 64159b1f044c61b4dbf2374f613bcb80"),
        ("商户编号", "898236639090078 898266772848744 898221078348370"),
        ("补贴标准(元/亩)", "76.89 89.50 105.00"),
        ("职位", "会计 司机 保安"),
        ("适用年龄", "3 6 12"),
        ("工资发放日", "10 15 25"),
        ("工程地点", "太原市迎泽区 西宁市城中区"),
        ("基站经度", "115.79607 109.90577 112.71124"),
        ("c1", "2.8.11.72 2.20.7.57 1.1.10.59 3.10.4.61"),
        ("成语", "马到成功 金榜题名 安居乐业 高山流水 温故知新 张冠李戴 万事如意"),
        ("V5", "黄桃 石榴 李子 金桔 杨梅 白桃 梅子 柳橙 车厘子 水蜜桃"),
    ],
)
def test_what_a_column_alone_is_not(header: str, said: str) -> None:
    assert alone(header, many(said)) == (None, False)


@pytest.mark.parametrize("header", ["c16", "cardNum", "备注"])
def test_hidden_signs_leave_the_form_of_an_identifier(header: str) -> None:
    source = random.Random(21)
    residents = [hidden(make_resident_id(source), 6, 4) for _ in range(ROWS)]
    phones = [hidden(mobile(source), 3, 4) for _ in range(ROWS)]
    cards = [hidden(bank_card(source, ("621799", 19)), 6, 4) for _ in range(ROWS)]

    assert [alone(header, each)[1] for each in (residents, phones, cards)] == [True] * 3
    assert alone("c16", residents)[0] == "resident_id"
    assert alone("c16", phones)[0] == "mobile_phone"
    assert alone("c16", cards)[0] == "bank_card"


def test_hidden_signs_of_other_codes_say_nothing() -> None:
    assert not any(
        alone("c16", many(codes))[1]
        for codes in ("99****************1X 98****************22 97****************31", "AB****12 AC****13 AD****14")
    )


def test_cards_within_text_are_found_and_other_numbers_are_not() -> None:
    source = random.Random(22)
    said = [f"请退款到卡号{bank_card(source)},谢谢" if place % 6 == 0 else "已处理完毕请知悉" for place in range(ROWS)]
    other = [f"请查收单号{source.randrange(10**18):018d},谢谢" for _ in range(ROWS)]

    assert judged({"备注": said})["备注"].sensitive_type == "bank_card"
    assert not judged({"备注": said})["备注"].dominant
    assert judged({"备注": other})["备注"].sensitive_type is None


def test_each_of_many_groups_once_is_a_list_of_them() -> None:
    groups = words("汉族 蒙古族 回族 藏族 维吾尔族 苗族 彝族 壮族 布依族 朝鲜族 满族 侗族 瑶族 白族")

    assert alone("字典值", groups) == (None, False)
    assert alone("字典值", [*groups, "汉族"])[1]


def test_who_looks_after_things_does_not_make_their_places_his() -> None:
    table = {
        "设备名称": many("水泵 阀门 配电柜"),
        "安装位置": many("人民路12号 解放路8号 中山路101号"),
        "经度": [f"106.{70000 + place}" for place in range(ROWS)],
        "责任人": NAMES,
    }
    assert types(table) == {"设备名称": None, "安装位置": None, "经度": None, "责任人": "person_name"}
    assert judged(table)["经度"].evidence[-1].code == "things_context"
    assert (
        types({**table, "责任人": NAMES, "出生日期": many("1980-02-03 1991-11-12 1975-05-06")})["经度"] == "geolocation"
    )


def test_addresses_of_machines_are_no_persons() -> None:
    addresses = [f"203.119.{place}.17" for place in range(ROWS)]

    assert types({"主机名": many("web-01 db-02"), "IP": addresses})["IP"] is None
    assert types({"用户名": [f"user_{place}" for place in range(ROWS)], "IP": addresses})["IP"] == "ip_address"
    assert types({"主机名": many("web-01 db-02"), "登录IP": addresses})["登录IP"] == "ip_address"


def test_what_is_of_animals_is_of_nobody() -> None:
    ages = [str(place % 12 + 1) for place in range(ROWS)]

    herd = {"养殖户姓名": NAMES, "耳标号": [f"1{place:07d}" for place in range(ROWS)], "月龄": ages}
    of_cattle = judged(herd)["月龄"]
    assert (of_cattle.personal, of_cattle.floor, of_cattle.evidence[-1].code) == (False, 1, "things_context")
    assert types({"姓名": NAMES, "年龄": ages})["年龄"] == "age"


def test_a_password_beside_accounts_is_somebodys() -> None:
    secrets = [f"Zx#{place}kk2a" for place in range(ROWS)]
    accounts = [f"user_{place}" for place in range(ROWS)]

    assert types({"登录名": accounts, "密码": secrets})["密码"] == "password"
    assert types({"系统": many("OA CRM"), "root密码": secrets})["root密码"] is None


def test_numbers_of_users_are_personal_beside_what_is_said_of_them() -> None:
    users = [f"u_{157041 + place}" for place in range(ROWS)]

    assert types({"user_id": users, "age": [str(20 + place) for place in range(ROWS)]})["user_id"] == "personal_number"
    assert types({"user_id": users, "amount": many("1.20 3.40 5.60")})["user_id"] is None


def test_columns_without_a_name_are_known_beside_persons() -> None:
    table = {
        "c1": NAMES,
        "c2": many("本科 大专 硕士 高中"),
        "c3": many("教师 医生 工人 农民"),
        "c4": many("正常 停用 待审"),
    }

    assert types(table) == {"c1": "person_name", "c2": "education", "c3": "occupation", "c4": None}
    assert types({header: values for header, values in table.items() if header != "c1"})["c2"] is None


def test_a_column_called_field_is_called_nothing() -> None:
    assert alone("field2", NAMES) == ("person_name", True)
    assert (
        alone("column3", [f"昭阳区人民路{place + 1}号{place % 9 + 1}栋101室" for place in range(ROWS)])[0] == "address"
    )


def test_what_is_said_of_somebody_in_one_cell() -> None:
    told = [f"{name}，男，{place + 20}岁，杭州市人" for place, name in enumerate(NAMES)]
    goods = [f"{thing}，男，{place}码" for place, thing in enumerate(many("跑步鞋 运动裤 羽绒服"))]

    assert alone("A", told) == ("person_name", True)
    assert alone("A", goods) == (None, False)


def test_addresses_with_their_end_hidden_need_no_header() -> None:
    places = many("安徽省阜阳市颍上县**** 河南省周口市太康县**** 和平区绿城小区12****")

    assert alone("f4", places) == ("address", True)


def test_results_of_vehicles_and_goods_are_no_health() -> None:
    table = {"车主": NAMES, "检测结果": many("合格 不合格 正常")}

    assert types(table) == {"车主": "person_name", "检测结果": None}
    assert types({**table, "检测结果": many("阴性 阳性 正常")})["检测结果"] == "health"
