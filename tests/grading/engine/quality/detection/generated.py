"""Tables of several domains whose errors are known, because they were put in: for tests and for measuring."""

import csv
import io
import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grading.engine.profile import study_table
from grading.engine.quality.detection.detect import sheet_of
from grading.engine.quality.detection.model import Sheet
from grading.engine.readers import open_table

Cells = list[list[str]]
Place = tuple[int, int]

SYLLABLES = (
    "ka",
    "lo",
    "mer",
    "tin",
    "ran",
    "vo",
    "shel",
    "by",
    "dor",
    "fen",
    "gal",
    "hu",
    "jas",
    "pol",
    "quin",
    "sto",
)
SIGNS = "安宝昌德恩丰光海和恒华嘉金康利明宁平庆荣瑞盛顺泰通旺祥兴永裕元正中卓"
PLACES = (
    "海港",
    "城关",
    "高新",
    "平川",
    "临江",
    "云岭",
    "白塔",
    "石门",
    "青浦",
    "花山",
    "龙泉",
    "新安",
    "永定",
    "长乐",
    "南湖",
)
CITIES = (
    "大连市",
    "哈尔滨市",
    "乌鲁木齐市",
    "呼和浩特市",
    "石家庄市",
    "张家港市",
    "连云港市",
    "秦皇岛市",
    "攀枝花市",
    "牡丹江市",
)
TRADES = ("软件开发", "仓储物流", "餐饮服务", "医疗器械销售", "建筑装饰工程", "粮油批发", "新能源汽车制造", "水产养殖")
WORDS = (
    "customer",
    "reported",
    "delivery",
    "damaged",
    "package",
    "arrived",
    "late",
    "driver",
    "called",
    "office",
    "refund",
    "requested",
    "warehouse",
    "item",
    "missing",
    "invoice",
    "number",
    "wrong",
    "address",
    "corrected",
    "replacement",
    "shipped",
    "without",
    "charge",
    "support",
    "ticket",
    "closed",
    "after",
    "inspection",
    "found",
    "broken",
    "seal",
    "label",
    "unreadable",
    "scanner",
    "failed",
    "twice",
    "supervisor",
    "informed",
    "complaint",
    "forwarded",
)


@dataclass(frozen=True)
class Made:
    """A table with and without its errors; `wrong` has the (row, column) of each."""

    header: list[str]
    clean: Cells
    dirty: Cells
    wrong: frozenset[Place]


