"""Shortcuts that spare detectors values: what they say never differs from the rules they stand for."""

import importlib
import random
import re
import string
from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.engine.rules import RuleSet
from grading.engine.sensitivity import (
    addresses,
    business,
    contact,
    devices,
    embedded,
    finance,
    health,
    identity,
    names,
    signs,
)
from grading.engine.sensitivity import taxonomy as types
from grading.engine.sensitivity import validators as checks
from grading.engine.sensitivity.detect import ColumnVerdict, judge
from grading.engine.sensitivity.evidence import Look, look_of

detect = importlib.import_module("grading.engine.sensitivity.detect")
Test = Callable[[str], object]
#: What a detector asks of a single value, and the trait without which the value is not shown to it.
RULES: Final[dict[str, tuple[int, Test]]] = {
    "email": (signs.MAIL_WITHIN, embedded.EMAIL.search),
    "resident_id": (signs.RESIDENT_WITHIN, embedded.RESIDENT_TOKEN.search),
    "card": (signs.CARD, finance.CARD.fullmatch),
    "iban": (signs.IBAN, lambda text: len(text) >= 15 and text[:2].isalpha() and text[2:4].isdigit()),
    "mobile": (signs.MOBILE, lambda text: 11 <= len(text) <= 18 and embedded.MOBILE.fullmatch(text)),
    "nanp": (signs.PHONE, contact.NANP.fullmatch),
    "landline": (
        signs.PHONE, lambda text: contact.LANDLINE_CN.fullmatch(text) and (not text.isdigit() or len(text) in (10, 12)),
    ),
    "international": (
        signs.PHONE,
        lambda text: (
            len(text) <= 30 and contact.INTERNATIONAL.fullmatch(text) and (not text.isdigit() or len(text) in (10, 12))
        ),
    ),
    "phone_in_text": (
        signs.PHONE_WITHIN,
        lambda text: len(text) > 13 and not text.isdigit() and embedded.MOBILE_TOKEN.search(text),
    ),
    "hong_kong": (signs.NATIONAL, checks.hong_kong_id_valid),
    "taiwan": (signs.NATIONAL, checks.taiwan_id_valid),
    "spain": (signs.NATIONAL, lambda text: not text.isdigit() and checks.spanish_id_valid(text)),
    "italy": (signs.NATIONAL, identity.CODICE_FISCALE.fullmatch),
    "britain": (signs.NATIONAL, identity.NINO.fullmatch),
    "america": (signs.NATIONAL, embedded.SSN_TOKEN.fullmatch),
    "brazil": (signs.NATIONAL, lambda text: "." in text and "-" in text and checks.brazilian_id_valid(text)),
    "plate": (signs.PLATE, embedded.PLATE.fullmatch),
    "vin": (signs.VIN, lambda text: not text.isdigit() and checks.vin_valid(text)),
    "ip": (signs.IP, devices.is_ip),
    "mac": (signs.MAC, devices.MAC.fullmatch),
    "plate_within": (signs.PLATE_WITHIN, lambda text: len(text) > 9 and devices.PLATE_TOKEN.search(text)),
    "document": (signs.DOCUMENT, lambda text: identity.is_known_document(text, date(2026, 11, 1))),
    "disease": (signs.DISEASE_CODE, health.ICD10_DOTTED.fullmatch),
    "imei": (signs.IMEI, lambda text: len(text) == 15 and text.isascii() and text.isdigit()),
    "full_name": (signs.FULL_NAME, lambda text: len(names.words_of_any(text) or ()) > 1),
    "western_address": (
        signs.STREET, lambda text: addresses.is_address(text, frozenset({"street", "road", "st", "straße"})),
    ),
    "pair": (signs.PAIR, lambda text: len(text) <= 80 and addresses.PAIR.fullmatch(text)),
    "track": (signs.TRACK, lambda text: len(text) >= 15 and addresses.TRACK.search(text)),
    "credit_code": (signs.CREDIT_CODE, lambda text: text.isascii() and checks.credit_code_valid(text)),
    "secret": (signs.SECRET_WITHIN, business.holds_secret),
    "connection": (signs.SECRET_WITHIN, business.holds_secret),
}  # fmt: skip
PATTERNS: Final[dict[str, re.Pattern[str]]] = {
    "email": embedded.EMAIL,
    "resident_id": re.compile(r"\d{17}[\dXx]"),
    "card": finance.CARD,
    "iban": embedded.IBAN_TOKEN,
    "mobile": embedded.MOBILE,
    "nanp": contact.NANP,
    "landline": contact.LANDLINE_CN,
    "international": contact.INTERNATIONAL,
    "phone_in_text": embedded.MOBILE_TOKEN,
    "hong_kong": re.compile(r"[A-Za-z]{1,2}\d{6}\(?[0-9A]\)?"),
    "italy": identity.CODICE_FISCALE,
    "britain": identity.NINO,
    "america": embedded.SSN_TOKEN,
    "plate": embedded.PLATE,
    "mac": devices.MAC,
    "full_name": names.WESTERN_NAME,
    "western_address": re.compile(r"(?:\d{1,5}|one),? [a-z]{1,8} street|[a-z]{3,9} road,? \d{1,5} ?[a-z]?"),
    "pair": addresses.PAIR,
    "track": addresses.TRACK,
    "disease": health.ICD10_DOTTED,
    "secret": business.KNOWN_SECRET,
    "connection": business.CONNECTION,
}
ASCII: Final = st.sampled_from(string.printable + "京贵粤沪学警转·")
ALPHABET: Final = "0012345789AABXfxeé '’-./:,;()+*#@%$_=贵京路号市某·ßı１٣²❶𠮷ệ\n"


