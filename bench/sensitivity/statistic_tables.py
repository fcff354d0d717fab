"""Tables of statistics, dictionaries and places: what resembles persons' data and is none."""

from __future__ import annotations

from bench.sensitivity import numbers
from bench.sensitivity.columns import Table, serial
from bench.sensitivity.people import DIVISIONS
from bench.sensitivity.wording import rows as lines_of
from bench.sensitivity.wording import words


def streets(table: Table) -> None:
    """A district's sub-districts with counts."""
    rng = table.rng
    names = words("""建国门外街道 朝外街道 呼家楼街道 三里屯街道 左家庄街道 香河园街道 和平街街道 安贞街道
亚运村街道 小关街道""")
    men = [rng.randrange(18000, 60000) for _ in names]
    women = [rng.randrange(18000, 60000) for _ in names]
    table.alike("街道", "address", names, "administrative units, nobody's address")
    table.alike("男", "gender", [str(each) for each in men], "counts of men")
    table.alike("女", "gender", [str(each) for each in women], "counts of women")
    table.alike(
        "性别比",
        "gender",
        [f"{one / other * 100:.1f}" for one, other in zip(men, women, strict=True)],
        "men to 100 women",
    )
    table.alike("65岁及以上占比%", "age", [f"{rng.randrange(90, 260) / 10}" for _ in names], "shares of the old")
    table.alike("人均可支配收入", "income", [str(rng.randrange(48000, 99000)) for _ in names], "averages")
    table.plain("辖区面积km²", [f"{rng.randrange(150, 900) / 100}" for _ in names], "areas")


def age_groups(table: Table) -> None:
    """A population by age groups."""
    rng = table.rng
    bands = [f"{low}-{low + 4}岁" for low in range(0, 85, 5)] + ["85岁及以上"]
    married = [f"{0 if low < 4 else min(880, (low - 3) * 210) / 10}%" for low in range(len(bands))]
    pressed = [f"{low * low * 2 / 10 + 0.3:.1f}%" for low in range(len(bands))]
    table.alike("年龄段", "age", bands, "groups of a statistic")
    table.plain("人数", [str(rng.randrange(3000, 90000)) for _ in bands], "counts")
    table.alike("已婚比例", "marital_status", married, "shares of the married")
    table.alike("高血压患病率", "health", pressed, "prevalences, nobody's diagnosis")


def ethnic_townships(table: Table) -> None:
    """Townships named for their peoples."""
    rows = lines_of("""长哨营满族乡 北京市怀柔区 满族
喇叭沟门满族乡 北京市怀柔区 满族
于家务回族乡 北京市通州区 回族
常营回族乡 北京市朝阳区 回族
檀营满族蒙古族乡 北京市密云区 满族
芭蕉侗族乡 湖北省恩施市 侗族
晓关侗族乡 湖北省宣恩县 侗族
铁炉白族乡 湖北省鹤峰县 白族
许家桥回族维吾尔族乡 湖南省常德市鼎城区 回族
雾溪畲族乡 浙江省云和县 畲族""")
    cells = [each.split() for each in rows]
    rng = table.rng
    table.alike("民族乡名称", "ethnicity", [each[0] for each in cells], "names of townships")
    table.alike("所属区县", "address", [each[1] for each in cells], "administrative units")
    table.alike(
        "主体民族",
        "ethnicity",
        [each[2] for each in cells],
        "the people a township is named for, no person's ethnicity",
    )
    table.plain("行政村数", [str(rng.randrange(4, 30)) for _ in cells], "counts of villages")


def ethnic_dictionary(table: Table) -> None:
    """The code list of peoples (GB/T 3304)."""
    names = words("""汉族 蒙古族 回族 藏族 维吾尔族 苗族 彝族 壮族 布依族 朝鲜族 满族 侗族 瑶族 白族 土家族
哈尼族 哈萨克族 傣族""")
    romans = words("HA MG HU ZA UG MH YI ZH BY CS MA DO YA BA TJ HN KZ DA")
    table.plain("代码", serial(len(names), "{:02d}"), "codes of a dictionary")
    table.alike("名称", "ethnicity", names, "a dictionary's entries: each name once, in the order of the codes")
    table.alike("字母码", "ethnicity", romans, "a dictionary's letter codes")


