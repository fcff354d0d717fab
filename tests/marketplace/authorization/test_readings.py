"""Access across regions: both sides' schemes read the level, the stricter counts."""

import pytest
from django.utils import timezone

from foundation.errors import Conflict
from grading.engine.ladders.library import Library
from grading.rules.level_schemes import schemes
from marketplace.authorization import selectors, services
from marketplace.authorization.decisions import HandOver, permit, rule_on
from marketplace.authorization.models import Grant
from marketplace.authorization.readings import Reading, Readings, read_across
from marketplace.authorization.rises import rise_of_grant
from tests.factories import World
from tests.marketplace.authorization.asking import OPEN, UNIFIED, accepted, accredit, ask, listing, regrade, steps

pytestmark = pytest.mark.django_db
LIAONING, GUIZHOU, ZHEJIANG = "210200", "520100", "330100"


def test_within_a_province_the_decided_level_counts() -> None:
    assert read_across("general_2", provider_region="520100", buyer_region="520300") == Readings(
        "general_2", "general_2"
    )


def test_a_side_without_a_scheme_of_its_own_reads_nothing() -> None:
    assert read_across("general_2", provider_region=LIAONING, buyer_region="310000") == Readings(
        "general_2", "general_2"
    )


def test_both_sides_read_and_the_stricter_counts() -> None:
    found = read_across("general_2", provider_region=ZHEJIANG, buyer_region=GUIZHOU)
    assert found == Readings(
        "general_2",
        "general_4",
        (
            Reading("provider", "33", "zhejiang", "1.0", "level_2", "general_2", "general_2"),
            Reading("buyer", "52", "guizhou", "1.0", "user_privacy", "general_4", "general_4"),
        ),
    )
    assert found.as_record()["sides"][1]["scheme"] == "guizhou"
    turned = read_across("general_2", provider_region=GUIZHOU, buyer_region=ZHEJIANG)
    assert (turned.level, [side.scheme for side in turned.sides]) == ("general_4", ["guizhou", "zhejiang"])


@pytest.mark.parametrize(
    ("decided", "region", "level", "strictest", "counts"),
    [
        ("general_1", GUIZHOU, "not_sensitive", "general_1", "general_1"),
        ("general_4", ZHEJIANG, "level_4", "important", "general_4"),  # only reviewers decide that data is important
        ("important", GUIZHOU, "state_secret", "core", "important"),
        ("core", ZHEJIANG, "", "core", "core"),  # no level there is as strict
    ],
)
def test_no_reading_makes_data_important_or_core(
    decided: str, region: str, level: str, strictest: str, counts: str
) -> None:
    found = read_across(decided, provider_region=LIAONING, buyer_region=region)
    assert [(side.level, side.strictest, side.counted) for side in found.sides] == [(level, strictest, counts)]
    assert found.level == counts


@pytest.mark.parametrize(
    ("decided", "provider", "buyer", "counts", "unread"),
    [
        ("general_1", LIAONING, GUIZHOU, "general_4", [("buyer", "52", "guizhou")]),
        ("general_1", GUIZHOU, LIAONING, "general_4", [("provider", "52", "guizhou")]),
        ("important", LIAONING, GUIZHOU, "important", [("buyer", "52", "guizhou")]),
        ("general_1", LIAONING, "310000", "general_1", []),
        ("general_1", GUIZHOU, "520300", "general_1", []),
    ],
)
def test_a_scheme_that_cannot_be_read_counts_as_the_strictest(
    decided: str, provider: str, buyer: str, counts: str, unread: list[tuple[str, str, str]]
) -> None:
    whole = schemes()
    usable = {code: scheme for code, scheme in whole.schemes.items() if code != "guizhou"}
    known = Library(usable, ("guizhou/levels: are none",), {"guizhou": ("52",)})
    found = read_across(decided, provider_region=provider, buyer_region=buyer, known=known)
    assert found.level == counts
    assert [(side.side, side.region, side.scheme) for side in found.sides if not side.readable] == unread
    assert all((side.level, side.version, side.strictest) == ("", "", "core") for side in found.sides)


def test_without_the_national_scheme_nothing_is_read() -> None:
    whole = schemes()
    others = {code: scheme for code, scheme in whole.schemes.items() if code != "national"}
    known = Library(others, ("national/levels: are none",), {"national": ()})
    with pytest.raises(Conflict, match="'national' cannot be used"):
        read_across("general_1", provider_region=LIAONING, buyer_region=GUIZHOU, known=known)


def test_a_ruling_across_regions_is_by_the_stricter_reading_and_keeps_both(world: World) -> None:
    version = listing(world, UNIFIED, level="general_2")
    near = selectors.explain(world.buyer.actor, listing_id=version.listing_id).ruling
    assert (near.decision.rule_id, near.facts.level, near.readings.sides) == ("unified_general", "general_2", ())
    guest = world.organisation("Guiyang Data Company", "buyer", region=GUIZHOU)
    far = selectors.explain(guest.actor, listing_id=version.listing_id).ruling
    assert (far.facts.level, far.decision.rule_id) == ("general_4", "untrained")
    record = far.as_record()
    assert record["inputs"]["level"] == "general_4"
    assert record["readings"]["decided"] == "general_2"
    assert [(side["side"], side["scheme"], side["level"]) for side in record["readings"]["sides"]] == [
        ("buyer", "guizhou", "user_privacy")
    ]


def test_a_request_keeps_the_readings_and_what_is_asked_of_it(world: World) -> None:
    guest = world.organisation("Guiyang Data Company", "buyer", region=GUIZHOU)
    request = ask(world, listing(world, OPEN), guest)
    assert request.state == "approved"
    assert request.decision["readings"]["sides"][0]["level"] == "not_sensitive"


def test_a_stricter_reading_covers_no_rise_of_what_is_decided(world: World) -> None:
    guest = world.organisation("Guiyang Data Company", "buyer", region=GUIZHOU)
    accredit(guest)
    version = listing(world, UNIFIED, level="general_2")
    request = ask(world, version, guest, form="masked")
    assert request.decision["inputs"]["level"] == "general_4"
    for step in steps(request):
        services.approve_step(actor=world.approver.actor, step_id=step.pk)
    grant = accepted(Grant.objects.get(request=request))
    assert grant.level == "general_2"
    regrade(world, version, "general_3")
    wanted = HandOver("masked", guest.organisation_id, guest.user.pk)
    answer = permit(grant, wanted, now=timezone.now())
    assert [reason.code for reason in answer.verdict.reasons] == ["level_above_granted"]
    rise = rise_of_grant(grant, "general_3")
    assert rise is not None
    assert (rise.former_level, rise.level, rise.short) == ("general_2", "general_3", ())


def test_a_decision_knows_the_day_and_the_person(world: World) -> None:
    version = listing(world, UNIFIED, level="general_4")
    colleague = world.colleague(world.buyer, "operator")
    rulings = [
        rule_on(version, level="general_4", buyer=world.buyer.organisation, purpose=None, person_id=person)
        for person in (world.buyer.user.pk, colleague.user.pk, None)
    ]
    assert [ruling.decision.rule_id for ruling in rulings] == ["unified_protected", "untrained", "untrained"]
    assert rulings[0].facts.accreditations == {
        "data_security_capability": 3,
        "classified_protection": 3,
        "data_security_training": 1,
    }
