"""The queue: its order, its filters and their counts, and what it asks of the database when 20,000 grades wait."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from grading import services
from grading.models import DataAsset, Grade
from tests import factories
from tests.factories import World
from tests.grading.many import copies_of
from tests.grading.samples import observations

pytestmark = pytest.mark.django_db
QUEUE = "/admin/grading/grade/"
MANY = 20_000


@pytest.fixture
def world() -> World:
    return World()


def receive(world: World) -> DataAsset:
    party = world.provider
    return services.receive_file(
        actor=party.actor,
        organisation_id=party.organisation_id,
        filename="records.csv",
        chunks=[observations(3)],
        declared={},
    )


def listed(browser: Client, **query: Any) -> list[int]:
    answer = browser.get(QUEUE, query)
    assert answer.status_code == 200
    return [row.pk for row in answer.context["cl"].result_list]


def lines(browser: Client, title: str, **query: Any) -> dict[str, int | None]:
    """The lines of a filter as the page shows them, with their counts."""
    text = unescape(browser.get(QUEUE, query).content.decode())
    found = re.search(rf'<details data-filter-title="{title}".*?</details>', text, re.DOTALL)
    assert found, title
    shown = re.findall(r"<a href[^>]*>(.*?)(?: \((\d+)\))?</a>", found[0])
    return {label: int(count) if count else None for label, count in shown}


def test_the_queue_is_ordered_by_risk_then_age_and_filtered(world):
    low, grave, older, flagged, done = (
        factories.examined(receive(world), recommended=level)
        for level in ("general_1", "general_4", "general_4", "general_2", "general_4")
    )
    month_ago = timezone.now() - timedelta(days=40)
    Grade.objects.filter(pk=low.pk).update(created_at=month_ago)
    Grade.objects.filter(pk=flagged.pk).update(recommendation={"flags": [{"code": "possibly_important"}]})
    services.decide_grade(actor=world.reviewer.actor, grade_id=done.pk, level="general_4")
    browser = world.reviewer.admin
    assert listed(browser) == [flagged.pk, grave.pk, older.pk, low.pk]
    assert listed(browser, state="all") == [flagged.pk, grave.pk, older.pk, done.pk, low.pk]
    assert listed(browser, state="decided") == [done.pk]
    assert listed(browser, risk="5") == [flagged.pk]
    assert listed(browser, risk="4", state="recommended") == [grave.pk, older.pk]
    assert listed(browser, older_than="30") == [low.pk]
    assert listed(browser, sector="transport", cause="first") == [flagged.pk, grave.pk, older.pk, low.pk]
    assert listed(browser, sector="health") == []
    assert listed(browser, q="no such file") == []
    assert listed(browser, q=str(low.pk)) == [low.pk]
    assert listed(browser, risk="no such risk") == [flagged.pk, grave.pk, older.pk, low.pk]


def test_each_line_of_a_filter_says_what_it_would_show_beside_the_others(world):
    first, *_others = (
        factories.examined(receive(world), recommended=level) for level in ("general_4",) * 2 + ("core",)
    )
    Grade.objects.filter(pk=first.pk).update(recommended_category="health/clinical_records", cause="incident")
    browser = world.reviewer.admin
    risks = lines(browser, "risk")
    assert (risks["All"], risks["core or possibly core"], risks["general 4"], risks["general 1"]) == (3, 1, 2, 0)
    assert lines(browser, "sector") == {"All": 3, "Health care": 1, "Transport": 2}  # none without rows
    assert lines(browser, "sector", risk="4") == {"All": 2, "Health care": 1, "Transport": 1}
    assert lines(browser, "risk", risk="4")["core or possibly core"] == 1  # beside the others, not beside itself
    assert lines(browser, "cause", sector="health") == {"All": 1, "incident": 1}
    assert lines(browser, "state")["Waiting now"] == 3
    assert lines(browser, "state")["decided"] is None  # the archive is not counted
    assert lines(browser, "risk", state="decided")["general 4"] is None


def test_what_only_others_may_decide_is_told_apart(world):
    own, confirmed, free = (factories.examined(receive(world), recommended="important") for _number in range(3))
    exchange = world.exchange.organisation_id
    DataAsset.objects.filter(pk=own.asset_id).update(organisation=exchange)
    services.confirm_grade(actor=world.reviewer.actor, grade_id=confirmed.pk, level="important")
    first, second = world.reviewer.admin, world.second_reviewer.admin
    assert (listed(first, reviewer="me"), listed(first, reviewer="others")) == ([free.pk], [own.pk, confirmed.pk])
    assert (listed(second, reviewer="me"), listed(second, reviewer="others")) == ([confirmed.pk, free.pk], [own.pk])
    assert lines(second, "reviewer") == {"All": 3, "I may decide": 2, "only others may decide": 1}


def test_a_decision_leads_to_the_next_of_the_queue_that_somebody_works_through(world):
    grades = [
        factories.examined(receive(world), recommended=level) for level in ("general_1", "general_2", "general_2")
    ]
    browser, low = world.reviewer.admin, grades[0]
    text = unescape(browser.get(f"{QUEUE}{grades[1].pk}/change/").content.decode())
    assert f'rel="next" data-key="next" href="{QUEUE}{grades[2].pk}/change/"' in text
    assert 'rel="prev"' not in text
    kept = "_changelist_filters=risk%3D2"
    text = unescape(browser.get(f"{QUEUE}{grades[2].pk}/change/?{kept}").content.decode())
    assert f'rel="prev" data-key="previous" href="{QUEUE}{grades[1].pk}/change/?{kept}"' in text
    assert 'rel="next"' not in text  # the lowest is not of this queue
    form = {"level": "general_2", "category": "transport", "_changelist_filters": "risk=2"}
    assert browser.post(f"{QUEUE}{grades[2].pk}/decide/", form)["Location"] == f"{QUEUE}{grades[1].pk}/change/?{kept}"
    assert browser.post(f"{QUEUE}{grades[1].pk}/decide/", form)["Location"] == f"{QUEUE}?risk=2"
    form = {"level": "general_1", "category": "transport", "_changelist_filters": "risk=\x00&x=%ff&p=q&q=%00"}
    answer = browser.post(f"{QUEUE}{low.pk}/decide/", form)
    assert answer.status_code == 302
    assert answer["Location"].startswith(QUEUE)


def test_twenty_thousand_waiting_grades_cost_as_many_queries_as_one(world):
    """Neither do they cost long documents: a line needs none."""
    browser, grade = world.reviewer.admin, factories.examined(receive(world))
    pages = [
        {},
        {"p": "3"},
        {"risk": "4"},
        {"sector": "health", "older_than": "7"},
        {"q": "table 19"},
        {"reviewer": "me"},
    ]
    listed(browser)

    def asked(query: dict[str, str]) -> tuple[list[str], int]:
        with CaptureQueriesContext(connection) as queries:
            rows = listed(browser, **query)
        return [one["sql"] for one in queries], len(rows)

    few = [len(asked(query)[0]) for query in pages]
    copies_of(grade, MANY)
    for query, before in zip(pages, few, strict=True):
        statements, rows = asked(query)
        assert (len(statements), rows) == (before, 50), query
        assert len([one for one in statements if "GROUP BY" in one]) == 1  # the counts of all filters
        for document in ('recommendation"', 'declared"', 'profile".'):
            assert not [one for one in statements if f'."{document}' in one.partition(" WHERE ")[0]], query
    assert lines(browser, "risk")["general 4"] == MANY // 5
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + next(one for one in asked({})[0] if "LIMIT 50" in one))
        assert any("grade_queue" in line for (line,) in cursor.fetchall())
