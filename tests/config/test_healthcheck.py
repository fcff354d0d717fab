"""A container is healthy when its web process is ready under a name it answers to."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from config import healthcheck


@pytest.fixture
def asked() -> Iterator[tuple[HTTPServer, list[tuple[str, str]]]]:
    """A server that answers 503 to the first and 200 to every later question, and what it was asked."""
    seen: list[tuple[str, str]] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append((self.path, self.headers["Host"]))
            self.send_response(503 if len(seen) == 1 else 200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the library's name)
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server, seen
    server.shutdown()
    server.server_close()


def test_ready_or_not(asked: tuple[HTTPServer, list[tuple[str, str]]], monkeypatch: pytest.MonkeyPatch) -> None:
    server, seen = asked
    monkeypatch.setenv("PORT", str(server.server_port))
    monkeypatch.setenv("ALLOWED_HOSTS", ".exchange.example,other.example")
    assert (healthcheck.main(), healthcheck.main()) == (1, 0)
    assert seen == [("/readyz", "exchange.example")] * 2


def test_nobody_there(monkeypatch: pytest.MonkeyPatch, asked: tuple[HTTPServer, list[tuple[str, str]]]) -> None:
    server, _seen = asked
    port = server.server_port
    server.shutdown()
    server.server_close()
    monkeypatch.setenv("PORT", str(port))
    assert healthcheck.main() == 1
