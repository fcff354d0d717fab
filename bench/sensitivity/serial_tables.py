"""Tables of machines, transactions and cases: serial numbers in the form of persons' numbers."""

from __future__ import annotations

from bench.sensitivity import numbers
from bench.sensitivity.columns import Table, serial
from bench.sensitivity.people import DIVISIONS
from bench.sensitivity.wording import words


def warehouse(table: Table) -> None:
    """A warehouse's list of picks: orders without persons."""
    rng, count = table.rng, 32
    goods = words("王守义十三香 李锦记蒸鱼豉油 张小泉厨房剪刀 老干妈油辣椒 马应龙护手霜 王致和腐乳 周黑鸭鸭脖")
    table.alike(
        "订单号",
        "phone",
        ["1" + numbers.digits(rng, 10) for _ in range(count)],
        "11 digits beginning with 1; about seven in ten look like mobile numbers",
    )
    table.alike(
        "商品名称",
        "person_name",
        [rng.choice(goods) for _ in range(count)],
        "goods whose brands are surnames and names",
    )
    table.alike(
        "出库流水号",
        "bank_account",
        ["42" + numbers.digits(rng, 17) for _ in range(count)],
        "19 digits without Luhn's check digit: one in ten passes",
    )
    table.plain("数量", [str(rng.choice((1, 1, 1, 2, 3))) for _ in range(count)], "pieces")


def heartbeats(table: Table) -> None:
    """Heartbeats of a service's processes."""
    rng, count = table.rng, 24
    table.alike(
        "ts",
        "phone",
        [str(1685548800 + rng.randrange(2592000)) for _ in range(count)],
        "seconds since 1970: ten digits",
    )
    table.alike(
        "app_ver",
        "ip_address",
        [f"{rng.randrange(6, 9)}.{rng.randrange(10)}.{rng.randrange(60)}.{rng.randrange(240)}" for _ in range(count)],
        "version numbers of four parts, each below 256",
    )
    table.plain("cpu_pct", [f"{rng.randrange(1, 990) / 10}" for _ in range(count)], "load")
    table.plain("服务名", [rng.choice(("网关", "结算", "检索")) for _ in range(count)], "services")


def handsets(table: Table) -> None:
    """A shop's stock of handsets."""
    rng, count = table.rng, 12
    shelf = (("HUAWEI P60", "4488"), ("Xiaomi 13", "3999"), ("iPhone 14 Pro", "7999"), ("vivo X90", "3699"))
    stock = [rng.choice(shelf) for _ in range(count)]
    table.alike("手机型号", "phone", [each[0] for each in stock], "models")
    table.alike("官网售价", "price_secret", [each[1] for each in stock], "published prices")
    table.plain("颜色", [rng.choice(("曜金黑", "羽砂白", "翡冷翠")) for _ in range(count)], "colours")


def bays(table: Table) -> None:
    """Bays of a car park."""
    rng, count = table.rng, 20
    numbered = [f"{rng.choice('ABC')}{rng.choice('ABCDE')}{rng.randrange(1000, 9999)}" for _ in range(count)]
    table.alike("泊位编号", "vehicle_plate", numbered, "bays: two letters and four digits")
    table.plain("楼层", [rng.choice(("B1", "B2", "B3")) for _ in range(count)], "storeys")
    table.plain("有无充电桩", [rng.choice("有无") for _ in range(count)], "whether a bay has a charger")


def machines(table: Table) -> None:
    """A factory's machines."""
    rng, count = table.rng, 22
    table.alike(
        "设备编号",
        "vehicle_plate",
        [
            f"{rng.choice('京沪苏')}{rng.choice('ABCD')}-{rng.randrange(100, 999)}-{rng.randrange(1, 20):02d}"
            for _ in range(count)
        ],
        "site, workshop, machine: like plates at first sight",
    )
    table.plain(
        "设备名称", [rng.choice(("数控车床", "空压机", "离心泵", "注塑机", "输送机")) for _ in range(count)], "machines"
    )
    table.alike(
        "出厂编号",
        "device_id",
        ["86" + numbers.digits(rng, 13) for _ in range(count)],
        "15 digits without Luhn's check digit: one in ten passes",
    )
    table.alike(
        "诊断结果",
        "health",
        [rng.choice(("轴承外圈磨损", "转子不平衡", "润滑不良", "正常", "密封老化渗漏")) for _ in range(count)],
        "diagnoses of machines",
    )
    table.alike(
        "固件版本",
        "ip_address",
        [f"{rng.randrange(1, 4)}.{rng.randrange(20)}.{rng.randrange(10)}.{rng.randrange(200)}" for _ in range(count)],
        "versions of four parts",
    )
    table.alike(
        "出厂日期",
        "birth_date",
        [f"{rng.randrange(1998, 2023)}{rng.randrange(1, 13):02d}{rng.randrange(1, 29):02d}" for _ in range(count)],
        "machines' dates, eight digits",
    )


