"""Tables of firms and administrations: business secrets between columns that only look like secrets."""

from __future__ import annotations

import base64

from bench.sensitivity import numbers
from bench.sensitivity.columns import Table, serial
from bench.sensitivity.people import company, division, firms_and_codes, name

_GOODS = (
    "六角螺栓M8",
    "深沟球轴承6204",
    "PLC模块S7-1200",
    "液压油46号",
    "304不锈钢板2mm",
    "变频器7.5kW",
    "光电传感器",
    "尼龙扎带",
)


def suppliers(table: Table) -> None:
    """A factory's suppliers."""
    rng, count = table.rng, 20
    where = [division(rng) for _ in range(count)]
    firms_and_codes(
        table, where, ("供应商名称", "companies, not persons"), ("统一社会信用代码", "both check characters right")
    )
    table.personal("法定代表人", "person_name", [name(rng) for _ in where], "legal representatives are persons")
    table.business(
        "对公账号",
        "bank_account",
        [f"{rng.choice(('3301', '1100', '4405'))}{numbers.digits(rng, 15)}" for _ in where],
        "the companies' own accounts: a business's, not a person's",
    )
    table.personal("联系人手机", "phone", [numbers.mobile(rng) for _ in where], "contacts' mobile numbers")
    table.alike(
        "成立日期",
        "birth_date",
        [f"{rng.randrange(1996, 2021)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}" for _ in where],
        "companies' founding dates",
    )
    table.plain("供货类别", [rng.choice(("钢材", "标准件", "包装", "电子元器件")) for _ in where], "what they supply")


def contracts(table: Table) -> None:
    """A register of contracts."""
    rng, count = table.rng, 18
    table.business(
        "合同编号",
        "contract_number",
        [f"HT-2023-{rng.randrange(1, 999):04d}" for _ in range(count)],
        "numbers of a firm's contracts",
    )
    table.alike("甲方", "person_name", [company(rng, division(rng)) for _ in range(count)], "the party is a company")
    table.alike("签订日期", "birth_date", [numbers.day(rng, 2021, 2023) for _ in range(count)], "days of signing")
    table.alike(
        "合同模板",
        "contract_number",
        [rng.choice(("采购-V2.1", "服务-V1.4", "租赁-V3.0")) for _ in range(count)],
        "names of templates",
    )
    table.plain("履约状态", [rng.choice(("履行中", "已完结", "待签署")) for _ in range(count)], "states")


def purchases(table: Table) -> None:
    """Purchases with the prices nobody outside may see."""
    rng, count = table.rng, 24
    costs = [rng.randrange(300, 90000) / 100 for _ in range(count)]
    table.alike(
        "物料编码",
        "unified_social_credit_code",
        [f"91{numbers.letters(rng, 16, numbers.CREDIT_CODE_ALPHABET)}" for _ in range(count)],
        "18 characters, 91 first, no check character: one in 31 passes",
    )
    table.plain("物料名称", [rng.choice(_GOODS) for _ in range(count)], "materials")
    table.business("采购成本价", "price_secret", [f"{each:.2f}" for each in costs], "what the firm pays")
    table.business(
        "htbh",
        "contract_number",
        [f"CG{rng.randrange(2021, 2024)}-{rng.randrange(1, 500):03d}" for _ in range(count)],
        "htbh: hetong bianhao",
    )
    table.alike("厂商指导价", "price_secret", [f"{each * 1.6:.2f}" for each in costs], "the published list price")
    table.plain("库存数量", [str(rng.randrange(0, 5000)) for _ in range(count)], "stock")


