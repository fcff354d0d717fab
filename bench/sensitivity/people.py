"""Invented people and companies: every attribute of one fits the others, nobody is anybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from bench.sensitivity import numbers
from bench.sensitivity.columns import Table
from bench.sensitivity.wording import rows, words

REFERENCE_ON = date(2023, 6, 30)  # ages are told as of this day


@dataclass(frozen=True)
class Division:
    """A county-level division (GB/T 2260), its telephone area and its plates' prefix."""

    code: str
    name: str
    area: str
    plate: str
    post: str


def _division(line: str) -> Division:
    return Division(*line.split())


DIVISIONS = tuple(
    _division(line)
    for line in rows("""110105 北京市朝阳区 010 京A 100020
110108 北京市海淀区 010 京N 100080
120101 天津市和平区 022 津A 300041
130102 河北省石家庄市长安区 0311 冀A 050011
140121 山西省清徐县 0351 晋A 030400
150102 内蒙古自治区呼和浩特市新城区 0471 蒙A 010050
210102 辽宁省沈阳市和平区 024 辽A 110001
220102 吉林省长春市南关区 0431 吉A 130022
230103 黑龙江省哈尔滨市南岗区 0451 黑A 150006
310101 上海市黄浦区 021 沪A 200001
310112 上海市闵行区 021 沪B 201100
320106 江苏省南京市鼓楼区 025 苏A 210009
320302 江苏省徐州市鼓楼区 0516 苏C 221005
330106 浙江省杭州市西湖区 0571 浙A 310013
330281 浙江省余姚市 0574 浙B 315400
340104 安徽省合肥市蜀山区 0551 皖A 230031
350203 福建省厦门市思明区 0592 闽D 361001
360102 江西省南昌市东湖区 0791 赣A 330006
370102 山东省济南市历下区 0531 鲁A 250014
370202 山东省青岛市市南区 0532 鲁B 266071
410105 河南省郑州市金水区 0371 豫A 450003
410423 河南省鲁山县 0375 豫D 467300
420106 湖北省武汉市武昌区 027 鄂A 430060
430104 湖南省长沙市岳麓区 0731 湘A 410013
440106 广东省广州市天河区 020 粤A 510630
440305 广东省深圳市南山区 0755 粤B 518052
450103 广西壮族自治区南宁市青秀区 0771 桂A 530022
511102 四川省乐山市市中区 0833 川L 614000
510107 四川省成都市武侯区 028 川A 610041
510302 四川省自贡市自流井区 0813 川C 643000
520103 贵州省贵阳市云岩区 0851 贵A 550001
530102 云南省昆明市五华区 0871 云A 650032
610113 陕西省西安市雁塔区 029 陕A 710061
620102 甘肃省兰州市城关区 0931 甘A 730030
640121 宁夏回族自治区永宁县 0951 宁A 750100
650102 新疆维吾尔自治区乌鲁木齐市天山区 0991 新A 830002""")
    if line
)

_SURNAMES = words("""王wang 李li 张zhang 刘liu 陈chen 杨yang 黄huang 赵zhao 吴wu 周zhou 徐xu 孙sun 马ma 朱zhu
胡hu 郭guo 何he 林lin 高gao 罗luo 郑zheng 梁liang 谢xie 宋song 唐tang 许xu 韩han 邓deng
冯feng 曹cao 彭peng 曾zeng 肖xiao 田tian 董dong 潘pan 袁yuan 蔡cai 蒋jiang 余yu 于yu
杜du 叶ye 程cheng 魏wei 苏su 吕lv 丁ding 任ren 卢lu 姚yao 沈shen 钟zhong 姜jiang 崔cui
谭tan 陆lu 范fan 汪wang 廖liao 石shi 金jin 韦wei 贾jia 夏xia 付fu 方fang 邹zou 熊xiong
白bai 孟meng 秦qin 邱qiu 侯hou 江jiang 尹yin 薛xue 闫yan 段duan 雷lei 龙long 黎li 史shi
陶tao 贺he 顾gu 毛mao 郝hao 龚gong 邵shao 万wan 覃qin 武wu 欧阳ouyang 上官shangguan
诸葛zhuge""")
_MEN = words("""建国jianguo 志强zhiqiang 伟wei 军jun 磊lei 浩然haoran 宇航yuhang 子轩zixuan 文斌wenbin
明辉minghui 立新lixin 永福yongfu 俊杰junjie 德胜desheng 海涛haitao 国栋guodong
晓东xiaodong 鹏飞pengfei 振华zhenhua 家豪jiahao 一鸣yiming 天佑tianyou 勇yong
长林changlin 学文xuewen 守义shouyi 景明jingming 少康shaokang 培德peide 铁柱tiezhu""")
_WOMEN = words("""秀英xiuying 丽li 敏min 静jing 桂兰guilan 玉梅yumei 雨桐yutong 欣怡xinyi 梓涵zihan
晓燕xiaoyan 淑珍shuzhen 婷婷tingting 雅琴yaqin 佳琪jiaqi 春花chunhua 海燕haiyan
美玲meiling 思颖siying 红霞hongxia 凤霞fengxia 若曦ruoxi 芳fang 慧敏huimin 月娥yuee
艳萍yanping 诗涵shihan 素云suyun 倩倩qianqian 兰芝lanzhi 小满xiaoman""")
_ROADS = words("""人民路 解放路 建设路 文化路 新华路 和平路 中山路 朝阳路 胜利街 光明街 青年路 友谊路
学府路 滨河路 长江路 育才路""")
_ESTATES = words("""锦绣花园 翠湖雅苑 阳光家园 丽景华庭 书香名邸 福源小区 金桂苑 清水湾 安康里 和谐家园
御景台 梧桐公寓""")
_BRANDS = words("""恒瑞达 鑫源通 博远 天禾 华锐成 众合兴 佳诺 启航 万顺昌 瑞丰泽 中联创 金石源 海川盛
安泰辰 德信隆 云帆济""")
_TRADES = words("""科技 贸易 建筑工程 机械制造 物流 食品 医疗器械 信息技术 环保设备 电子商务 新材料
农业发展""")
_MINORITIES = words("回族 满族 壮族 蒙古族 维吾尔族 土家族 苗族 彝族 藏族 布依族")


