"""Texts that are too much, or that say less than their author thinks, are refused and never break the loader."""

from typing import Any

import pytest

from marketplace.authorization.engine.checks import PAIRS_SHOWN, TableError
from marketplace.authorization.engine.loading import LONGEST_TERM, table_from_data
from tests.marketplace.authorization.engine.test_loading import ALLOWED, REFUSED, core_refused, problems_of, small


def whole(**row: Any) -> dict[str, Any]:
    return small(core_refused(), {"id": "all", **ALLOWED, **row})


def accredited(kinds: int) -> dict[str, Any]:
    """A row that asks for each of many kinds: a recursion as deep as there are kinds, if it were let through."""
    values = {f"k{number}": ["none"] for number in range(kinds)}
    data = small(core_refused(), {"id": "gate", "when": values, **REFUSED}, {"id": "all", **ALLOWED})
    return data | {"accreditations": {kind: {"values": ["none", "1"]} for kind in values}}


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        # misspelt, a service would hand over files
        (lambda data: data.update(supply_mode_form={"service": ["query"]}), ("unknown_code", ())),
        (lambda data: data["inputs"]["sector"].update(othrwise="other"), ("unknown_code", ())),
        (lambda data: data["rows"][1].update(longest_term_days=LONGEST_TERM + 1), ("unknown_code", ("all",))),
        (lambda data: data["rows"][1].update(id="al\u202el"), ("unknown_code", ("row 2",))),
        (lambda data: data["rows"][1].update(id="a" * 81), ("unknown_code", ("row 2",))),
        (lambda data: data["rows"][1].update(reason_zh="由" * 1001), ("too_large", ("all",))),
        (lambda data: data.update(accreditations={"k": {"values": ["none", "9" * 5000]}}), ("unknown_code", ())),
        (lambda data: data.update(accreditations={"term_days": {"values": ["none", "1"]}}), ("unknown_code", ())),
        (lambda data: data.update(rows=data["rows"] * 2501), ("too_large", ())),
    ],
)
def test_it_is_said_what_is_too_much_or_not_known(spoil: Any, problem: Any) -> None:
    data = whole()
    table_from_data(data)
    spoil(data)
    assert problem in problems_of(data)


def test_a_limit_is_what_is_just_allowed() -> None:
    long = whole(longest_term_days=LONGEST_TERM, reason_en="r" * 1000, id="a" * 80)
    assert table_from_data(long).rows[1].longest_term_days == LONGEST_TERM
    assert len(table_from_data(accredited(20)).accreditations) == 20
    assert ("too_large", ()) in problems_of(accredited(21))


def test_of_many_contradictions_the_first_are_named() -> None:
    rows = [{"id": f"r{number}", "when": {"sector": ["health"]}, **REFUSED} for number in range(400)]
    with pytest.raises(TableError) as caught:
        table_from_data(small(*rows, {"id": "rest", "when": {"sector": ["other"]}, **REFUSED}, hit_policy="unique"))
    found = [problem for problem in caught.value.problems if problem.code == "contradiction"]
    assert len(found) == PAIRS_SHOWN + 1
    assert found[0].rows == ("r0", "r1")
    assert found[-1].rows == ()
    assert not any("rest" in problem.rows for problem in found)
