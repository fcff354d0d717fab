"""Tables of banks, insurers, shops, carriers, hotels and warehouses."""

from __future__ import annotations

from bench.sensitivity.columns import Table
from bench.sensitivity.numbers import (
    bank_card,
    blanked,
    credit_code,
    day,
    digits,
    ean13,
    letters,
    masked,
    mobile,
    passport,
    plate,
)
from bench.sensitivity.sectors.folk import PLACES, amounts, draw, folk, han_name, home, pick, switchboards, vin, whole
from bench.sensitivity.sectors.government import FIRMS

GOODS = """华为Mate60手机壳 纯棉四件套 云南小粒咖啡 东北长粒香米 王守义十三香 老干妈风味豆豉
李宁跑步鞋男 周黑鸭鸭脖 张小泉菜刀
儿童保温杯 九阳豆浆机 德芙巧克力礼盒 海天酱油1.9L 蓝月亮洗衣液 三只松鼠坚果"""
SHOPS = """老王家烧烤 张姐麻辣烫 小李飞刀理发店 刘记牛肉面 马大姐喜糖铺 陈麻婆豆腐店 阿福便利店
金凤凰美容院 孙二娘包子铺
红星五金店 福满楼酒家 小杨生煎 胖东来超市 周师傅修车行 赵一鸣零食"""


def accounts(table: Table) -> None:
    """Accounts of a bank's customers."""
    rng, n = table.rng, 32
    people = folk(rng, n)
    table.personal("客户号", "other_personal", [digits(rng, 10) for _ in people], "number of a customer")
    table.personal("户名", "person_name", [p.name for p in people], "holders")
    table.personal("卡号", "bank_account", [bank_card(rng) for _ in people], "cards")
    table.personal("证件号", "id_card", [p.number for p in people], "number of identity")
    table.personal("账户余额", "income", amounts(rng, n, 0, 240000), "balance of a person")
    table.personal("预留手机号", "phone", [p.phone for p in people], "numbers of holders")
    table.alike("开户网点", "address", pick(rng, n, "解放路支行 世纪大道分理处 高新区支行 中山路营业部"), "branches")
    table.plain("币种", pick(rng, n, "人民币 人民币 美元"), "currencies")


def payments(table: Table) -> None:
    """Movements of money."""
    rng, n = table.rng, 38
    people = folk(rng, n)
    table.alike("交易流水号", "bank_account", [digits(rng, 18) for _ in people], "18 random digits")
    table.personal("对手方户名", "person_name", [p.name for p in people], "who was paid")
    table.personal("对手方账号", "bank_account", [bank_card(rng) for _ in people], "to which card")
    table.alike("商户编号", "bank_account", [f"8982{digits(rng, 11)}" for _ in people], "15 digits of shops")
    table.alike("终端编号", "phone", [digits(rng, 8) for _ in people], "card readers")
    table.plain("摘要", pick(rng, n, "转账 消费 工资 退款 网购"), "kinds")


def loans(table: Table) -> None:
    """Loans to persons."""
    rng, n = table.rng, 26
    people = folk(rng, n, 1965, 2000)
    table.business(
        "借款合同编号", "contract_number", [f"HT-2023-{rng.randint(1, 99999):05d}" for _ in people], "of contracts"
    )
    table.personal("borrower", "person_name", [p.name for p in people], "borrowers in Chinese under an English word")
    table.personal("id_no", "id_card", [p.number for p in people], "number of identity")
    table.personal("monthly_income", "income", amounts(rng, n, 3000, 45000), "income")
    table.personal(
        "工作单位及职务",
        "other_personal",
        [f"{f}{j}" for f, j in zip(draw(rng, n, FIRMS), pick(rng, n, "经理 会计 司机 工程师"), strict=True)],
        "employer and post",
    )
    table.alike("贷款利率", "price_secret", pick(rng, n, "4.35% 3.85% 5.60% 4.90%"), "published rates")
    table.alike("放款银行", "address", pick(rng, n, "招商银行西安分行 徽商银行 重庆三峡银行"), "banks")


def policies(table: Table) -> None:
    """Motor insurance."""
    rng, n = table.rng, 24
    people = folk(rng, n, 1960, 2000)
    table.personal("投保人", "person_name", [p.name for p in people], "policy holders")
    table.personal("被保险人证件号码", "id_card", [p.number for p in people], "number of identity")
    table.personal("受益人关系", "other_personal", pick(rng, n, "本人 配偶 子女 父母"), "relation")
    table.personal("车架号", "vehicle_plate", [vin(rng) for _ in people], "vehicle numbers")
    table.personal("车牌", "vehicle_plate", [plate(rng, p.place.plate) for p in people], "plates")
    table.alike("险种代码", "id_card", pick(rng, n, "0507 0510 0360 0801"), "products")
    table.alike(
        "车型名称", "person_name", pick(rng, n, "宝来 朗逸 秦PLUS 宏光MINI 卡罗拉 汉EV 元UP"), "models, some like names"
    )