def mixed() -> st.SearchStrategy[str]:
    """Texts near the forms: made of the signs they are written with, of runs of digits and of words."""
    pieces = st.one_of(
        st.text(ALPHABET, min_size=1, max_size=6),
        st.text("0123456789", min_size=1, max_size=18),
        st.sampled_from(
            ["one ", "Street", "Dr. ", "::", "fe80::1", "LINESTRING (", "138 0013 8000", "1.25", "eyJ", "sk-"]
        ),
    )
    return st.lists(pieces, min_size=1, max_size=6).map("".join).map(str.strip).filter(bool)


@settings(max_examples=80, deadline=None)
@given(text=mixed())
def test_no_value_is_kept_from_a_rule_that_would_take_it(text: str) -> None:
    traits = signs.traits_of(text)
    assert [name for name, (trait, rule) in RULES.items() if rule(text) and not traits & trait] == []
    assert signs.KIND_OF[traits & signs.ANY_KIND] == signs.kind_of(text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("hong_kong", "A123456(3)"),
        ("taiwan", "A123456789"),
        ("spain", "12345678Z"),
        ("spain", "X-1234567-L"),
        ("brazil", "111.444.777-35"),
        ("vin", "1HGCM82633A004352"),
        ("vin", "1hgcm82633a004352"),
        ("ip", "10.20.30.40"),
        ("ip", "2001:db8::1"),
        ("ip", "1:2:3:4:5:6:7:8%eth0"),
        ("ip", "::ffff:10.1.2.3"),
        ("imei", "490154203237518"),
        ("credit_code", "91350100M000100Y43"),
        ("full_name", "Nguyễn Văn Tài"),
        ("full_name", "O'Brien"),
        ("western_address", "one Main Street"),
    ],
)
def test_numbers_that_pass_a_check_have_their_trait(name: str, text: str) -> None:
    trait, rule = RULES[name]
    assert rule(text)
    assert signs.traits_of(text) & trait


@pytest.mark.parametrize("name", PATTERNS)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_whatever_a_form_describes_has_its_trait(name: str, data: st.DataObject) -> None:
    alphabet = data.draw(st.sampled_from([ASCII, None]))  # of all scripts a digit is seldom one of ASCII
    text = data.draw(st.from_regex(PATTERNS[name], fullmatch=True, alphabet=alphabet)).strip()
    trait, rule = RULES[name]
    assert not rule(text) or signs.traits_of(text) & trait


@settings(max_examples=50, deadline=None)
@given(
    text=st.one_of(mixed(), st.from_regex(r"(?:Mr|dr|Prof)?\.? ?[A-Za-z]{1,9}(?: [A-Za-z]{1,5}){0,5}", fullmatch=True))
)
def test_the_short_way_to_the_words_of_a_name_is_the_long_way(text: str) -> None:
    short, full = names.words_of(text), names.words_of_any(text) if len(text) <= 60 else None
    assert (short is None) == (full is None)
    assert list(short or ()) == list(full or ())


@given(
    words=st.frozensets(st.text("ab.糖病", min_size=1, max_size=4), min_size=1, max_size=12),
    text=st.text("ab.糖病", max_size=9),
)
def test_words_are_found_by_their_beginnings_as_one_after_the_other(words: frozenset[str], text: str) -> None:
    assert types.AnyOf(words).within(text) == any(word in text for word in words)


@settings(max_examples=80, deadline=None)
@given(text=st.text("省市县镇乡街道村社区居委会组屯某x1\n", max_size=14))
def test_villages_are_found_step_by_step_as_by_one_expression(text: str) -> None:
    rule = re.compile(r".*(?:省|市|县|区|州).*(?:镇|乡|街道).*(?:村|社区|组|屯|居委会)")
    assert addresses.is_village(text) == (rule.fullmatch(text) is not None)


