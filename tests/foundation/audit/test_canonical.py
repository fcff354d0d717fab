from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from foundation.audit import canonical
from foundation.audit.models import Event


class Mode(StrEnum):
    OPEN = "open"


def test_plain_gives_exact_json_values() -> None:
    given = {"mode": Mode.OPEN, "ids": (1, 2), "note": None, "share": 0.25, "deep": {"名": [True, "数据"]}}
    plain, form = canonical.plain(given)
    assert form.encode() == rfc8785.dumps(plain)
    assert plain == {"mode": "open", "ids": [1, 2], "note": None, "share": 0.25, "deep": {"名": [True, "数据"]}}
    assert type(plain["mode"]) is str


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (float("nan"), ValueError),
        (float("inf"), ValueError),
        (2**53, ValueError),
        (-(2**53), ValueError),
        (1e16, ValueError),  # jsonb would give it back as an integer that has no canonical form
        ("nul \0", ValueError),
        ("\ud800", ValueError),
        ({"nul \0": 1}, ValueError),
        ({1: "key"}, TypeError),
        (b"bytes", TypeError),
        ({1, 2}, TypeError),
        (datetime(2026, 1, 1, tzinfo=UTC), TypeError),
        ("x" * canonical.DATA_LIMIT, ValueError),
    ],
)
def test_plain_refuses_what_cannot_be_authenticated(value: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        canonical.plain({"place": [value]})


@pytest.mark.parametrize("data", [{"deep": {"ids": [1]}}, {"deep": {"ids": [1]}, "share": 0.5}])
def test_plain_gives_a_copy(data: dict[str, Any]) -> None:
    plain, _form = canonical.plain(data)
    data["deep"]["ids"].append(2)
    assert plain["deep"] == {"ids": [1]}


@pytest.mark.parametrize("value", ["\\u0000", "\\\\u0000", "汉字 \U0001f600", '"\\'])
def test_text_that_only_looks_unstorable_is_plain(value: str) -> None:
    assert canonical.plain({"value": value})[0] == {"value": value}


def test_the_error_names_the_place() -> None:
    with pytest.raises(TypeError, match="data/grade/1: bytes is not JSON"):
        canonical.plain({"grade": ["general", b"4"]})


def test_instants_are_utc_with_microseconds() -> None:
    shanghai = timezone(timedelta(hours=8))
    assert canonical.instant(datetime(2026, 3, 1, 8, 0, 0, 5, tzinfo=shanghai)) == "2026-03-01T00:00:00.000005+00:00"


def test_canonical_form_is_rfc_8785() -> None:
    assert canonical.canonical({"b": 1.0, "a": "é", "\u20ac": [1e-7, 333333333.33333329]}) == (
        '{"a":"é","b":1,"€":[1e-7,333333333.3333333]}'.encode()
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**54), 2**54) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=6), JSON, max_size=6))
def test_the_fast_way_writes_what_the_standard_s_way_writes(record: dict[str, Any]) -> None:
    try:
        expected = rfc8785.dumps(record)
    except ValueError:
        assert canonical.content(record) == b""
    else:
        assert canonical.canonical(record) == expected


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
STORABLE = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e15, 1e15) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
NUMBER = st.none() | st.integers(-(2**53) + 1, 2**53 - 1)


@given(
    st.builds(
        Event, id=st.integers(1, 2**53 - 1), at=st.datetimes(timezones=st.just(timezone(timedelta(hours=8)))),
        actor_kind=TEXT, actor_label=TEXT, actor_user_id=NUMBER, actor_organisation_id=NUMBER, actor_key_id=NUMBER,
        action=TEXT, subject_type=TEXT, subject_id=TEXT, key_version=st.integers(1, 9),
    ),
    st.dictionaries(TEXT, STORABLE, max_size=5),
)  # fmt: skip
def test_an_event_is_written_down_as_the_standard_says(event: Event, data: dict[str, Any]) -> None:
    event.data, form = canonical.plain(data)
    assert event.data == data
    assert canonical.event_form(event, form) == rfc8785.dumps(canonical.event_record(event))


@pytest.mark.parametrize("number", [2**53, True, 1.0])
def test_an_event_of_a_number_that_json_does_not_carry_has_no_form(number: Any) -> None:
    event = Event(id=1, at=datetime(2026, 3, 1, tzinfo=UTC), actor_user_id=number, key_version=1)
    with pytest.raises(ValueError, match="carries exactly"):
        canonical.event_form(event, "{}")


def test_text_is_escaped_as_the_standard_says() -> None:
    everything = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x11000)]))
    assert canonical.canonical({"text": everything, "n": 2**53 - 1}) == rfc8785.dumps(
        {"text": everything, "n": 2**53 - 1}
    )


def test_a_record_without_canonical_form_has_no_content() -> None:
    assert canonical.content({"n": 2**60}) == b""