def _split(entry: str) -> tuple[str, str]:
    native = entry.rstrip("abcdefghijklmnopqrstuvwxyz")
    return native, entry[len(native) :]


@dataclass(frozen=True)
class Person:
    """One invented person."""

    name: str
    family: str
    pinyin_family: str
    pinyin_given: str
    male: bool
    birth: date
    division: Division
    id_card: str
    phone: str
    address: str
    ethnicity: str

    @property
    def age(self) -> int:
        """Full years on the reference day."""
        before = (REFERENCE_ON.month, REFERENCE_ON.day) < (self.birth.month, self.birth.day)
        return REFERENCE_ON.year - self.birth.year - before

    @property
    def gender(self) -> str:
        """The word of forms."""
        return "男" if self.male else "女"


def division(rng: Random) -> Division:
    """Any of the divisions."""
    return rng.choice(DIVISIONS)


def full_name(rng: Random, *, male: bool) -> tuple[str, str, str, str]:
    """A name, its family part and both parts in pinyin."""
    family, pinyin_family = _split(rng.choice(_SURNAMES))
    given, pinyin_given = _split(rng.choice(_MEN if male else _WOMEN))
    return family + given, family, pinyin_family, pinyin_given


def name(rng: Random) -> str:
    """A name of either gender."""
    return full_name(rng, male=rng.random() < 0.5)[0]


def home(rng: Random, where: Division) -> str:
    """A dwelling's address down to the door."""
    place = f"{where.name}{rng.choice(_ROADS)}{rng.randrange(1, 320)}号"
    if rng.random() < 0.75:
        place += (
            f"{rng.choice(_ESTATES)}{rng.randrange(1, 30)}号楼{rng.randrange(1, 5)}单元"
            f"{rng.randrange(1, 19)}{rng.randrange(1, 5):02d}室"
        )
    return place


def person(rng: Random, ages: tuple[int, int] = (19, 84), where: Division | None = None) -> Person:
    """Somebody of the ages, living and registered in the division."""
    male = rng.random() < 0.5
    full, family, pinyin_family, pinyin_given = full_name(rng, male=male)
    lived = rng.randrange(ages[0] * 365 + 6, ages[1] * 365 + 330)
    birth = REFERENCE_ON - timedelta(days=lived)
    place = where or division(rng)
    ethnicity = "汉族" if rng.random() < 0.8 else rng.choice(_MINORITIES)
    card = numbers.id_card(rng, place.code, birth, male=male)
    phone = numbers.mobile(rng)
    address = home(rng, place)
    return Person(full, family, pinyin_family, pinyin_given, male, birth, place, card, phone, address, ethnicity)


def people(rng: Random, count: int, ages: tuple[int, int] = (19, 84), where: Division | None = None) -> list[Person]:
    """So many different people."""
    return [person(rng, ages, where) for _ in range(count)]


def email(rng: Random, who: Person) -> str:
    """A private or an office mailbox in the person's name."""
    given = who.pinyin_given
    local = rng.choice((f"{who.pinyin_family}.{given}", f"{given}{who.birth:%m%d}", f"{who.pinyin_family}{given[0]}"))
    domain = rng.choice(("163.com", "126.com", "qq.com", "hengruida-demo.com.cn", "mail.tianhe-demo.cn"))
    return f"{local}{rng.randrange(10, 9999)}@{domain}"


def company(rng: Random, where: Division) -> str:
    """A company's registered name."""
    place = where.name.split("省")[-1].split("自治区")[-1].split("市")[0].split("县")[0]
    return f"{place}{rng.choice(_BRANDS)}{rng.choice(_TRADES)}{rng.choice(('有限公司', '有限公司', '股份有限公司'))}"


def names_and_numbers(table: Table, who: Sequence[Person], name: tuple[str, str], number: tuple[str, str]) -> None:
    """Add the columns that many tables begin with: names and identity numbers, each with its header and note."""
    table.personal(name[0], "person_name", [each.name for each in who], name[1])
    table.personal(number[0], "id_card", [each.id_card for each in who], number[1])


def firms_and_codes(table: Table, where: Sequence[Division], name: tuple[str, str], code: tuple[str, str]) -> None:
    """Add companies and their credit codes, each with its header and note."""
    table.alike(name[0], "person_name", [company(table.rng, each) for each in where], name[1])
    codes = [numbers.credit_code(table.rng, each.code) for each in where]
    table.business(code[0], "unified_social_credit_code", codes, code[1])
