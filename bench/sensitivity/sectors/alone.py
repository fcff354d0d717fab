"""Columns that stand alone: telling headers, abbreviated ones and ones that say nothing."""

from __future__ import annotations

import re
from random import Random

from bench.sensitivity.numbers import (
    bank_card,
    blanked,
    credit_code,
    day,
    digits,
    hexadecimal,
    id_card,
    imei,
    landline,
    letters,
    mac,
    masked,
    mobile,
    passport,
    plate,
    wide,
)
from bench.sensitivity.sectors.care import DISEASES
from bench.sensitivity.sectors.folk import PLACES, SURNAMES, folk, home, pick, vin, whole
from bench.sensitivity.sectors.single import Alone, any_of, each, makers


def names(rng: Random, n: int) -> list[str]:
    """Names of people."""
    return [p.name for p in folk(rng, n)]


def numbers(rng: Random, n: int) -> list[str]:
    """Numbers of identity."""
    return [p.number for p in folk(rng, n)]


def homes(rng: Random, n: int) -> list[str]:
    """Where people live."""
    return [p.address for p in folk(rng, n)]


def remarks(rng: Random, n: int) -> list[str]:
    """Words of a clerk, a telephone number in every third."""
    said = ("已电话联系", "客户要求改期", "请先打电话", "到货后通知", "缺件待补", "家里没人放门口")
    return [
        f"{rng.choice(said)}" + (f"，{rng.choice(('电话', '手机', '联系'))}{mobile(rng)}" if place % 3 == 0 else "")
        for place in range(n)
    ]


