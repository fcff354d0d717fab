"""Tables of police, civil affairs, agriculture, courts, taxes, social insurance and vehicle offices."""

from __future__ import annotations

from bench.sensitivity.columns import Table, serial
from bench.sensitivity.numbers import bank_card, blanked, credit_code, day, digits, masked, passport, plate
from bench.sensitivity.sectors.folk import PLACES, amounts, draw, folk, han_name, pick, vin, whole


def households(table: Table) -> None:
    """Residents as a police station keeps them."""
    rng, n = table.rng, 36
    people = folk(rng, n)
    table.personal("姓名", "person_name", [p.name for p in people], "residents")
    table.personal("公民身份号码", "id_card", [p.number for p in people], "the civil register's word for it")
    table.personal(
        "曾用名", "person_name", blanked(rng, [han_name(rng, male=p.male) for p in people], 24), "mostly empty"
    )
    table.personal(
        "与户主关系", "other_personal", pick(rng, n, "户主 妻 长子 长女 次子 父亲 母亲 孙子 儿媳"), "relation"
    )
    table.personal("民族", "ethnicity", [p.people for p in people], "people's names with 族")
    table.personal("户籍地址", "address", [p.address for p in people], "where registered")
    table.personal(
        "文化程度", "other_personal", pick(rng, n, "小学 初中 高中 大学专科 大学本科 文盲或半文盲"), "education"
    )
    table.plain("登记日期", [day(rng, 1990, 2023) for _ in range(n)], "date of the record")


def allowances(table: Table) -> None:
    """Minimum living allowance, headers in pinyin initials."""
    rng, n = table.rng, 28
    people = folk(rng, n, 1935, 1995, PLACES[15])
    table.personal("xm", "person_name", [p.name for p in people], "姓名")
    table.personal("sfzh", "id_card", blanked(rng, [p.number for p in people], 2), "身份证号, two missing")
    table.personal("lxdh", "phone", blanked(rng, [p.phone for p in people], 4, ("", "无")), "联系电话")
    table.personal("jtzz", "address", [p.address for p in people], "家庭住址")
    table.personal("yhzh", "bank_account", [bank_card(rng, ("621700", 19)) for _ in people], "银行账号")
    table.personal("cjlb", "health", pick(rng, n, "肢体残疾 视力残疾 听力残疾 智力残疾 精神残疾 无"), "残疾类别")
    table.alike("jtrks", "age", whole(rng, n, 1, 7), "家庭人口数: a count")
    table.alike(
        "khyh",
        "bank_account",
        pick(rng, n, "太康县农村商业银行 中国邮政储蓄银行太康县支行 中国农业银行太康支行"),
        "开户银行",
    )


def subsidies(table: Table) -> None:
    """Farmers' subsidies as published, numbers masked."""
    rng, n = table.rng, 40
    people = folk(rng, n, 1940, 1990, PLACES[11])
    table.alike("序号", "age", serial(n), "running number")
    table.personal("户主", "person_name", [p.name for p in people], "heads of farms")
    table.personal("证件号码", "id_card", [masked(p.number, 6, 4) for p in people], "masked between division and tail")
    table.personal(
        "一卡通账号", "bank_account", [masked(bank_card(rng, ("621799", 19)), 6, 4) for _ in people], "masked"
    )
    table.alike("补贴标准(元/亩)", "price_secret", pick(rng, n, "76.89 89.50 105.00"), "a rate in force for all")
    table.alike("种植品种", "person_name", pick(rng, n, "郑麦366 登海605 周麦22 淮麦33 先玉335"), "names of seeds")


def insurance(table: Table) -> None:
    """Social insurance in the column codes of the ministry's standard."""
    rng, n = table.rng, 30
    people = folk(rng, n, 1960, 2003)
    table.personal("AAC001", "other_personal", [digits(rng, 10) for _ in people], "number of the person")
    table.personal("AAC003", "person_name", [p.name for p in people], "name")
    table.personal("AAC002", "id_card", [p.number for p in people], "number of identity")
    table.personal("AAC004", "gender", ["1" if p.male else "2" for p in people], "GB/T 2261.1 codes")
    table.personal("AAC006", "birth_date", [f"{p.born:%Y%m%d}" for p in people], "dates without dashes")
    table.alike("AAB004", "person_name", draw(rng, n, FIRMS), "names of employers")
    table.personal("AAE005", "phone", [p.phone for p in people], "telephone")


