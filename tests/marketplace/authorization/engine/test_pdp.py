"""The decision point: what stops a hand-over, each reason alone and all together."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.authorization.engine.pdp import GrantFacts, Reason, Verdict, permit
from marketplace.authorization.engine.vocabulary import FORMS, LEVELS

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
GOOD = GrantFacts(
    state="active",
    starts_at=NOW - timedelta(days=1),
    ends_at=NOW + timedelta(days=1),
    forms=("masked", "aggregate"),
    granted_level="general_4",
    listing_level="general_4",
    listing_state="published",
    holder=7,
    holder_verified=True,
    provider=5,
    provider_verified=True,
    max_downloads=3,
    used_downloads=2,
    max_bytes=1000,
    used_bytes=900,
)


def asked(
    grant: GrantFacts = GOOD, *, now: Any = NOW, wanted_form: Any = "masked", asker: int = 7, wanted_bytes: Any = 100
) -> Verdict:
    return permit(grant, now=now, wanted_form=wanted_form, asker=asker, wanted_bytes=wanted_bytes)


def test_a_good_grant_is_honoured_to_its_last_byte_and_download() -> None:
    verdict = asked()
    assert verdict.allowed
    assert verdict.reasons == ()


@pytest.mark.parametrize(
    ("changes", "code", "params"),
    [
        ({"state": "revoked"}, "grant_not_active", {"state": "revoked"}),
        ({"state": "suspended"}, "grant_not_active", {"state": "suspended"}),
        ({"starts_at": NOW + timedelta(seconds=1)}, "term_not_started", {"starts_at": "2026-03-01T12:00:01+00:00"}),
        ({"ends_at": NOW}, "term_over", {"ends_at": "2026-03-01T12:00:00+00:00"}),
        ({"holder_verified": False}, "holder_not_verified", {"holder": 7}),
        ({"provider_verified": False}, "provider_not_verified", {"provider": 5}),
        ({"forms": ("aggregate",)}, "form_not_granted", {"wanted": "masked", "granted": "aggregate"}),
        ({"used_downloads": 3}, "downloads_used_up", {"limit": 3, "used": 3}),
        ({"used_bytes": 901}, "bytes_used_up", {"limit": 1000, "used": 901, "wanted": 100}),
        ({"listing_state": "suspended"}, "listing_not_available", {"state": "suspended"}),
        ({"listing_state": "withdrawn"}, "listing_not_available", {"state": "withdrawn"}),
        ({"listing_level": None}, "level_not_decided", {}),
        ({"listing_level": "important"}, "level_above_granted", {"level": "important", "granted": "general_4"}),
        ({"listing_level": "secret"}, "level_above_granted", {"level": "secret", "granted": "general_4"}),
        ({"granted_level": "any"}, "level_above_granted", {"level": "general_4", "granted": "any"}),
    ],
)
def test_each_failed_condition_alone_refuses_with_its_code(changes: Any, code: str, params: Any) -> None:
    assert asked(replace(GOOD, **changes)).reasons == (Reason(code, params),)


def test_another_organisation_is_refused() -> None:
    assert asked(asker=8).reasons == (Reason("not_the_holder", {"asker": 8}),)


def test_used_up_bytes_refuse_even_a_hand_over_of_unknown_size() -> None:
    assert [reason.code for reason in asked(replace(GOOD, used_bytes=1000), wanted_bytes=0).reasons] == [
        "bytes_used_up"
    ]


def test_a_superseded_version_is_still_owed() -> None:
    assert asked(replace(GOOD, listing_state="superseded")).allowed


def test_a_lower_level_today_is_no_hindrance() -> None:
    assert asked(replace(GOOD, listing_level="general_1")).allowed


def test_no_limit_is_no_limit() -> None:
    assert asked(replace(GOOD, max_downloads=None, max_bytes=None, used_downloads=10**6, used_bytes=10**12)).allowed


def test_all_failed_conditions_are_told_at_once() -> None:
    worst = replace(
        GOOD,
        state="expired",
        ends_at=NOW,
        forms=(),
        listing_level="core",
        listing_state="draft",
        holder_verified=False,
        provider_verified=False,
        used_downloads=3,
        used_bytes=1000,
    )
    assert [reason.code for reason in asked(worst, asker=8).reasons] == [
        "grant_not_active",
        "term_over",
        "not_the_holder",
        "holder_not_verified",
        "provider_not_verified",
        "form_not_granted",
        "downloads_used_up",
        "bytes_used_up",
        "listing_not_available",
        "level_above_granted",
    ]


def test_a_form_that_nobody_knows_is_refused_though_the_grant_has_it() -> None:
    assert not asked(replace(GOOD, forms=("everything",)), wanted_form="everything").allowed


def test_times_without_a_zone_and_negative_sizes_are_errors() -> None:
    with pytest.raises(ValueError, match="time zone"):
        asked(now=datetime(2026, 3, 1, 12))  # noqa: DTZ001
    with pytest.raises(ValueError, match="negative"):
        asked(wanted_bytes=-1)


GRANTS = st.builds(
    GrantFacts,
    state=st.sampled_from(["active", "suspended", "revoked", "expired"]),
    starts_at=st.integers(-2, 2).map(lambda days: NOW + timedelta(days=days)),
    ends_at=st.integers(-2, 2).map(lambda days: NOW + timedelta(days=days)),
    forms=st.lists(st.sampled_from(FORMS), unique=True).map(tuple),
    granted_level=st.sampled_from(LEVELS),
    listing_level=st.none() | st.sampled_from(LEVELS),
    listing_state=st.sampled_from(["draft", "in_review", "published", "superseded", "suspended", "withdrawn"]),
    holder=st.integers(1, 2),
    holder_verified=st.booleans(),
    provider=st.just(3),
    provider_verified=st.booleans(),
    max_downloads=st.none() | st.integers(0, 2),
    used_downloads=st.integers(0, 3),
    max_bytes=st.none() | st.integers(0, 100),
    used_bytes=st.integers(0, 100),
)


@given(grant=GRANTS, form=st.sampled_from(FORMS), asker=st.integers(1, 2), size=st.integers(0, 50))
def test_what_is_allowed_is_within_the_grant(grant: GrantFacts, form: str, asker: int, size: int) -> None:
    verdict = permit(grant, now=NOW, wanted_form=form, asker=asker, wanted_bytes=size)
    assert verdict == permit(grant, now=NOW, wanted_form=form, asker=asker, wanted_bytes=size)
    assert verdict.allowed == (
        grant.state == "active"
        and grant.starts_at <= NOW < grant.ends_at
        and form in grant.forms
        and asker == grant.holder
        and grant.holder_verified
        and grant.provider_verified
        and (grant.max_downloads is None or grant.used_downloads + 1 <= grant.max_downloads)
        and (grant.max_bytes is None or grant.used_bytes + max(size, 1) <= grant.max_bytes)
        and grant.listing_state in ("published", "superseded")
        and grant.listing_level is not None
        and LEVELS.index(grant.listing_level) <= LEVELS.index(grant.granted_level)
    )
