"""Tables of employers, landlords, telephone companies and machine rooms."""

from __future__ import annotations

from bench.sensitivity.columns import Table
from bench.sensitivity.numbers import day, digits, hexadecimal, imei, ip_address, letters, mac, mobile, plate, uuid4
from bench.sensitivity.sectors.folk import PLACES, amounts, draw, folk, han_name, home, pick, switchboards, whole

DEPARTMENTS = "财务部 人力资源部 研发中心 市场部 综合办公室 生产一车间 法务部 审计室"
UPPER = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"


def staff(table: Table) -> None:
    """A roll of staff."""
    rng, n = table.rng, 34
    people, kin = folk(rng, n, 1964, 2001), folk(rng, n, 1940, 2000)
    table.personal("工号", "other_personal", [f"{rng.randint(1, 9999):06d}" for _ in people], "number of an employee")
    table.personal("员工姓名", "person_name", [p.name for p in people], "staff")
    table.alike("所属部门", "person_name", pick(rng, n, DEPARTMENTS), "departments")
    table.personal(
        "岗位", "other_personal", pick(rng, n, "会计 出纳 软件工程师 销售代表 车间主任 保安 行政专员"), "posts"
    )
    table.personal("最高学历", "other_personal", pick(rng, n, "大专 本科 硕士研究生 高中 博士"), "education")
    table.personal("基本工资", "income", [str(rng.randint(30, 220) * 100) for _ in people], "pay")
    table.personal("紧急联系人", "person_name", [p.name for p in kin], "kin")
    table.personal("紧急联系人电话", "phone", [p.phone for p in kin], "their numbers")


def payslips(table: Table) -> None:
    """Pay, headers in pinyin initials."""
    rng, n = table.rng, 26
    people = folk(rng, n, 1964, 2001)
    table.personal("gh", "other_personal", [f"S{rng.randint(1000, 9999)}" for _ in people], "工号")
    table.personal("xm", "person_name", [p.name for p in people], "姓名")
    table.personal("yfgz", "income", amounts(rng, n, 4200, 26000), "应发工资")
    table.personal("gjj", "income", amounts(rng, n, 300, 3000), "公积金")
    table.personal("sfgz", "income", amounts(rng, n, 3200, 21000), "实发工资")
    table.alike("ny", "birth_date", pick(rng, n, "202401 202402 202403"), "年月 of pay")


def applicants(table: Table) -> None:
    """Job seekers in free words."""
    rng, n = table.rng, 24
    people = folk(rng, n, 1975, 2002)
    table.personal("应聘者", "person_name", [p.name for p in people], "applicants")
    table.personal("出生年月", "birth_date", [f"{p.born:%Y年%m月}" for p in people], "month of birth")
    table.personal(
        "毕业院校", "other_personal", pick(rng, n, "武汉大学 兰州交通大学 西南石油大学 广东轻工职业技术学院"), "schools"
    )
    table.personal("期望薪资", "income", pick(rng, n, "6-8K 面议 8000-10000元/月 1.2万 15k"), "pay asked for")
    table.alike(
        "应聘职位要求",
        "other_personal",
        pick(rng, n, "本科及以上 三年以上经验 不限 熟悉Java 持C1驾照"),
        "what the post asks",
    )
    table.alike("招聘人数", "age", whole(rng, n, 1, 30), "places")
    table.personal(
        "微信号",
        "social_account",
        [f"{letters(rng, 5, 'abcdefghikmnstwxyz')}{rng.choice('_-')}{digits(rng, 4)}" for _ in people],
        "accounts",
    )


def owners(table: Table) -> None:
    """Owners in a residential quarter."""
    rng, n = table.rng, 30
    people = folk(rng, n, 1950, 1998, PLACES[16])
    table.personal("业主", "person_name", [p.name for p in people], "owners")
    table.personal("业主电话", "phone", [p.phone for p in people], "their numbers")
    table.personal(
        "固话", "phone", [f"027-{rng.choice('5678')}{digits(rng, 7)}" for _ in people], "their telephones at home"
    )
    table.personal("房产坐落", "address", [home(rng, p.place, 1) for p in people], "their homes")
    table.alike("建筑面积", "age", [f"{rng.uniform(48, 180):.2f}" for _ in people], "square metres")
    table.personal("车位登记车牌", "vehicle_plate", [plate(rng, "鄂A") for _ in people], "their cars")
    table.alike("缴费月份", "birth_date", pick(rng, n, "2023-10 2023-11 2024-01"), "months")