def tenders(table: Table) -> None:
    """A tendering office's sheet."""
    rng, count = table.rng, 12
    where = [division(rng) for _ in range(count)]
    works = ("道路大修工程", "智慧水务平台", "老旧小区改造", "校舍加固", "污水管网三期", "应急指挥中心")
    table.plain("项目名称", [each.name[-3:] + rng.choice(works) for each in where], "works")
    table.alike(
        "项目负责单位",
        "person_name",
        [f"{each.name[-3:]}{rng.choice(('住房和城乡建设局', '交通运输局', '教育局', '水务局'))}" for each in where],
        "the responsible office, not a person",
    )
    table.personal("项目负责人", "person_name", [name(rng) for _ in where], "the responsible person")
    table.business(
        "标底(万元)",
        "price_secret",
        [f"{rng.randrange(90, 9000)}.{rng.randrange(10)}" for _ in where],
        "the client's own estimate, secret before opening",
    )
    table.alike("公告日期", "birth_date", [numbers.day(rng, 2022, 2023) for _ in where], "days of publication")


def sales_floor(table: Table) -> None:
    """A dealer's lowest prices."""
    rng, count = table.rng, 14
    models = (("秦PLUS DM-i", 119800), ("汉EV", 229800), ("宋Pro", 135800), ("海豚", 116800), ("元PLUS", 149800))
    sold = [rng.choice(models) for _ in range(count)]
    table.alike("车型", "vehicle_plate", [each for each, _ in sold], "models of cars")
    listed = [price for _, price in sold]
    table.alike("官方指导价", "price_secret", [str(each) for each in listed], "the maker's published price")
    table.business(
        "销售底价",
        "price_secret",
        [str(int(each * rng.randrange(88, 94) / 100) // 100 * 100) for each in listed],
        "the lowest a salesman may go",
    )
    table.plain("外观颜色", [rng.choice(("雪域白", "时光灰", "赤帝红")) for _ in range(count)], "colours")


def settlements(table: Table) -> None:
    """Prices between a group's companies."""
    rng, count = table.rng, 16
    table.business(
        "内部结算价(元/吨)",
        "price_secret",
        [str(rng.randrange(3100, 4700)) for _ in range(count)],
        "transfer prices within a group",
    )
    table.business(
        "agreement_no",
        "contract_number",
        [f"NB/{rng.randrange(18, 24)}/{rng.randrange(100, 999)}-{rng.choice('AB')}" for _ in range(count)],
        "numbers of agreements",
    )
    table.plain("品种", [rng.choice(("螺纹钢HRB400E", "热轧卷板", "线材")) for _ in range(count)], "kinds of steel")
    table.plain("结算月份", [f"2023{rng.randrange(1, 13):02d}" for _ in range(count)], "months")


def applications(table: Table) -> None:
    """Applications of an open platform with their keys."""
    rng, count = table.rng, 14
    signs = "abcdefghjkmnpqrstuvwxyzABCDEFGH23456789"
    table.plain(
        "应用名称",
        [
            rng.choice(("校园卡", "政务通", "仓储助手", "客服台")) + rng.choice(("", "-测试", "-生产"))
            for _ in range(count)
        ],
        "applications",
    )
    table.alike(
        "appid",
        "social_account",
        [f"wx{numbers.hexadecimal(rng, 16)}" for _ in range(count)],
        "public ids of applications: wx and 16 digits",
    )
    table.business(
        "appsecret", "secret_key", [numbers.hexadecimal(rng, 32) for _ in range(count)], "the applications' secrets"
    )
    table.alike(
        "回调地址",
        "address",
        [f"https://api{rng.randrange(1, 9)}.demo-open.cn/notify/{rng.randrange(100, 999)}" for _ in range(count)],
        "web addresses",
    )
    table.business(
        "数据库连接串",
        "secret_key",
        [
            f"postgresql://svc_{rng.randrange(10, 99)}:{numbers.letters(rng, 12, signs)}@db1:5432/app"
            for _ in range(count)
        ],
        "connection strings with passwords",
    )


def gateways(table: Table) -> None:
    """Tokens of a gateway."""
    rng, count = table.rng, 12
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    table.business(
        "AccessKeySecret",
        "secret_key",
        [numbers.letters(rng, 30, alphabet) for _ in range(count)],
        "keys of cloud accounts",
    )
    tokens = [
        ".".join(
            base64.urlsafe_b64encode(part).decode().rstrip("=")
            for part in (
                b'{"alg":"HS256","typ":"JWT"}',
                f'{{"sub":"svc{place}","exp":16{rng.randrange(10**8):08d}}}'.encode(),
                rng.randbytes(32),
            )
        )
        for place in range(count)
    ]
    table.business("bearer_token", "secret_key", tokens, "signed tokens of services")
    table.alike(
        "token_cnt",
        "secret_key",
        [str(rng.randrange(120, 8000)) for _ in range(count)],
        "how many tokens a language model read",
    )
    table.plain("环境", [rng.choice(("dev", "uat", "prod")) for _ in range(count)], "stages")


def routers(table: Table) -> None:
    """A network room's sheet with passwords in a remark."""
    rng, count = table.rng, 12
    table.plain("机柜", [f"{rng.choice('ABCD')}{rng.randrange(1, 20):02d}" for _ in range(count)], "racks")
    table.alike(
        "子网掩码",
        "ip_address",
        [rng.choice(("255.255.255.0", "255.255.254.0", "255.255.0.0", "255.255.255.252")) for _ in range(count)],
        "netmasks name no host",
    )
    table.business(
        "说明",
        "secret_key",
        [
            f"{rng.choice(('管理口', '串口', '网管'))} admin / "
            f"{rng.choice(('Hw@', 'Sw#', 'Zx!'))}{numbers.digits(rng, 4)}{rng.choice(('core', 'edge', 'acc'))}"
            for _ in range(count)
        ],
        "remarks that hold the devices' passwords",
    )


def archives(table: Table) -> None:
    """A store of files."""
    rng, count = table.rng, 20
    table.plain("文件名", serial(count, "扫描件_{:04d}.pdf"), "names of files")
    table.alike("sha256", "secret_key", [numbers.hexadecimal(rng, 64) for _ in range(count)], "digests of files")
    table.alike(
        "文件MD5", "secret_key", [numbers.hexadecimal(rng, 32).upper() for _ in range(count)], "digests of files"
    )
    table.alike(
        "存储地址",
        "address",
        [f"/data/vol{rng.randrange(1, 5)}/2023/{rng.randrange(1, 13):02d}/{place:04d}.pdf" for place in range(count)],
        "paths",
    )
    table.plain("大小KB", [str(rng.randrange(30, 20000)) for _ in range(count)], "sizes")


def taxpayers(table: Table) -> None:
    """An administration's list under meaningless headers: only values tell."""
    rng, count = table.rng, 22
    where = [division(rng) for _ in range(count)]
    firms_and_codes(table, where, ("f_010", "companies"), ("f_011", "credit codes under a meaningless header"))
    table.personal("f_012", "phone", [numbers.mobile(rng) for _ in where], "mobile numbers under a meaningless header")
    table.plain("f_013", [rng.choice(("一般纳税人", "小规模纳税人")) for _ in where], "kinds of taxpayers")


def permits(table: Table) -> None:
    """Food shops' permits, mixed headers."""
    rng, count = table.rng, 16
    where = [division(rng) for _ in range(count)]
    table.business(
        "企业uscc",
        "unified_social_credit_code",
        numbers.blanked(rng, [numbers.credit_code(rng, each.code) for each in where], 3, ("", "暂无")),
        "credit codes, some not given",
    )
    table.personal("经营者姓名", "person_name", [name(rng) for _ in where], "traders are persons")
    table.alike("发证机关", "person_name", [f"{each.name[-3:]}市场监督管理局" for each in where], "offices")
    table.alike(
        "许可证有效期至",
        "birth_date",
        [numbers.day(rng, 2024, 2028, "%Y%m%d") for _ in where],
        "eight digits, in the future",
    )
    table.plain(
        "经营类别", [rng.choice(("热食类食品制售", "预包装食品销售", "糕点类食品制售")) for _ in where], "trades"
    )


MAKERS = (
    suppliers,
    contracts,
    purchases,
    tenders,
    sales_floor,
    settlements,
    applications,
    gateways,
    routers,
    archives,
    taxpayers,
    permits,
)
