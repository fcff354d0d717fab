"""Appeals: who may file one, when, who decides it, how it ends, and what a rerun does to it."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from foundation.audit.models import Event
from foundation.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound
from foundation.events.models import Event as Happened
from foundation.jobs.models import Job
from grading import selectors, services
from grading.models import Grade, GradeAppeal
from tests import factories
from tests.at_once import at_once
from tests.factories import Party, World
from tests.grading.recommending import recommended_again
from tests.grading.services.test_decide import SERVICES, confirm, decide, receive

pytestmark = pytest.mark.django_db
GROUNDS = "The columns hold numbers of stations, not of persons."


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def decided(world: World) -> Grade:
    """General 3, as recommended, by the first reviewer."""
    return decide(world.reviewer, factories.examined(receive(world.provider), recommended="general_3"))


@pytest.fixture
def third(world: World) -> Party:
    """A reviewer who has decided nothing yet."""
    return world.colleague(world.exchange, "reviewer")


def file(party: Party, grade: Grade, **more: Any) -> GradeAppeal:
    return services.file_appeal(actor=party.actor, asset_id=grade.asset_id, **{"grounds": GROUNDS, **more})


def happened(appeal: GradeAppeal) -> list[str]:
    rows = Happened.objects.filter(subject_type="grade_appeal", subject_id=appeal.pk).order_by("pk")
    return list(rows.values_list("name", flat=True))


def test_filing_puts_the_grade_in_the_queue_again(world: World, decided: Grade) -> None:
    appeal = file(world.provider, decided, grade_id=decided.pk)
    review = Grade.objects.get(pk=appeal.review_id)
    assert (review.state, review.cause, review.recommended_level) == ("recommended", "appeal", "general_3")
    assert review.profile_id == decided.profile_id
    assert (appeal.state, appeal.appealed_id, appeal.grounds) == ("filed", decided.pk, GROUNDS)
    assert Grade.objects.get(pk=decided.pk).state == "decided"
    assert selectors.unsettled([decided.asset_id]) == set(), "the appealed grade stands"
    assert happened(appeal) == ["appeal.filed"]
    listed = selectors.appeals(world.provider.actor).get()
    assert listed.appealed.get_deferred_fields() == {"recommendation", "difference"}, "lists carry no long documents"
    assert Job.objects.filter(kind="tell.grading.appeal_filed", subject_id=appeal.pk).count() == 1
    event = Event.objects.get(action="appeal.filed")
    assert event.data == {"asset": decided.asset_id, "appealed": decided.pk, "review": review.pk}
    assert GROUNDS not in str(event.data)


@pytest.mark.parametrize(
    ("who", "refusal", "rule"),
    [
        ("provider", None, ""),
        ("operator", None, ""),
        ("auditor", Forbidden, "grading.operator_needed"),
        ("exchange", Forbidden, "grading.owner_only"),
        ("reviewer", Forbidden, "grading.owner_only"),
        ("other_provider", NotFound, ""),
        ("buyer", NotFound, ""),
    ],
)
def test_who_may_file(world: World, decided: Grade, who: str, refusal: type[DomainError] | None, rule: str) -> None:
    colleagues = ("operator", "auditor")
    party = world.colleague(world.provider, who) if who in colleagues else getattr(world, who)
    if refusal is None:
        assert file(party, decided).state == "filed"
        return
    with pytest.raises(refusal) as error:
        file(party, decided)
    assert getattr(error.value, "rule", "") == rule
    assert not GradeAppeal.objects.exists()
    assert Grade.objects.count() == 1


def test_an_appeal_has_a_person(decided: Grade) -> None:
    with pytest.raises(Forbidden) as error:
        services.file_appeal(actor=factories.SYSTEM, asset_id=decided.asset_id, grounds=GROUNDS)
    assert error.value.rule == "grading.person_needed"


@pytest.mark.parametrize("grounds", ["", "  ", "g" * 4001, "a\x00b"])
def test_grounds_are_needed(world: World, decided: Grade, grounds: str) -> None:
    with pytest.raises(InvalidInput) as error:
        file(world.provider, decided, grounds=grounds)
    assert [field.pointer for field in error.value.fields] == ["/grounds"]
    assert not GradeAppeal.objects.exists()


def test_only_a_decided_grade_that_was_read_and_in_time(world: World, decided: Grade) -> None:
    undecided = factories.examined(receive(world.provider))
    with pytest.raises(Conflict, match="nothing to appeal"):
        file(world.provider, undecided)
    with pytest.raises(Conflict, match="does not stand any more"):
        file(world.provider, decided, grade_id=decided.pk + 1)
    late = timezone.now() - timedelta(days=settings.APPEAL_DAYS, minutes=1)
    Grade.objects.filter(pk=decided.pk).update(decided_at=late)
    with pytest.raises(Conflict, match="30 days"):
        file(world.provider, decided)
    assert not GradeAppeal.objects.exists()
    Grade.objects.filter(pk=decided.pk).update(decided_at=late + timedelta(minutes=2))
    assert file(world.provider, decided).state == "filed"


@pytest.mark.parametrize(
    ("choice", "state", "event"),
    [
        ({"level": "general_2"}, "granted", "appeal.granted"),
        ({"level": "general_3", "category": "meteorology"}, "granted", "appeal.granted"),
        ({"level": "general_4"}, "granted", "appeal.granted"),
        ({"level": "general_3"}, "dismissed", "appeal.dismissed"),
    ],
)
def test_deciding_closes_it(world: World, decided: Grade, choice: dict[str, Any], state: str, event: str) -> None:
    appeal = file(world.provider, decided)
    review = Grade.objects.get(pk=appeal.review_id)
    with pytest.raises(InvalidInput) as error:
        decide(world.second_reviewer, review, **choice)
    assert [field.pointer for field in error.value.fields] == ["/reason"]
    decide(world.second_reviewer, review, **choice, reason="Seen again.")
    appeal.refresh_from_db()
    assert appeal.state == state
    assert appeal.closed_at is not None
    assert happened(appeal) == ["appeal.filed", event]
    states = dict(Grade.objects.values_list("pk", "state"))
    assert states == {decided.pk: "superseded", review.pk: "decided"}
    with pytest.raises(Conflict, match="taken on an appeal"):
        file(world.provider, review)


def test_who_took_the_decision_is_refused_every_step(world: World, third: Party) -> None:
    grade = factories.examined(receive(world.provider), recommended="general_3")
    confirm(world.reviewer, grade, "important")
    decide(world.second_reviewer, grade, "important", reason="agreed")
    review = Grade.objects.get(pk=file(world.provider, grade).review_id)
    choice = {"level": "general_3", "reason": "no"}
    for party in (world.reviewer, world.second_reviewer):
        for event in ("confirm", "decide", "return"):
            more = {"reason": "no"} if event == "return" else choice
            with pytest.raises(Forbidden) as error:
                SERVICES[event](actor=party.actor, grade_id=review.pk, **more)
            assert error.value.rule == "grading.appeal_to_others"
    assert Grade.objects.get(pk=review.pk).state == "recommended"
    with pytest.raises(Forbidden) as error:  # two people decided it, one does not lower it
        decide(third, review, reason="alone")
    assert error.value.rule == "grading.second_pair_of_eyes"
    confirm(third, review, "general_3", reason="numbers of stations")
    with pytest.raises(Forbidden):
        decide(third, review, reason="the same again")
    decide(world.colleague(world.exchange, "reviewer"), review, reason="I agree")
    assert GradeAppeal.objects.get().state == "granted"


def test_an_appeal_is_not_returned(world: World, decided: Grade) -> None:
    appeal = file(world.provider, decided)
    with pytest.raises(Conflict, match="grant or dismiss"):
        services.return_grade(actor=world.second_reviewer.actor, grade_id=appeal.review_id, reason="no")
    assert GradeAppeal.objects.get().state == "filed"


def test_a_withdrawn_appeal_leaves_the_queue_and_is_not_filed_again(world: World, decided: Grade) -> None:
    appeal = file(world.provider, decided)
    with pytest.raises(Forbidden):
        services.withdraw_appeal(actor=world.reviewer.actor, appeal_id=appeal.pk)
    with pytest.raises(NotFound):
        services.withdraw_appeal(actor=world.buyer.actor, appeal_id=appeal.pk)
    services.withdraw_appeal(actor=world.provider.actor, appeal_id=appeal.pk)
    assert GradeAppeal.objects.get().state == "withdrawn"
    assert Grade.objects.get(pk=appeal.review_id).state == "superseded"
    assert selectors.unsettled([decided.asset_id]) == set()
    assert happened(appeal) == ["appeal.filed", "appeal.withdrawn"]
    with pytest.raises(DomainError, match="withdraw"):
        services.withdraw_appeal(actor=world.provider.actor, appeal_id=appeal.pk)
    with pytest.raises(Conflict, match="once a decision"):
        file(world.provider, decided)


def test_an_appeal_takes_the_place_of_an_open_recommendation_and_keeps_what_differs(
    world: World, decided: Grade
) -> None:
    graver = recommended_again(decided, level="general_4")
    appeal = file(world.provider, decided)
    review = Grade.objects.get(pk=appeal.review_id)
    assert Grade.objects.get(pk=graver.pk).state == "superseded"
    assert (review.recommended_level, review.difference and review.difference["differs"]) == ("general_4", True)
    assert selectors.unsettled([decided.asset_id]) == {decided.asset_id}
    services.withdraw_appeal(actor=world.provider.actor, appeal_id=appeal.pk)
    assert Grade.objects.get(pk=review.pk).state == "recommended", "what differs has to be looked at all the same"
    assert selectors.unsettled([decided.asset_id]) == {decided.asset_id}


def test_an_appeal_does_not_take_what_people_asked_for_out_of_the_queue(world: World, decided: Grade) -> None:
    recommended_again(decided, cause="incident", note="A leak.")
    appeal = file(world.provider, decided)
    review = Grade.objects.get(pk=appeal.review_id)
    assert (review.cause, review.cause_note) == ("appeal", "A leak.")
    services.withdraw_appeal(actor=world.provider.actor, appeal_id=appeal.pk)
    assert Grade.objects.get(pk=review.pk).state == "recommended"


def test_a_rerun_moves_the_appeal_to_the_newer_grade(world: World, decided: Grade) -> None:
    appeal = file(world.provider, decided)
    now = recommended_again(decided, cause="rules")
    appeal.refresh_from_db()
    assert (now.state, appeal.review_id, appeal.state) == ("recommended", now.pk, "filed")
    with pytest.raises(Forbidden):
        decide(world.reviewer, now, reason="mine")
    decide(world.second_reviewer, now, reason="as it was")
    appeal.refresh_from_db()
    assert appeal.state == "dismissed"


def test_reviewers_of_the_owners_organisation_keep_out(world: World) -> None:
    operator = world.colleague(world.exchange, "operator")
    grade = factories.decided(factories.examined(receive(operator), recommended="general_1"), world)
    appeal = file(operator, grade)
    with pytest.raises(Forbidden) as error:
        decide(world.second_reviewer, Grade.objects.get(pk=appeal.review_id), "general_1", reason="r")
    assert error.value.rule == "grading.not_own_organisation"


@pytest.mark.django_db(transaction=True)
def test_filed_twice_at_once_there_is_one(world: World, decided: Grade) -> None:
    first, second = world.provider.actor, world.colleague(world.provider, "operator").actor
    outcomes = at_once(
        lambda: services.file_appeal(actor=first, asset_id=decided.asset_id, grounds=GROUNDS),
        lambda: services.file_appeal(actor=second, asset_id=decided.asset_id, grounds=GROUNDS),
    )
    assert sorted(outcomes) == ["Conflict", "done"]
    assert GradeAppeal.objects.count() == 1
    assert Grade.objects.filter(state="recommended").count() == 1
