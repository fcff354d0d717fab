"""One attempt to deliver a webhook over HTTP, guarded against being sent where it must not go. No Django here.

The name is resolved once, every address it has is checked (`addresses`), and the connection is made to a checked
address itself: a name that resolves to another address a moment later (DNS rebinding) changes nothing. TLS verifies
the certificate against the name. Redirects are answers like others and never followed; proxies of the environment are
not known here; one deadline covers everything from the connection to the last byte read.
"""

import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from socket import IPPROTO_TCP, SOCK_STREAM, getaddrinfo
from typing import Any, Final

import httpcore

from foundation.notifications.webhooks.addresses import Policy, Refused, Resolver, checked_addresses, destination

DEADLINE_SECONDS: Final = 20.0
CONNECT_SECONDS: Final = 5.0
READ_SECONDS: Final = 10.0
MOST_ADDRESSES: Final = 3
MOST_ANSWER_BYTES: Final = 4096
"""Read so that the receiver sees its answer taken, and dropped: what it says is never shown to anybody."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt. `status` None when no answer came; `error` is a stable code, empty after an answer.

    `retry_after` are the seconds that the receiver asked for, None where it did not.
    """

    status: int | None
    error: str = ""
    retry_after: int | None = None

    @property
    def delivered(self) -> bool:
        """Whether the receiver took it: any 2xx."""
        return self.status is not None and 200 <= self.status < 300


def resolve(host: str, port: int) -> list[str]:
    """The system's resolver: numeric addresses of `host`; OSError when there are none."""
    return [str(found[4][0]) for found in getaddrinfo(host, port, type=SOCK_STREAM, proto=IPPROTO_TCP)]


@cache
def trusted() -> ssl.SSLContext:
    """TLS 1.2 or newer, certificates by the machine's own store."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def post(
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes,
    policy: Policy,
    resolver: Resolver = resolve,
    context: ssl.SSLContext | None = None,
    deadline_seconds: float = DEADLINE_SECONDS,
) -> Outcome:
    """POST `body` to `url`. Never raises for what the receiver or the network does: the outcome says it."""
    network = _Guarded(policy, resolver, time.monotonic() + deadline_seconds)
    try:
        place = destination(url, policy)
        origin = httpcore.URL(scheme=place.scheme, host=place.host, port=place.port, target=place.target)
        sent = [(b"Host", _host_header(place.scheme, place.host, place.port))]
        sent += [(name.encode(), value.encode()) for name, value in headers.items()]
        limits = {"connect": CONNECT_SECONDS, "read": READ_SECONDS, "write": READ_SECONDS, "pool": CONNECT_SECONDS}
        with (
            httpcore.ConnectionPool(ssl_context=context or trusted(), network_backend=network, retries=0) as pool,
            pool.stream("POST", origin, headers=sent, content=body, extensions={"timeout": limits}) as answer,
        ):
            _drain(answer)
            return Outcome(answer.status, retry_after=_retry_after(answer))
    except Refused as refused:
        return Outcome(None, refused.code)
    except httpcore.TimeoutException:
        return Outcome(None, "timeout")
    except (httpcore.ConnectError, ssl.SSLError) as error:
        return Outcome(None, "tls" if _is_tls(error) else "connection")
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError, UnicodeError):
        return Outcome(None, "connection")


def _drain(answer: httpcore.Response) -> None:
    taken = 0
    try:
        for piece in answer.iter_stream():
            taken += len(piece)
            if taken >= MOST_ANSWER_BYTES:
                return
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError):
        return  # the status has been said; the rest is not wanted


def _retry_after(answer: httpcore.Response) -> int | None:
    for name, value in answer.headers:
        if name.lower() == b"retry-after" and value.isdigit() and len(value) <= 6:
            return int(value)
    return None


def _host_header(scheme: str, host: str, port: int) -> bytes:
    shown = f"[{host}]" if ":" in host else host
    return (shown if port == {"https": 443, "http": 80}[scheme] else f"{shown}:{port}").encode()


def _is_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


class _Guarded(httpcore.NetworkBackend):
    """Connects to checked addresses only, each by its number."""

    def __init__(self, policy: Policy, resolver: Resolver, deadline: float) -> None:
        self.policy, self.resolver, self.deadline = policy, resolver, deadline
        self.network = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Resolve once, check all, try the first few in turn."""
        try:
            found = list(dict.fromkeys(self.resolver(host, port)))
        except (OSError, UnicodeError):
            raise Refused("unresolved") from None
        failure: Exception = httpcore.ConnectError()
        for address in checked_addresses(found, self.policy)[:MOST_ADDRESSES]:
            try:
                stream = self.network.connect_tcp(
                    address, port, _left(self.deadline, timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
                continue
            return _Hurried(stream, self.deadline)
        raise failure

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        """Never."""
        raise Refused("address")


class _Hurried(httpcore.NetworkStream):
    """A stream whose reads and writes all end at one deadline: a trickle of bytes cannot hold a worker."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self.stream, self.deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """As the stream does, in the time that is left."""
        return self.stream.read(max_bytes, _left(self.deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """As the stream does, in the time that is left."""
        self.stream.write(buffer, _left(self.deadline, timeout))

    def close(self) -> None:
        """Close the connection."""
        self.stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """The stream under TLS; the handshake ends at the deadline too."""
        secured = self.stream.start_tls(ssl_context, server_hostname, _left(self.deadline, timeout))
        return _Hurried(secured, self.deadline)

    def get_extra_info(self, info: str) -> Any:
        """What the stream knows of itself."""
        return self.stream.get_extra_info(info)


def _left(deadline: float, timeout: float | None) -> float:
    """The seconds for the next operation; ReadTimeout when none are left."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("deadline")
    return left if timeout is None else min(left, timeout)
