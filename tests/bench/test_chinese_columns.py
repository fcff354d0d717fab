"""The frozen Chinese set: its form, its size, and that its numbers are what its notes say."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from bench.sensitivity.chinese_columns import PATH, columns
from bench.sensitivity.columns import lines
from bench.sensitivity.wording import words

TYPES = set(
    words(
        """person_name id_card passport phone email address birth_date gender age ethnicity religion vehicle_plate
        device_id ip_address location_track biometric health bank_account minor social_account income marital_status
        unified_social_credit_code contract_number price_secret secret_key other_personal"""
    )
)
# The set is frozen: figures measured on it are only worth something while it stays as it is.
DIGEST = "ba65cd905f536281dd0d9cd3ffadd095b6c53f374114c79dd37e6297860b08a8"
CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
HALF_WIDTH = {0xFF10 + each: str(each) for each in range(10)}


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return [json.loads(each) for each in PATH.read_text(encoding="utf-8").splitlines()]


def kind(column: dict[str, Any]) -> str:
    return str(column["note"]).split(":")[0]


def cells(
    found: list[dict[str, Any]], *, type_: str | None = None, like: str | None = None, personal: bool | None = None
) -> list[str]:
    """The values of the columns of a type, or of those that look like it, digits in half width."""
    return [
        value.translate(HALF_WIDTH)
        for column in found
        if (like is None or kind(column) == f"look-alike of {like}")
        and (type_ is None or column["type"] == type_)
        and personal in (None, column["personal"])
        for value in column["values"]
    ]


def valid_id(text: str) -> bool:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(weight * int(each) for weight, each in zip(weights, text[:17], strict=True))
    return "10X98765432"[total % 11] == text[17].upper()


def valid_luhn(text: str) -> bool:
    total = 0
    for place, each in enumerate(reversed(text)):
        digit = int(each) * (2 if place % 2 else 1)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0


def valid_credit(text: str) -> bool:
    weights = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
    total = sum(weight * CREDIT.index(each) for weight, each in zip(weights, text[:17], strict=True))
    return CREDIT[(31 - total % 31) % 31] == text[17]


def by_chance(values: list[str], check: Callable[[str], bool], chance: float) -> bool:
    """Whether as many pass as chance lets pass, within three standard deviations."""
    passed = sum(map(check, values))
    return passed > 0 and abs(passed - chance * len(values)) < 3 * (len(values) * chance * (1 - chance)) ** 0.5


@pytest.mark.parametrize(
    ("check", "right", "wrong"),
    [
        (valid_id, "11010519491231002X", "110105194912310021"),  # the example of GB 11643
        (valid_luhn, "79927398713", "79927398710"),  # the example of ISO/IEC 7812-1's explanations
        (valid_credit, "91350100M000100Y43", "91350100M000100Y44"),  # the example of GB 32100
    ],
)
def test_the_checks_of_this_test_know_right_from_wrong(check, right, wrong):
    assert check(right)
    assert not check(wrong)


def test_the_file_is_frozen_and_is_what_its_script_makes(found):
    assert hashlib.sha256(PATH.read_bytes()).hexdigest() == DIGEST
    assert PATH.read_text(encoding="utf-8") == lines(columns())


def test_every_line_has_the_form(found):
    for column in found:
        where = (column["table"], column["name"])
        assert list(column) == ["table", "name", "values", "personal", "type", "note"], where
        assert re.fullmatch(r"t\d{3}", column["table"]), where
        assert column["name"], where
        assert 8 <= len(column["values"]) <= 40, where
        assert all(isinstance(value, str) for value in column["values"]), where
        assert any(column["values"]), where
        labelled = {
            "personal": column["personal"] and column["type"] in TYPES,
            "business": not column["personal"] and column["type"] in TYPES,
            "plain": not column["personal"] and column["type"] is None,
        }.get(kind(column), not column["personal"] and column["type"] is None)
        assert labelled, where
        assert kind(column) in {"personal", "business", "plain", *(f"look-alike of {each}" for each in TYPES)}, where


def test_tables_are_whole(found):
    sizes: dict[str, set[int]] = {}
    for column in found:
        sizes.setdefault(column["table"], set()).add(len(column["values"]))
    assert all(len(each) == 1 for each in sizes.values())
    named = Counter((column["table"], column["name"]) for column in found)
    assert max(named.values()) == 1
    widths = Counter(column["table"] for column in found)
    assert max(widths.values()) <= 8
    assert sum(each == 1 for each in widths.values()) >= 20
    assert sum(each >= 3 for each in widths.values()) >= 50


def test_the_set_is_as_large_as_it_says(found):
    kinds = Counter(kind(column).split(" of ")[0] for column in found)
    assert kinds["personal"] >= 60
    assert kinds["personal"] + kinds["business"] >= 70
    assert kinds["look-alike"] >= 70
    assert kinds["plain"] >= 30
    assert {column["type"] for column in found} - {None} == TYPES


def test_identity_numbers_are_valid(found):
    numbers = [
        each
        for value in cells(found, type_="id_card")
        for each in re.findall(r"(?<!\d)\d{17}[\dXx]", value.replace(" ", ""))
    ]
    assert len(numbers) > 150
    assert all(valid_id(each) for each in numbers)
    assert any(each.endswith("x") for each in numbers)
    born = [datetime.strptime(each[6:14], "%Y%m%d") for each in numbers]  # noqa: DTZ007
    assert min(born).year >= 1930
    assert max(born).year <= 2023


def test_serial_numbers_pass_the_identity_check_by_chance(found):
    serials = [each for each in cells(found, like="id_card") if re.fullmatch(r"\d{18}", each)]
    assert len(serials) > 100
    assert by_chance(serials, valid_id, 10 / 110)  # a last digit of ten hits a check of eleven characters


def test_cards_pass_luhn_and_transactions_by_chance(found):
    cards = [
        each
        for value in cells(found, type_="bank_account", personal=True)
        for each in re.findall(r"(?<!\d)\d{16,19}$", re.sub(r"(?<=\d) (?=\d)", "", value))
    ]
    assert len(cards) > 75
    assert all(valid_luhn(each) for each in cards)
    serials = [each for each in cells(found, like="bank_account") if re.fullmatch(r"\d{16,19}", each)]
    assert len(serials) > 100
    assert by_chance(serials, valid_luhn, 1 / 10)


def test_handsets_pass_luhn_and_machines_by_chance(found):
    handsets = [each for value in cells(found, type_="device_id") for each in re.findall(r"\b86\d{13}\b", value)]
    assert len(handsets) > 40
    assert all(valid_luhn(each) for each in handsets)
    machines = [each for each in cells(found, like="device_id") if re.fullmatch(r"86\d{13}", each)]
    assert len(machines) > 15
    assert by_chance(machines, valid_luhn, 1 / 10)


def test_credit_codes_are_valid_and_materials_by_chance(found):
    codes = [
        each
        for value in cells(found, type_="unified_social_credit_code")
        for each in re.findall(r"91[0-9A-Z]{16}", value)
    ]
    assert len(codes) > 60
    assert all(valid_credit(each) for each in codes)
    materials = [
        each for each in cells(found, like="unified_social_credit_code") if re.fullmatch(f"[{CREDIT}]{{18}}", each)
    ]
    assert len(materials) > 50
    assert by_chance(materials, valid_credit, 1 / 31)


def test_goods_have_the_check_digit_of_ean(found):
    goods = [each for each in cells(found, like="bank_account") if re.fullmatch(r"(69|97)\d{11}", each)]
    assert len(goods) > 50
    assert all(
        sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(each)) % 10 == 0 for each in goods
    )


def test_three_of_forty_remarks_are_identity_numbers(found):
    (remarks,) = [column["values"] for column in found if column["type"] == "id_card" and len(column["values"]) == 40]
    assert [bool(re.fullmatch(r"\d{17}[\dX]", each)) for each in remarks].count(True) == 3


def test_most_order_numbers_look_like_mobile_numbers(found):
    (orders,) = [column["values"] for column in found if column["name"] == "订单号"]
    assert all(re.fullmatch(r"1\d{10}", each) for each in orders)
    assert by_chance(orders, lambda each: each[1] in "3456789", 7 / 10)


def test_genders_and_births_fit_the_identity_numbers_beside_them(found):
    tables: dict[str, dict[str, list[str]]] = {}
    for column in found:
        tables.setdefault(column["table"], {})[column["type"] or column["name"]] = column["values"]
    checked = 0
    for table in tables.values():
        for number, gender in zip(table.get("id_card", []), table.get("gender", []), strict=False):
            if re.fullmatch(r"\d{17}[\dXx]", number) and gender in "男女":
                assert (int(number[16]) % 2 == 1) == (gender == "男")
                checked += 1
    assert checked > 35
