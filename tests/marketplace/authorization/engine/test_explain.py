"""The least change that would allow: it really allows, and nothing smaller does."""

import itertools
from dataclasses import replace
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from marketplace.authorization.engine.checks import TableError
from marketplace.authorization.engine.decide import AccessFacts, decide
from marketplace.authorization.engine.explain import Remedy, Wanted, Way, changeable, least_changes
from marketplace.authorization.engine.loading import table_from_data
from marketplace.authorization.engine.table import Decision, DecisionTable
from marketplace.authorization.engine.vocabulary import LEVELS
from tests.marketplace.authorization.engine.test_loading import ALLOWED, REFUSED, core_refused, small

UNTRAINED = {"training": ["none"]}
BELOW_TWO = {"dsmm": ["none", "1"]}
WITHOUT_CONSENT = {"origin": ["personal"], "consent_basis": ["none"]}


def table(*rows: dict[str, Any], rest: Any = None) -> DecisionTable:
    """Core refused, then these rows; all else is `rest`, over a space with every input that can change."""
    data = small(core_refused(), *rows, {"id": "rest", **(rest or ALLOWED)})
    data["inputs"]["purpose"] = {"values": ["unstated", "research", "welfare", "sale"]}
    data["inputs"]["consent_basis"] = {"values": ["none", "consent", "separate_consent"]}
    data["accreditations"] = {"dsmm": {"values": ["none", "1", "2", "3"]}, "training": {"values": ["none", "1"]}}
    return table_from_data(data)


def refusing(name: str, **when: list[str]) -> dict[str, Any]:
    return {"id": name, "when": when, **REFUSED}


CASE = AccessFacts("personal", "health", "general_4", "licensed", purpose="sale")


def changes(remedy: Remedy) -> list[list[tuple[str, str, tuple[str, ...], str]]]:
    return [[(one.name, one.now, one.to, one.by) for one in way.changes] for way in remedy.ways]


def test_what_is_allowed_needs_no_change() -> None:
    remedy = least_changes(table(), CASE, Wanted())
    assert changes(remedy) == [[]]
    assert remedy.ways[0].decision == decide(table(), CASE)


def test_the_purpose_can_be_another() -> None:
    remedy = least_changes(table(refusing("sale", purpose=["sale"])), CASE, Wanted())
    assert changes(remedy) == [[("purpose", "sale", ("research", "welfare"), "buyer")]]
    assert remedy.ways[0].decision.rule_id == "rest"


def test_the_lowest_accreditation_that_suffices_is_named() -> None:
    remedy = least_changes(table(refusing("weak", **BELOW_TWO)), replace(CASE, accreditations={"dsmm": 1}), Wanted())
    assert changes(remedy) == [[("dsmm", "1", ("2",), "buyer")]]


def test_two_refusals_need_two_changes_by_different_people() -> None:
    rules = table(refusing("weak", **BELOW_TWO), refusing("unasked", **WITHOUT_CONSENT))
    remedy = least_changes(rules, CASE, Wanted())
    assert changes(remedy) == [
        [("dsmm", "none", ("2",), "buyer"), ("consent_basis", "none", ("consent", "separate_consent"), "provider")]
    ]


def test_ties_are_told_the_buyers_own_first() -> None:
    rules = table(refusing("gate", purpose=["sale"], supply_mode=["licensed"], **UNTRAINED))
    assert changes(least_changes(rules, CASE, Wanted())) == [
        [("purpose", "sale", ("research", "welfare"), "buyer")],
        [("training", "none", ("1",), "buyer")],
        [("supply_mode", "licensed", ("service",), "provider")],
    ]


def test_facts_of_the_data_are_nobodys_to_change() -> None:
    assert least_changes(table(), replace(CASE, level="core"), Wanted()) == Remedy(())


def test_the_options_narrow_what_can_be_changed() -> None:
    rules = table(refusing("sale", purpose=["sale"]))
    remedy = least_changes(rules, CASE, Wanted(), {"purpose": ["welfare"]})
    assert changes(remedy) == [[("purpose", "sale", ("welfare",), "buyer")]]
    assert least_changes(rules, CASE, Wanted(), {}).ways == ()


