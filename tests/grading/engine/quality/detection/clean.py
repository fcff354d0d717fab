"""Columns of many domains in which every cell is right, each with what looks odd and is not."""

import random
from collections.abc import Callable, Mapping
from datetime import date, timedelta

ROWS = 800
DIGITS = "0123456789"
PLATE = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"

#: Answers of a list, by how often each is given: some long, some seldom.
ANSWERS: Mapping[str, Mapping[str, float]] = {
    "ethnic group": {"汉族": 955, "回族": 15, "满族": 15, "维吾尔族": 8, "哈萨克族": 5, "柯尔克孜族": 4},
    "city": {"北京": 30, "上海": 30, "广州": 30, "深圳": 30, "呼和浩特": 1.5, "哈尔滨": 1.5, "石家庄": 1.5},
    "city with its kind": {"杭州市": 40, "宁波市": 40, "温州市": 20, "呼伦贝尔市": 2, "延边朝鲜族自治州": 2},
    "department": {"内科": 40, "外科": 40, "儿科": 20, "耳鼻喉科": 2, "重症医学科": 2},
    "seldom yes": {"No": 975, "Yes": 25},
    "seldom true": {"false": 980, "true": 20},
    "Y or N": {"Y": 500, "N": 490, "NA": 10},
    "title": {"Mr": 600, "Ms": 370, "Mrs": 20, "Dr": 10, "Miss": 10},
    "applies": {"是": 900, "否": 80, "不适用": 20},
    "size": {"S": 300, "M": 300, "L": 300, "XL": 25, "XXL": 12, "XXXL": 8},
    "grade": {"A": 30, "B": 30, "C": 20, "D": 9, "A+": 2, "B-": 2},
    "rating": {"AAA": 1, "AA": 2, "A": 4, "BBB": 4, "BB": 2, "B": 1, "CCC": 0.5, "CC": 0.2, "D": 0.2},
    "rating in small letters": {"aaa": 2, "aa+": 2, "aa": 4, "bbb": 2, "bb": 1},
    "wind": {"N": 3, "S": 3, "E": 3, "W": 3, "NE": 0.2, "SW": 0.2, "NNE": 0.1},
    "state": {"ok": 985, "fault": 9, "offline": 6},
    "device": {"on": 500, "off": 480, "standby": 20},
    "lab mark": {"-": 55, "+": 20, "++": 15, "+++": 5, "±": 5},
    "lab word": {"neg": 60, "trace": 10, "+": 15, "++": 10, "+++": 5},
    "Ukrainian answer": {"Так": 1, "Ні": 1},
    "Ukrainian word": {"Місто": 3, "Село": 3, "Ні": 2, "Рік": 2, "Ім'я": 1, "Її": 1},
    "Ukrainian town": {"Київ": 3, "Львів": 3, "Чернігів": 2, "Рівне": 2, "Кропивницький": 1},
    "Russian answer": {"Да": 1, "Нет": 1, "Не знаю": 0.1},
    "Vietnamese word": {"Nữ": 1, "Nam": 1, "Đã": 0.5, "Có": 0.4, "Không": 0.4, "Hà Nội": 0.2, "Huế": 0.2},
    "Vietnamese town": {"Đà Nẵng": 3, "Cần Thơ": 3, "Hải Phòng": 2, "Vũng Tàu": 1, "Quảng Ngãi": 1},
    "French word": {"Été": 3, "Hiver": 3, "Forêt": 1, "Noël": 1, "À côté": 1, "Œuvre": 1},
    "Turkish town": {"İzmir": 3, "İstanbul": 3, "Şanlıurfa": 1, "Çorum": 1, "Iğdır": 1},
    "Greek town": {"Αθήνα": 3, "Θεσσαλονίκη": 3, "Πάτρα": 1, "Ρόδος": 1},
    "Polish town": {"Łódź": 3, "Kraków": 3, "Gdańsk": 1, "Świnoujście": 1, "Żory": 1},
    "towns of many scripts": {"Beijing 北京": 1, "Shanghai 上海": 1, "Paris": 1, "München": 1, "Москва": 1, "東京": 1},
    "country": {"US": 5, "CN": 5, "ZA": 2, "DE": 2, "GB": 2},
    "country by three": {"USA": 5, "CHN": 5, "AAA": 0.2, "UK": 1},
    "unit of time": {"1 day": 30, "2 days": 40, "3 days": 20, "10 days": 10},
    "tenure": {"1 year": 50, "2 years": 25, "3 years": 25},
    "rooms": {"1 room": 20, "2 rooms": 40, "3 rooms": 30, "studio": 10},
    "blood": {"A": 40, "O": 35, "B": 20, "AB": 8},
    "education": {"本科": 50, "硕士": 20, "大专": 20, "博士": 5, "高中及以下": 6},
    "level": {"一级": 40, "二级": 40, "三级": 20, "未定级": 1},
    "office": {"公安局": 10, "教育局": 10, "财政局": 10, "住建局": 10, "人力资源和社会保障局": 0.5},
    "round": {"R1": 32, "R2": 16, "QF": 8, "SF": 4, "F": 2},
    "drive": {"4x4": 10, "4x2": 30, "6x4": 5},
    "stage": {"I": 30, "II": 30, "III": 20, "IV": 10},
    "band": {"b": 30, "g": 30, "n": 20, "ac": 10, "ax": 2},
    "cost mark": {"$": 30, "$$": 40, "$$$": 10, "$$$$": 2},
    "stars": {"*": 10, "**": 20, "***": 30, "****": 20, "*****": 8},
    "arrow": {"↑": 10, "↓": 20, "→": 30},
}

