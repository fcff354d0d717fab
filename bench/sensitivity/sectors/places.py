"""Tables about places, organisations and numbers of the population: hardly anything of a person."""

from __future__ import annotations

from bench.sensitivity.columns import Table
from bench.sensitivity.numbers import digits
from bench.sensitivity.sectors.care import DISEASES
from bench.sensitivity.sectors.folk import PLACES, draw, han_name, pick, switchboards, whole
from bench.sensitivity.sectors.money import SHOPS
from bench.sensitivity.wording import words

COUNTIES = " ".join(place.city + place.county for place in PLACES)


def hospitals(table: Table) -> None:
    """A list of hospitals."""
    rng, n = table.rng, 24
    places = rng.sample(PLACES, n)
    table.alike(
        "医疗机构名称",
        "person_name",
        [f"{p.county}{rng.choice(('人民医院', '中医院', '妇幼保健院'))}" for p in places],
        "hospitals",
    )
    table.alike("联系电话", "phone", switchboards(rng, places), "hospitals'")
    table.alike(
        "地址",
        "address",
        [f"{p.city}{p.county}{rng.choice(p.roads)}{rng.randint(1, 400)}号" for p in places],
        "hospitals'",
    )
    table.alike("医院等级", "health", pick(rng, n, "三级甲等 二级甲等 三级乙等 一级"), "ranks")
    table.alike("核定床位", "age", whole(rng, n, 60, 2400), "beds")
    table.alike("经度", "location_track", [f"{rng.uniform(98, 122):.5f}" for _ in places], "hospitals'")
    table.alike("纬度", "location_track", [f"{rng.uniform(22, 43):.5f}" for _ in places], "hospitals'")


def stops(table: Table) -> None:
    """Stops of buses."""
    rng, n = table.rng, 36
    names = """人民广场 王家墩 李村 张家港路口 火车站 市一医院 周浦 赵巷 黄金台 金桥路 杨家坪
石桥铺 刘家窑 马甸 白石洲 高碑店 欧阳路"""
    table.alike("站点名称", "person_name", draw(rng, n, names), "stops that sound like names")
    table.alike("线路名", "person_name", [f"{rng.randint(1, 988)}路" for _ in range(n)], "lines")
    table.alike("站序", "age", whole(rng, n, 1, 38), "order")
    table.alike("lon", "location_track", [f"{rng.uniform(121.3, 121.6):.6f}" for _ in range(n)], "stops'")
    table.alike("lat", "location_track", [f"{rng.uniform(31.1, 31.4):.6f}" for _ in range(n)], "stops'")
    table.alike("所在道路", "address", pick(rng, n, "张杨路 陆家浜路 肇嘉浜路 龙华西路 石龙路"), "roads")


def divisions(table: Table) -> None:
    """The code list of divisions."""
    rng, n = table.rng, len(PLACES)
    table.alike("行政区划代码", "id_card", [p.code for p in PLACES], "six digits")
    table.alike("县区名称", "person_name", [p.county for p in PLACES], "counties")
    table.alike("邮政编码", "other_personal", [p.code[:3] + "000" for p in PLACES], "of places")
    table.alike("长途区号", "phone", [p.area for p in PLACES], "area codes")
    table.alike("户籍人口(万人)", "age", [f"{rng.uniform(12, 190):.1f}" for _ in range(n)], "counts")


def population(table: Table) -> None:
    """Numbers of a yearbook."""
    rng, n = table.rng, 31
    table.alike("地区", "address", COUNTIES.split()[:n], "counties")
    table.alike("男性人口", "gender", whole(rng, n, 90000, 800000), "counts")
    table.alike("少数民族人口比重(%)", "ethnicity", [f"{rng.uniform(0.2, 60):.2f}" for _ in range(n)], "shares")
    table.alike("平均预期寿命", "age", [f"{rng.uniform(71, 84):.1f}" for _ in range(n)], "of a population")
    table.alike("城镇居民人均可支配收入", "income", whole(rng, n, 28000, 88000), "of a population")
    table.alike("离婚登记对数", "marital_status", whole(rng, n, 300, 9000), "counts")
    table.alike("60岁及以上老人数", "age", whole(rng, n, 20000, 300000), "counts")


def epidemics(table: Table) -> None:
    """Counts of diseases."""
    rng, n = table.rng, 24
    table.alike("病种", "health", draw(rng, n, DISEASES), "kinds")
    table.alike("ICD编码", "health", pick(rng, n, "I10 E11 J18 K29 M51 I63 E04"), "kinds")
    table.alike("发病数", "age", whole(rng, n, 3, 800), "counts")
    table.alike("死亡率(1/10万)", "health", [f"{rng.uniform(0, 90):.2f}" for _ in range(n)], "rates")
    table.alike("统计年份", "birth_date", pick(rng, n, "2019 2020 2021 2022"), "years")