def test_a_wish_can_give_way_or_the_case_change() -> None:
    rules = table(
        {"id": "important", "when": {"level": ["important"]}, **ALLOWED},
        {"id": "weak", "when": BELOW_TWO, **ALLOWED, "forms": ["masked", "aggregate"]},
        rest={**ALLOWED, "forms": ["original", "masked", "aggregate"], "longest_term_days": 90},
    )
    assert changes(least_changes(rules, CASE, Wanted(form="original", term_days=30))) == [
        [("form", "original", ("masked", "aggregate"), "buyer")],
        [("dsmm", "none", ("2",), "buyer")],
    ]
    assert changes(least_changes(rules, CASE, Wanted(form="original", term_days=60))) == [
        [("dsmm", "none", ("2",), "buyer")]
    ]
    assert changes(least_changes(rules, CASE, Wanted("original", 91, frozenset({"original"})))) == [
        [("term_days", "91", ("90",), "buyer"), ("dsmm", "none", ("2",), "buyer")]
    ]


def test_a_word_that_the_table_does_not_know_has_to_go() -> None:
    remedy = least_changes(table(), replace(CASE, supply_mode="barter", purpose="tort"), Wanted())
    assert changes(remedy) == [
        [
            ("purpose", "tort", ("research", "welfare", "sale"), "buyer"),
            ("supply_mode", "barter", (supply,), "provider"),
        ]
        for supply in ("licensed", "service")
    ]
    assert least_changes(table(), replace(CASE, origin="stolen"), Wanted()).ways == ()


def test_what_cannot_stay_has_to_go_though_the_table_allows_it() -> None:
    remedy = least_changes(table(), CASE, Wanted(), {"purpose": ["research", "sale"]}, barred=["purpose"])
    assert changes(remedy) == [[("purpose", "sale", ("research",), "buyer")]]
    assert least_changes(table(), CASE, Wanted(), {"purpose": ["sale"]}, barred=["purpose"]).ways == ()


def test_a_change_helps_in_every_way_that_the_data_can_be_read() -> None:
    rules = table(
        refusing("persons", origin=["personal"], purpose=["sale"]),
        refusing("others", sector=["other"], **UNTRAINED),
        {"id": "important", "when": {"level": ["important"]}, **ALLOWED},
    )
    case = replace(CASE, origin="public", reviewed={"origin": ["personal"], "sector": ["other"]})
    assert changes(least_changes(rules, case, Wanted())) == [
        [("purpose", "sale", ("research", "welfare"), "buyer"), ("training", "none", ("1",), "buyer")]
    ]


# ---- generated tables, against trying everything

PLAIN = {
    "origin": ["public", "personal"],
    "supply_mode": ["licensed", "service"],
    "scenario": ["none", "named"],
    "purpose": ["unstated", "research", "welfare", "sale"],
    "consent_basis": ["none", "consent", "separate_consent"],
}
HELD = {"dsmm": ["none", "1", "2", "3"], "training": ["none", "1"]}
# Gates refuse higher levels and lesser accreditations first, so that the tables are sound by their making.
GATES = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            **{name: st.lists(st.sampled_from(values), min_size=1, unique=True) for name, values in PLAIN.items()},
            **{
                kind: st.sampled_from([values[:most] for most in range(1, len(values))])
                for kind, values in HELD.items()
            },
            "level": st.sampled_from([list(LEVELS[least:]) for least in range(5)]),
        },
    ),
    min_size=1,
    max_size=5,
)
GIVING = st.lists(
    st.tuples(
        st.fixed_dictionaries(
            {},
            optional={
                name: st.lists(st.sampled_from(values), min_size=1)
                for name, values in {**PLAIN, "sector": ["health", "other"]}.items()
                if name in ("purpose", "origin", "sector")
            },
        ),
        st.sampled_from([["aggregate"], ["aggregate", "query"], ["query"]]),
        st.sampled_from([30, 60]),
    ),
    max_size=2,
)
FACTS = st.builds(
    AccessFacts,
    origin=st.sampled_from(PLAIN["origin"]),
    sector=st.just("health"),
    level=st.sampled_from(LEVELS[:4]),
    supply_mode=st.sampled_from(PLAIN["supply_mode"]),
    scenario=st.sampled_from([None, "winter_roads"]),
    purpose=st.sampled_from([None, *PLAIN["purpose"][1:]]),
    consent_basis=st.sampled_from([None, *PLAIN["consent_basis"][1:]]),
    accreditations=st.dictionaries(st.sampled_from(["dsmm", "training"]), st.just(1)),
    reviewed=st.sampled_from([{}, {"origin": ["personal"]}, {"origin": ["public"]}, {"sector": ["other"]}]),
)
WISHES = st.builds(
    Wanted, form=st.sampled_from([None, "aggregate", "query"]), term_days=st.sampled_from([None, 30, 60])
)


