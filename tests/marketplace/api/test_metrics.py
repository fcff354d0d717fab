"""What Prometheus scrapes, and who may."""

import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models.functions import Now
from django.test import Client, override_settings

from foundation.actors import system
from foundation.audit import services as auditing
from foundation.jobs.models import Job
from foundation.notifications.models import WebhookDelivery, WebhookEndpoint
from foundation.participants.models import Organisation

pytestmark = pytest.mark.django_db


def _figures(client: Client) -> dict[str, float]:
    text = client.get("/metrics").content.decode()
    return {name: float(value) for name, value in re.findall(r"^(exchange_\S+) (\S+)$", text, re.M)}


@override_settings(METRICS_TOKEN="t0ken")
@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 404), ({"Authorization": "Bearer t0kem"}, 404), ({"Authorization": "Bearer t0ken"}, 200)],
)
def test_the_token_opens_the_door(client: Client, headers: dict[str, str], status: int) -> None:
    assert client.get("/metrics", headers=headers).status_code == status


@override_settings(METRICS_TOKEN="", PRODUCTION=True)
def test_without_a_token_production_shows_nothing(client: Client) -> None:
    assert client.get("/metrics").status_code == 404


@override_settings(METRICS_TOKEN="")
def test_figures_of_jobs_and_of_the_audit_log(client: Client) -> None:
    now = Now()
    Job.objects.create(kind="x.waits", state="queued", run_after=now - timedelta(seconds=90))
    Job.objects.create(kind="x.waits", state="queued", run_after=now + timedelta(hours=1))
    for seconds in (1, 2, 9):
        job = Job.objects.create(kind="x.done")
        Job.objects.filter(pk=job.pk).update(state="running", started_at=now - timedelta(seconds=seconds))
        Job.objects.filter(pk=job.pk).update(state="succeeded", finished_at=now)
    with transaction.atomic():
        auditing.record(actor=system("tests"), action="tests.looked", subject=("listing", 1))
    figures = _figures(client)
    assert figures['exchange_jobs{kind="x.waits",state="queued"}'] == 2
    assert figures['exchange_jobs{kind="x.done",state="succeeded"}'] == 3
    assert 90 <= figures["exchange_jobs_oldest_waiting_seconds"] < 120
    assert figures['exchange_job_seconds{kind="x.done",quantile="0.5"}'] == pytest.approx(2, abs=0.01)
    assert figures['exchange_job_seconds{kind="x.done",quantile="0.95"}'] == pytest.approx(8.3, abs=0.01)
    assert figures["exchange_audit_sealed_events"] == 0
    assert 0 <= figures["exchange_audit_unsealed_seconds"] < 30
    assert figures["exchange_gauges_unreadable"] == 0


@override_settings(METRICS_TOKEN="")
def test_figures_of_webhooks(client: Client) -> None:
    owner = Organisation.objects.create(name="Company", kind="enterprise", region="210200")
    endpoint = WebhookEndpoint.objects.create(
        organisation=owner, url="https://hooks.example.com/", kinds=["x"], secret=b"x", key_version=1
    )
    paused = WebhookEndpoint.objects.create(
        organisation=owner, url="https://hooks.example.com/", kinds=["x"], secret=b"x", key_version=1
    )
    WebhookEndpoint.objects.filter(pk=paused.pk).update(state="paused")
    now = Now()
    for row, seconds in ((endpoint, 60), (endpoint, -60), (paused, 600)):
        WebhookDelivery.objects.create(
            endpoint=row, kind="x", body="{}", next_attempt_at=now - timedelta(seconds=seconds)
        )
    figures = _figures(client)
    assert figures['exchange_webhook_endpoints{state="active"}'] == 1
    assert figures['exchange_webhook_endpoints{state="paused"}'] == 1
    assert figures['exchange_webhook_deliveries{state="pending"}'] == 3
    assert 60 <= figures["exchange_webhook_oldest_due_seconds"] < 120


@override_settings(METRICS_TOKEN="")
def test_requests_are_counted_by_view_and_status(client: Client) -> None:
    def seen() -> float:
        text = client.get("/metrics").content.decode()
        name = 'django_http_responses_total_by_status_view_method_total{method="GET",status="200",view="healthz"} '
        return float(text.split(name)[1].split("\n")[0]) if name in text else 0

    before = seen()
    client.get("/healthz")
    assert seen() == before + 1