def suppliers(table: Table) -> None:
    """Suppliers and their contracts."""
    rng, n = table.rng, 25
    places = [rng.choice(PLACES) for _ in range(n)]
    people = folk(rng, n, 1965, 1998)
    table.alike("供应商全称", "person_name", draw(rng, n, FIRMS), "firms")
    table.business("信用代码", "unified_social_credit_code", [credit_code(rng, p.code) for p in places], "of firms")
    table.personal("业务联系人", "person_name", [p.name for p in people], "persons")
    table.personal("联系人手机", "phone", [p.phone for p in people], "their own numbers")
    table.alike("公司座机", "phone", switchboards(rng, places), "switchboards")
    table.business(
        "采购合同号", "contract_number", [f"CG{rng.randint(2020, 2024)}-{digits(rng, 4)}" for _ in places], "contracts"
    )
    table.business("结算底价", "price_secret", amounts(rng, n, 12, 8800), "the lowest price agreed")
    table.alike("对公账户", "bank_account", [digits(rng, 17) for _ in places], "accounts of firms")


def orders(table: Table) -> None:
    """Orders of a shop."""
    rng, n = table.rng, 40
    people = folk(rng, n, 1965, 2006)
    table.alike(
        "订单编号",
        "phone",
        [f"1{rng.choice('3578')}{digits(rng, 9)}" for _ in people],
        "11 digits that look like numbers of phones",
    )
    table.personal("收货人", "person_name", [p.name for p in people], "who receives")
    table.personal("收货人电话", "phone", blanked(rng, [p.phone for p in people], 3), "their numbers")
    table.personal("收货地址", "address", [home(rng, p.place) for p in people], "where to")
    table.personal(
        "买家旺旺",
        "social_account",
        [f"{rng.choice(('tb', 'love', 'sunny', '快乐', '小鱼'))}{digits(rng, 6)}" for _ in people],
        "accounts",
    )
    table.alike("宝贝标题", "person_name", pick(rng, n, GOODS), "goods")
    table.alike("店铺名称", "person_name", pick(rng, n, SHOPS), "shops")
    table.alike("实付款", "income", amounts(rng, n, 9, 2600), "paid for goods")


def parcels(table: Table) -> None:
    """Parcels, with virtual and masked numbers."""
    rng, n = table.rng, 34
    people, others = folk(rng, n), folk(rng, n)
    table.alike("运单号", "bank_account", [f"SF{digits(rng, 13)}" for _ in people], "waybills")
    table.personal("寄件人", "person_name", [p.name for p in others], "senders")
    table.personal("寄方电话", "phone", [masked(p.phone, 3, 4) for p in others], "masked")
    table.personal(
        "收件人信息",
        "address",
        [f"{p.name} {p.phone} {p.address}" for p in people],
        "name, number and address in one cell",
    )
    table.alike("派送网点", "address", pick(rng, n, "武昌徐东营业点 横州校椅集散点 渝北龙山速运营业部"), "depots")
    table.personal("派件员", "person_name", [han_name(rng, male=True) for _ in people], "couriers")
    table.plain("重量(kg)", [f"{rng.uniform(0.1, 20):.2f}" for _ in people], "weight")


def guests(table: Table) -> None:
    """Guests of a hotel."""
    rng, n = table.rng, 30
    people = folk(rng, n, 1955, 2004)
    table.personal("住客", "person_name", [p.name for p in people], "guests")
    table.personal(
        "证件号",
        "id_card",
        [passport(rng) if place % 9 == 4 else p.number for place, p in enumerate(people)],
        "a few passports among them",
    )
    table.alike(
        "证件类型", "id_card", ["护照" if place % 9 == 4 else "居民身份证" for place in range(n)], "kinds of documents"
    )
    table.alike("房间号", "age", [f"{rng.randint(3, 18)}{rng.randint(1, 28):02d}" for _ in people], "rooms")
    table.plain(
        "入住时间", [day(rng, 2023, 2024) + f" {rng.randint(12, 23)}:{rng.randint(10, 59)}" for _ in people], "arrivals"
    )
    table.personal(
        "停车车牌",
        "vehicle_plate",
        blanked(rng, [plate(rng, p.place.plate, dot="·") for p in people], 12),
        "mostly given",
    )
    table.alike("房型", "person_name", pick(rng, n, "大床房 双床房 亲子套房 江景房"), "rooms")


