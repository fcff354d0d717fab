"""Invented people of many regions, with what the tables of offices say of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from bench.sensitivity.numbers import digits, id_card, mobile
from bench.sensitivity.wording import rows, words

# Hundred surnames by and large as often as met, with some that are also everyday words.
SURNAMES = list(
    "王李张刘陈杨黄赵周吴徐孙马胡朱郭何罗高林郑梁谢唐许冯宋韩邓彭曹曾田萧潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范"
    "汪廖石金贾夏付方邹熊白孟秦邱侯江尹薛闫雷龙黎史陶贺毛段郝顾龚邵万覃武钱戴严莫孔向常温康文牛樊葛邢安齐易乔伍庞颜倪庄聂章"
    "鲁岳翟申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季成霍苗涂谷曲盛冉翁蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤时"
)
COMPOUND = words("欧阳 司马 上官 诸葛 皇甫 尉迟 慕容 司徒 夏侯 令狐 东方 南宫")
MALE = words(
    """建国 伟 强 磊 军 志强 浩然 子轩 宇航 俊杰 国庆 文博 天佑 永福 德胜 海涛 鹏飞 晓东 立新 振华 家豪 明远 一鸣 少华
    铁柱 根生 长江 保全 世昌 博 凯 涛 斌 勇 毅 航 晨 睿 昊 煜城 沐阳 梓豪 嘉懿 云龙 卫东 爱民 学军
金山 有才 来福 昌 铭泽"""
)
FEMALE = words(
    """秀英 桂兰 芳 娜 敏 静 丽 艳 娟 玉梅 雪 晓燕 婷婷 欣怡 梓涵 诗雨 佳怡 思琪 雅婷 春花 素珍
