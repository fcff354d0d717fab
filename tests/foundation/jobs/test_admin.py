"""Jobs in the admin: buttons that call services."""

from collections.abc import Callable

import pytest
from django.contrib.messages import get_messages

from foundation.audit.selectors import timeline
from foundation.jobs import services
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


def test_a_page_that_is_not_there_leads_to_the_index(world):
    assert world.exchange.admin.get("/admin/jobs/job/1/change/").status_code == 302