def members(table: Table) -> None:
    """Members of an app."""
    rng, n = table.rng, 30
    people = folk(rng, n, 1970, 2006)
    table.personal(
        "openid",
        "social_account",
        [f"o{letters(rng, 27, 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ0123456789_-')}" for _ in people],
        "accounts",
    )
    table.personal(
        "nick_name",
        "social_account",
        pick(rng, n, "快乐每一天 Sunny 小太阳 追风少年 A批发王姐 不吃香菜 Leo 岁月静好"),
        "names on the network",
    )
    table.personal("mobile", "phone", [p.phone for p in people], "numbers")
    table.personal("birthday", "birth_date", [f"{p.born:%m-%d}" for p in people], "without the year")
    table.personal(
        "email",
        "email",
        [
            f"{letters(rng, 6, 'abcdefghijklmnop')}{digits(rng, 3)}@{rng.choice(('qq', '163', '126', 'sina'))}.com"
            for _ in people
        ],
        "mailboxes",
    )
    table.alike("level_name", "ethnicity", pick(rng, n, "青铜 白银 黄金 钻石"), "ranks")
    table.alike("points", "age", whole(rng, n, 0, 9800), "points")


def stock(table: Table) -> None:
    """A warehouse."""
    rng, n = table.rng, 32
    table.alike(
        "仓库编号",
        "vehicle_plate",
        [f"{rng.choice(('WH', 'CK'))}-{rng.choice('ABC')}{rng.randint(1, 40):02d}" for _ in range(n)],
        "stores",
    )
    table.alike(
        "商品条码", "bank_account", [ean13(rng, rng.choice(("690", "692", "694", "697"))) for _ in range(n)], "goods"
    )
    table.alike("品名", "person_name", pick(rng, n, GOODS), "goods")
    table.alike("保质期", "age", pick(rng, n, "12 18 24 36 60"), "months")
    table.alike("批次", "birth_date", [day(rng, 2023, 2024, "%Y%m%d") for _ in range(n)], "made on")
    table.business("进货价", "price_secret", amounts(rng, n, 1, 400), "what was paid to suppliers")
    table.personal("保管员", "person_name", [han_name(rng, male=rng.random() < 0.5) for _ in range(n)], "keepers")


def rides(table: Table) -> None:
    """Rides of an app."""
    rng, n = table.rng, 28
    table.personal("乘客手机尾号", "phone", [digits(rng, 4) for _ in range(n)], "last four digits")
    table.personal(
        "司机师傅", "person_name", [f"{han_name(rng, male=True)[0]}师傅" for _ in range(n)], "surname and title"
    )
    table.personal(
        "上车点经度", "location_track", [f"{rng.uniform(113.85, 114.3):.6f}" for _ in range(n)], "where persons were"
    )
    table.personal(
        "上车点纬度", "location_track", [f"{rng.uniform(22.5, 22.75):.6f}" for _ in range(n)], "where persons were"
    )
    table.alike("里程", "age", [f"{rng.uniform(1, 44):.1f}" for _ in range(n)], "kilometres")
    table.personal("车牌号码", "vehicle_plate", [plate(rng, "粤B", electric=True) for _ in range(n)], "electric cars")


def stocks(table: Table) -> None:
    """Shares of a market."""
    rng, n = table.rng, 26
    table.alike(
        "证券代码",
        "id_card",
        [f"{rng.choice(('600', '000', '300', '002'))}{digits(rng, 3)}" for _ in range(n)],
        "shares",
    )
    table.alike(
        "证券简称",
        "person_name",
        draw(
            rng,
            n,
            "贵州茅台 万科A 宁德时代 中国平安 格力电器 金龙鱼 康美药业 关铝股份 马应龙 江中药业 "
            "张裕A 古井贡酒 安琪酵母",
        ),
        "shares",
    )
    table.alike("收盘价", "price_secret", amounts(rng, n, 2, 1800), "published prices")
    table.alike(
        "董秘办电话", "phone", switchboards(rng, [rng.choice(PLACES) for _ in range(n)]), "offices of companies"
    )
    table.alike("注册资本", "income", [f"{rng.randint(1, 90) * 1000}万元" for _ in range(n)], "of companies")


def runners(table: Table) -> None:
    """Donations and couriers of a charity, half of them without telephone."""
    rng, n = table.rng, 24
    people = folk(rng, n)
    table.personal(
        "捐赠人",
        "person_name",
        ["爱心人士" if place % 8 == 3 else p.name for place, p in enumerate(people)],
        "donors, some unnamed",
    )
    table.personal("donor_tel", "phone", blanked(rng, [mobile(rng) for _ in people], 11), "half empty")
    table.plain("捐赠金额", pick(rng, n, "50 100 200 500 1000"), "gifts")
    table.alike("项目名称", "person_name", pick(rng, n, "春蕾计划 免费午餐 大爱清尘 幸福工程"), "causes")


MAKERS = (
    accounts,
    payments,
    loans,
    policies,
    suppliers,
    orders,
    parcels,
    guests,
    members,
    stock,
    rides,
    stocks,
    runners,
)
