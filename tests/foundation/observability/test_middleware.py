"""One record a request, found by the id that the answer carries."""

import uuid
from typing import Any

import pytest
import structlog
from django.test import Client, override_settings

from foundation.observability.middleware import HEADER


def _records(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """What the log received at the end of requests."""
    logged = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    return [entry for entry in logged if entry["event"] == "request_finished"]


def test_the_answer_carries_the_id_of_its_record(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    answer = client.get("/healthz?secret=1", headers={"X-Request-ID": "made-up"})
    identifier = answer.headers[HEADER]
    assert uuid.UUID(identifier).version == 4  # the client's own is not trusted
    (finished,) = _records(caplog)
    assert finished.pop("duration_ms") >= 0
    assert finished.pop("timestamp")
    assert finished == {
        "event": "request_finished",
        "code": 200,
        "request": "GET /healthz",
        "request_id": identifier,
        "user_id": None,
        "level": "info",
        "logger": "django_structlog.middlewares.request",
    }


@override_settings(DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID=True)
def test_the_id_of_a_trusted_proxy_is_kept(client: Client) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": "edge-17"}).headers[HEADER] == "edge-17"


@pytest.mark.django_db
def test_tokens_are_not_written(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    client.get("/api/v1/downloads/a-secret-token")
    assert [entry["request"] for entry in _records(caplog)] == ["GET /api/v1/downloads/…"]


def test_nothing_of_a_request_stays_bound(client: Client) -> None:
    client.get("/healthz")
    assert structlog.contextvars.get_contextvars() == {}


@override_settings(SECURE_SSL_REDIRECT=True)
def test_supervisors_are_not_redirected(client: Client) -> None:
    assert client.get("/healthz").status_code == 200
    assert client.get("/api/docs").status_code == 301
