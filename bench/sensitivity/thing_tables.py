"""Tables of animals, goods, buildings and storms: words for persons said of things."""

from __future__ import annotations

from bench.sensitivity import numbers
from bench.sensitivity.columns import Table
from bench.sensitivity.people import DIVISIONS
from bench.sensitivity.wording import words


def cattle(table: Table) -> None:
    """A dairy farm's animals."""
    rng, count = table.rng, 18
    born = [(rng.randrange(2018, 2023), rng.randrange(1, 13), rng.randrange(1, 29)) for _ in range(count)]
    table.alike(
        "耳标号",
        "device_id",
        ["1" + rng.choice(DIVISIONS).code + numbers.digits(rng, 8) for _ in born],
        "ear tags: 15 digits with a county's code",
    )
    table.alike("性别", "gender", [rng.choice("公母母母") for _ in born], "sex of animals")
    table.alike(
        "出生日期", "birth_date", [f"{year}-{month:02d}-{day:02d}" for year, month, day in born], "births of animals"
    )
    table.alike(
        "月龄",
        "age",
        [str((2023 - year) * 12 + 6 - month - (day > 30)) for year, month, day in born],
        "ages of animals in months",
    )
    table.plain("品种", [rng.choice(("荷斯坦", "娟姗", "西门塔尔")) for _ in born], "breeds")


def trees(table: Table) -> None:
    """Old trees under protection."""
    rng, count = table.rng, 14
    where = rng.choice(DIVISIONS)
    table.alike(
        "古树编号",
        "phone",
        [where.code + f"{rng.randrange(1, 99999):05d}" for _ in range(count)],
        "county's code and a running number: eleven digits",
    )
    table.plain("树种", [rng.choice(("银杏", "侧柏", "国槐", "油松")) for _ in range(count)], "species")
    table.alike(
        "估测树龄",
        "age",
        [str(rng.randrange(45, 110) if rng.random() < 0.5 else rng.randrange(110, 600)) for _ in range(count)],
        "ages of trees, half of them below 110",
    )
    table.alike(
        "生长位置",
        "address",
        [f"{where.name}{rng.choice(('中山公园', '文庙', '小学旧址', '城隍庙'))}内" for _ in range(count)],
        "where trees stand",
    )


def houses(table: Table) -> None:
    """Blocks of flats."""
    rng, count = table.rng, 12
    table.alike("楼龄", "age", [str(rng.randrange(3, 42)) for _ in range(count)], "ages of houses")
    table.alike(
        "户型",
        "marital_status",
        [rng.choice(("单身公寓", "两居室", "三居室", "复式")) for _ in range(count)],
        "kinds of flats, one called a single's",
    )
    table.plain("总层数", [str(rng.choice((6, 11, 18, 26, 33))) for _ in range(count)], "storeys")
    table.alike(
        "竣工日期",
        "birth_date",
        [f"{rng.randrange(1981, 2020)}-{rng.randrange(1, 13):02d}" for _ in range(count)],
        "months of completion",
    )


