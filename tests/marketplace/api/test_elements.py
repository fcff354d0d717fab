"""What the document says of declared elements is what grading takes: names, words and limits, one by one."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from rest_framework import serializers

from foundation.errors import InvalidInput
from grading.declaring.elements import (
    LARGEST_AREA_KM2,
    LARGEST_NUMBER,
    LONGEST_CODE,
    LONGEST_NAME,
    LONGEST_REASON,
    MOST_SOURCES,
    VOCABULARY,
    checked_derivation,
    checked_elements,
    checked_level_elsewhere,
)
from marketplace.api.serializers.elements import CoverageIn, DerivationIn, ElementsIn, ElsewhereIn, SourceIn

Check = Callable[[Any, str], Any]
SOURCE = {"level": "general_2", "name": "Register"}
DERIVED = {"sources": [SOURCE], "processing": ["masked"]}
STRANGE = {"?": 1}


def known(check: Check, value: dict[str, Any]) -> list[str]:
    """The names that grading tells somebody who gives an unknown one, in `value`."""
    with pytest.raises(InvalidInput) as raised:
        check(value, "")
    return str(raised.value.fields[0].params["known"]).split(", ")


@pytest.mark.parametrize(
    ("serializer", "check", "value"),
    [
        (ElementsIn, checked_elements, STRANGE),
        (CoverageIn, checked_elements, {"coverage": STRANGE}),
        (DerivationIn, checked_derivation, STRANGE),
        (SourceIn, checked_derivation, {**DERIVED, "sources": [STRANGE]}),
        (ElsewhereIn, checked_level_elsewhere, STRANGE),
    ],
)
def test_names_are_the_same(serializer: type[serializers.Serializer[Any]], check: Check, value: dict[str, Any]) -> None:
    assert list(serializer().fields) == known(check, value)


def within(words: str) -> Iterator[list[str]]:
    """Each word of a vocabulary, all of them, one that is not there, and one word too many."""
    yield from ([word] for word in VOCABULARY[words])
    yield list(VOCABULARY[words])
    yield ["?"]
    yield [*VOCABULARY[words], VOCABULARY[words][0]]


def elements() -> Iterator[dict[str, Any]]:
    yield from ({name: words} for name in ("groups", "areas", "importance") for words in within(name))
    yield from ({"depth": word} for word in (*VOCABULARY["depth"], "?"))
    yield from ({"coverage": {"extent": word}} for word in (*VOCABULARY["extent"], "?"))
    yield from ({"coverage": {"share": share}} for share in (0, 0.5, 1, 1.001, -0.001))
    yield from ({"coverage": {"area_km2": area}} for area in (0, LARGEST_AREA_KM2, LARGEST_AREA_KM2 + 1, -1))


def derivations() -> Iterator[dict[str, Any]]:
    yield from ({**DERIVED, "processing": words} for words in within("processing"))
    yield from ({**DERIVED, "sources": [{**SOURCE, "level": word}]} for word in (*VOCABULARY["level"], "?"))
    yield from ({**DERIVED, "sources": [{**SOURCE, "name": "n" * (LONGEST_NAME + more)}]} for more in (0, 1))
    yield from ({**DERIVED, "sources": [{"asset": pk}]} for pk in (0, 1, LARGEST_NUMBER, LARGEST_NUMBER + 1))
    many = [{"asset": pk} for pk in range(1, MOST_SOURCES + 2)]
    yield from ({**DERIVED, "sources": many[: MOST_SOURCES + more]} for more in (0, 1))
    yield from ({**DERIVED, "reason": "r" * (LONGEST_REASON + more)} for more in (0, 1))
    yield from ({name: DERIVED[name]} for name in DERIVED)


def levels() -> Iterator[dict[str, Any]]:
    for code in ("c" * LONGEST_CODE, "c" * (LONGEST_CODE + 1)):
        yield {"scheme": code, "level": "l1"}
        yield {"scheme": "city", "level": code}
    yield {"scheme": "city"}


@pytest.mark.parametrize(
    ("serializer", "check", "values"),
    [
        (ElementsIn, checked_elements, elements()),
        (DerivationIn, checked_derivation, derivations()),
        (ElsewhereIn, checked_level_elsewhere, levels()),
    ],
)
def test_words_and_limits_are_the_same(
    serializer: type[serializers.Serializer[Any]], check: Check, values: Iterator[dict[str, Any]]
) -> None:
    taken = []
    for value in values:
        try:
            check(value, "")
        except InvalidInput:
            taken.append(False)
        else:
            taken.append(True)
        assert (value, serializer(data=value).is_valid()) == (value, taken[-1])
    assert {True, False} == set(taken)
