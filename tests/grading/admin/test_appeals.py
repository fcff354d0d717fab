"""What the review page says of a decision that stands: an appeal against it, what differs from it, what is like it."""

from html import unescape
from typing import Any

import pytest
from django.utils.html import strip_tags

from grading import services
from grading.models import Grade
from tests import factories
from tests.factories import World
from tests.grading.samples import observations

pytestmark = pytest.mark.django_db
QUEUE = "/admin/grading/grade/"
CHOICE = {"level": "general_2", "category": "transport", "reason": "the routes are public"}


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def appealed(world: World) -> Grade:
    """A grade that the first reviewer decided and the provider appealed."""
    party = world.provider
    asset = services.receive_file(
        actor=party.actor,
        organisation_id=party.organisation_id,
        filename="routes.csv",
        chunks=[observations(3)],
        declared={},
    )
    grade = factories.examined(asset, recommended="general_3")
    services.decide_grade(actor=world.reviewer.actor, grade_id=grade.pk, level="general_3")
    services.file_appeal(actor=party.actor, asset_id=asset.pk, grounds="All of it is <b>public</b>.")
    return Grade.objects.get(pk=grade.pk)


def review_of(grade: Grade) -> Grade:
    return Grade.objects.get(asset=grade.asset_id, state__in=["recommended", "confirmed"])


def press(world_of: Any, grade: Grade, event: str, **form: str) -> list[str]:
    answer = world_of.admin.post(f"{QUEUE}{grade.pk}/{event}/", form, follow=True)
    return [strip_tags(str(message)) for message in answer.context["messages"]]


def test_an_appeal_is_in_the_queue_and_on_its_page_with_its_grounds(world, appealed):
    text = unescape(world.second_reviewer.admin.get(QUEUE).content.decode())
    assert "⚖ under appeal" in text
    raw = world.second_reviewer.admin.get(f"{QUEUE}{review_of(appealed).pk}/change/").content.decode()
    assert "All of it is &lt;b&gt;public&lt;/b&gt;." in raw
    text = unescape(raw)
    assert f'href="{QUEUE}{appealed.pk}/change/">#{appealed.pk}</a> general 3' in text
    assert f"decided: {world.reviewer.user.username}" in text
    assert "Return to the owner" not in text  # an appeal is decided


def test_who_took_the_decision_is_refused_whatever_they_send(world, appealed):
    review = review_of(appealed)
    refused = "You took the decision that is appealed: reviewers who did not take it decide."
    assert refused in world.reviewer.admin.get(f"{QUEUE}{review.pk}/change/").content.decode()
    for event in ("confirm", "decide"):
        assert press(world.reviewer, review, event, **CHOICE) == [refused]
    assert world.reviewer.admin.get(QUEUE, {"reviewer": "me"}).context["cl"].result_count == 0
    assert Grade.objects.get(pk=review.pk).state == "recommended"


def test_others_decide_it_with_a_reason(world, appealed):
    review = review_of(appealed)
    silent = {**CHOICE, "level": "general_3", "reason": ""}
    assert press(world.second_reviewer, review, "decide", **silent) == [
        "This decides an appeal: state the reason, the owner will read it."
    ]
    assert press(world.second_reviewer, review, "return", reason="again") == [
        "An appeal is decided: grant or dismiss it, with a reason."
    ]
    assert press(world.second_reviewer, review, "decide", **CHOICE)[0] == "The grade of routes.csv is decided."
    assert Grade.objects.get(pk=review.pk).level == "general_2"
    assert Grade.objects.get(pk=appealed.pk).state == "superseded"


def test_decided_data_that_is_like_it_is_shown(world, appealed):
    party = world.provider
    asset = services.receive_file(
        actor=party.actor,
        organisation_id=party.organisation_id,
        filename="stops.csv",
        chunks=[observations(4)],
        declared={},
    )
    grade = factories.examined(asset, recommended="general_2")
    text = unescape(world.reviewer.admin.get(f"{QUEUE}{grade.pk}/change/").content.decode())
    similar = text.partition("Similar decided datasets")[2].partition("</section>")[0]
    assert f"#{appealed.pk}</a></th><td>routes.csv (Dalian Data Company)</td><td>general 3</td>" in similar
    assert "id, name, value" in similar


def test_a_decision_that_would_be_another_today_says_so_on_both_pages(world, appealed):
    review = review_of(appealed)
    services.decide_grade(actor=world.second_reviewer.actor, grade_id=review.pk, **CHOICE)
    decided = Grade.objects.get(pk=review.pk)
    later = factories.examined(appealed.asset, recommended="general_4")
    found = {"grade": decided.pk, "level": ["general_3", "general_4"], "flags_added": [], "flags_removed": []}
    later.difference = {**found, "types_added": {}, "types_removed": {}, "differs": True}
    later.save()
    text = unescape(world.reviewer.admin.get(f"{QUEUE}{decided.pk}/change/").content.decode())
    assert f"Today's recommendation differs from this decision: see grade #{later.pk}." in text
    text = unescape(world.reviewer.admin.get(f"{QUEUE}{later.pk}/change/").content.decode())
    assert "Recommended level: general 4; it was general 3." in text
    listed = world.reviewer.admin.get(QUEUE, {"standing": "differs"}).context["cl"].result_list
    assert [row.pk for row in listed] == [later.pk]


def test_appeals_have_a_list_of_their_own_to_read(world, appealed):
    browser, review = world.auditor.admin, review_of(appealed)
    address = "/admin/grading/gradeappeal/"
    assert "routes.csv" in browser.get(address).content.decode()
    page = f"{address}{appealed.appeal.pk}/change/"
    raw = browser.get(page).content.decode()
    assert "All of it is &lt;b&gt;public&lt;/b&gt;." in raw
    assert f'href="{QUEUE}{appealed.pk}/change/"' in raw
    assert f'href="{QUEUE}{review.pk}/change/"' in raw
    assert browser.post(page, {"state": "granted"}).status_code == 403
    assert browser.post(f"{address}{appealed.appeal.pk}/delete/", {"post": "yes"}).status_code == 403
    appealed.appeal.refresh_from_db()
    assert appealed.appeal.state == "filed"