def schools(table: Table) -> None:
    """A list of schools."""
    rng, n = table.rng, 25
    places = rng.sample(PLACES, n)
    table.alike(
        "学校名称",
        "person_name",
        [f"{p.county}{rng.choice(('实验小学', '第二中学', '育才学校'))}" for p in places],
        "schools",
    )
    table.personal("校长", "person_name", [han_name(rng, male=rng.random() < 0.6) for _ in places], "heads")
    table.alike("办公电话", "phone", switchboards(rng, places), "schools'")
    table.alike("在校生数", "age", whole(rng, n, 200, 3600), "counts")
    table.alike("学校标识码", "phone", [f"3{digits(rng, 9)}" for _ in places], "ten digits of schools")
    table.alike("办学类型", "minor", pick(rng, n, "小学 初级中学 九年一贯制学校"), "kinds")


def restaurants(table: Table) -> None:
    """Places to eat."""
    rng, n = table.rng, 30
    places = [rng.choice(PLACES) for _ in range(n)]
    table.alike("店名", "person_name", draw(rng, n, SHOPS), "shops called after persons")
    table.alike("商家电话", "phone", switchboards(rng, places), "shops'")
    table.alike("人均消费", "income", whole(rng, n, 12, 260), "prices")
    table.alike(
        "门店地址", "address", [f"{p.county}{rng.choice(p.roads)}{rng.randint(1, 300)}号底商" for p in places], "shops'"
    )
    table.alike("营业时间", "birth_date", pick(rng, n, "09:00-22:00 10:30-21:30 24小时"), "hours")
    table.alike("菜系", "ethnicity", pick(rng, n, "川菜 清真 粤菜 东北菜 傣味"), "kitchens")


def products(table: Table) -> None:
    """A catalogue of data products."""
    rng, n = table.rng, 24
    names = """个人信用评分 企业用电画像 手机号在网时长核验 全国车辆信息查询 医保结算脱敏数据
人口热力分布 婚姻状况核验 常住人口统计
    公积金缴存核验 出租车轨迹数据集 电子病历语料 身份证二要素"""
    table.alike("数据产品名称", "id_card", draw(rng, n, names), "names of products")
    table.alike("提供方", "person_name", pick(rng, n, "贵州数据宝 电信天翼 国网大数据 金陵科技 银联智策"), "firms")
    table.alike("更新频率", "birth_date", pick(rng, n, "每日 每月 实时 不定期"), "how often")
    table.alike("数据规模", "age", [f"{rng.randint(1, 90)}万条" for _ in range(n)], "counts")
    table.alike("产品编号", "unified_social_credit_code", [f"DP{digits(rng, 16)}" for _ in range(n)], "18 signs")
    table.alike("挂牌价", "price_secret", pick(rng, n, "0.5元/次 面议 12000元/年 0.08元/条"), "published")


def temples(table: Table) -> None:
    """Places of worship."""
    rng, n = table.rng, 20
    table.alike("场所名称", "religion", pick(rng, n, "灵隐寺 白云观 牛街礼拜寺 圣索菲亚教堂 广济寺 玄妙观"), "places")
    table.alike("教别", "religion", pick(rng, n, "佛教 道教 伊斯兰教 基督教"), "of places")
    table.alike("场所所在地", "address", [f"{p.city}{p.county}" for p in rng.sample(PLACES, n)], "places")
    table.alike("容纳人数", "age", whole(rng, n, 60, 2000), "counts")


def codes(table: Table) -> None:
    """A code list."""
    rng, n = table.rng, 20
    values = words(
        "汉族 蒙古族 回族 藏族 维吾尔族 苗族 彝族 壮族 布依族 朝鲜族 满族 侗族 瑶族 白族 土家族 "
        "哈尼族 哈萨克族 傣族 黎族 傈僳族"
    )
    table.alike("字典编码", "age", [f"{place:02d}" for place in range(1, n + 1)], "entries")
    table.alike("字典值", "ethnicity", values, "a list of peoples, not people")
    table.alike(
        "拼音码",
        "person_name",
        words("HZ MGZ HUIZ ZANGZ WWEZ MZ YIZ ZZ BYZ CXZ MANZ DZ YAOZ BAIZ TJZ HNZ HSKZ DAIZ LIZ LSZ"),
        "initials",
    )
    table.plain("启用标志", pick(rng, n, "1 1 1 0"), "flags")


def air(table: Table) -> None:
    """Stations that measure air."""
    rng, n = table.rng, 26
    table.alike(
        "监测站编码",
        "id_card",
        [f"{rng.choice(PLACES).code}{digits(rng, 12)}" for _ in range(n)],
        "18 digits that begin with a division",
    )
    table.alike("站点", "person_name", pick(rng, n, "万寿西宫 定陵 东四 天坛 农展馆 古城 云岗"), "stations")
    table.alike("PM2.5", "age", whole(rng, n, 4, 160), "readings")
    table.alike("首要污染物", "health", pick(rng, n, "PM2.5 臭氧 PM10 二氧化氮"), "substances")
    table.alike(
        "采样日期", "birth_date", [f"2023{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}" for _ in range(n)], "days"
    )


MAKERS = (
    hospitals,
    stops,
    divisions,
    population,
    epidemics,
    schools,
    restaurants,
    products,
    temples,
    codes,
    air,
)