def sheet(header: list[str], rows: Cells) -> Sheet:
    """As the whole engine would hand it to the detectors."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.csv"
        path.write_text(text.getvalue(), encoding="utf-8")
        with open_table(path, filename=path.name, trusting=True) as table:
            return sheet_of(study_table(table))


def name(rng: random.Random, parts: int = 3) -> str:
    """A made-up proper name."""
    return "".join(rng.choice(SYLLABLES) for _ in range(parts)).capitalize()


def orders(rng: random.Random, rows: int = 800) -> tuple[list[str], Cells]:
    """Customers decide name and city, cities the region, products name, group and price."""
    cities = [(f"{name(rng)}", rng.choice(("North", "South", "East", "West"))) for _ in range(25)]
    customers = [(f"C{1000 + 7 * n}", f"{name(rng)} {name(rng, 2)}", *rng.choice(cities)) for n in range(60)]
    groups = ("garden tools", "kitchen ware", "office supplies", "lighting", "toys and games")
    products = [
        (f"P-{n:03}", f"{name(rng, 2)} {rng.choice(('lamp', 'chair', 'spade', 'pan', 'puzzle'))}", rng.choice(groups),
         f"{rng.randint(3, 90)}.{rng.choice(('00', '50', '95'))}") for n in range(40)
    ]  # fmt: skip
    table = []
    for n in range(rows):
        day = f"2024-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
        table.append([str(n + 1), *rng.choice(customers), *rng.choice(products), str(rng.randint(1, 9)), day])
    head = [
        "order",
        "customer",
        "customer_name",
        "city",
        "region",
        "product",
        "product_name",
        "group",
        "price",
        "n",
        "day",
    ]
    return head, table


def companies(rng: random.Random, rows: int = 700) -> tuple[list[str], Cells]:
    """Chinese: districts decide city and post code, trade codes the trade."""
    districts = [
        (f"{place}区", rng.choice(CITIES), f"{rng.randint(100, 999)}0{n:02}") for n, place in enumerate(PLACES)
    ]
    trades = [(f"{chr(65 + n)}{rng.randint(10, 99)}", trade) for n, trade in enumerate(TRADES)]
    table = []
    for n in range(rows):
        district, city, post = rng.choice(districts)
        firm = f"{city[:-1]}{''.join(rng.sample(SIGNS, 2))}{rng.choice(('科技', '商贸', '实业', '物流'))}有限公司"
        code, trade = rng.choice(trades)
        table.append([f"91{n:06}", firm, district, city, post, code, trade, str(rng.randint(2001, 2023)),
                      f"{rng.uniform(3, 900):.2f}"])  # fmt: skip
    return ["代码", "企业名称", "区县", "城市", "邮编", "行业代码", "行业名称", "成立年份", "注册资本"], table


def complaints(rng: random.Random, rows: int = 500) -> tuple[list[str], Cells]:
    """Texts of a small vocabulary used as words are: few often, many seldom. No column decides another."""
    weights = [1 / (1 + place) for place in range(len(WORDS))]
    table = [
        [str(n), " ".join(rng.choices(WORDS, weights, k=rng.randint(6, 16))), rng.choice(("open", "closed", "waiting")),
         rng.choice(("phone", "mail", "branch"))] for n in range(rows)
    ]  # fmt: skip
    return ["id", "text", "state", "channel"], table


def independent(rng: random.Random, rows: int = 600) -> tuple[list[str], Cells]:
    """No column tells anything of another: two values, many values, skewed values, a constant, a key."""
    words = [name(rng) for _ in range(40)]
    skewed = ["common"] * 90 + ["seldom", "rather seldom", "never", "once"]
    table = [
        [str(n), rng.choice("MF"), rng.choice(words), rng.choice(skewed), "same", str(rng.randint(0, 9)),
         rng.choice(words), f"{rng.gauss(50, 9):.3f}", f"Room {rng.randint(100, 140)}"] for n in range(rows)
    ]  # fmt: skip
    return ["key", "sex", "word", "skewed", "constant", "digit", "other", "measure", "room"], table


def persons(rng: random.Random, rows: int = 600) -> tuple[list[str], Cells]:
    """Names that differ by little and are right; a post code that mostly, not always, decides the place."""
    surnames = ["Meier", "Meyer", "Maier", "Smith", "Smyth", "Hansen", "Hanson", "Larsen", "Larson", "Olsen", "Olson"]
    given = ["Anna", "Anne", "Hanna", "Johan", "Johann", "Eric", "Erik", "Maria", "Marie", "Karin", "Karen"]
    posts = [(f"{rng.randint(10000, 99999)}", [name(rng) for _ in range(rng.choice((1, 1, 2, 3)))]) for _ in range(50)]
    table = []
    for n in range(rows):
        post, towns = rng.choice(posts)
        town = towns[0] if rng.random() < 0.75 else rng.choice(towns)
        table.append([str(n), rng.choice(given), rng.choice(surnames), post, town, f"{name(rng, 2)} Street {n % 97}",
                      rng.choice(("A", "B", "AB", "0")), f"Unit {n % 12 + 1}"])  # fmt: skip
    return ["id", "given", "surname", "post", "town", "street", "blood", "unit"], table


def stations(rng: random.Random, rows: int = 600) -> tuple[list[str], Cells]:
    """Stations decide town and province, towns the province; nothing decides the station."""
    towns = [(name(rng), rng.choice(("Upper", "Lower", "Coast", "Isles"))) for _ in range(12)]
    sites = [
        (f"{name(rng, 2)} {rng.choice(('bridge', 'hill', 'harbour', 'school'))}", *rng.choice(towns)) for _ in range(40)
    ]
    table = [[*rng.choice(sites), f"2024-03-{n % 28 + 1:02}", f"{rng.gauss(18, 6):.1f}"] for n in range(rows)]
    return ["station", "town", "province", "day", "level"], table


DOMAINS: dict[str, Callable[[random.Random], tuple[list[str], Cells]]] = {
    "orders": orders,
    "companies": companies,
    "complaints": complaints,
    "independent": independent,
    "persons": persons,
    "stations": stations,
}


def misspelt(rng: random.Random, text: str) -> str:
    """The text with a letter added, left out, exchanged, or swapped with the next; the same if it has no letter."""
    places = [place for place, sign in enumerate(text) if sign.isalpha()]
    if not places:
        return text
    place, kind = rng.choice(places), rng.randrange(4)
    chinese = "\u4e00" <= text[place] <= "\u9fff"
    letter = rng.choice(SIGNS if chinese else "abcdefghijklmnopqrstuvwxyz")
    if kind == 0:
        return text[:place] + letter + text[place:]
    if kind == 1 and len(text) > 1:
        return text[:place] + text[place + 1 :]
    if kind == 2 and place + 1 < len(text):
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    return text[:place] + letter + text[place + 1 :]


def with_typos(header: list[str], clean: Cells, columns: list[int], share: float, rng: random.Random) -> Made:
    """A share of the cells of the columns misspelt."""

    def change(row: int, column: int) -> str:
        return misspelt(rng, clean[row][column])

    return _changed(header, clean, columns, share, rng, change)


def with_swaps(header: list[str], clean: Cells, columns: list[int], share: float, rng: random.Random) -> Made:
    """A share of the cells of the columns with the value of another row."""

    def change(_row: int, column: int) -> str:
        return clean[rng.randrange(len(clean))][column]

    return _changed(header, clean, columns, share, rng, change)


def _changed(
    header: list[str],
    clean: Cells,
    columns: list[int],
    share: float,
    rng: random.Random,
    change: Callable[[int, int], str],
) -> Made:
    dirty = [list(row) for row in clean]
    wrong = set()
    for column in columns:
        for row in rng.sample(range(len(clean)), int(share * len(clean))):
            dirty[row][column] = change(row, column)
            if " ".join(dirty[row][column].split()) != " ".join(clean[row][column].split()):
                wrong.add((row, column))
    return Made(header, clean, dirty, frozenset(wrong))