def visitors(table: Table) -> None:
    """A gate's book."""
    rng, n = table.rng, 22
    people = folk(rng, n)
    table.personal("来访人员", "person_name", [p.name for p in people], "visitors")
    table.personal("身份证后4位", "id_card", [p.number[-4:] for p in people], "tails of numbers")
    table.personal("体温(℃)", "health", [f"{rng.uniform(36.0, 37.2):.1f}" for _ in people], "temperature")
    table.personal("被访人", "person_name", [han_name(rng, male=p.male) for p in people], "whom they see")
    table.alike("来访事由", "health", pick(rng, n, "面试 送货 维修空调 洽谈合同 参观"), "reasons")
    table.alike("来访单位", "person_name", pick(rng, n, "顺丰速运 格力售后 武汉大学 自来水公司"), "firms")


def estates(table: Table) -> None:
    """Estates on sale."""
    rng, n = table.rng, 26
    places = [rng.choice(PLACES) for _ in range(n)]
    names = """万科金域蓝湾 保利香槟国际 恒大御景 金辉世界城 龙湖春江郦城 碧桂园凤凰城 中海康城
    华润橡树湾 融创文旅城 林语堂前 金地艺境"""
    table.alike("楼盘名称", "person_name", draw(rng, n, names), "estates")
    table.alike("售楼处电话", "phone", [f"400-{digits(rng, 3)}-{digits(rng, 4)}" for _ in places], "sellers")
    table.alike(
        "楼盘位置",
        "address",
        [f"{p.county}{rng.choice(p.roads)}与{rng.choice(p.roads)}交汇处" for p in places],
        "estates",
    )
    table.alike("均价(元/㎡)", "price_secret", whole(rng, n, 5200, 68000), "published")
    table.alike("开发商", "person_name", pick(rng, n, "万科 保利发展 龙湖集团 华润置地 金辉控股"), "builders")
    table.alike("容积率", "age", [f"{rng.uniform(1.2, 4.5):.1f}" for _ in places], "ratio")


def calls(table: Table) -> None:
    """Calls over a network."""
    rng, n = table.rng, 36
    table.personal("主叫号码", "phone", [mobile(rng) for _ in range(n)], "callers")
    table.personal(
        "被叫号码",
        "phone",
        [mobile(rng) if rng.random() < 0.8 else f"0571{digits(rng, 8)}" for _ in range(n)],
        "called",
    )
    table.personal("imei", "device_id", [imei(rng) for _ in range(n)], "handsets")
    table.personal(
        "imsi", "device_id", [f"4600{rng.choice('0127')}{digits(rng, 10)}" for _ in range(n)], "cards of persons"
    )
    table.personal(
        "基站小区",
        "location_track",
        [f"460-00-{rng.randint(10000, 29999)}-{rng.randint(1, 255)}" for _ in range(n)],
        "where callers were",
    )
    table.alike("通话时长", "age", whole(rng, n, 3, 900), "seconds")
    table.alike("计费代码", "age", pick(rng, n, "010 101 200 305"), "tariffs")


def broadband(table: Table) -> None:
    """Lines to homes."""
    rng, n = table.rng, 26
    people = folk(rng, n, 1955, 1999, PLACES[10])
    table.personal("宽带账号", "social_account", [f"hz{digits(rng, 9)}" for _ in people], "accounts of customers")
    table.personal("客户名称", "person_name", [p.name for p in people], "customers who are persons")
    table.personal("装机地址", "address", [home(rng, p.place) for p in people], "homes")
    table.personal("光猫MAC", "device_id", [mac(rng) for _ in people], "boxes in homes")
    table.personal(
        "联系电话1",
        "phone",
        [f"0571-{rng.choice('568')}{digits(rng, 7)}" if rng.random() < 0.5 else p.phone for p in people],
        "both kinds",
    )
    table.alike("带宽", "age", pick(rng, n, "100M 300M 500M 1000M"), "speed")
    table.alike("局站名称", "address", pick(rng, n, "文三路局 古墩机房 转塘接入点"), "exchanges")


def visits(table: Table) -> None:
    """An app's log."""
    rng, n = table.rng, 40
    table.personal("uid", "other_personal", [str(rng.randint(10**7, 10**8)) for _ in range(n)], "number of a user")
    table.personal("client_ip", "ip_address", [ip_address(rng) for _ in range(n)], "users'")
    table.personal("oaid", "device_id", [uuid4(rng) for _ in range(n)], "of handsets")
    table.personal("androidId", "device_id", [hexadecimal(rng, 16) for _ in range(n)], "of handsets")
    table.alike(
        "app_version",
        "ip_address",
        [f"{rng.randint(5, 9)}.{rng.randint(0, 20)}.{rng.randint(0, 9)}.{rng.randint(1, 120)}" for _ in range(n)],
        "four numbers",
    )
    table.alike("event_name", "person_name", pick(rng, n, "page_view add_cart pay_success login share"), "events")
    table.alike("trace_id", "device_id", [hexadecimal(rng, 32) for _ in range(n)], "requests")