FIRMS = """苏州明志科技有限公司 成都天府食品厂 武汉长江航运集团 青岛海信电器有限公司 厦门金龙汽车配件有限公司
贵阳南明老干妈食品店 深圳市科陆电子有限公司 西安高新医院有限公司 杭州丝绸之路贸易行 长沙芙蓉兴盛便利店
太原钢城建筑劳务有限公司 沈阳北方重工有限责任公司 银川宝塔石化公司 北京同仁大药房 海口椰风饮料有限公司
天津滨海物流中心"""


def taxpayers(table: Table) -> None:
    """Companies at the tax office."""
    rng, n = table.rng, 24
    places = [rng.choice(PLACES) for _ in range(n)]
    people = folk(rng, n, 1955, 1995)
    table.business(
        "纳税人识别号", "unified_social_credit_code", [credit_code(rng, p.code) for p in places], "of companies"
    )
    table.alike("纳税人名称", "person_name", draw(rng, n, FIRMS), "companies")
    table.personal("法定代表人", "person_name", [p.name for p in people], "persons who stand for companies")
    table.personal("办税人员手机", "phone", [p.phone for p in people], "a person's own number")
    table.alike(
        "生产经营地址",
        "address",
        [f"{p.city}{p.county}{rng.choice(p.roads)}{rng.randint(1, 300)}号{rng.choice('ABC')}座" for p in places],
        "a company's premises",
    )
    table.alike("应纳税额", "income", amounts(rng, n, 800, 900000), "a company's tax")


def wages(table: Table) -> None:
    """Returns of income tax."""
    rng, n = table.rng, 32
    people = folk(rng, n, 1962, 2002)
    table.personal("纳税人姓名", "person_name", [p.name for p in people], "natural persons")
    table.personal("身份证件号码", "id_card", [p.number for p in people], "number of identity")
    table.personal("本期收入", "income", amounts(rng, n, 3500, 48000), "wages")
    table.personal("累计专项扣除", "income", amounts(rng, n, 800, 9000), "deductions for a person")
    table.personal(
        "任职受雇从业类型", "other_personal", pick(rng, n, "雇员 保险营销员 证券经纪人 实习学生"), "occupation"
    )
    table.plain("税款所属期", pick(rng, n, "2024-01 2024-02 2024-03"), "month of the tax")


def judgments(table: Table) -> None:
    """Criminal cases of a court."""
    rng, n = table.rng, 26
    people = folk(rng, n, 1950, 2003)
    table.alike(
        "案号", "contract_number", [f"(2023)川0107刑初{rng.randint(1, 999)}号" for _ in people], "number of a case"
    )
    table.personal("被告人", "person_name", [p.name for p in people], "the accused")
    table.personal(
        "罪名", "other_personal", pick(rng, n, "盗窃罪 诈骗罪 危险驾驶罪 故意伤害罪 开设赌场罪 交通肇事罪"), "offences"
    )
    table.personal(
        "刑期",
        "other_personal",
        pick(rng, n, "有期徒刑六个月 拘役二个月 有期徒刑三年 有期徒刑一年缓刑二年"),
        "sentences",
    )
    table.alike(
        "审理法院", "address", pick(rng, n, "成都市武侯区人民法院 成都市锦江区人民法院 四川省高级人民法院"), "courts"
    )
    table.personal("承办法官", "person_name", [han_name(rng, male=p.male) for p in people], "judges")


def debtors(table: Table) -> None:
    """Published debtors, persons and numbers cut."""
    rng, n = table.rng, 22
    people = folk(rng, n, 1950, 1998)
    table.personal("iname", "person_name", [p.name[0] + "*" * (len(p.name) - 1) for p in people], "masked names")
    table.personal(
        "cardNum", "id_card", [p.number[:10] + "****" + p.number[14:] for p in people], "birthday's end masked"
    )
    table.alike("caseCode", "contract_number", [f"(2022)豫1627执{rng.randint(1, 4999)}号" for _ in people], "of a case")
    table.personal("age", "age", [str(2023 - p.born.year) for p in people], "years")
    table.personal("sexy", "gender", [p.sex for p in people], "as the publisher spells it")
    table.alike("courtName", "address", pick(rng, n, "太康县人民法院 淮阳区人民法院 周口市中级人民法院"), "courts")


