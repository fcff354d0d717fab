"""Tables as Chinese offices keep them, of invented values: each column with its type, or None for a look-alike."""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from stdnum import luhn
from stdnum.cn import uscc

from tests.grading.engine.conftest import make_resident_id

ROWS: Final = 12
Make = Callable[[random.Random], str]


def of(words: str) -> Make:
    """One of the words."""
    return lambda source: source.choice(words.split())


def form(text: str) -> Make:
    """`#` for a digit, `@` for a letter, `~` for a sign of hexadecimal, others as they are."""
    alphabets = {"#": "0123456789", "@": "ABCDEFGHJKLMNPQRSTUVWXYZ", "~": "0123456789abcdef"}
    return lambda source: "".join(source.choice(alphabets[sign]) if sign in alphabets else sign for sign in text)


def number(low: float, high: float, places: int = 0) -> Make:
    return lambda source: f"{source.uniform(low, high):.{places}f}"


def day(first: int, last: int) -> Make:
    return lambda source: f"{source.randint(first, last)}-{source.randint(1, 12):02d}-{source.randint(1, 28):02d}"


def name(source: random.Random) -> str:
    surname = source.choice(["王", "李", "张", "刘", "陈", "杨", "赵", "欧阳", "司马", "覃"])
    return surname + source.choice(
        ["伟", "芳", "娜", "秀英", "敏", "建国", "子涵", "雨桐", "思远", "桂英", "志强", "欣怡"]
    )


def mobile(source: random.Random) -> str:
    return source.choice(["138", "150", "186", "177", "199", "135"]) + f"{source.randrange(10**8):08d}"


def landline(source: random.Random) -> str:
    return f"0571-8{source.randrange(10**7):07d}"


def address(source: random.Random) -> str:
    road = source.choice(["文三路", "解放路", "中山北路"])
    return f"杭州市西湖区{road}{source.randint(1, 300)}号{source.randint(1, 20)}幢{source.randint(101, 1802)}室"


def firm(source: random.Random) -> str:
    return f"杭州{source.choice(['恒通', '瑞丰', '华信', '鼎盛'])}{source.choice(['科技', '物流', '医药'])}有限公司"


def credit_code(source: random.Random) -> str:
    body = "91330106" + "".join(source.choice("0123456789ABCDEFGH") for _ in range(9))
    return body + uscc.calc_check_digit(body)


def card(source: random.Random) -> str:
    body = f"622202{source.randrange(10**12):012d}"
    return body + luhn.calc_check_digit(body)


def child_id(source: random.Random) -> str:
    """Of a child of seven to twelve years."""
    while True:
        body = f"330106{source.randint(2014, 2019)}{source.randint(1, 12):02d}{source.randint(1, 28):02d}"
        body += f"{source.randrange(1000):03d}"
        check = (1 - sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(body))) % 11
        if check != 10:
            return body + str(check)


