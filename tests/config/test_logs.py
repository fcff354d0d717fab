"""Logs hold no key to anything: the tokens of download links are taken out."""

import io
import logging
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings

from config.logs import WithoutLinks


@pytest.mark.parametrize(
    ("message", "arguments", "written"),
    [
        ("%s: %s", ("Gone", "/api/v1/downloads/eyJ0:1w.s-_="), "Gone: /api/v1/downloads/…"),
        ("GET /api/v1/downloads/abc?x=1 HTTP/1.1", (), "GET /api/v1/downloads/…?x=1 HTTP/1.1"),
        ("%d%% of %s", (5, "/listings/7"), "5% of /listings/7"),
    ],
)
def test_tokens_are_taken_out(message: str, arguments: tuple[object, ...], written: str) -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, message, arguments, None)
    assert WithoutLinks().filter(record)
    assert record.getMessage() == written


@pytest.mark.django_db
def test_every_handler_has_the_filter(client: Client) -> None:
    configured: dict[str, Any] = settings.LOGGING
    assert all("no_links" in handler["filters"] for handler in configured["handlers"].values())
    assert configured["loggers"]["gunicorn.error"]["handlers"] == ["stderr"]
    written = io.StringIO()
    (handler,) = [h for h in logging.getLogger().handlers if any(isinstance(f, WithoutLinks) for f in h.filters)]
    assert isinstance(handler, logging.StreamHandler)
    before = handler.setStream(written)
    try:
        client.get("/api/v1/downloads/a-secret-token")
    finally:
        handler.setStream(before)
    assert "/api/v1/downloads/…" in written.getvalue()
    assert "a-secret-token" not in written.getvalue()


@override_settings(SECURE_SSL_REDIRECT=True)
def test_supervisors_are_not_redirected(client: Client) -> None:
    assert client.get("/healthz").status_code == 200
    assert client.get("/api/docs").status_code == 301