Maker = Callable[[random.Random], str]


def _often(source: random.Random, share: float, usual: str, other: str) -> str:
    return usual if source.random() >= share else other


def _plate(source: random.Random) -> str:
    size = 5 if source.random() < 0.95 else 6
    return source.choice("浙沪京粤") + source.choice("ABC") + "".join(source.choices(PLATE, k=size))


def _credit(source: random.Random) -> str:
    return "91" + "".join(source.choices(DIGITS, k=6)) + "".join(source.choices(CREDIT, k=10))


def _telephone(source: random.Random) -> str:
    if source.random() < 0.85:
        return source.choice(["138", "139", "186"]) + f"{source.randrange(10**8):08d}"
    return _often(source, 0.2, f"0571-{source.randrange(10**8):08d}", "400-820-8820")


def _post_code(source: random.Random) -> str:
    area = source.choice(["SW", "N", "EC", "W"]) + str(source.randrange(1, 20)) + source.choice(["", "", "A"])
    return f"{area} {source.randrange(1, 9)}{source.choice('ABDEFGH')}{source.choice('ABDEFGH')}"


#: One cell at a time.
MADE: Mapping[str, Maker] = {
    "plate": _plate,
    "credit code": _credit,
    "ISBN": lambda s: f"{s.randrange(10**8, 10**9)}{s.choice(DIGITS + 'X')}",
    "identity card": lambda s: (
        f"3301{s.randrange(10, 30)}19{s.randrange(50, 99)}0{s.randrange(1, 9)}"
        f"{s.randrange(10, 28)}{s.randrange(100, 999)}{s.choice(DIGITS + 'X')}"
    ),
    "ZIP": lambda s: f"{s.randrange(501, 99999):05d}",
    "ZIP, some zeros": lambda s: f"{_often(s, 0.1, str(s.randrange(10000, 99999)), f'{s.randrange(501, 9999):05d}')}",
    "ZIP with four more": lambda s: f"{s.randrange(501, 99999):05d}" + _often(s, 0.02, "", f"-{s.randrange(9999):04d}"),
    "UK post code": _post_code,
    "telephone": _telephone,
    "version": lambda s: f"{s.randrange(1, 9)}.{s.randrange(20)}" + _often(s, 0.3, "", f".{s.randrange(9)}"),
    "version, seldom three": lambda s: (
        f"{s.randrange(1, 9)}.{s.randrange(20)}" + _often(s, 0.1, "", f".{s.randrange(9)}")
    ),
    "version with v": lambda s: f"v{s.randrange(1, 9)}.{s.randrange(20)}" + _often(s, 0.1, "", "-rc1"),
    "stock code": lambda s: f"{s.randrange(20000, 90000)}" + _often(s, 0.12, "", s.choice("ABCDEFGL")),
    "house number": lambda s: f"{s.randrange(1, 300)}" + _often(s, 0.1, "", s.choice(["A", "B", "-2", " bis"])),
    "house number with letters": lambda s: f"{s.randrange(1, 300)}" + _often(s, 0.1, "", s.choice("abc")),
    "money": lambda s: _often(s, 0.1, f"{s.randrange(1, 99)}万元", f"{s.randrange(1, 9)}亿元"),
    "money in 万 and 元": lambda s: _often(s, 0.2, f"{s.randrange(1, 99)}万元", f"{s.randrange(100, 9999)}元"),
    "ages": lambda s: _often(s, 0.03, f"{s.randrange(1, 90)}岁", f"{s.randrange(1, 12)}个月"),
    "duration": lambda s: f"{(days := s.randrange(1, 5))} day" + ("" if days == 1 else "s"),
    "duration in hours": lambda s: f"{(hours := s.choice([1, 1, 1, 2, 3]))} hour" + ("" if hours == 1 else "s"),
    "minutes": lambda s: f"{(count := s.randrange(1, 9))} min" + ("" if count == 1 else "s"),
    "hours and minutes": lambda s: f"{s.randrange(1, 3)}h{s.randrange(60)}m",
    "time of day": lambda s: f"{s.randrange(24)}:{s.randrange(60):02d}",
    "pack": lambda s: _often(s, 0.1, f"{s.randrange(100, 900)} g", f"{s.randrange(1, 3)} kg"),
    "disk": lambda s: _often(s, 0.2, f"{s.choice([128, 256, 512])} GB", f"{s.randrange(1, 4)} TB"),
    "price with Free": lambda s: _often(s, 0.05, f"${s.randrange(1, 999)}", "Free"),
    "scientific": lambda s: _often(s, 0.03, f"{s.random():.6f}", f"{s.random() * 1e-5:.3e}"),
    "temperature": lambda s: f"{s.gauss(15, 6):.1f}",
    "floor": lambda s: _often(s, 0.03, str(s.randrange(1, 30)), s.choice(["-1", "-1", "-2"])),
    "floor, one cellar": lambda s: _often(s, 0.03, str(s.randrange(1, 30)), "-1"),
    "floor with B": lambda s: _often(s, 0.1, str(s.randrange(1, 30)), s.choice(["B1", "B2", "G"])),
    "goals": lambda s: str(s.choice([0, 0, 1, 1, 2, 3, 4, -1, 5])),
    "seat": lambda s: f"{s.randrange(1, 40)}{s.choice('ABCDEF')}",
    "address": lambda s: (
        f"浙江省杭州市西湖区文三路{s.randrange(1, 400)}号{s.randrange(1, 20)}幢{s.randrange(1, 900)}室"
    ),
    "net": lambda s: ".".join(str(s.randrange(256)) for _ in range(4)),
    "hash": lambda s: f"{s.getrandbits(128):032x}",
    "flight": lambda s: s.choice(["CA", "MU", "3U", "AA"]) + str(s.randrange(1, 9999)),
    "score": lambda s: f"{s.randrange(0, 5)}-{s.randrange(0, 5)}",
    "range": lambda s: _often(s, 0.1, f"{(low := 10 * s.randrange(1, 9))}-{low + 9}", "100+"),
    "screen": lambda s: s.choice(["1920x1080", "2560x1440", "1280x720", "3840x2160"]),
    "share": lambda s: f"{100 * s.random():.1f}%",
    "ticker": lambda s: "".join(s.choices("ABCDEFGHIKLMNOPRSTUW", k=s.choice([1, 2, 3, 3, 3, 3, 3, 4, 4]))),
    "share code": lambda s: f"{s.choice(['00', '30', '60'])}{s.randrange(10**4):04d}.{s.choice(['SZ', 'SH'])}",
    "account": lambda s: f"{s.choice(['A', 'B'])}{s.randrange(1, 99999)}",
}
SURNAMES = ("SMITH", "JONES", "BROWN", "TAYLOR", "LEE")
LATE = ("McDONALD ANN", "DeSOTO JOHN", "MacKAY BOB", "O'NEIL MARY", "VAN DER BERG BOB")
GOODS = ("pine board", "oak panel", "steel screw", "paint bucket")


def clean_columns(seed: int = 1, rows: int = ROWS) -> dict[str, list[str]]:
    """Columns by what they hold, each of `rows` cells."""
    source = random.Random(seed)
    columns = {name: source.choices(list(answers), list(answers.values()), k=rows) for name, answers in ANSWERS.items()}
    columns |= {name: [make(source) for _ in range(rows)] for name, make in MADE.items()}
    columns["numbered"] = [f"A{row:03d}" for row in range(990, 990 + rows)]
    columns["numbered by letters"] = [f"{'ABCDEFGHIJ'[row // 100 % 10]}{row % 100 + 1}" for row in range(rows)]
    columns["names in capitals"] = [
        f"{source.choice(SURNAMES)} {source.choice(['ANN', 'BOB', 'MARY', 'JOHN'])}" for _ in range(rows - len(LATE))
    ] + list(LATE)
    columns["goods"] = [source.choice(GOODS) for _ in range(rows - 4)] + [
        "pine board 2x4",
        "oak 4x8",
        "screw 3x40",
        "steel beam 4m",
    ]
    begin = date(2021, 1, 1)
    columns["day"] = [(begin + timedelta(days=source.randrange(900))).isoformat() for _ in range(rows)]
    return columns