def jumbled(rng: Random, n: int) -> list[str]:
    """Mailboxes with noise."""
    found = [
        f"{letters(rng, 7, 'abcdefghijklmnop')}@{rng.choice(('qq', '163', 'foxmail', 'outlook', '139'))}.com"
        for _ in range(n)
    ]
    return blanked(rng, found, n // 5, ("", "无", "-", "没有邮箱"))


def latin(rng: Random, n: int) -> list[str]:
    """Names in pinyin."""
    sur, own = (
        "Wang Li Zhang Liu Chen Yang Zhao Huang Zhou Wu Ouyang Xu Sun",
        "Xiaoming Jianguo Wei Meiling Haoran Ting Yifan Jing Guoqiang Lihua",
    )
    return [f"{a} {b}" for a, b in zip(pick(rng, n, own), pick(rng, n, sur), strict=True)]


PERSONAL = (
    Alone("c1", "phone", each(mobile), "no header"),
    Alone("col_07", "person_name", names, "no header"),
    Alone("字段5", "id_card", numbers, "no header"),
    Alone("column1", "address", homes, "no header"),
    Alone("V3", "bank_account", each(bank_card), "no header"),
    Alone("F2", "email", jumbled, "no header"),
    Alone("Unnamed: 4", "vehicle_plate", each(lambda rng: plate(rng, rng.choice(PLACES).plate)), "no header"),
    Alone("field_11", "device_id", each(imei), "no header"),
    Alone("A", "device_id", each(mac), "no header"),
    Alone(
        "数据项8",
        "ethnicity",
        lambda rng, n: [
            p.people if p.people != "汉族" else rng.choice(("汉族", "汉族", "苗族", "壮族")) for p in folk(rng, n)
        ],
        "no header",
    ),
    Alone(
        "信息", "id_card", lambda rng, n: [f"{p.name}{p.number}" for p in folk(rng, n)], "name and number in one cell"
    ),
    Alone("备注", "phone", remarks, "numbers in every third remark"),
    Alone(
        "sjh",
        "phone",
        lambda rng, n: [f"+86 {mobile(rng)}" if place % 4 else wide(mobile(rng)) for place in range(n)],
        "with prefix or in full width",
    ),
    Alone(
        "手机",
        "phone",
        lambda rng, n: [f"{m[:3]}-{m[3:7]}-{m[7:]}" for m in (mobile(rng) for _ in range(n))],
        "grouped",
    ),
    Alone(
        "tel",
        "phone",
        lambda rng, n: [landline(rng, rng.choice(PLACES).area) if place % 2 else mobile(rng) for place in range(n)],
        "both kinds",
    ),
    Alone(
        "住宅电话", "phone", each(lambda rng: landline(rng, rng.choice(("010", "0571", "0755")))), "telephones of homes"
    ),
    Alone(
        "联系方式",
        "phone",
        lambda rng, n: [mobile(rng) if rng.random() < 0.7 else f"微信{letters(rng, 8, 'abcdefgh')}" for _ in range(n)],
        "numbers and accounts",
    ),
    Alone("手机号码(脱敏)", "phone", each(lambda rng: masked(mobile(rng), 3, 4)), "masked"),
    Alone("phone_md5", "phone", each(lambda rng: hexadecimal(rng, 32)), "digests of numbers remain personal"),
    Alone("sfzhm", "id_card", lambda rng, n: [number.lower() for number in numbers(rng, n)], "身份证号码, small x"),
    Alone("IDCARD_NO", "id_card", lambda rng, n: blanked(rng, numbers(rng, n), n // 2, ("", "NULL")), "half empty"),
    Alone(
        "证件编号",
        "id_card",
        lambda rng, n: [f"{number[:6]} {number[6:14]} {number[14:]}" for number in numbers(rng, n)],
        "in groups",
    ),
    Alone("居民身份证", "id_card", lambda rng, n: [masked(number, 4, 4) for number in numbers(rng, n)], "masked"),
    Alone(
        "户籍号",
        "id_card",
        lambda rng, n: [
            id_card(rng, p.place.code, p.born, male=p.male)[:6] + f"{p.born:%y%m%d}" + digits(rng, 3)
            for p in folk(rng, n, 1940, 1980)
        ],
        "numbers of the first generation, 15 digits",
    ),
    Alone("港澳通行证", "passport", each(lambda rng: "C" + digits(rng, 8)), "permits"),
    Alone("passport_no", "passport", each(passport), "passports"),
    Alone("经办人", "person_name", names, "clerks"),
    Alone("xs_name", "person_name", names, "a mixed header"),
    Alone(
        "签收人",
        "person_name",
        lambda rng, n: [name if rng.random() < 0.7 else rng.choice(("本人", "前台", "门卫")) for name in names(rng, n)],
        "some are no names",
    ),
    Alone(
        "姓名(脱敏)",
        "person_name",
        lambda rng, n: [name[0] + "某" * (len(name) - 1) for name in names(rng, n)],
        "某 for the given name",
    ),
    Alone("full_name", "person_name", latin, "pinyin"),
    Alone(
        "联系人",
        "person_name",
        lambda rng, n: [
            s + rng.choice(("先生", "女士", "小姐", "老师")) for s in (rng.choice(SURNAMES) for _ in range(n))
        ],
        "surname and title",
    ),
    Alone("姓", "person_name", lambda rng, n: [rng.choice(SURNAMES) for _ in range(n)], "surnames"),
    Alone("通讯地址", "address", homes, "homes"),
    Alone("现居住地", "address", lambda rng, n: [home(rng, rng.choice(PLACES), 2) for _ in range(n)], "short form"),
    Alone("shdz", "address", homes, "收货地址"),
    Alone("出生年月", "birth_date", each(lambda rng: day(rng, 1950, 2005, "%Y%m")), "six digits"),
    Alone(
        "生日",
        "birth_date",
        each(lambda rng: f"{rng.randint(1955, 2004)}年{rng.randint(1, 12)}月{rng.randint(1, 28)}日"),
        "written out",
    ),
    Alone("BIRTHDT", "birth_date", each(lambda rng: day(rng, 1950, 2005, "%Y%m%d")), "abbreviated"),
    Alone("性别代码", "gender", any_of("1 2 1 2 9 0"), "codes"),
    Alone("xb", "gender", any_of("男 女"), "pinyin initials"),
    Alone("nl", "age", lambda rng, n: whole(rng, n, 16, 92), "pinyin initials"),
    Alone("周岁", "age", lambda rng, n: whole(rng, n, 18, 88), "years of life"),
    Alone("民族", "ethnicity", any_of("汉 汉 汉 回 满 蒙古 壮 土家"), "without 族"),
    Alone("宗教信仰", "religion", any_of("无宗教信仰 佛教 基督教 道教 伊斯兰教"), "belief"),
    Alone("hyzk", "marital_status", any_of("未婚 已婚 离婚 丧偶 初婚 再婚"), "婚姻状况"),
    Alone(
        "cph",
        "vehicle_plate",
        each(lambda rng: plate(rng, rng.choice(PLACES).plate, electric=rng.random() < 0.4)),
        "车牌号",
    ),
    Alone("vin", "vehicle_plate", each(vin), "vehicle numbers"),
    Alone("yhkh", "bank_account", each(lambda rng: bank_card(rng)), "银行卡号"),
    Alone(
        "银行卡",
        "bank_account",
        each(lambda rng: re.sub("(....)(?=.)", r"\1 ", bank_card(rng, ("622588", 16)))),
        "in groups of four",
    ),
    Alone(
        "支付宝账号",
        "social_account",
        lambda rng, n: [
            mobile(rng) if rng.random() < 0.6 else f"{letters(rng, 6, 'abcdefgh')}@163.com" for _ in range(n)
        ],
        "numbers and mailboxes",
    ),
    Alone(
        "微信昵称",
        "social_account",
        any_of("A00建材老李 暖阳 Crystal 不二家的猫 一路向北 平凡人生 Mr.Chen 花开半夏"),
        "names on the network",
    ),
    Alone("诊断结果", "health", any_of(DISEASES), "diagnoses"),
    Alone("过敏史", "health", any_of("无 青霉素 无 磺胺类 海鲜 头孢"), "allergies"),
    Alone(
        "主诉",
        "health",
        any_of("反复咳嗽3天 头晕伴恶心1周 右下腹疼痛6小时 发热2天 腰痛半年加重3天 胸闷气短1月"),
        "complaints",
    ),
    Alone("新冠检测结果", "health", any_of("阴性 阴性 阴性 阳性"), "tests of persons"),
    Alone("声纹ID", "biometric", each(lambda rng: hexadecimal(rng, 64)), "voices"),
    Alone(
        "虹膜特征",
        "biometric",
        each(lambda rng: letters(rng, 80, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefgh0123456789+/") + "="),
        "eyes",
    ),
    Alone(
        "行踪轨迹",
        "location_track",
        each(
            lambda rng: (
                f"{rng.uniform(120, 121):.6f},{rng.uniform(30, 31):.6f};"
                f"{rng.uniform(120, 121):.6f},{rng.uniform(30, 31):.6f}"
            )
        ),
        "two points a cell",
    ),
    Alone("月薪", "income", each(lambda rng: str(rng.randint(30, 400) * 100)), "pay"),
    Alone("职业", "other_personal", any_of("教师 农民 个体户 公务员 退休 司机 护士 自由职业"), "occupation"),
    Alone("xl", "other_personal", any_of("本科 大专 硕士 博士 高中 初中"), "学历"),
    Alone("籍贯", "other_personal", each(lambda rng: (p := rng.choice(PLACES)).province + p.city), "origin"),
    Alone("政治面貌", "other_personal", any_of("群众 中共党员 共青团员 民盟盟员"), "party"),
    Alone("前科情况", "other_personal", any_of("无 无 盗窃前科 吸毒史 无 酒驾处罚"), "offences"),
    Alone(
        "登录密码",
        "secret_key",
        each(lambda rng: letters(rng, 8, "abcdefghjkmn23456789ABCDEFG!@#")),
        "passwords of users",
    ),
    Alone(
        "IDFA",
        "device_id",
        each(lambda rng: "-".join(hexadecimal(rng, k).upper() for k in (8, 4, 4, 4, 12))),
        "handsets",
    ),
    Alone("工作证号", "other_personal", each(lambda rng: f"GZ{digits(rng, 6)}"), "number of an employee"),
)

BUSINESS = (
    Alone(
        "tyshxydm",
        "unified_social_credit_code",
        each(lambda rng: credit_code(rng, rng.choice(PLACES).code)),
        "统一社会信用代码",
    ),
    Alone("c9", "unified_social_credit_code", each(lambda rng: credit_code(rng, rng.choice(PLACES).code)), "no header"),
    Alone(
        "合同号", "contract_number", each(lambda rng: f"ZJHT-{rng.randint(2019, 2024)}-{digits(rng, 4)}"), "contracts"
    ),
    Alone("底价", "price_secret", each(lambda rng: f"{rng.uniform(10, 9000):.2f}"), "lowest prices"),
    Alone(
        "api_key",
        "secret_key",
        each(lambda rng: f"sk-{letters(rng, 40, 'abcdefghijklmnopqrstuvwxyzABCDEFGHJK0123456789')}"),
        "keys",
    ),
)

MAKERS = makers("personal", PERSONAL) + makers("business", BUSINESS)