def columns(source: random.Random, rows: int) -> Iterator[tuple[str, list[str]]]:
    """Columns of every form under names that say little, of one form or of two."""

    def run(alphabet: str, length: int) -> str:
        return "".join(source.choices(alphabet, k=length))

    digits, upper, lower = "0123456789", "ABCDEFGHJKLMNPRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
    makers: list[Callable[[], str]] = [
        lambda: f"{run(upper, 1)}{run(digits, 6)}({run(digits + 'A', 1)})",
        lambda: f"{run(digits, 8)}{run(upper, 1)}",
        lambda: f"1{run('3578', 1)}{run(digits, 9)}",
        lambda: f"call 1{run('38', 1)}{run(digits, 9)} now",
        lambda: f"({run('23456', 3)}) {run('23456', 3)}-{run(digits, 4)}",
        lambda: f"+{run('12345', 2)} {run(digits, 3)} {run(digits, 3)} {run(digits, 4)}",
        lambda: f"520102{source.randrange(1950, 2020)}01{source.randrange(10, 29)}{run(digits, 4)}",
        lambda: run("0123456789ABCDEFGHJKLMNPQRTUWXY", 18),
        lambda: run(digits, source.choice((7, 11, 13, 15, 16, 18, 19))),
        lambda: ".".join(str(source.randrange(256)) for _ in range(4)),
        lambda: ":".join(run("0123456789abcdef", 2) for _ in range(6)),
        lambda: f"{run('贵京沪', 1)}{run('ABC', 1)}{run(digits + 'ABC', 5)}",
        lambda: f"{source.choice(['John', 'Mary', 'José', 'Anna'])} {source.choice(['Smith', 'Garcia', 'Müller'])}",
        lambda: f"{run('王李张刘', 1)}{run('伟芳娜敏', source.choice((1, 2)))}",
        lambda: f"贵阳市{run('云南白', 2)}区{run('中山', 2)}路{source.randrange(1, 99)}号",
        lambda: f"{source.randrange(1, 999)} {run(lower, 5)} {source.choice(['Street', 'Ave', 'Road'])}",
        lambda: f"{source.uniform(-80, 80):.4f},{source.uniform(-80, 80):.4f}",
        lambda: ";".join(f"{source.uniform(1, 80):.3f},{source.uniform(1, 80):.3f}" for _ in range(3)),
        lambda: source.choice(
            ["男", "女", "未婚", "已婚", "汉族", "苗族", "布依族", "佛教", "党员", "群众", "male", "female"]
        ),
        lambda: source.choice(
            ["糖尿病", "高血压", "pneumonia", "acute bronchitis", f"J{run(digits, 2)}.{run(digits, 1)}"]
        ),
        lambda: f"sk-{run(lower + digits, 24)}",
        lambda: f"postgres://u:{run(lower, 4)}@{run(lower, 4)}/db",
        lambda: f"{run(lower, 4)}@{run(lower, 4)}.org",
        lambda: f"{source.uniform(1, 999):.2f}",
        lambda: f"2024-{source.randrange(1, 13):02d}-{source.randrange(1, 29):02d}",
        lambda: " ".join(run(lower, 6) for _ in range(4)),
        lambda: run("是否红白机器方案", 3),
    ]
    for first in makers:
        second = source.choice(makers)
        share = source.choice((0.0, 0.0, 0.1, 0.3))
        yield (
            source.choice(("c1", "字段", "value")),
            [(second if source.random() < share else first)() for _ in range(rows)],
        )


@pytest.mark.parametrize("rows", [2, 6, 40, 90])
def test_verdicts_are_those_of_detectors_that_see_every_value(
    rules: RuleSet, today: date, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    made = [table for seed in range(3) for table in columns(random.Random(seed * 100 + rows), rows)]

    def verdicts() -> list[tuple[ColumnVerdict, ...]]:
        return [
            judge([look_of(name, [(value, 1) for value in values], rules.taxonomy, today)]) for name, values in made
        ]

    found = verdicts()
    monkeypatch.setattr(signs, "_shapes", signs._Shapes())
    monkeypatch.setattr(signs, "_traits", lambda shape: signs.UNTOLD | signs.EVERY)
    monkeypatch.setattr(detect, "_of_words", lambda look: [*detect.OF_WORDS.values(), health.health])
    monkeypatch.setattr(Look, "matching", every_value)

    assert verdicts() == found
    assert len({verdict.sensitive_type for (verdict,) in found}) >= 8


def every_value(look: Look, test: Test, kinds: str = "DNHA", *, traits: int = 0, least: float = 0.0) -> tuple[int, int]:
    """`Look.matching` without its shortcuts."""
    found = [count for kind in kinds for text, count in look.kinds[kind] if test(text)]
    return (sum(found), len(found)) if sum(found) >= least else (0, 0)