def servers(table: Table) -> None:
    """Machines of a firm."""
    rng, n = table.rng, 25
    table.alike(
        "主机名",
        "person_name",
        [f"{rng.choice(('db', 'web', 'mq'))}-prod-{rng.randint(1, 60):02d}" for _ in range(n)],
        "machines",
    )
    table.alike(
        "管理IP",
        "ip_address",
        [f"10.{rng.randint(0, 40)}.{rng.randint(0, 255)}.{rng.randint(2, 254)}" for _ in range(n)],
        "machines'",
    )
    table.alike("设备序列号", "device_id", [letters(rng, 10, UPPER) for _ in range(n)], "machines")
    table.alike(
        "固件版本",
        "ip_address",
        [f"V{rng.randint(1, 5)}.{rng.randint(0, 30)}.{rng.randint(0, 9)}" for _ in range(n)],
        "versions",
    )
    table.personal("运维负责人", "person_name", [han_name(rng, male=rng.random() < 0.7) for _ in range(n)], "persons")
    table.business(
        "root密码",
        "secret_key",
        [f"{letters(rng, 4, 'abcdefgh')}@{digits(rng, 4)}{letters(rng, 2, UPPER)}" for _ in range(n)],
        "keys to machines",
    )
    table.alike(
        "设备型号", "vehicle_plate", pick(rng, n, "RH2288H-V3 PowerEdge-R740 S5720-28P H3C-6520 NF5280M5"), "models"
    )


def keys(table: Table) -> None:
    """Keys to interfaces."""
    rng, n = table.rng, 20
    table.alike(
        "接口名称",
        "person_name",
        pick(rng, n, "人脸识别接口 身份证核验 手机号归属地查询 企业信息查询 银行卡四要素"),
        "what interfaces do",
    )
    table.business("appSecret", "secret_key", [hexadecimal(rng, 32) for _ in range(n)], "secrets")
    table.business("AccessKey", "secret_key", [f"LTAI5t{letters(rng, 18, UPPER)}" for _ in range(n)], "keys")
    table.alike("请求方式", "gender", pick(rng, n, "GET POST"), "two words")
    table.alike("日调用量", "age", whole(rng, n, 0, 90000), "counts")


def features(table: Table) -> None:
    """What a gate knows of faces and fingers."""
    rng, n = table.rng, 20
    people = folk(rng, n, 1960, 2001)
    table.personal("员工号", "other_personal", [f"E{digits(rng, 5)}" for _ in people], "number of an employee")
    table.personal(
        "人脸特征值",
        "biometric",
        ["[" + ",".join(f"{rng.uniform(-1, 1):.4f}" for _ in range(12)) + "]" for _ in people],
        "vectors",
    )
    table.personal(
        "指纹模板", "biometric", [letters(rng, 60, UPPER + "abcdefghijklmnop+/") + "==" for _ in people], "Base64"
    )
    table.personal(
        "人脸照片路径",
        "biometric",
        [f"/data/face/{p.born:%Y%m}/{hexadecimal(rng, 12)}.jpg" for p in people],
        "pictures of faces",
    )
    table.alike("门禁点", "address", pick(rng, n, "1号楼大堂东门 B2车库入口 研发楼3F北"), "doors")


def things(table: Table) -> None:
    """Meters and cards of things."""
    rng, n = table.rng, 30
    table.alike("物联网卡号", "phone", [f"1064{digits(rng, 9)}" for _ in range(n)], "13 digits of things")
    table.alike("表计编号", "id_card", [digits(rng, 18) for _ in range(n)], "18 digits of meters")
    table.alike("安装位置", "address", pick(rng, n, "3号泵房 东大门配电柜 水厂二期沉淀池 滨河路12号杆"), "things")
    table.alike("电压(V)", "age", [f"{rng.uniform(215, 236):.1f}" for _ in range(n)], "volts")
    table.alike("厂商联系电话", "phone", switchboards(rng, [rng.choice(PLACES) for _ in range(n)]), "makers'")
    table.plain(
        "上报时间",
        [day(rng, 2024, 2024) + f" 0{rng.randint(0, 9)}:{rng.randint(10, 59)}:00" for _ in range(n)],
        "readings",
    )


def patrols(table: Table) -> None:
    """Where users of an app were."""
    rng, n = table.rng, 30
    table.personal("user_id", "other_personal", [f"u_{digits(rng, 6)}" for _ in range(n)], "stands for a user")
    table.personal("lng", "location_track", [f"{rng.uniform(116.2, 116.6):.6f}" for _ in range(n)], "where")
    table.personal("lat", "location_track", [f"{rng.uniform(39.8, 40.1):.6f}" for _ in range(n)], "where")
    table.plain("ts", [str(1700000000 + rng.randrange(10**7)) for _ in range(n)], "seconds")
    table.alike("accuracy", "age", whole(rng, n, 5, 90), "metres")


MAKERS = (
    staff,
    payslips,
    applicants,
    owners,
    visitors,
    estates,
    calls,
    broadband,
    visits,
    servers,
    keys,
    features,
    things,
    patrols,
)
