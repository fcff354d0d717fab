"""Clients of the REST interface, in a process that knows nothing else: each on one connection that it keeps open."""

import http.client
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

PATIENCE: Final = 60.0

Ask = tuple[str, str, bytes | None]
"""Method, path with query, body."""


@dataclass(frozen=True, slots=True)
class Round:
    """What a round took: seconds by the clock in all, and of each request."""

    whole: float
    each: Sequence[float]


def clients(asks: Sequence[Ask], tokens: Sequence[str], port: int) -> Round:
    """One round: there is a client for each key, and each asks its share, one after the other."""
    begun = time.perf_counter()
    with ThreadPoolExecutor(len(tokens)) as pool:
        shares = pool.map(lambda at: _client(asks[at :: len(tokens)], tokens[at], port), range(len(tokens)))
        each = [seconds for share in shares for seconds in share]
    return Round(time.perf_counter() - begun, each)


def _client(asks: Sequence[Ask], token: str, port: int) -> list[float]:
    """The seconds of each request, its answer read. ValueError for an answer that is none."""
    seconds = []
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json", "Content-Type": "application/json"}
    for method, path, body in asks:
        begun = time.perf_counter()
        line.request(method, path, body, headers)
        answer = line.getresponse()
        said = answer.read()
        seconds.append(time.perf_counter() - begun)
        if answer.status not in (200, 201):
            raise ValueError(f"{method} {path}: {answer.status} {said[:300]!r}")
    line.close()
    return seconds
