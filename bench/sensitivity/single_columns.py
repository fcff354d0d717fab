"""Columns that stand alone."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from bench.sensitivity import numbers
from bench.sensitivity.columns import Maker, Table
from bench.sensitivity.people import DIVISIONS, company, division, home, name, person
from bench.sensitivity.wording import words

Draw = Callable[[Random], str]
HANDLES = "abcdefghjkmnpqrstuvwxyz0123456789"
BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def _personal(header: str, kind: str, count: int, draw: Draw, note: str, *, missing: tuple[str, ...] = ()) -> Maker:
    def column(table: Table) -> None:
        values = [draw(table.rng) for _ in range(count)]
        table.personal(header, kind, numbers.blanked(table.rng, values, 3, missing) if missing else values, note)

    column.__name__ = header
    return column


def _business(header: str, kind: str, count: int, draw: Draw, note: str) -> Maker:
    def column(table: Table) -> None:
        table.business(header, kind, [draw(table.rng) for _ in range(count)], note)

    column.__name__ = header
    return column


def _alike(header: str, like: str, count: int, draw: Draw, note: str) -> Maker:
    def column(table: Table) -> None:
        table.alike(header, like, [draw(table.rng) for _ in range(count)], note)

    column.__name__ = header
    return column


def _one_of(text: str) -> Draw:
    return lambda rng: rng.choice(words(text))


def _plain(header: str, count: int, draw: Draw, note: str) -> Maker:
    def column(table: Table) -> None:
        table.plain(header, [draw(table.rng) for _ in range(count)], note)

    column.__name__ = header
    return column


def tracks(table: Table) -> None:
    """One user's way through a morning."""
    rng = table.rng
    points = [
        f"{104.06 + place * 0.0011:.5f},{30.66 + rng.random() / 900:.5f} 2023-06-11 07:{12 + place}:00"
        for place in range(20)
    ]
    table.personal("用户轨迹点", "location_track", points, "a user's positions with times, minute by minute")


def _home_phone(rng: Random) -> str:
    area, number = numbers.landline(rng, division(rng).area).split("-")
    return f"({area}){number}"


def _invoiced(rng: Random) -> str:
    where = division(rng)
    return f"{company(rng, where)}（{numbers.credit_code(rng, where.code)}）"


_COUNSEL = "主诉失眠2月，SCL-90抑郁因子2.8 焦虑状态，SAS标准分62 双相情感障碍，服丙戊酸钠 适应障碍，建议转诊"
_PACKAGES = "@vue/cli@5.0.8 @types/node@18.16.3 app@sha256 redis@7.0 @babel/core@7.22 nginx@1.24"