LONGITUDE, LATITUDE = number(120, 120.4, 6), number(30.1, 30.4, 6)
PLATE, HOUR = form("浙A#@###"), of("2025-03-01T08:12:44 2025-03-02T17:40:05 2025-03-05T09:01:30")
#: Tables: each column with its values, and the type that it is of where it is of persons.
TABLES: Final[Mapping[str, Sequence[tuple[str, Make, str | None]]]] = {
    "household": [
        ("hzxm", name, "person_name"),
        ("yhzgx", of("户主 妻 长子 次女 父亲"), "family_relation"),
        ("sfzh", make_resident_id, "resident_id"),
        ("mz", of("汉 回 苗 土家"), "ethnicity"),
        ("whcd", of("小学 初中 高中 大学本科"), "education"),
        ("hyzk", of("未婚 已婚 离婚 丧偶"), "marital_status"),
        ("zjxy", of("佛教 基督教 伊斯兰教 道教"), "religion"),
        ("jtzz", address, "address"),
        ("登记日期", day(2015, 2024), None),
    ],
    "pupils": [
        ("学籍号", lambda source: "G" + child_id(source), "other_document"),
        ("xsxm", name, "person_name"),
        ("bj", of("三年级2班 四年级1班 五年级3班"), "minor"),
        ("家长姓名", name, "person_name"),
        ("家长手机", mobile, "mobile_phone"),
        ("语文", number(60, 100), "schooling"),
        ("是否住校", of("是 否"), None),
    ],
    "kindergarten": [
        ("幼儿姓名", name, "minor"),
        ("乳名", of("豆豆 朵朵 小宝 乐乐 果果 阿毛"), "person_name"),
        ("月龄", number(18, 60), "age"),
        ("过敏情况", of("无 鸡蛋过敏 牛奶过敏 花粉过敏"), "health"),
        ("接送人电话", mobile, "mobile_phone"),
        ("园区", of("城西园 滨江园"), None),
    ],
    "check-up": [
        ("姓名", lambda source: name(source)[0] + "**", "person_name"),
        ("身高(cm)", number(150, 185, 1), "health"),
        ("心率(次/分)", number(60, 100), "health"),
        ("裸眼视力", of("4.8 5.0 4.5"), "health"),
        ("体检结论", of("未见异常 轻度脂肪肝 血压偏高 窦性心动过缓"), "health"),
        ("HBsAg检测结果", of("阴性 弱阳性 阳性"), "health"),
        ("套餐名称", of("入职套餐A 中老年套餐"), None),
    ],
    "genes": [
        ("受检者", name, "person_name"),
        ("基因型", of("AA AG GG CT TT"), "biometric"),
        ("基因检测结果", of("EGFR基因19外显子缺失 KRAS野生型 BRCA1杂合突变"), "biometric"),
    ],
    "gate": [
        ("工号", form("E#####"), "personal_number"),
        ("指纹模板", form("~" * 40), "biometric"),
        (
            "face_feature",
            lambda source: "[" + ", ".join(f"{source.uniform(-1, 1):.4f}" for _ in range(8)) + "]",
            "biometric",
        ),
        ("声纹", form("vp/2024/####.wav"), "biometric"),
        ("刷脸次数", number(1, 90), None),
    ],
    "power bills": [
        ("户号", form("33########"), "personal_number"),
        ("户名", name, "person_name"),
        ("用电地址", address, "address"),
        ("用电量", number(80, 900), None),
        ("电费", number(40, 600, 2), None),
    ],
    "staff": [
        ("employee_id", form("E#####"), "personal_number"),
        ("姓名", name, "person_name"),
        ("手机号", mobile, "mobile_phone"),
        ("入职日期", day(2005, 2024), None),
        ("门禁卡号", form("########"), "personal_number"),
    ],
    "camera on a road": [
        ("hphm", PLATE, "vehicle_plate"),
        ("过车时间", HOUR, None),
        ("卡口名称", of("文三路与古翠路口 天目山路西口 绕城北收费站"), "location_track"),
        ("车速", number(20, 90), None),
    ],
    "positions of telephones": [
        ("oaid", form("~" * 32), "device_id"),
        ("lng", LONGITUDE, "geolocation"),
        ("lat", LATITUDE, "geolocation"),
        ("电量", number(5, 100), None),
    ],
    "calls": [
        ("主叫号码", mobile, "mobile_phone"),
        ("被叫号码", mobile, "mobile_phone"),
        ("基站", form("460-00-####-#####"), "location_track"),
        ("IMSI", form("46000##########"), "device_id"),
        ("通话时长", number(3, 900), None),
    ],
    "probation": [
        ("矫正对象", name, "person_name"),
        ("涉嫌罪名", of("盗窃罪 诈骗罪 危险驾驶罪"), "criminal_record"),
        ("性取向", of("异性恋 同性恋 双性恋"), "sexual_orientation"),
        ("承办民警", name, "person_name"),
        ("执行法院", of("杭州市西湖区人民法院 宁波市海曙区人民法院"), None),
    ],
    "bank": [
        ("客户姓名", name, "person_name"),
        ("yhkh", card, "bank_card"),
        ("支付宝账号", lambda source: mobile(source)[:3] + "****1234", "financial_account"),
        ("账户余额", number(100, 90_000, 2), "personal_finance"),
        ("征信等级", of("正常 关注 次级"), "personal_finance"),
        ("开户行", of("工商银行文三路支行 建设银行高新支行"), None),
    ],
    "accounts": [
        ("手机号", mobile, "mobile_phone"),
        ("登录密码", form("~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~"), "password"),
        ("微信号", form("wxid_~~~~~~~~~~~~"), "online_account"),
        ("短信内容", of("妈我晚点回家 明天老地方见 钱已经转给你了"), "communication"),
        ("搜索关键词", of("感冒吃什么药 二手车 租房"), "online_activity"),
        ("注册渠道", of("应用宝 华为"), None),
    ],
    "firms": [
        ("企业名称", firm, None),
        ("统一社会信用代码", credit_code, None),
        ("法定代表人", name, "person_name"),
        ("注册地址", address, None),
        ("对公账号", form("120209#############"), None),
        ("联系电话", landline, None),
        ("邮箱", of("info@ht.com service@rf.cn hr@hx.com"), None),
        ("成立日期", day(1990, 2023), None),
    ],
    "charging stations": [
        ("站点名称", of("西溪充电站 城北充电站 文新充电站"), None),
        ("负责人", name, "person_name"),
        ("详细地址", address, None),
        ("经度", LONGITUDE, None),
        ("纬度", LATITUDE, None),
    ],
    "sensors": [("设备号", form("SN########"), None), ("温度", number(10, 40, 1), None), ("经度", LONGITUDE, None)],
    "medicines": [
        ("药品名称", of("阿莫西林胶囊 布洛芬缓释片 头孢克肟颗粒 板蓝根颗粒"), None),
        ("生产企业", firm, None),
        ("批准文号", form("国药准字H2#######"), None),
        ("零售价", number(5, 60, 2), None),
    ],
    "statistics": [
        ("地区", of("杭州 宁波 温州"), None),
        ("疾病名称", of("糖尿病 高血压 肺炎"), None),
        ("平均工资", number(5_000, 20_000), None),
        ("离婚率", number(1, 4, 2), None),
        ("平均年龄", number(30, 45, 1), None),
    ],
    "pumps": [
        ("设备名称", of("一号水泵 二号水泵 配电柜"), None),
        ("安装位置", address, None),
        ("责任人", name, "person_name"),
        ("经度", LONGITUDE, None),
    ],
    "machines": [
        ("主机名", form("web-prod-##"), None),
        ("IP", form("203.119.##.1##"), None),
        ("端口", form("80##"), None),
    ],
    "herd": [("耳标号", form("1##########"), None), ("月龄", number(2, 40), None), ("性别", of("公 母"), None)],
    "insured": [
        ("AAC001", form("9#########"), "personal_number"),
        ("AAC003", name, "person_name"),
        ("AAC004", of("1 2"), "gender"),
        ("AAB004", firm, None),
    ],
    "vacancies": [
        ("职位名称", of("软件工程师 会计 销售代表"), None),
        ("学历要求", of("本科 大专 硕士"), None),
        ("性别要求", of("不限 男 女"), None),
        ("薪资范围", of("8-12K 10-15K"), None),
    ],
}


def columns(table: str, rows: int = ROWS, seed: int = 3) -> dict[str, list[str]]:
    """The values of a table by column."""
    source = random.Random(f"{table} {seed}")
    return {header: [make(source) for _ in range(rows)] for header, make, _ in TABLES[table]}