def marital_dictionary(table: Table) -> None:
    """The code list of marital statuses (GB/T 2261.2)."""
    rows = words("10未婚 20已婚 21初婚 22再婚 23复婚 30丧偶 40离婚 90未说明的婚姻状况")
    table.plain("code", [each[:2] for each in rows], "codes of a dictionary")
    table.alike("label", "marital_status", [each[2:] for each in rows], "a dictionary's entries, each once")
    table.plain("启用", ["Y"] * len(rows), "whether an entry is in use")


def disease_chapters(table: Table) -> None:
    """The chapters of ICD-10."""
    rows = lines_of("""A00-B99 某些传染病和寄生虫病
C00-D48 肿瘤
D50-D89 血液及造血器官疾病和某些涉及免疫机制的疾患
E00-E90 内分泌、营养和代谢疾病
F00-F99 精神和行为障碍
G00-G99 神经系统疾病
H00-H59 眼和附器疾病
H60-H95 耳和乳突疾病
I00-I99 循环系统疾病
J00-J99 呼吸系统疾病
K00-K93 消化系统疾病
L00-L99 皮肤和皮下组织疾病
M00-M99 肌肉骨骼系统和结缔组织疾病
N00-N99 泌尿生殖系统疾病
O00-O99 妊娠、分娩和产褥期""")
    table.plain("章", serial(len(rows)), "numbers of chapters")
    table.alike("编码范围", "health", [each.split()[0] for each in rows], "ranges of codes in a classification")
    table.alike("章节名称", "health", [each.split()[1] for each in rows], "names of chapters, nobody's diagnosis")


def departments(table: Table) -> None:
    """A hospital's departments."""
    rng = table.rng
    names = words("""心血管内科 肿瘤科 精神科 感染性疾病科 儿科 妇产科 肾内科 骨科 皮肤科 生殖医学科 神经外科
眼科""")
    table.alike("科室名称", "health", names, "departments of a house, nobody's illness")
    table.alike(
        "所在位置",
        "address",
        [f"门诊楼{rng.randrange(1, 9)}层{rng.choice('东西')}区" for _ in names],
        "places within the house",
    )
    table.alike(
        "收治年龄要求",
        "age",
        [rng.choice(("不限", "14周岁以下", "14周岁以上", "18周岁以上")) for _ in names],
        "rules, no ages",
    )
    table.plain("开放床位", [str(rng.randrange(12, 80)) for _ in names], "beds")


def pharmacy(table: Table) -> None:
    """A pharmacy's stock."""
    rng, count = table.rng, 20
    drugs = words("""阿莫西林胶囊 布洛芬缓释胶囊 盐酸二甲双胍片 阿托伐他汀钙片 复方丹参滴丸 奥美拉唑肠溶胶囊
盐酸舍曲林片 恩替卡韦分散片""")
    table.alike("药品名称", "health", [rng.choice(drugs) for _ in range(count)], "goods in stock, prescribed to nobody")
    table.alike(
        "生产批号",
        "passport",
        [f"E{rng.randrange(2021, 2024)}{rng.randrange(1, 13):02d}{rng.randrange(1, 29):02d}" for _ in range(count)],
        "batches: E and eight digits that are a date",
    )
    table.alike(
        "有效期至",
        "birth_date",
        [f"{rng.randrange(2024, 2027)}-{rng.randrange(1, 13):02d}-01" for _ in range(count)],
        "expiry dates",
    )
    table.alike("商品条码", "bank_account", [numbers.ean13(rng, "69") for _ in range(count)], "EAN-13")
    table.alike(
        "零售价", "price_secret", [f"{rng.randrange(500, 9000) / 100:.2f}" for _ in range(count)], "what the shelf says"
    )
    table.plain("剂型", [rng.choice(("片剂", "胶囊剂", "滴丸剂")) for _ in range(count)], "forms of drugs")


def temples(table: Table) -> None:
    """A register of places of worship."""
    rng = table.rng
    rows = words("""云居寺佛教 清真南大寺伊斯兰教 玉皇观道教 救主堂基督教 圣心堂天主教 净慧庵佛教
东关清真寺伊斯兰教 太清宫道教 福音堂基督教""")
    faiths = ("伊斯兰教", "天主教", "基督教", "佛教", "道教")
    found = [next(each for each in faiths if row.endswith(each)) for row in rows]
    table.alike(
        "场所名称",
        "person_name",
        [row.removesuffix(faith) for row, faith in zip(rows, found, strict=True)],
        "places of worship",
    )
    table.alike("教别", "religion", found, "a place's religion, no person's")
    table.alike(
        "批准设立时间",
        "birth_date",
        [f"{rng.randrange(1980, 2012)}-{rng.randrange(1, 13):02d}" for _ in rows],
        "months of approval",
    )
    table.plain("建筑面积㎡", [str(rng.randrange(200, 5200)) for _ in rows], "areas")