def modbus(table: Table) -> None:
    """Points of a controller."""
    rng, count = table.rng, 16
    table.alike("寄存器地址", "address", serial(count, "{}", 40001), "addresses in a controller")
    table.alike(
        "OID",
        "ip_address",
        [
            f"1.3.6.1.4.1.{rng.randrange(2000, 60000)}.{rng.randrange(1, 9)}.{rng.randrange(1, 30)}"
            for _ in range(count)
        ],
        "object identifiers: dotted, longer than addresses",
    )
    table.plain(
        "点位描述",
        [rng.choice(("进水压力", "出水温度", "阀门开度", "电机电流")) for _ in range(count)],
        "what is measured",
    )
    table.plain("单位", [rng.choice(("MPa", "℃", "%", "A")) for _ in range(count)], "units")


def work_orders(table: Table) -> None:
    """A citizens' hotline: numbers like identity numbers beside texts that hold telephones."""
    rng, count = table.rng, 40
    where = rng.choice(DIVISIONS)
    serials = [f"{where.code}{numbers.day(rng, 2020, 2023, '%Y%m%d')}{numbers.digits(rng, 4)}" for _ in range(count)]
    table.alike(
        "工单编号",
        "id_card",
        serials,
        "county's code, day since 2020, four digits: one in eleven passes the check by chance",
    )
    table.alike(
        "承办单位",
        "person_name",
        [f"{where.name[-3:]}{rng.choice(('城管局', '住建局', '供热办', '人社局'))}" for _ in range(count)],
        "offices",
    )
    texts = [
        rng.choice(("反映楼道堆放杂物，", "咨询公租房申请，", "投诉夜间施工噪音，", "反映路灯不亮，"))
        + (f"回电{numbers.mobile(rng)}" if rng.random() < 0.55 else "不需回复")
        for _ in range(count)
    ]
    table.personal("诉求内容", "phone", texts, "free text; half of the cells hold the caller's mobile number")
    table.alike(
        "受理时间",
        "birth_date",
        [
            numbers.day(rng, 2023, 2023, "%Y%m%d")
            + f"{rng.randrange(8, 20):02d}{rng.randrange(10, 60)}{rng.randrange(10, 60)}"
            for _ in range(count)
        ],
        "timestamps as fourteen digits",
    )
    table.plain("办结状态", [rng.choice(("已办结", "办理中", "退回")) for _ in range(count)], "states")


def ledgers(table: Table) -> None:
    """Transactions between systems."""
    rng, count = table.rng, 36
    table.alike(
        "交易流水号",
        "bank_account",
        ["62" + numbers.digits(rng, 17) for _ in range(count)],
        "19 digits that begin like union cards, no check digit: one in ten passes Luhn",
    )
    table.alike(
        "批次号",
        "id_card",
        [f"{rng.randrange(1, 9)}{numbers.digits(rng, 17)}" for _ in range(count)],
        "18 digits at random: one in eleven passes the check by chance",
    )
    table.alike(
        "消息ID",
        "bank_account",
        [str(1660000000000000000 + rng.randrange(10**16)) for _ in range(count)],
        "snowflake numbers of 19 digits: one in ten passes Luhn",
    )
    table.alike(
        "毫秒时间戳",
        "phone",
        [str(1685548800000 + rng.randrange(2592000000)) for _ in range(count)],
        "milliseconds since 1970",
    )
    table.plain("渠道", [rng.choice(("柜面", "网银", "手机银行", "ATM")) for _ in range(count)], "channels")


def assets(table: Table) -> None:
    """Assets numbered with a county's code."""
    rng, count = table.rng, 34
    built = [numbers.day(rng, 1960, 2009, "%Y%m%d") for _ in range(count)]
    table.alike(
        "资产编码",
        "id_card",
        [rng.choice(DIVISIONS).code + each + numbers.digits(rng, 4) for each in built],
        "county, day of building and a number: form of identity numbers, one in eleven passes by chance",
    )
    table.plain("资产类别", [rng.choice(("办公楼", "泵站", "桥涵", "仓库")) for _ in built], "kinds of buildings")
    table.alike("建成年份", "birth_date", [each[:4] for each in built], "years of building")


MAKERS = (
    warehouse,
    heartbeats,
    handsets,
    bays,
    machines,
    modbus,
    work_orders,
    ledgers,
    assets,
)
