"""Records can be read by machines and joined by their ids; they hold no key to anything."""

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from django.conf import settings

from foundation.observability.logs import formatter, without_secrets


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Gone: /api/v1/downloads/eyJ0:1w.s-_=", "Gone: /api/v1/downloads/…"),
        ("GET /api/v1/downloads/abc?x=1 HTTP/1.1", "GET /api/v1/downloads/…?x=1 HTTP/1.1"),
        ("/accounts/password/reset/key/3-set-password/", "/accounts/password/reset/key/…/"),
        ("/api/v1/invitations/AbCdEfGhIjKlMnOpQrStUv/accept", "/api/v1/invitations/…/accept"),
        ("/api/v1/invitations/12/actions/revoke", "/api/v1/invitations/12/actions/revoke"),
        ("at postgresql://dx:s3cret@db:5432/x", "at postgresql://dx:…@db:5432/x"),
        ("redis://:s3cret@broker:6379/0", "redis://:…@broker:6379/0"),
        ("5% of /listings/7", "5% of /listings/7"),
    ],
)
def test_tokens_and_passwords_are_taken_out(text: str, written: str) -> None:
    assert without_secrets(text) == written


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the JSON formatter writes for the logger `records`."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    options = dict(formatter("json"))
    handler.setFormatter(options.pop("()")(**options))
    log = logging.getLogger("records")
    log.addHandler(handler)
    log.propagate = False
    yield stream
    log.removeHandler(handler)
    log.propagate = True


def test_records_of_the_standard_library_carry_the_bound_ids(written: io.StringIO) -> None:
    with structlog.contextvars.bound_contextvars(request_id="r-1", job_id=7):
        logging.getLogger("records").warning("job %s: %s", 7, "/downloads/abc")
    record = json.loads(written.getvalue())
    assert record.pop("timestamp").endswith("Z")
    assert record == {
        "event": "job 7: /downloads/…",
        "level": "warning",
        "logger": "records",
        "request_id": "r-1",
        "job_id": 7,
    }


def test_one_line_a_record_with_the_traceback_but_no_local_variables(written: io.StringIO) -> None:
    patient = "Zhang San"

    def fail() -> None:
        secret_value = patient
        raise ValueError(len(secret_value))

    try:
        fail()
    except ValueError:
        logging.getLogger("records").exception("two\nlines")
    (line,) = written.getvalue().splitlines()
    record = json.loads(line)
    assert record["event"] == "two\nlines"
    assert "ValueError: 9" in record["exception"]
    assert patient not in line.replace('patient = "Zhang San"', "")


def test_records_of_structlog_look_the_same(written: io.StringIO) -> None:
    structlog.get_logger("records").info("request_finished", code=200, request="GET /downloads/abc")
    record = json.loads(written.getvalue())
    assert {**record, "timestamp": ""} == {
        "event": "request_finished",
        "code": 200,
        "request": "GET /downloads/…",
        "level": "info",
        "logger": "records",
        "timestamp": "",
    }


def test_every_handler_of_the_settings_hides_secrets() -> None:
    configured: dict[str, Any] = settings.LOGGING
    assert configured["loggers"]["gunicorn.error"]["handlers"] == ["stderr"]
    assert {handler["formatter"] for handler in configured["handlers"].values()} == {"records"}
    ours = structlog.stdlib.ProcessorFormatter
    (handler,) = [h for h in logging.getLogger().handlers if isinstance(h.formatter, ours)]
    record = logging.LogRecord("gunicorn.error", logging.INFO, "", 0, "%s", ("/downloads/abc",), None)
    assert "abc" not in handler.format(record)
    assert "/downloads/…" in handler.format(record)
