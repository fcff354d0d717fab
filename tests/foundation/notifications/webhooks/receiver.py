"""A real HTTP server on loopback that keeps what it gets and answers what it is told to."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Receiver:
    """`answers` are used up in order, the last one stays: (status, headers, body)."""

    port: int = 0
    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=lambda: [(204, {}, b"")])
    paths: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    server_names: list[str | None] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?token=1"


@contextmanager
def receiver(context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            kept.paths.append(self.path)
            kept.headers.append({name.lower(): value for name, value in self.headers.items()})
            kept.bodies.append(self.rfile.read(int(self.headers.get("content-length", 0))))
            status, headers, body = kept.answers.pop(0) if len(kept.answers) > 1 else kept.answers[0]
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST  # noqa: N815  (a redirect that is followed would arrive as this)

        def log_message(self, *_arguments: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            pass  # a client that hangs up is part of the tests

    server = Server(("127.0.0.1", 0), Handler)
    if context is not None:
        context.sni_callback = lambda _socket, name, _context: kept.server_names.append(name)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    kept.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Trickle:
    """Where it is, and how many of its slow bytes it got rid of."""

    port: int
    sent: int = 0


@contextmanager
def trickling(first: bytes, then: bytes, pause: float, context: ssl.SSLContext | None = None) -> Iterator[Trickle]:
    """A server that says `first`, then one byte of `then` every `pause` seconds for as long as it is listened to."""
    listener = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()
    kept = Trickle(listener.getsockname()[1])

    def serve() -> None:
        connection, _address = listener.accept()
        if context is not None:
            connection = context.wrap_socket(connection, server_side=True)
        with connection:
            connection.recv(65536)
            try:
                connection.sendall(first)
                for byte in then:
                    if done.wait(pause):
                        return
                    connection.sendall(bytes([byte]))
                    kept.sent += 1
            except OSError:
                return

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield kept
    finally:
        done.set()
        thread.join()
        listener.close()