MAKERS: tuple[Maker, ...] = (
    tracks,
    _personal("咨询记录", "health", 12, _one_of(_COUNSEL), "a counsellor's notes on clients' mental health"),
    _personal("voiceprint_id", "biometric", 14, lambda rng: f"VP-{rng.randbytes(6).hex()}", "keys of voiceprints"),
    _personal("hzhm", "passport", 16, numbers.passport, "hzhm: huzhao haoma, some missing", missing=("", "在办")),
    _personal(
        "出境证件", "passport", 12, lambda rng: f"护照{numbers.passport(rng)}", "the word, then the passport's number"
    ),
    _personal(
        "好友备注", "social_account", 12, lambda rng: f"微信：wxid_{numbers.letters(rng, 14, HANDLES)}", "WeChat ids"
    ),
    _personal(
        "qqh", "social_account", 15, lambda rng: str(rng.randrange(10**8, 3 * 10**9)), "qqh: QQ haoma, QQ number"
    ),
    _personal(
        "邮箱地址",
        "email",
        15,
        lambda rng: f"{rng.randrange(10**8, 10**9)}{rng.choice('@@@＠')}qq.com",
        "mailboxes that are QQ numbers, some with the full-width at sign",
    ),
    _personal("家庭电话", "phone", 14, _home_phone, "private landlines, area codes in brackets"),
    _personal(
        "公民身份号码", "id_card", 12, lambda rng: numbers.wide(person(rng).id_card), "numbers in full-width digits"
    ),
    _personal(
        "手机串号", "device_id", 12, lambda rng: f"{numbers.imei(rng)}/{numbers.imei(rng)}", "handsets with two cards"
    ),
    _personal("col_7", "person_name", 36, name, "names and nothing else, no header to help"),
    _personal(
        "参会人员",
        "person_name",
        14,
        lambda rng: "、".join(name(rng) for _ in range(rng.randrange(2, 5))),
        "several names in a cell",
    ),
    _personal(
        "jtzz", "address", 15, lambda rng: home(rng, division(rng)), "jtzz: jiating zhuzhi", missing=("不详", "")
    ),
    _business(
        "证书私钥",
        "secret_key",
        8,
        lambda rng: f"-----BEGIN PRIVATE KEY-----{numbers.letters(rng, 64, BASE64)}",
        "beginnings of private keys",
    ),
    _business(
        "设备口令",
        "secret_key",
        10,
        lambda rng: f"{rng.choice(('Wh', 'Gc', 'Bg'))}{numbers.digits(rng, 5)}@{rng.choice(('cang', 'chang'))}",
        "passwords of devices",
    ),
    _business(
        "合同号",
        "contract_number",
        12,
        lambda rng: f"{rng.choice(('(2022)', '（2023）'))}采购字第{rng.randrange(1, 400):03d}号合同",
        "numbers of contracts in Chinese notation",
    ),
    _business("开票单位", "unified_social_credit_code", 12, _invoiced, "companies with their credit codes in brackets"),
    _business(
        "谈判底价",
        "price_secret",
        12,
        lambda rng: f"不低于{rng.randrange(80, 900)}元/㎡",
        "the least a firm would take",
    ),
    _alike(
        "执行标准号",
        "contract_number",
        14,
        lambda rng: f"GB/T {rng.randrange(1000, 39999)}-{rng.randrange(1998, 2023)}",
        "numbers of standards",
    ),
    _alike(
        "发文字号",
        "contract_number",
        14,
        lambda rng: f"{rng.choice('京沪粤浙')}政办发〔{rng.randrange(2015, 2024)}〕{rng.randrange(1, 99)}号",
        "numbers of public documents, a province's character first as on plates",
    ),
    _alike("commit_id", "secret_key", 14, lambda rng: numbers.hexadecimal(rng, 40), "commits of a repository"),
    _alike("trace_id", "device_id", 14, lambda rng: numbers.hexadecimal(rng, 16), "requests: form of Android ids"),
    _alike("依赖包", "email", 12, _one_of(_PACKAGES), "packages with at signs"),
    _alike(
        "一般公共预算收入(亿元)",
        "income",
        12,
        lambda rng: f"{rng.randrange(40, 4000) / 10}",
        "administrations' revenues",
    ),
    _alike("结婚登记对数", "marital_status", 12, lambda rng: str(rng.randrange(300, 9000)), "counts of couples"),
    _alike(
        "条形码内容",
        "unified_social_credit_code",
        36,
        lambda rng: numbers.letters(rng, 18, numbers.CREDIT_CODE_ALPHABET),
        "18 characters at random: one in 31 passes the check",
    ),
    _alike(
        "电能表资产号",
        "phone",
        18,
        lambda rng: f"1{rng.choice('3578')}{numbers.digits(rng, 10)}",
        "twelve digits that begin like mobile numbers",
    ),
    _alike(
        "收文登记号",
        "id_card",
        40,
        lambda rng: division(rng).code + numbers.day(rng, 2019, 2023, "%Y%m%d") + numbers.digits(rng, 4),
        "county, day of receipt and four digits: one in eleven passes the check by chance",
    ),
    _alike("省份", "address", 20, lambda rng: rng.choice(DIVISIONS).name[:2], "provinces, nobody's address"),
    _plain("备案数量", 12, lambda rng: str(rng.randrange(1, 500)), "counts"),
    _plain("天气", 20, _one_of("晴 多云 小雨 阴"), "weather"),
    _plain("计量单位", 15, _one_of("件 箱 千克 台"), "units"),
)
