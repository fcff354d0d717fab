"""The decision point: what stops a hand-over, each reason alone and all together."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.authorization.engine.pdp import GrantFacts, Reason, Verdict, Wanted, permit
from marketplace.authorization.engine.vocabulary import FORMS, LEVELS, OBLIGATIONS

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
    terms_accepted=True,
    obligations=("purpose_limit", "masking"),
    columns=frozenset({"age", "ward"}),
    demanded=({"dsmm": 2, "training": 1}, {"dsmm": 4}),
    accredited={"dsmm": 3, "training": 1},
    max_downloads=3,
    used_downloads=2,
    max_rows=50,
    used_rows=40,
    max_bytes=1000,
    used_bytes=900,
)


WHOLE = Wanted("masked", 7, frozenset({"age", "ward"}), bytes=100, rows=10)


def asked(grant: GrantFacts = GOOD, *, now: Any = NOW, **changes: Any) -> Verdict:
    return permit(grant, replace(WHOLE, **changes), now=now)


def test_a_good_grant_is_honoured_to_its_last_byte_row_and_download() -> None:
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
        ({"terms_accepted": False}, "terms_not_accepted", {}),
        ({"holder_verified": False}, "holder_not_verified", {"holder": 7}),
        ({"provider_verified": False}, "provider_not_verified", {"provider": 5}),
        ({"accredited": {"dsmm": 3}}, "accreditation_missing", {"kinds": "training"}),
        ({"accredited": {"training": 1}}, "accreditation_missing", {"kinds": "dsmm"}),
        ({"demanded": ({"dsmm": 4},)}, "accreditation_missing", {"kinds": "dsmm"}),
        ({"columns": frozenset({"age"})}, "columns_not_granted", {"columns": "ward", "count": 1}),
        ({"obligations": ("dance",)}, "unknown_obligation", {"obligations": "dance"}),
        ({"used_rows": 41}, "rows_used_up", {"limit": 50, "used": 41, "wanted": 10}),
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


def test_of_several_sets_of_accreditations_one_suffices() -> None:
    assert asked(replace(GOOD, accredited={"dsmm": 4})).allowed
    assert asked(replace(GOOD, demanded=(), accredited={})).allowed
    assert not asked(replace(GOOD, accredited={})).allowed


def test_a_whole_file_is_not_some_of_its_columns() -> None:
    assert asked(columns=frozenset()).reasons == (Reason("columns_not_granted", {"columns": "*", "count": 0}),)
    assert asked(columns=frozenset({"age"})).allowed
    assert asked(replace(GOOD, columns=frozenset()), columns=frozenset()).allowed
    many = asked(columns=frozenset(f"c{n:02}" for n in range(30))).reasons[0].params
    assert (many["count"], str(many["columns"]).count(",")) == (30, 19)


def test_the_original_is_not_handed_over_where_masking_is_owed() -> None:
    grant = replace(GOOD, forms=("original",))
    assert asked(grant, form="original").reasons == (Reason("masking_owed", {}),)
    assert asked(replace(grant, obligations=("purpose_limit",)), form="original").allowed


def test_rows_that_nobody_counted_are_not_within_a_limit() -> None:
    assert asked(rows=None).reasons == (Reason("rows_unknown", {"limit": 50}),)
    assert asked(replace(GOOD, max_rows=None), rows=None).allowed
    assert asked(replace(GOOD, used_rows=50), rows=0).allowed  # a running download: its rows count already


def test_used_up_bytes_refuse_even_a_hand_over_of_unknown_size() -> None:
    assert [reason.code for reason in asked(replace(GOOD, used_bytes=1000), bytes=0).reasons] == ["bytes_used_up"]


def test_a_superseded_version_is_still_owed() -> None:
    assert asked(replace(GOOD, listing_state="superseded")).allowed


def test_a_lower_level_today_is_no_hindrance() -> None:
    assert asked(replace(GOOD, listing_level="general_1")).allowed


def test_no_limit_is_no_limit() -> None:
    assert asked(
        replace(GOOD, max_downloads=None, max_bytes=None, max_rows=None, used_downloads=10**6, used_bytes=10**12)
    ).allowed


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
        terms_accepted=False,
        obligations=("dance",),
        accredited={},
        used_downloads=3,
        used_rows=50,
        used_bytes=1000,
    )
    assert [reason.code for reason in asked(worst, asker=8, columns=frozenset({"name"})).reasons] == [
        "grant_not_active",
        "term_over",
        "terms_not_accepted",
        "not_the_holder",
        "holder_not_verified",
        "provider_not_verified",
        "accreditation_missing",
        "form_not_granted",
        "columns_not_granted",
        "unknown_obligation",
        "downloads_used_up",
        "rows_used_up",
        "bytes_used_up",
        "listing_not_available",
        "level_above_granted",
    ]


def test_a_form_that_nobody_knows_is_refused_though_the_grant_has_it() -> None:
    assert not asked(replace(GOOD, forms=("everything",)), form="everything").allowed


def test_times_without_a_zone_and_negative_sizes_are_errors() -> None:
    with pytest.raises(ValueError, match="time zone"):
        asked(now=datetime(2026, 3, 1, 12))  # noqa: DTZ001
    with pytest.raises(ValueError, match="negative"):
        asked(bytes=-1)
    with pytest.raises(ValueError, match="negative"):
        asked(rows=-1)


DAYS = st.integers(-2, 2).map(lambda days: NOW + timedelta(days=days))
COLUMNS = st.frozensets(st.sampled_from(["age", "ward", "name"]))
ENTRIES = st.dictionaries(st.sampled_from(["dsmm", "training"]), st.integers(1, 3), min_size=1)
OF_THE_GRANT: dict[str, st.SearchStrategy[Any]] = {
    "state": st.sampled_from(["active", "suspended", "revoked", "expired"]),
    "starts_at": DAYS,
    "ends_at": DAYS,
    "forms": st.lists(st.sampled_from(FORMS), unique=True).map(tuple),
    "granted_level": st.sampled_from(LEVELS),
    "listing_level": st.none() | st.sampled_from(LEVELS),
    "listing_state": st.sampled_from(["draft", "in_review", "published", "superseded", "suspended", "withdrawn"]),
    "holder": st.integers(6, 8),
    "holder_verified": st.booleans(),
    "provider_verified": st.booleans(),
    "terms_accepted": st.booleans(),
    "obligations": st.lists(st.sampled_from([*OBLIGATIONS, "dance"]), unique=True).map(tuple),
    "columns": COLUMNS,
    "demanded": st.lists(ENTRIES, max_size=2).map(tuple),
    "accredited": st.dictionaries(st.sampled_from(["dsmm", "training"]), st.integers(1, 3)),
    "max_downloads": st.none() | st.integers(0, 3),
    "used_downloads": st.integers(0, 3),
    "max_rows": st.none() | st.integers(0, 60),
    "used_rows": st.integers(0, 60),
    "max_bytes": st.none() | st.integers(0, 1000),
    "used_bytes": st.integers(0, 1000),
}
OF_THE_WISH: dict[str, st.SearchStrategy[Any]] = {
    "form": st.sampled_from(FORMS),
    "asker": st.integers(6, 8),
    "columns": COLUMNS,
    "bytes": st.integers(0, 200),
    "rows": st.none() | st.integers(0, 20),
}


def some_of(fields: dict[str, st.SearchStrategy[Any]], most: int) -> st.SearchStrategy[dict[str, Any]]:
    """Other values for a few of the fields: most cases are allowed but for one or two things."""
    chosen = st.lists(st.sampled_from(sorted(fields)), unique=True, max_size=most)
    return chosen.flatmap(lambda names: st.fixed_dictionaries({name: fields[name] for name in names}))


@given(changes=some_of(OF_THE_GRANT, 3), wish=some_of(OF_THE_WISH, 2))
def test_what_is_allowed_is_within_the_grant(changes: dict[str, Any], wish: dict[str, Any]) -> None:
    grant, wanted = replace(GOOD, **changes), replace(WHOLE, **wish)
    verdict = permit(grant, wanted, now=NOW)
    assert verdict == permit(grant, wanted, now=NOW)
    assert verdict.allowed == (
        grant.state == "active"
        and grant.starts_at <= NOW < grant.ends_at
        and grant.terms_accepted
        and wanted.form in grant.forms
        and not (wanted.form == "original" and "masking" in grant.obligations)
        and "dance" not in grant.obligations
        and (not grant.columns or (bool(wanted.columns) and wanted.columns <= grant.columns))
        and wanted.asker == grant.holder
        and grant.holder_verified
        and grant.provider_verified
        and (
            not grant.demanded
            or any(
                all(grant.accredited.get(kind, 0) >= level for kind, level in entry.items()) for entry in grant.demanded
            )
        )
        and (grant.max_downloads is None or grant.used_downloads + 1 <= grant.max_downloads)
        and (grant.max_rows is None or (wanted.rows is not None and grant.used_rows + wanted.rows <= grant.max_rows))
        and (grant.max_bytes is None or grant.used_bytes + max(wanted.bytes, 1) <= grant.max_bytes)
        and grant.listing_state in ("published", "superseded")
        and grant.listing_level is not None
        and LEVELS.index(grant.listing_level) <= LEVELS.index(grant.granted_level)
    )