def made(gates: Any, giving: Any) -> DecisionTable:
    """The table, without the rows that cannot be reached."""
    rows = [refusing(f"gate{n}", **when) for n, when in enumerate(gates)]
    general = list(LEVELS[:4])
    rows += [
        {"id": f"g{n}", "when": {**when, "level": general}, **ALLOWED, "forms": forms, "longest_term_days": days}
        for n, (when, forms, days) in enumerate(giving)
    ]
    rest = [{"id": "wide", "when": {"level": general}, **ALLOWED, "forms": ["aggregate", "query"]}]
    rows += [rest[0], {"id": "important", "when": {"level": ["important"]}, **ALLOWED}]
    while True:
        try:
            return table(*rows, rest=REFUSED)
        except TableError as error:
            assume(all(problem.code == "unreachable" for problem in error.problems))
            gone = {problem.rows[0] for problem in error.problems}
            if gone == {"rest"}:
                return table(*rows[:-1], rest={**ALLOWED})
            rows = [row for row in rows if row["id"] not in gone]


def changed(facts: AccessFacts, values: dict[str, str]) -> AccessFacts:
    held = dict(facts.accreditations) | {kind: int(values[kind]) for kind in HELD if kind in values}
    plain = {name: None if value == "none" else value for name, value in values.items() if name in PLAIN}
    return replace(facts, accreditations=held, **plain)  # type: ignore[arg-type]


def least_by_trying(rules: DecisionTable, facts: AccessFacts, wanted: Wanted) -> int | None:
    """The fewest changes that do, by trying all values of all that can be changed."""
    options = changeable(rules, facts)
    now = dict(zip(rules.inputs, facts.inputs(rules.accreditations), strict=True))
    axes = []
    for name, values in options.items():
        better = values[values.index(now[name]) + 1 :] if name in HELD else values
        axes.append([now[name], *(value for value in better if value != now[name])])
    found = []
    for values in itertools.product(*axes):
        chosen = {name: value for name, value in zip(options, values, strict=True) if value != now[name]}
        lacking = wanted.lacking(decide(rules, changed(facts, chosen)))
        if lacking is not None:
            found.append(len(chosen) + len(lacking))
    return min(found, default=None)


def allowed(rules: DecisionTable, facts: AccessFacts, wanted: Wanted, way: Way) -> None:
    """Every value that the way names leads to the decision that it names, and that gives what is wanted."""
    wish = {one.name: one.to for one in way.changes if one.name in ("form", "term_days")}
    others = [one for one in way.changes if one.name not in wish]
    for values in itertools.product(*(one.to for one in others)):
        decision = decide(rules, changed(facts, {one.name: v for one, v in zip(others, values, strict=True)}))
        assert decision == way.decision
        assert not decision.refused
        form = wish.get("form", (wanted.form,) if wanted.form else decision.forms)
        assert set(form) <= set(decision.forms)
        assert int(wish.get("term_days", (str(wanted.term_days or 1),))[0]) <= decision.longest_term_days


@settings(max_examples=70, deadline=None)
@given(gates=GATES, giving=GIVING, facts=FACTS, wanted=WISHES)
def test_the_least_change_allows_and_nothing_smaller_does(
    gates: Any, giving: Any, facts: AccessFacts, wanted: Wanted
) -> None:
    rules = made(gates, giving)
    remedy = least_changes(rules, facts, wanted)
    least = least_by_trying(rules, facts, wanted)
    assert {len(way.changes) for way in remedy.ways} == (set() if least is None else {least})
    for way in remedy.ways:
        allowed(rules, facts, wanted, way)
    told = [[(one.name, one.to) for one in way.changes] for way in remedy.ways]
    assert len({str(one) for one in told}) == len(told)


def lacking_nothing(decision: Decision, wanted: Wanted) -> bool:
    return wanted.lacking(decision) == ()


@settings(max_examples=40, deadline=None)
@given(gates=GATES, giving=GIVING, facts=FACTS, wanted=WISHES)
def test_explaining_agrees_with_deciding(gates: Any, giving: Any, facts: AccessFacts, wanted: Wanted) -> None:
    rules = made(gates, giving)
    decision = decide(rules, facts)
    remedy = least_changes(rules, facts, wanted)
    as_it_is = Way((), decision)
    assert (as_it_is in remedy.ways) == lacking_nothing(decision, wanted)
    assert (remedy == Remedy((as_it_is,))) == lacking_nothing(decision, wanted)
