"""A participant at the other end of the wire: an HTTP client that says what it expected and what came."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

CHUNK = 1024 * 1024


class Unexpected(AssertionError):
    """A step did not have the result that it must have."""


def must(fact: object, what: str) -> None:
    """Stop the story unless `fact` holds; `what` says what should have been."""
    if not fact:
        raise Unexpected(what)


@dataclass
class Participant:
    """Somebody who uses the REST API with a key (or, without one, as the public does)."""

    name: str
    url: str
    key: str | None = None
    organisation: int = 0
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        self.http = httpx.Client(base_url=f"{self.url}/api/v1", headers=headers, timeout=120)

    def get(self, path: str, *, expect: int = 200, **params: Any) -> Any:
        """GET a JSON document."""
        return self._checked(self.http.get(path, params=params), expect)

    def post(self, path: str, body: Any = None, *, expect: int | tuple[int, ...] = (200, 201)) -> Any:
        """POST a JSON document."""
        return self._checked(self.http.post(path, json=body if body is not None else {}), expect)

    def step(self, version: int, action: str, *, expect: int | tuple[int, ...] = 200) -> Any:
        """Read a version, then take a step with what was read (If-Match)."""
        read = self.http.get(f"/versions/{version}")
        self._checked(read, 200)
        answer = self.http.post(f"/versions/{version}/actions/{action}", headers={"If-Match": read.headers["ETag"]})
        return self._checked(answer, expect)

    def upload(self, path: str, file: Path, *, title: str) -> Any:
        """POST a file as a stream."""

        def pieces() -> Iterator[bytes]:
            with file.open("rb") as source:
                while piece := source.read(CHUNK):
                    yield piece

        answer = self.http.post(
            path,
            params={"filename": file.name, "title": title},
            content=pieces(),
            headers={"Content-Type": "application/octet-stream"},
        )
        return self._checked(answer, 201)

    def refused(self, method: str, path: str, body: Any = None, *, expect: int | tuple[int, ...] = 403) -> str:
        """Try what must not work; the reason that the exchange gives."""
        answer = self.http.request(method, path, json=body if body is not None else {})
        problem = self._checked(answer, expect)
        must(
            answer.headers["content-type"].startswith("application/problem+json"),
            f"{self.name}: the refusal of {method} {path} should be a problem document",
        )
        fields = [f"{error['pointer']}: {error['detail']}" for error in problem.get("errors", [])]
        return "; ".join(fields) or str(problem["detail"])

    def job(self, subject_type: str, subject_id: int, kind: str, *, seconds: float = 120) -> Any:
        """Wait until the newest job of this kind about a subject has ended well."""
        deadline = time.monotonic() + seconds
        while True:
            rows = self.get("/jobs", subject_type=subject_type, subject_id=subject_id)["results"]
            newest = next((row for row in rows if row["kind"] == kind), None)
            if newest is None:
                raise Unexpected(f"{kind}: a job should follow {subject_type} {subject_id}")
            if newest["state"] == "succeeded":
                return newest
            must(
                newest["state"] in {"queued", "running"}, f"{kind} ended as {newest['state']}: {newest['error_detail']}"
            )
            must(
                time.monotonic() < deadline,
                f"{kind} is still {newest['state']} after {seconds:.0f} s: does a worker run?",
            )
            time.sleep(0.1)

    def _checked(self, answer: httpx.Response, expect: int | tuple[int, ...]) -> Any:
        wanted = (expect,) if isinstance(expect, int) else expect
        where = f"{self.name}: {answer.request.method} {answer.request.url.path}"
        must(
            answer.status_code in wanted,
            f"{where} should answer {expect}, not {answer.status_code}: {answer.text[:600]}",
        )
        return answer.json() if answer.content else None
