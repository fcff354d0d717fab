"""Another decision table: it decides from its release on, and says before whom it would touch."""

import tomllib
from typing import Any

import pytest

from foundation.errors import InvalidInput
from foundation.rulebooks import services as rulebooks
from foundation.rulebooks.errors import UnusableRules
from foundation.rulebooks.models import RulebookVersion
from marketplace.authorization import selectors, services
from marketplace.authorization.engine.loading import DEFAULT_TABLE
from marketplace.authorization.models import AccessRequest, Grant
from marketplace.authorization.rulebook import DECISION_TABLE, load, what_if_listings
from tests import releasing
from tests.factories import World
from tests.marketplace.authorization.asking import OPEN, UNIFIED, ask, listing, regrade

pytestmark = pytest.mark.django_db
SHIPPED = DEFAULT_TABLE.read_text(encoding="utf-8")


@pytest.fixture
def world() -> World:
    return World()


def changed(*edits: tuple[str, str]) -> str:
    """The shipped table under another version, with the first occurrence of each text replaced."""
    text = SHIPPED.replace('version = "1.1.0"', 'version = "1.2.0"', 1)
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def shortened(row: str) -> str:
    """The shipped table with 90 days in the place of the 180 of one row."""
    place = SHIPPED.index("longest_term_days = 180", SHIPPED.index(f'id = "{row}"'))
    return SHIPPED[:place] + "longest_term_days = 90" + SHIPPED[place + len("longest_term_days = 180") :]


OPENED = 'supply_mode = ["open"], origin = ["public", "enterprise"]'
ENTERPRISES_ONLY = 'supply_mode = ["open"], origin = ["enterprise"]'
"""Open data of public bodies is then like everybody's: the exchange approves."""


def proposed(world: World, text: str) -> RulebookVersion:
    return releasing.proposed(world, DECISION_TABLE, text)


def test_decisions_name_the_rules_and_follow_a_release(world: World) -> None:
    version = listing(world, OPEN)
    before = ask(world, version)
    assert before.state == "approved"
    assert before.decision["rulebook"] == {
        "kind": "decision_table", "version": None, "number": 0, "sha256": before.decision["rulebook"]["sha256"],
    }  # fmt: skip
    row = proposed(world, changed((OPENED, ENTERPRISES_ONLY)))
    assert ask(world, version, purpose="internal_use").state == "approved"  # proposed rules decide nothing
    releasing.release(world, row)
    after = ask(world, version, world.other_buyer)
    assert (after.state, after.mode, after.decision["table_version"]) == ("in_approval", "centralized_unified", "1.2.0")
    assert after.decision["rulebook"] == {
        "kind": "decision_table", "version": row.pk, "number": 1, "sha256": row.sha256,
    }  # fmt: skip
    explained = selectors.explain(world.buyer.actor, listing_id=version.listing_id)
    assert (explained.ruling.decision.mode, explained.ruling.rulebook.number) == ("centralized_unified", 1)
    answer = world.other_buyer.client.get(f"/api/v1/access-requests/{after.pk}").json()
    assert answer["decision"]["rulebook"]["number"] == 1


def test_what_if_names_whom_a_table_would_touch(world: World) -> None:
    opened, unified = listing(world, OPEN), listing(world, UNIFIED)
    first, second = ask(world, opened), ask(world, opened, world.other_buyer)
    waiting = ask(world, unified)
    over = ask(world, opened, purpose="internal_use")
    services.revoke_grant(actor=world.exchange.actor, grant_id=over.grant.pk, reason="Misuse.")
    withdrawn = ask(world, unified, world.other_buyer)
    services.withdraw_request(actor=world.other_buyer.actor, request_id=withdrawn.pk)
    kept = ("listing", "version", "organisation", "mode", "level", "forms", "agreement", "starts_at", "ends_at")
    old = Grant.objects.create(  # of a version that stored other inputs
        **{name: getattr(second.grant, name) for name in kept},
        request=AccessRequest.objects.create(
            version=opened, organisation=world.buyer.organisation, requested_by=world.buyer.user, purpose="other",
            form="original", term_days=1, mode="open", decision={"inputs": {"colour": "red"}},
        ),
    )  # fmt: skip
    AccessRequest.objects.filter(pk=old.request_id).update(state="approved")
    assert old.state == "active"
    row = proposed(world, changed((OPENED, ENTERPRISES_ONLY), ("longest_term_days = 730", "longest_term_days = 700")))
    assert row.what_if is not None
    assert {name: row.what_if[name] for name in ("examined", "changed", "undecidable")} == {
        "examined": 4, "changed": 2, "undecidable": 1,
    }  # fmt: skip
    assert row.what_if["moves"] == [
        {"before": "open", "after": "centralized_unified", "count": 2, "changed": 2},
        {"before": "centralized_unified", "after": "centralized_unified", "count": 1, "changed": 0},
    ]
    difference = {
        "mode": ["open", "centralized_unified"],
        "approvals": [[], ["exchange"]],
        "obligations": [[], ["purpose_limit", "no_onward_transfer"]],
        "longest_term_days": [3650, 730],
    }
    assert row.what_if["cases"] == [
        {
            "subject_type": "grant", "subject_id": request.grant.pk, "before": "open", "after": "centralized_unified",
            "changes": difference,
        }
        for request in (first, second)
    ]  # fmt: skip
    assert waiting.state == "in_approval"


