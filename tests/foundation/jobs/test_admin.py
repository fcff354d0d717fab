"""Jobs in the admin: buttons that call services."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone

from foundation.audit.selectors import timeline
from foundation.jobs import selectors, services
from foundation.jobs.models import Job
from tests.factories import World
from tests.foundation.jobs.conftest import claimed, stored


@pytest.fixture
def world(db) -> World:
    return World()


def failed(queued: Callable[..., Job]) -> Job:
    row = queued()
    services.fail(claimed(row), code="conflict", detail="Name alpha is taken.", retryable=False)
    return row


def test_a_failed_job_says_why_and_offers_what_its_state_allows(world, queued):
    row = failed(queued)
    page = world.exchange.admin.get(f"/admin/jobs/job/{row.pk}/change/").content.decode()
    assert "Name alpha is taken." in page
    assert f"/admin/jobs/job/{row.pk}/actions/retry" in page
    assert f"/admin/jobs/job/{row.pk}/actions/cancel" not in page


def test_the_button_retries(world, queued):
    row = failed(queued)
    answer = world.exchange.admin.post(f"/admin/jobs/job/{row.pk}/actions/retry")
    assert (answer.status_code, answer.url) == (302, f"/admin/jobs/job/{row.pk}/change/")
    assert stored(row)["state"] == "queued"
    assert timeline(("job", row.pk)).get().action == "job.retried"


def test_the_button_cancels(world, queued):
    row = queued()
    world.exchange.admin.post(f"/admin/jobs/job/{row.pk}/actions/cancel")
    assert stored(row)["state"] == "cancelled"


def test_what_is_refused_is_said_and_changes_nothing(world, queued):
    row = failed(queued)
    before = stored(row)
    answer = world.exchange.admin.post(f"/admin/jobs/job/{row.pk}/actions/cancel")
    assert "'cancel' is not possible in state 'failed'" in str(next(iter(get_messages(answer.wsgi_request))))
    assert stored(row) == before
    answer = world.auditor.admin.post(f"/admin/jobs/job/{row.pk}/actions/retry")
    assert str(next(iter(get_messages(answer.wsgi_request)))) == "Only the exchange may do this."
    assert stored(row) == before


@pytest.mark.parametrize(("method", "event", "status"), [("get", "retry", 405), ("post", "explode", 404)])
def test_other_requests_are_refused(world, queued, method, event, status):
    row = failed(queued)
    before = stored(row)
    answer = getattr(world.exchange.admin, method)(f"/admin/jobs/job/{row.pk}/actions/{event}")
    assert answer.status_code == status
    assert stored(row) == before


def test_buttons_need_the_csrf_token(world, queued):
    row = failed(queued)
    world.exchange.admin.handler.enforce_csrf_checks = True
    assert world.exchange.admin.post(f"/admin/jobs/job/{row.pk}/actions/retry").status_code == 403
    assert stored(row)["state"] == "failed"


def test_nobody_else_gets_in(world, queued):
    row = failed(queued)
    answer = world.buyer.admin.post(f"/admin/jobs/job/{row.pk}/actions/retry")
    assert (answer.status_code, answer.url.split("?")[0]) == (302, "/admin/login/")
    assert stored(row)["state"] == "failed"
    assert world.buyer.admin.get("/admin/jobs/job/").status_code == 302


def split(queued: Callable[..., Job], values: list[int]) -> tuple[Job, list[Job]]:
    parent = queued("tests.split", arguments={"values": values})
    services.execute(parent.pk)
    return parent, list(Job.objects.filter(parent=parent).order_by("part"))


def cell(page: str, row: Job) -> str:
    found = re.search(
        rf'<span class="jobs-live jobs-(\w+)" data-live="{row.pk}" data-parts="\d+">(.*?)</span>', page, re.DOTALL
    )
    assert found is not None
    return f"{found[1]}: {' '.join(re.sub('<[^>]+>', ' ', found[2]).split())}"


def test_the_list_shows_jobs_with_their_progress_and_parts_apart(world, queued):
    parent, parts = split(queued, [2, 3, 4, 5])
    services.execute(parts[0].pk)
    page = world.exchange.admin.get("/admin/jobs/job/").content.decode()
    assert cell(page, parent).startswith("waiting: waiting for its parts 25% 1 of 4 parts")
    assert '<progress max="1" value="0.2500"></progress>' in page
    assert f'data-live="{parts[0].pk}"' not in page
    page = world.exchange.admin.get("/admin/jobs/job/?parts=only").content.decode()
    assert (cell(page, parts[0]), cell(page, parts[1])) == ("succeeded: succeeded", "queued: queued")
    assert f'data-live="{parent.pk}"' not in page
    assert 'src="/static/jobs/live.js"' in page
    assert "<script>" not in page


def test_the_numbers_are_counted_by_kind_and_state(world, queued):
    split(queued, [2, 3])
    failed(queued)
    ancient = failed(queued)
    Job.objects.filter(pk=ancient.pk).update(finished_at=timezone.now() - timedelta(days=2))
    Job.objects.filter(state="queued").update(run_after=timezone.now() - timedelta(hours=2))
    page = world.exchange.admin.get("/admin/jobs/job/live").content.decode()
    rows = re.findall(r'<tr><th scope="row">([^<]+)</th>(.*?)</tr>', page, re.DOTALL)
    assert {kind: re.findall(r"\d+", counts) for kind, counts in rows} == {
        "tests.split": ["0", "0", "1", "0", "0", "0"],
        "tests.square": ["2", "0", "0", "0", "0", "0"],
        "tests.return": ["0", "0", "0", "0", "1", "0"],
        "all": ["2", "0", "1", "0", "1", "0"],
    }
    assert "2\xa0hours" in page


def test_the_fragment_has_what_was_asked_for(world, queued):
    shown, other = failed(queued), queued()
    answer = world.exchange.admin.get(f"/admin/jobs/job/live?id={shown.pk}&id=x&id=%00&id={9**30}")
    page = answer.content.decode()
    assert (answer.status_code, cell(page, shown)) == (200, "failed: failed conflict")
    assert f'data-live="{other.pk}"' not in page
    assert world.buyer.admin.get("/admin/jobs/job/live").status_code == 302


def test_the_page_of_a_split_job_shows_its_parts(world, queued):
    parent, parts = split(queued, [2, -3])
    services.execute(parts[1].pk)
    page = world.exchange.admin.get(f"/admin/jobs/job/{parent.pk}/change/").content.decode()
    assert "Part 2: -3 is negative." in page
    assert [cell(page, part) for part in parts] == ["cancelled: cancelled", "failed: failed conflict"]
    page = world.exchange.admin.get(f"/admin/jobs/job/{parts[1].pk}/change/").content.decode()
    assert "/actions/" not in page


def test_many_are_tried_again_and_what_is_refused_is_said(world, queued):
    one, two, waiting = failed(queued), failed(queued), queued()
    chosen = {"action": "retry_chosen", "_selected_action": [one.pk, two.pk, waiting.pk]}
    answer = world.exchange.admin.post("/admin/jobs/job/", chosen)
    said = [str(message) for message in get_messages(answer.wsgi_request)]
    assert said == [f"{waiting.pk}: Job: 'retry' is not possible in state 'queued'.", "Done for 2 jobs."]
    assert [stored(row)["state"] for row in (one, two, waiting)] == ["queued", "queued", "queued"]
    assert (stored(one)["max_attempts"], stored(waiting)["attempt"]) == (3, 0)


def test_many_are_cancelled(world, queued):
    rows = [queued(), queued()]
    chosen = {"action": "cancel_chosen", "_selected_action": [row.pk for row in rows]}
    assert world.auditor.admin.post("/admin/jobs/job/", chosen).status_code == 302
    assert [stored(row)["state"] for row in rows] == ["queued", "queued"]
    world.exchange.admin.post("/admin/jobs/job/", chosen)
    assert [stored(row)["state"] for row in rows] == ["cancelled", "cancelled"]


def test_what_is_left_is_foretold_from_what_was_done(queued):
    row = queued()
    now = timezone.now()
    row.state, row.started_at, row.progress = "running", now - timedelta(minutes=3), 0.25
    assert selectors.remaining(row, now=now) == timedelta(minutes=9)
    row.progress = 0.01
    assert selectors.remaining(row, now=now) is None
    row.progress, row.state = 0.25, "queued"
    assert selectors.remaining(row, now=now) is None


def test_a_page_that_is_not_there_leads_to_the_index(world):
    assert world.exchange.admin.get("/admin/jobs/job/1/change/").status_code == 302