凤霞 翠兰 红霞 海燕 慧 颖 倩
    蕾 琳 璐 可馨 一诺 语桐 若曦 美玲 小红 爱华 银花 腊梅 菊香 惠珍 淑贞 润叶 晶 洁 瑶 依依 妙可 若兰"""
)
OTHERS = {
    "藏族": words("扎西次仁 卓玛央金 索朗多吉 格桑德吉 丹增罗布 次仁拉姆 尼玛旺堆 白玛曲珍"),
    "维吾尔族": words("阿依古丽·买买提 艾力·吐尔逊 古丽娜尔·阿不都 买买提江·艾山 帕提古丽·卡德尔 玉素甫·热合曼"),
    "蒙古族": words("巴特尔 乌兰图雅 其其格 那仁格日勒 苏日娜 阿拉腾花 宝音 额尔敦"),
    "朝鲜族": words("金哲洙 朴顺姬 崔明浩 李英爱 金美兰"),
    "回族": words("马国强 马晓兰 白建军 哈志刚 沙秀梅"),
    "彝族": words("阿木尔且 吉克拉则 沙马木呷 阿苏尔洛 海来伍牛"),
}


@dataclass(frozen=True)
class Place:
    """A county-level division: its code, names of the three levels, area code, plate prefix, places and roads in it."""

    code: str
    province: str
    city: str
    county: str
    area: str
    plate: str
    roads: tuple[str, ...]
    rural: bool


_PLACES = """110108 北京市 北京市 海淀区 010 京N 中关村大街,知春路,学院路,西三旗建材城西路 0
120104 天津市 天津市 南开区 022 津A 卫津路,白堤路,红旗南路 0
130128 河北省 石家庄市 深泽县 0311 冀A 白庄乡,铁杆镇 1
140106 山西省 太原市 迎泽区 0351 晋A 并州北路,青年路,双塔西街 0
150105 内蒙古自治区 呼和浩特市 赛罕区 0471 蒙A 大学东街,鄂尔多斯东街 0
210102 辽宁省 沈阳市 和平区 024 辽A 南京南街,三好街,文化路 0
220104 吉林省 长春市 朝阳区 0431 吉A 红旗街,同志街,延安大街 0
230103 黑龙江省 哈尔滨市 南岗区 0451 黑A 西大直街,学府路,中山路 0
310115 上海市 上海市 浦东新区 021 沪A 世纪大道,张杨路,金科路,沪南公路 0
320505 江苏省 苏州市 虎丘区 0512 苏E 狮山路,塔园路,金山路 0
330106 浙江省 杭州市 西湖区 0571 浙A 文三路,古墩路,天目山路 0
341226 安徽省 阜阳市 颍上县 0558 皖K 谢桥镇,耿棚镇,江口镇 1
350203 福建省 厦门市 思明区 0592 闽D 湖滨南路,嘉禾路,莲前西路 0
360730 江西省 赣州市 宁都县 0797 赣B 长胜镇,黄陂镇,青塘镇 1
370202 山东省 青岛市 市南区 0532 鲁B 香港中路,宁夏路,漳州一路 0
411627 河南省 周口市 太康县 0394 豫P 逊母口镇,老冢镇,符草楼镇 1
420106 湖北省 武汉市 武昌区 027 鄂A 中南路,徐东大街,珞狮路 0
430102 湖南省 长沙市 芙蓉区 0731 湘A 五一大道,韶山北路,远大一路 0
440305 广东省 深圳市 南山区 0755 粤B 深南大道,科苑路,后海大道,桃园路 0
450127 广西壮族自治区 南宁市 横州市 0771 桂A 校椅镇,百合镇,峦城镇 1
460106 海南省 海口市 龙华区 0898 琼A 龙昆南路,国贸路,金濂路 0
500112 重庆市 重庆市 渝北区 023 渝B 龙山大道,红锦大道,金开大道 0
510107 四川省 成都市 武侯区 028 川A 人民南路四段,科华北路,武侯祠大街 0
511921 四川省 巴中市 通江县 0827 川Y 诺江镇,涪阳镇,瓦室镇 1
520103 贵州省 贵阳市 云岩区 0851 贵A 中华北路,宝山北路,北京路 0
530602 云南省 昭通市 昭阳区 0870 云C 旧圃镇,苏家院镇,洒渔镇 1
540102 西藏自治区 拉萨市 城关区 0891 藏A 北京中路,江苏路,娘热路 0
610113 陕西省 西安市 雁塔区 029 陕A 长安中路,小寨东路,科技二路 0
622925 甘肃省 临夏回族自治州 和政县 0930 甘N 三合镇,买家集镇,松鸣镇 1
630103 青海省 西宁市 城中区 0971 青A 南大街,长江路,夏都大街 0
640104 宁夏回族自治区 银川市 兴庆区 0951 宁A 解放东街,丽景南街,凤凰北街 0
650104 新疆维吾尔自治区 乌鲁木齐市 新市区 0991 新A 北京南路,鲤鱼山路,喀什东路 0"""


def _place(line: str) -> Place:
    code, province, city, county, area, plate, roads, rural = line.split()
    return Place(code, province, city, county, area, plate, tuple(roads.split(",")), rural == "1")


PLACES = tuple(_place(line) for line in rows(_PLACES))
ESTATES = words(
    "阳光花园 翡翠城 万和家园 金地名京 怡景苑 紫荆公馆 世纪新村 和平里小区 龙湖天街 绿城百合 枫林绿洲 教工宿舍"
)
VILLAGES = words("大王庄 李家沟 前进 红旗 下湾 柳树坪 石桥 张营 东岗 松树坳 新民 水口")


@dataclass(frozen=True)
class Person:
    """Somebody who does not exist."""

    name: str
    male: bool
    born: date
    number: str
    phone: str
    place: Place
    address: str
    people: str

    @property
    def sex(self) -> str:
        """男 or 女."""
        return "男" if self.male else "女"


def given(rng: Random, *, male: bool) -> str:
    """A given name of one or two characters."""
    return rng.choice(MALE if male else FEMALE)


def han_name(rng: Random, *, male: bool) -> str:
    """A Chinese name, one of forty with a surname of two characters."""
    return (rng.choice(COMPOUND) if rng.random() < 0.025 else rng.choice(SURNAMES)) + given(rng, male=male)


def home(rng: Random, place: Place, form: int | None = None) -> str:
    """A dwelling, written in one of four forms, villages' otherwise than towns'."""
    road, form = rng.choice(place.roads), rng.randrange(4) if form is None else form
    if place.rural:
        village = rng.choice(VILLAGES)
        tail = rng.choice(
            (f"{rng.randint(1, 12)}组", f"{rng.randint(1, 180)}号", f"{rng.choice('东西南北')}街{rng.randint(1, 60)}号")
        )
        return (place.province if form % 2 else "") + f"{place.city}{place.county}{road}{village}村{tail}"
    number = rng.randint(1, 399)
    room = f"{rng.randint(1, 32)}{rng.randint(1, 4):02d}"
    estate = rng.choice(ESTATES)
    top = place.province if place.province == place.city else place.province + place.city
    return (
        f"{top}{place.county}{road}{number}号{estate}{rng.randint(1, 30)}栋{room}室",
        f"{place.city}{place.county}{road}{number}号{rng.randint(1, 20)}号楼{rng.randint(1, 6)}单元{room}",
        f"{place.county}{estate}{rng.randint(1, 20)}-{rng.randint(1, 4)}-{room}",
        f"{top}{place.county}{road}{number}弄{rng.randint(1, 90)}号{room}室",
    )[form]


def folk(rng: Random, count: int, first: int = 1948, last: int = 2004, place: Place | None = None) -> list[Person]:
    """So many people born in these years, of one place or of all."""
    found = []
    for _ in range(count):
        male = rng.random() < 0.5
        own = place or rng.choice(PLACES)
        born = date(first, 1, 1) + timedelta(days=rng.randrange((last - first + 1) * 365))
        people = rng.choice(tuple(OTHERS)) if rng.random() < 0.06 else "汉族"
        name = rng.choice(OTHERS[people]) if people in OTHERS else han_name(rng, male=male)
        number = id_card(rng, own.code, born, male=male)
        found.append(Person(name, male, born, number, mobile(rng), own, home(rng, own), people))
    return found


def pick(rng: Random, count: int, text: str) -> list[str]:
    """So many words of the text, at random."""
    choices = words(text)
    return [rng.choice(choices) for _ in range(count)]


def draw(rng: Random, count: int, text: str) -> list[str]:
    """So many words of the text, none twice as long as there are enough."""
    choices = words(text)
    rng.shuffle(choices)
    return [choices[place % len(choices)] for place in range(count)]


def whole(rng: Random, count: int, low: int, high: int) -> list[str]:
    """So many whole numbers of the range."""
    return [str(rng.randint(low, high)) for _ in range(count)]


def amounts(rng: Random, count: int, low: float, high: float) -> list[str]:
    """So many amounts with two decimals."""
    return [f"{rng.uniform(low, high):.2f}" for _ in range(count)]


def codes(rng: Random, count: int, prefix: str, length: int) -> list[str]:
    """So many codes of a prefix and random digits."""
    return [prefix + digits(rng, length) for _ in range(count)]


def switchboards(rng: Random, places: list[Place]) -> list[str]:
    """An organisation's number in each place."""
    return [
        f"{place.area}-{rng.choice('2345678')}{digits(rng, 7 if len(place.area) == 3 or place.area in EIGHT else 6)}"
        for place in places
    ]


EIGHT = frozenset(words("0311 0371 0431 0451 0532 0571 0731 0755 0512 0851"))


def vin(rng: Random) -> str:
    """A vehicle's number of a Chinese maker with its check digit at the ninth place (GB 16735)."""
    signs = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
    worth = dict(
        zip(signs, [*range(10), 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9], strict=True)
    )
    text = (
        rng.choice(("LSV", "LFV", "LGX", "LVG", "LBE")) + "".join(rng.choice(signs) for _ in range(8)) + digits(rng, 6)
    )
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    total = sum(weight * worth[sign] for weight, sign in zip(weights, text, strict=True))
    return text[:8] + "0123456789X"[total % 11] + text[9:]