def test_what_if_sees_a_shorter_term_and_ignores_the_order_of_forms(world: World) -> None:
    request = ask(world, listing(world, UNIFIED))
    last = SHIPPED.rindex("longest_term_days = 730")
    shorter = changed()[:last] + "longest_term_days = 400" + changed()[last + len("longest_term_days = 730") :]
    row = proposed(world, shorter)
    assert row.what_if is not None
    assert [(case["subject_type"], case["subject_id"], case["changes"]) for case in row.what_if["cases"]] == [
        ("access_request", request.pk, {"longest_term_days": [730, 400]})
    ]
    forms = '["original", "masked", "aggregate", "query"]'
    place = SHIPPED.rindex(forms)
    turned = changed()[:place] + '["query", "aggregate", "masked", "original"]' + changed()[place + len(forms) :]
    other = proposed(world, turned.replace('"1.2.0"', '"1.3.0"'))
    assert other.what_if is not None
    assert (other.what_if["examined"], other.what_if["changed"]) == (1, 0)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('mode = "refused"', 'mode = "open"\nforms = ["original"]\nlongest_term_days = 1', "core_not_refused"),
        ('level = ["core"]', 'level = ["important"]', "core"),
        ('approvals = ["exchange"]', 'approvals = ["nobody"]', "unknown_code"),
        ("[accreditations.classified_protection]", "[accreditations.a_good_name]", "classified_protection"),
    ],
)
def test_an_unsound_table_is_refused_with_its_problems(world: World, old: str, new: str, problem: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        rulebooks.draft_version(
            actor=world.exchange.actor, kind=DECISION_TABLE, content=changed((old, new)), note="Laxer."
        )
    problems: list[Any] = [field.params["problem"] for field in refused.value.fields]
    assert any(problem in line for line in problems)
    assert {field.pointer for field in refused.value.fields} == {"/content"}
    assert not RulebookVersion.objects.exists()


def test_what_if_names_the_listings_and_how_many_kinds_of_buyers_it_touches(world: World) -> None:
    opened, unified = listing(world, OPEN), listing(world, UNIFIED)
    protected = listing(world, UNIFIED, level="general_4")
    gate = 'level = ["general_4", "important"], data_security_training = ["none"]'
    wider = 'level = ["general_2", "general_3", "general_4", "important"], data_security_training = ["none"]'
    rules = load(tomllib.loads(changed((OPENED, ENTERPRISES_ONLY), (gate, wider))))
    found = what_if_listings(rules, lambda share: None).as_record()
    assert (found["examined"], found["changed"], found["undecidable"]) == (3, 1, 0)
    (case,) = found["cases"]
    assert (case["subject_type"], case["subject_id"]) == ("listing_version", opened.pk)
    assert (case["before"], case["after"]) == ("open", "centralized_unified")
    examined, touched = case["changes"]["kinds_of_buyers"]
    assert examined == touched == 3 * 2 * 2 * (2 + 2) * 7  # accreditations; here, elsewhere, two schemes; purposes
    regrade(world, unified, "general_2")
    found = what_if_listings(rules, lambda share: None).as_record()
    cases = {case["subject_id"]: case["changes"] for case in found["cases"]}
    examined, touched = cases[unified.pk]["kinds_of_buyers"]
    # the untrained half, but of those in Guizhou: for them it may be general 4, which asked for training before
    assert (touched * 2 * 4, set(cases[unified.pk])) == (examined * 3, {"kinds_of_buyers"})
    assert protected.pk not in cases


def test_what_if_reads_the_level_as_the_regions_of_buyers_do(world: World) -> None:
    version = listing(world, UNIFIED, level="general_2")  # in Guizhou it may be general 4
    rules = load(tomllib.loads(shortened("unified_protected")))
    found = what_if_listings(rules, lambda share: None).as_record()
    (case,) = found["cases"]
    assert case["subject_id"] == version.pk
    examined, touched = case["changes"]["kinds_of_buyers"]
    assert set(case["changes"]) == {"kinds_of_buyers"}  # who sits near is told the same
    assert (examined, touched) == (3 * 2 * 2 * 4 * 7, 2 * 1 * 2 * 1 * 7)  # trained and able, in Guizhou


def test_what_if_counts_what_reviewers_say_without_a_question_each(
    world: World, django_assert_max_num_queries: Any
) -> None:
    for _number in range(3):
        listing(world, UNIFIED, level="general_3", category="health/clinical_records")
    rules = load(tomllib.loads(shortened("sector_protected")))
    with django_assert_max_num_queries(9):
        found = what_if_listings(rules, lambda share: None).as_record()
    assert [case["changes"]["longest_term_days"] for case in found["cases"]] == [[180, 90]] * 3


def test_an_accreditation_that_nobody_can_hold_is_refused() -> None:
    text = changed().replace("classified_protection", "good_name")
    with pytest.raises(UnusableRules, match="good_name; known: data_security_capability"):
        load(tomllib.loads(text))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('["none", "2", "3"]', '["none", "2", "3", "9"]', "data_security_capability '9'"),
        ('[accreditations.data_security_training]\nvalues = ["none", "1"]',
         '[accreditations.data_security_training]\nvalues = ["none", "1", "2"]', "data_security_training '2'"),
    ],
)  # fmt: skip
def test_a_level_that_a_kind_does_not_have_is_refused(old: str, new: str, problem: str) -> None:
    with pytest.raises(UnusableRules, match=problem):
        load(tomllib.loads(changed((old, new))))
