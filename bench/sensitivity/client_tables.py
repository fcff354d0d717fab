"""Tables of banks, shops, platforms, carriers and gates."""

from __future__ import annotations

import base64

from bench.sensitivity import numbers
from bench.sensitivity.columns import Table, serial
from bench.sensitivity.people import division, email, name, names_and_numbers, people


def bank_clients(table: Table) -> None:
    """A bank's client file, English abbreviations over Chinese values."""
    rng, count = table.rng, 24
    who = people(rng, count)
    table.personal("cust_nm", "person_name", [each.name for each in who], "clients' names")
    table.personal(
        "cert_no",
        "id_card",
        [numbers.masked(each.id_card, 6, 4) for each in who],
        "masked identity numbers: still derived",
    )
    table.personal("acct_no", "bank_account", [numbers.bank_card(rng) for _ in who], "cards: real prefixes and Luhn")
    table.personal(
        "mobile", "phone", [numbers.masked(each.phone, 3, 4) for each in who], "masked: still derived from phones"
    )
    table.personal("mth_income", "income", [str(rng.randrange(30, 420) * 100) for _ in who], "monthly income in yuan")
    table.personal(
        "marital_sts", "marital_status", [rng.choice(("已婚", "已婚", "未婚", "离婚")) for _ in who], "marital status"
    )
    table.plain("ccy", ["CNY"] * count, "currency")


def payroll(table: Table) -> None:
    """A payroll handed to a bank."""
    rng, count = table.rng, 20
    who = people(rng, count, (22, 59))
    table.plain("序号", serial(count, "{:03d}"))
    table.personal("户名", "person_name", [each.name for each in who], "account holders are employees")
    cards = [numbers.bank_card(rng) for _ in who]
    grouped = [" ".join(each[place : place + 4] for place in range(0, len(each), 4)) for each in cards]
    table.personal("收款账号", "bank_account", grouped, "card numbers in groups of four")
    table.personal(
        "实发金额(元)", "income", [f"{rng.randrange(3900, 16800)}.{rng.randrange(100):02d}" for _ in who], "net pay"
    )
    table.plain("摘要", ["2023年5月工资"] * count, "the same words in every row")


def policies(table: Table) -> None:
    """An insurer's policies."""
    rng, count = table.rng, 16
    who = people(rng, count, (25, 66))
    names_and_numbers(table, who, ("投保人", "policy holders"), ("投保人证件号", "identity numbers"))
    table.personal(
        "受益人与被保险人关系",
        "other_personal",
        [rng.choice(("配偶", "子女", "父母", "本人")) for _ in who],
        "family relations",
    )
    table.personal(
        "年收入(万元)", "income", [f"{rng.randrange(6, 80)}" for _ in who], "a person's yearly income in 10,000 yuan"
    )
    table.personal(
        "健康告知",
        "health",
        [rng.choice(("无异常", "高血压2级，服药控制", "曾患甲状腺癌，术后3年", "糖尿病史5年", "无异常")) for _ in who],
        "what the holder declared of his health",
    )
    table.plain("数据来源", [rng.choice(("核心系统", "补录")) for _ in who], "which system a record comes from")


def accounts(table: Table) -> None:
    """A platform's accounts."""
    rng, count = table.rng, 30
    who = people(rng, count, (18, 50))
    table.personal("real_name", "person_name", [each.name for each in who], "names as verified")
    table.personal("mobile_no", "phone", ["+86" + each.phone for each in who], "with the country's code")
    table.personal(
        "email", "email", numbers.blanked(rng, [email(rng, each) for each in who], 6), "mailboxes, some blank"
    )
    table.personal(
        "gender", "gender", [rng.choice("MF") if rng.random() < 0.9 else "U" for _ in who], "M, F or unknown"
    )
    table.personal("birthday", "birth_date", [f"{each.birth:%Y-%m-%d}" for each in who], "birthdays")
    table.personal(
        "register_ip", "ip_address", [numbers.ip_address(rng) for _ in who], "where each user registered from"
    )
    table.plain("schema_ver", ["v3"] * count, "version of the record's form")


def app_events(table: Table) -> None:
    """An app's device log."""
    rng, count = table.rng, 28
    table.personal("imei", "device_id", [numbers.imei(rng) for _ in range(count)], "15 digits with Luhn")
    table.personal("wifi_mac", "device_id", [numbers.mac(rng) for _ in range(count)], "users' handsets")
    table.personal("client_ip", "ip_address", [numbers.ip_address(rng) for _ in range(count)], "users' addresses")
    table.plain("log_level", [rng.choice(("INFO", "INFO", "WARN")) for _ in range(count)], "levels of a log")