def vehicles(table: Table) -> None:
    """Registered vehicles."""
    rng, n = table.rng, 30
    people = folk(rng, n, 1955, 2001)
    table.personal(
        "号牌号码", "vehicle_plate", [plate(rng, p.place.plate, electric=rng.random() < 0.2) for p in people], "plates"
    )
    table.personal("车辆识别代号", "vehicle_plate", [vin(rng) for _ in people], "with check digit")
    table.personal("机动车所有人", "person_name", [p.name for p in people], "owners")
    table.alike(
        "品牌型号",
        "vehicle_plate",
        pick(rng, n, "大众牌SVW71810BU 比亚迪牌BYD7150WTJ 东风日产DFL7168VBL2 五菱牌LZW6442JF"),
        "models",
    )
    table.alike("车身颜色", "ethnicity", pick(rng, n, "白 黑 灰 红 银 蓝"), "colours")
    table.personal("住所地址", "address", [p.address for p in people], "owners' homes")


def travellers(table: Table) -> None:
    """People at a border."""
    rng, n = table.rng, 27
    people = folk(rng, n, 1950, 2010)
    table.personal("护照号", "passport", [passport(rng) for _ in people], "ordinary passports")
    table.personal(
        "英文姓", "person_name", pick(rng, n, "WANG LI ZHANG LIU CHEN OUYANG ZHAO HUANG ZHOU XU"), "surnames in pinyin"
    )
    table.personal("出生年月日", "birth_date", [f"{p.born:%Y.%m.%d}" for p in people], "with dots")
    table.personal("国籍", "other_personal", pick(rng, n, "中国 中国 中国 韩国 新加坡 马来西亚"), "nationality")
    table.alike(
        "出入境口岸", "address", pick(rng, n, "浦东机场 罗湖口岸 首都机场 满洲里公路口岸 皇岗口岸"), "check-points"
    )
    table.alike(
        "交通工具班次", "passport", [rng.choice(("CA", "MU", "CZ", "HU")) + digits(rng, 4) for _ in people], "flights"
    )


def petitions(table: Table) -> None:
    """Calls to a town's line."""
    rng, n = table.rng, 25
    people = folk(rng, n)
    table.alike(
        "工单编号",
        "id_card",
        [f"{day(rng, 2023, 2024, '%Y%m%d')}{digits(rng, 10)}" for _ in people],
        "18 digits with a date",
    )
    table.personal(
        "来电人", "person_name", [p.name[0] + ("先生" if p.male else "女士") for p in people], "surname and title"
    )
    table.personal("来电号码", "phone", [p.phone for p in people], "callers")
    table.alike(
        "诉求标题",
        "health",
        pick(rng, n, "路灯不亮 小区停水 噪音扰民 公交晚点 占道经营 医保缴费咨询 井盖缺失"),
        "subjects of calls",
    )
    table.alike("承办单位", "person_name", pick(rng, n, "城管局 水务集团 住建局 龙山街道办事处 医保中心"), "offices")
    table.plain("满意度", pick(rng, n, "满意 基本满意 不满意 非常满意"), "answers")


def believers(table: Table) -> None:
    """People of a community by belief and marriage."""
    rng, n = table.rng, 24
    people = folk(rng, n, 1940, 2000)
    table.personal("居民姓名", "person_name", [p.name for p in people], "residents")
    table.personal("信仰", "religion", pick(rng, n, "无 无 佛教 基督教 伊斯兰教 道教 天主教"), "religion, often none")
    table.personal("婚姻", "marital_status", pick(rng, n, "已婚 未婚 离异 丧偶"), "as in registers")
    table.personal("党派", "other_personal", pick(rng, n, "群众 中共党员 共青团员 民革党员 九三学社社员"), "party")
    table.personal("血型", "health", pick(rng, n, "A型 B型 O型 AB型"), "blood group")
    table.alike("网格编号", "other_personal", [f"WG{rng.randint(1, 30):03d}" for _ in people], "number of a quarter")


MAKERS = (
    households,
    allowances,
    subsidies,
    insurance,
    taxpayers,
    wages,
    judgments,
    debtors,
    vehicles,
    travellers,
    petitions,
    believers,
)