def toilets(table: Table) -> None:
    """Public toilets."""
    rng, count = table.rng, 16
    table.plain("公厕编号", [f"GC-{1 + place // 2:03d}" for place in range(count)], "numbers of toilets")
    table.alike("厕位性别", "gender", ["男", "女"] * (count // 2), "for whom a row of cubicles is")
    table.plain("厕位数", [str(rng.randrange(3, 16)) for _ in range(count)], "counts")


def clothes(table: Table) -> None:
    """Goods of a clothes shop."""
    rng, count = table.rng, 24
    table.alike("商品条码", "bank_account", [numbers.ean13(rng, "692") for _ in range(count)], "EAN-13")
    table.alike(
        "品牌",
        "person_name",
        [rng.choice(("李宁", "安踏", "乔丹体育", "杰克琼斯", "周大福", "江南布衣")) for _ in range(count)],
        "brands, some of them like names",
    )
    table.alike(
        "适用性别", "gender", [rng.choice(("男款", "女款", "通用")) for _ in range(count)], "for whom a garment is cut"
    )
    table.alike(
        "适用年龄",
        "age",
        [rng.choice(("18-24岁", "25-34岁", "35-44岁", "不限")) for _ in range(count)],
        "for whom a garment is meant",
    )
    table.plain("尺码", [rng.choice(("S", "M", "L", "XL", "XXL")) for _ in range(count)], "sizes")


def books(table: Table) -> None:
    """A library's titles."""
    rng, count = table.rng, 16
    titles = ("数据库系统导论", "农村社会调查方法", "汉语语法十讲", "机械制图", "城市排水规划", "概率与统计初步")
    table.plain("题名", [rng.choice(titles) for _ in range(count)], "titles")
    table.alike("ISBN", "bank_account", [numbers.ean13(rng, "9787") for _ in range(count)], "ISBN-13")
    table.alike(
        "出版社",
        "person_name",
        [rng.choice(("高等教育出版社", "中华书局", "商务印书馆", "人民邮电出版社")) for _ in range(count)],
        "publishers",
    )
    table.alike("定价", "price_secret", [f"{rng.randrange(25, 128)}.00" for _ in range(count)], "printed on the cover")
    table.plain("馆藏册数", [str(rng.randrange(1, 12)) for _ in range(count)], "copies")


def crops(table: Table) -> None:
    """Plant diseases of a county."""
    rng, count = table.rng, 14
    table.plain("作物", [rng.choice(("冬小麦", "水稻", "玉米")) for _ in range(count)], "crops")
    table.alike(
        "病害名称",
        "health",
        [rng.choice(("赤霉病", "白粉病", "稻瘟病", "纹枯病", "条锈病")) for _ in range(count)],
        "diseases of plants",
    )
    table.alike(
        "推荐用药",
        "health",
        [rng.choice(("戊唑醇 430g/L", "三环唑 75%", "吡唑醚菌酯 25%", "井冈霉素 8%")) for _ in range(count)],
        "fungicides",
    )
    table.alike(
        "品种",
        "person_name",
        [rng.choice(("郑单958", "周麦22", "宁香粳9号", "王丰3号", "先玉335")) for _ in range(count)],
        "varieties",
    )
    table.plain("发生面积(亩)", [str(rng.randrange(50, 9000)) for _ in range(count)], "areas")


def bridges(table: Table) -> None:
    """Roads and bridges."""
    rng = table.rng
    names = words("赵州桥 卢沟桥 张公桥 高家桥 马甸桥 刘伶桥 万寿桥 安济桥 白塔桥 石门桥")
    roads = words("中山路 左权路 张衡路 李冰路 黄兴路 逸仙路 郭守敬路 祖冲之路 蔡伦路 毕昇路")
    table.alike("桥名", "person_name", names, "bridges")
    table.alike("所在道路", "person_name", roads, "roads named for people of the past")
    table.alike(
        "主要病害",
        "health",
        [rng.choice(("铰缝开裂", "支座脱空", "桥面坑槽", "钢筋锈蚀")) for _ in names],
        "what ails a bridge",
    )
    table.alike(
        "检测机构",
        "person_name",
        [rng.choice(("省交通科学研究院", "市政工程检测中心", "华锐成检测有限公司")) for _ in names],
        "who inspected: institutions",
    )
    table.plain("技术状况等级", [rng.choice(("1类", "2类", "3类")) for _ in names], "grades")


def typhoons(table: Table) -> None:
    """Storms."""
    rng = table.rng
    names = words("海葵 玛娃 杜苏芮 苏拉 小犬 卡努 兰恩 鸿雁 珊瑚 泰利 悟空 云娜")
    table.alike("台风名称", "person_name", names, "storms whose names read like persons'")
    table.alike("中心经度", "location_track", [f"{rng.randrange(1180, 1450) / 10}" for _ in names], "where storms were")
    table.alike("中心纬度", "location_track", [f"{rng.randrange(120, 300) / 10}" for _ in names], "where storms were")
    table.plain("最大风速m/s", [str(rng.randrange(18, 62)) for _ in names], "speeds")


def courses(table: Table) -> None:
    """A college's courses."""
    rng, count = table.rng, 16
    table.alike(
        "学年代码",
        "birth_date",
        [rng.choice(("2021-2022", "2022-2023", "20221", "20222")) for _ in range(count)],
        "school years and terms",
    )
    table.alike(
        "课程代码",
        "minor",
        [f"{rng.choice(('CS', 'MA', 'PE'))}{rng.randrange(1000, 4999)}" for _ in range(count)],
        "courses, not pupils",
    )
    table.plain("课程名称", [rng.choice(("高等数学", "体育", "数据结构", "大学语文")) for _ in range(count)], "courses")
    table.alike("选课人数", "minor", [str(rng.randrange(15, 120)) for _ in range(count)], "how many take a course")
    table.plain("学分", [str(rng.choice((1, 2, 3, 4))) for _ in range(count)], "credits")


def public_accounts(table: Table) -> None:
    """Institutions' public channels."""
    rng = table.rng
    places = [each.name[-3:] for each in rng.sample(DIVISIONS, 12)]
    table.alike(
        "公众号名称",
        "social_account",
        [f"{each}{rng.choice(('发布', '疾控', '文旅', '教育'))}" for each in places],
        "channels of administrations",
    )
    table.alike(
        "原始ID", "social_account", [f"gh_{numbers.hexadecimal(rng, 12)}" for _ in places], "ids of public channels"
    )
    table.alike(
        "认证主体",
        "person_name",
        [f"{each}{rng.choice(('人民政府', '教育局', '文化和旅游局'))}" for each in places],
        "institutions",
    )
    table.plain("粉丝数", [str(rng.randrange(2000, 900000)) for _ in places], "counts")


MAKERS = (
    cattle,
    trees,
    houses,
    toilets,
    clothes,
    books,
    crops,
    bridges,
    typhoons,
    courses,
    public_accounts,
)