def advertising(table: Table) -> None:
    """Advertising requests."""
    rng, count = table.rng, 24
    table.personal(
        "idfa",
        "device_id",
        numbers.blanked(
            rng, [numbers.uuid4(rng).upper() for _ in range(count)], 5, ("00000000-0000-0000-0000-000000000000",)
        ),
        "Apple's advertising ids; all noughts where tracking is refused",
    )
    table.personal(
        "android_id", "device_id", [numbers.hexadecimal(rng, 16) for _ in range(count)], "16 hexadecimal digits"
    )
    table.alike(
        "creative_id", "device_id", [numbers.uuid4(rng) for _ in range(count)], "ids of pictures shown, not of devices"
    )
    table.plain("广告位", [rng.choice(("开屏", "信息流", "banner", "激励视频")) for _ in range(count)], "placements")


def riders(table: Table) -> None:
    """Positions of couriers."""
    rng, count = table.rng, 30
    who = people(rng, 3, (20, 45))
    longitude, latitude = 113.324, 23.106
    row = [who[place // 10] for place in range(count)]
    table.personal("骑手姓名", "person_name", [each.name for each in row], "three couriers, ten fixes each")
    table.personal("骑手手机", "phone", [each.phone for each in row], "their mobile numbers")
    table.personal(
        "lng",
        "location_track",
        [f"{longitude + place * 0.0007 + rng.random() / 2000:.6f}" for place in range(count)],
        "a courier's longitudes, fix after fix",
    )
    table.personal(
        "lat",
        "location_track",
        [f"{latitude + place * 0.0004 + rng.random() / 2000:.6f}" for place in range(count)],
        "a courier's latitudes",
    )
    table.plain("seq", [str(place % 10 + 1) for place in range(count)], "running number of a fix")


def taxi_trips(table: Table) -> None:
    """Trips of a ride-hailing service."""
    rng, count = table.rng, 20
    points = [
        f"{116.3 + rng.random() / 5:.5f},{39.85 + rng.random() / 5:.5f}|2023-06-{rng.randrange(1, 29):02d} "
        f"{rng.randrange(6, 23):02d}:{rng.randrange(60):02d}:{rng.randrange(60):02d}"
        for _ in range(count)
    ]
    table.personal("上车点", "location_track", points, "where and when a passenger got in")
    table.personal(
        "车牌号码",
        "vehicle_plate",
        [numbers.plate(rng, "京A", electric=True) for _ in range(count)],
        "electric cars: eight characters",
    )
    table.personal("驾驶员", "person_name", [name(rng) for _ in range(count)], "drivers")
    table.plain(
        "接口版本", [rng.choice(("2.3", "2.4")) for _ in range(count)], "version of the interface that reported"
    )


def parking(table: Table) -> None:
    """A car park's monthly tickets."""
    rng, count = table.rng, 22
    where = division(rng)
    plates = [
        numbers.plate(rng, where.plate, electric=rng.random() < 0.3, dot=rng.choice(("", "", "·")))
        for _ in range(count)
    ]
    table.personal(
        "车牌", "vehicle_plate", numbers.blanked(rng, plates, 2, ("无牌", "")), "plates with and without the dot"
    )
    table.personal("车主电话", "phone", [numbers.mobile(rng) for _ in range(count)], "car owners' mobile numbers")
    table.plain("序号", serial(count))


def drivers(table: Table) -> None:
    """A traffic police's register under initials."""
    rng, count = table.rng, 18
    who = people(rng, count, (20, 65))
    kinds = [rng.choice(("02", "02", "52", "01")) for _ in who]
    table.personal(
        "hphm",
        "vehicle_plate",
        [numbers.plate(rng, each.division.plate, electric=kind == "52") for each, kind in zip(who, kinds, strict=True)],
        "hphm: haopai haoma",
    )
    table.personal("jsrxm", "person_name", [each.name for each in who], "jiashiren xingming")
    table.personal(
        "jszh", "id_card", [each.id_card for each in who], "a licence's number is its holder's identity number"
    )
    table.personal(
        "sjhm",
        "phone",
        [numbers.wide(each.phone) if rng.random() < 0.3 else each.phone for each in who],
        "some in full-width digits",
    )
    table.plain("hpzl", kinds, "haopai zhonglei: class of plates, coded")


def gates(table: Table) -> None:
    """A building's gates."""
    rng, count = table.rng, 16
    table.personal("人员姓名", "person_name", [name(rng) for _ in range(count)], "those let in")
    table.personal(
        "face_feature",
        "biometric",
        [base64.b64encode(rng.randbytes(48)).decode() for _ in range(count)],
        "face templates in Base64",
    )
    table.personal(
        "指纹模板",
        "biometric",
        [f"464D52{rng.randbytes(20).hex().upper()}" for _ in range(count)],
        "fingerprint templates in hexadecimal digits",
    )
    table.personal(
        "人脸库ID",
        "biometric",
        [f"FACE_{rng.randrange(10**6):06d}" for _ in range(count)],
        "key of a person's face in the library of faces",
    )
    table.plain("算法版本", [rng.choice(("V4.2", "V4.3")) for _ in range(count)], "versions of the program")


def travellers(table: Table) -> None:
    """A travel agency's list."""
    rng, count = table.rng, 15
    who = people(rng, count, (18, 70))
    table.personal("中文姓名", "person_name", [each.name for each in who], "names")
    table.personal(
        "英文姓名",
        "person_name",
        [f"{each.pinyin_family}/{each.pinyin_given}".upper() for each in who],
        "the names in pinyin as tickets write them",
    )
    table.personal("护照号码", "passport", [numbers.passport(rng) for _ in who], "ordinary passports")
    table.personal("出生日期", "birth_date", [f"{each.birth:%d%b%Y}".upper() for each in who], "as in 05MAR1987")
    table.personal("手机号", "phone", [f"86-{each.phone}" for each in who], "with the country's code")
    table.plain("团号", ["T2307-XMT-08"] * count, "the group's number, the same in every row")


def parcels(table: Table) -> None:
    """Parcels of a shop."""
    rng, count = table.rng, 32
    who = people(rng, count)
    table.personal(
        "收货人",
        "person_name",
        [numbers.masked(each.name, 1, 0) for each in who],
        "masked names, the family name left: derived",
    )
    table.personal("收货地址", "address", [each.address for each in who], "homes parcels go to")
    table.personal("收货手机", "phone", [each.phone for each in who], "mobile numbers")
    table.plain("面单模板", [rng.choice(("A6", "100x180")) for _ in who], "sizes of labels")


def groups(table: Table) -> None:
    """A salesman's contacts."""
    rng, count = table.rng, 18
    who = people(rng, count, (22, 60))
    table.personal("客户姓名", "person_name", [each.name for each in who], "contacts")
    table.personal(
        "微信号",
        "social_account",
        [
            rng.choice(
                (
                    f"wxid_{numbers.letters(rng, 14, 'abcdefghijklmnopqrstuvwxyz0123456789')}",
                    f"{each.pinyin_given}{each.birth:%y%m%d}",
                )
            )
            for each in who
        ],
        "WeChat ids, given and chosen ones",
    )
    table.personal("QQ", "social_account", [str(rng.randrange(10**7, 3 * 10**9)) for _ in who], "eight to ten digits")


def wifi_sessions(table: Table) -> None:
    """Sessions of a public network."""
    rng, count = table.rng, 20
    table.personal("终端MAC", "device_id", [numbers.mac(rng, "-") for _ in range(count)], "guests' handsets")
    table.personal("上网账号", "phone", [numbers.mobile(rng) for _ in range(count)], "the account is the mobile number")
    table.personal(
        "源IP",
        "ip_address",
        [f"10.{rng.randrange(8, 24)}.{rng.randrange(256)}.{rng.randrange(2, 255)}" for _ in range(count)],
        "a guest's address in the private range, next to his number",
    )
    table.plain("序号", serial(count))


def service_accounts(table: Table) -> None:
    """User accounts with their passwords: what no table should hold."""
    rng, count = table.rng, 12
    who = people(rng, count, (20, 55))
    table.personal("登录名", "email", [email(rng, each) for each in who], "the login is the mailbox")
    table.personal(
        "登录密码",
        "secret_key",
        [
            rng.choice(("{0}{1:%m%d}!", "{0}@{1:%Y}", "Aa{1:%y%m%d}#")).format(each.pinyin_family.title(), each.birth)
            for each in who
        ],
        "users' passwords: authentication data of persons (GB/T 35273)",
    )


MAKERS = (
    bank_clients,
    payroll,
    policies,
    accounts,
    app_events,
    advertising,
    riders,
    taxi_trips,
    parking,
    drivers,
    gates,
    travellers,
    parcels,
    groups,
    wifi_sessions,
    service_accounts,
)
