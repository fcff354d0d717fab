"""What a claimed certificate cannot say: every wrong field is named, the edges are accepted."""

from datetime import date
from typing import Any

import pytest

from foundation.errors import InvalidInput
from foundation.participants.certificates import require_plausible, texts
from tests.foundation.participants.certified import certificate, day, training

LONGEST = -30 + 3 * 366
"""From the day of the usual certificate, in days from today: three years at the most."""


def _said(said: dict[str, Any]) -> dict[str, Any]:
    """Days are given as their distance from today."""
    return {
        name: day(value) if name.startswith("valid_") and isinstance(value, int) else value
        for name, value in said.items()
    }


def _refused(said: dict[str, Any]) -> list[str]:
    """The fields that an organisation's certificate is refused for."""
    try:
        require_plausible(certificate(**_said(said)), of_person=False)
    except InvalidInput as refused:
        return [error.pointer for error in refused.fields]
    return []


@pytest.mark.parametrize(
    ("said", "pointers"),
    [
        ({"kind": "guild"}, ["/kind"]),
        ({"kind": "data_security_training"}, ["/kind"]),
        ({"level": None}, ["/level"]),
        ({"level": 6}, ["/level"]),
        ({"kind": "personal_information_protection"}, ["/level"]),
        ({"kind": "classified_protection"}, ["/scope"]),
        ({"issuer": " "}, ["/issuer"]),
        ({"number": " "}, ["/number"]),
        ({"number": "1" * 101}, ["/number"]),
        ({"issuer": "1" * 201}, ["/issuer"]),
        ({"evidence": "a\x00b"}, ["/evidence"]),
        ({"valid_from": 367, "valid_until": 400}, ["/valid_from"]),
        ({"valid_from": 2, "valid_until": 1}, ["/valid_until"]),
        ({"valid_until": -1}, ["/valid_until"]),
        ({"valid_until": LONGEST + 1}, ["/valid_until"]),
        ({"level": 0, "issuer": "", "valid_until": date.max}, ["/level", "/issuer", "/valid_until"]),
    ],
)
def test_what_is_wrong_is_named_by_field(said: dict[str, Any], pointers: list[str]) -> None:
    assert _refused(said) == pointers


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"valid_until": 0},
        {"valid_from": 366, "valid_until": 366},
        {"valid_until": LONGEST},
        {"number": "", "evidence": "The certification body's register"},
        {"kind": "classified_protection", "level": 1, "scope": "The data platform"},
        {"kind": "personal_information_protection", "level": None},
    ],
)
def test_the_edges_are_accepted(said: dict[str, Any]) -> None:
    assert _refused(said) == []


def test_people_and_organisations_hold_different_kinds() -> None:
    require_plausible(training(), of_person=True)
    for wrong, of_person in ((training(), False), (certificate(), True)):
        with pytest.raises(InvalidInput) as refused:
            require_plausible(wrong, of_person=of_person)
        (error,) = refused.value.fields
        assert error.pointer == "/kind"
        assert ("data_security_training" in error.params["known"]) is of_person


def test_texts_are_kept_without_space_around_them() -> None:
    said = certificate(scope=" a b ", number="\t7", issuer="x\n")
    assert texts(said) == {"scope": "a b", "number": "7", "issuer": "x", "evidence": ""}
