"""The second Chinese set: frozen, of the documented form, its numbers what their labels say."""

import hashlib
import json
import re
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from bench.sensitivity.columns import TYPES, lines
from bench.sensitivity.numbers import id_check, luhn_digit
from bench.sensitivity.sector_columns import PATH, columns

DIGEST = "783d705a25b100478821dcf05d843864ebba86068d4f2f88dbc2318c2a265b2d"


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return [json.loads(each) for each in PATH.read_text(encoding="utf-8").splitlines()]


def test_the_file_is_frozen_and_is_what_its_script_makes(found):
    assert hashlib.sha256(PATH.read_bytes()).hexdigest() == DIGEST
    assert PATH.read_text(encoding="utf-8") == lines(columns())


def test_every_line_has_the_form(found):
    for column in found:
        where = (column["table"], column["name"])
        assert list(column) == ["table", "name", "values", "personal", "type", "note"], where
        assert 20 <= len(column["values"]) <= 60, where
        kind, _, why = column["note"].partition(": ")
        assert why, where
        assert (column["type"] in TYPES) == (kind in {"personal", "business"}), where
        assert column["personal"] == (kind == "personal"), where
        assert kind.removeprefix("look-alike of ") in TYPES | {"personal", "business", "plain"}, where


def test_the_set_is_as_large_as_it_says(found):
    kinds = Counter(column["note"].partition(":")[0].partition(" of ")[0] for column in found)
    assert kinds == {"personal": 262, "business": 14, "look-alike": 242, "plain": 15}
    assert {column["type"] for column in found} - {None} == TYPES
    rows = Counter((column["table"], len(column["values"])) for column in found)
    assert len(rows) == 199  # as many lengths as tables: the columns of a table are of one length
    assert all(a[0] != b[0] for a, b in pairwise(sorted(rows)))


def test_numbers_pass_their_checks(found):
    of = {kind: [v for column in found if column["type"] == kind for v in column["values"]] for kind in TYPES}
    numbers = [n for v in of["id_card"] for n in re.findall(r"(?<!\d)\d{17}[\dXx]$", v.replace(" ", ""))]
    assert len(numbers) > 300
    assert all(id_check(number[:17]) == number[17].upper() for number in numbers)
    cards = [v.replace(" ", "") for v in of["bank_account"] if re.fullmatch(r"[\d ]{16,19}", v)]
    assert len(cards) > 150
    assert all(luhn_digit(card[:-1]) == card[-1] for card in cards)


def test_serials_pass_the_check_of_identity_numbers_by_chance(found):
    serials = [
        v
        for column in found
        if column["note"].startswith("look-alike of id_card") or column["name"] == "交易流水号"
        for v in column["values"]
        if re.fullmatch(r"\d{18}", v)
    ]
    passed = sum(id_check(each[:17]) == each[17] for each in serials)
    assert len(serials) > 150
    assert abs(passed - len(serials) / 11) < 3 * (len(serials) * 10 / 121) ** 0.5
