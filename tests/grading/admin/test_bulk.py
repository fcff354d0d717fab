"""Deciding many low grades at once: the page in between, what it refuses, and that no crafted POST goes around it."""

from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags

from grading import services
from grading.models import DataAsset, Grade
from tests import factories
from tests.factories import World
from tests.grading.samples import observations

pytestmark = pytest.mark.django_db
QUEUE = "/admin/grading/grade/"


@pytest.fixture
def world() -> World:
    return World()


def graded(world: World, level: str) -> Grade:
    party = world.provider
    asset = services.receive_file(
        actor=party.actor,
        organisation_id=party.organisation_id,
        filename=f"{level}.csv",
        chunks=[observations(3)],
        declared={},
    )
    return factories.examined(asset, recommended=level)


def chosen(browser: Client, *grades: Grade, **form: str) -> Any:
    form = {"action": "decide_low", "index": "0", **form}
    return browser.post(QUEUE, {**form, "_selected_action": [grade.pk for grade in grades]}, follow=True)


def told(answer: Any) -> list[str]:
    return [strip_tags(str(message)) for message in answer.context["messages"]]


def states(*grades: Grade) -> list[tuple[str, str]]:
    rows = Grade.objects.in_bulk([grade.pk for grade in grades])
    return [(rows[grade.pk].state, rows[grade.pk].level) for grade in grades]


def test_a_page_says_first_what_will_be_decided_and_what_will_not(world):
    low, lower, high = (graded(world, level) for level in ("general_2", "general_1", "general_3"))
    flagged, own = graded(world, "general_1"), graded(world, "general_1")
    Grade.objects.filter(pk=flagged.pk).update(recommendation={"flags": [{"code": "possibly_important"}]})
    DataAsset.objects.filter(pk=own.asset_id).update(organisation=world.exchange.organisation_id)
    browser = world.reviewer.admin
    answer = chosen(browser, low, lower, high, flagged, own)
    assert [row["grade"].pk for row in answer.context["decided"]] == [low.pk, lower.pk]
    assert [(row["grade"].pk, row["reason"]) for row in answer.context["refused"]] == [
        (flagged.pk, "What may be important or core is looked at one by one."),
        (high.pk, "Only general 1 and 2 are decided in bulk."),
        (own.pk, "Reviewers do not decide on data of their own organisation."),
    ]
    text = unescape(answer.content.decode())
    assert "2 grades will be decided as they are recommended" in text
    assert f'name="_selected_action" value="{low.pk}"' in text
    assert f'name="_selected_action" value="{high.pk}"' not in text
    assert states(low, lower, high, flagged, own) == [("recommended", "")] * 5
    assert told(chosen(browser, low, lower, confirmed="yes")) == ["2 grades are decided."]
    assert states(low, lower) == [("decided", "general_2"), ("decided", "general_1")]
    assert set(Grade.objects.filter(state="decided").values_list("decided_by", flat=True)) == {world.reviewer.user.pk}


def test_a_crafted_confirmation_decides_nothing_that_is_not_low(world):
    low, important, flagged = (graded(world, level) for level in ("general_1", "important", "general_2"))
    Grade.objects.filter(pk=flagged.pk).update(recommendation={"flags": [{"code": "possibly_core"}]})
    form = {"confirmed": "yes", "level": "general_1", "select_across": "1"}
    said = told(chosen(world.reviewer.admin, low, important, flagged, **form))
    assert f"grade #{important.pk}: Only general 1 and 2 are decided in bulk." in said
    assert f"grade #{flagged.pk}: What may be important or core is looked at one by one." in said
    assert "1 grade is decided." in said
    assert states(low, important, flagged) == [("decided", "general_1"), ("recommended", ""), ("recommended", "")]


def test_more_than_the_service_takes_are_refused_whole(world, monkeypatch):
    monkeypatch.setattr(services, "MOST_IN_BULK", 1)
    grades = [graded(world, "general_1") for _number in range(2)]
    assert told(chosen(world.reviewer.admin, *grades, confirmed="yes")) == ["Choose at most 1 grades."]
    assert states(*grades) == [("recommended", "")] * 2


@pytest.mark.parametrize("role", ["operator", "administrator", "auditor"])
def test_others_are_not_offered_it_and_decide_nothing(world, role):
    grade = graded(world, "general_1")
    browser = world.colleague(world.exchange, role).admin
    assert "decide_low" not in browser.get(QUEUE).content.decode()
    chosen(browser, grade, confirmed="yes")
    assert states(grade) == [("recommended", "")]


def test_it_needs_the_token_of_the_form(world):
    grade = graded(world, "general_1")
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.reviewer.user)
    assert chosen(browser, grade, confirmed="yes").status_code == 403
    assert states(grade) == [("recommended", "")]