def villages(table: Table) -> None:
    """Villages and stops named with surnames."""
    rng = table.rng
    names = words("""王家庄 李村 高碑店 张家湾 石景山 马家堡 宋庄 郭公庄 刘家窑 韩家川 白石桥 金台路 黄庄
方庄""")
    table.alike("站名", "person_name", names, "places that begin with surnames, two to three characters long")
    table.alike("经度", "location_track", [f"{116.2 + rng.random() / 3:.6f}" for _ in names], "where stations stand")
    table.alike("纬度", "location_track", [f"{39.8 + rng.random() / 4:.6f}" for _ in names], "where stations stand")
    table.alike(
        "开通日期",
        "birth_date",
        [f"{rng.randrange(1985, 2022)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}" for _ in names],
        "days of opening",
    )
    table.plain("日均客流(万人次)", [f"{rng.randrange(5, 140) / 10}" for _ in names], "passengers a day, counted")


def charging_sites(table: Table) -> None:
    """Public charging stations."""
    rng, count = table.rng, 12
    where = [rng.choice(DIVISIONS) for _ in range(count)]
    table.plain(
        "充电站名称",
        [f"{each.name[-3:]}{rng.choice(('体育中心', '客运站', '政务中心', '高铁站'))}充电站" for each in where],
        "stations",
    )
    table.alike(
        "站点地址",
        "address",
        [f"{each.name}{rng.choice(('人民路', '滨河路', '学府路'))}{rng.randrange(1, 300)}号" for each in where],
        "where public installations stand",
    )
    table.alike("邮政编码", "address", [each.post for each in where], "six digits of the post")
    table.alike(
        "服务热线",
        "phone",
        [rng.choice(("95598", "4008281788", "400-010-0000", "12345")) for _ in where],
        "public hotlines of firms and administrations",
    )
    table.plain("快充枪数", [str(rng.randrange(2, 24)) for _ in where], "counts")


def number_ranges(table: Table) -> None:
    """Which number ranges belong where."""
    rng, count = table.rng, 18
    where = [rng.choice(DIVISIONS) for _ in range(count)]
    table.alike(
        "号段",
        "phone",
        [rng.choice(("138", "159", "186", "199")) + numbers.digits(rng, 4) for _ in where],
        "the first seven digits: ten thousand numbers each",
    )
    table.alike("归属地", "address", [each.name for each in where], "where a range is sold")
    table.alike("区号", "phone", [each.area for each in where], "area codes")
    table.plain("运营商", [rng.choice(("移动", "联通", "电信")) for _ in where], "operators")


def bank_codes(table: Table) -> None:
    """A table of issuers."""
    rows = lines_of("""622848 农业银行 ABOCCNBJ
621700 建设银行 PCBCCNBJ
622202 工商银行 ICBKCNBJ
622588 招商银行 CMBCCNBS
622622 民生银行 MSBCCNBJ
622908 兴业银行 FJIBCNBA
622521 浦发银行 SPDBCNSH
621799 邮储银行 PSBCCNBJ""")
    cells = [each.split() for each in rows]
    rng = table.rng
    table.alike("卡BIN", "bank_account", [each[0] for each in cells], "issuers' prefixes, no accounts")
    table.plain("发卡行", [each[1] for each in cells], "banks")
    table.alike("SWIFT", "bank_account", [each[2] for each in cells], "banks' codes")
    table.alike(
        "联行号",
        "bank_account",
        [f"{rng.randrange(102, 310)}{rng.choice(('1000', '2900', '5810'))}{numbers.digits(rng, 5)}" for _ in cells],
        "twelve digits that name a branch",
    )


def plate_offices(table: Table) -> None:
    """Which prefix of plates belongs to which office."""
    chosen = [each for each in DIVISIONS if each.plate.endswith("A")][:20]
    table.alike("号牌代号", "vehicle_plate", [each.plate for each in chosen], "prefixes of plates: a dictionary")
    table.plain(
        "发牌机关", [f"{each.name.split('市')[0].removesuffix('区')}市公安局交通管理局" for each in chosen], "offices"
    )


MAKERS = (
    streets,
    age_groups,
    ethnic_townships,
    ethnic_dictionary,
    marital_dictionary,
    disease_chapters,
    departments,
    pharmacy,
    temples,
    villages,
    charging_sites,
    number_ranges,
    bank_codes,
    plate_offices,
)
