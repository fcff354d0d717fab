"""A headless Chromium, driven over a pipe in the Chrome DevTools Protocol; no driver, no library."""

import fcntl
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_FLAGS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--no-first-run",
    "--remote-debugging-pipe",
)
_SECONDS: Final = 60.0


class Browser:
    """One page. `complaints` gathers what its policy refused and what its scripts failed in."""

    def __init__(self, read: int, write: int) -> None:
        self._read, self._write, self._number, self._rest = read, write, 0, b""
        self._session = ""
        self.complaints: list[str] = []
        target = self.do("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.do("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Audits", "Network"):
            self.do(f"{domain}.enable")

    def do(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command and wait for its answer."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while (answer := self._next()).get("id") != self._number:
            self._note(answer)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        result: dict[str, Any] = answer["result"]
        return result

    def evaluate(self, script: str) -> Any:
        """The value of a script in the page; promises are waited for."""
        said = self.do("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in said:
            raise RuntimeError(f"{script}: {said['exceptionDetails']}")
        return said["result"].get("value")

    def open(self, url: str) -> None:
        """Go to an address and wait until it has loaded."""
        self.do("Page.navigate", url=url)
        self.until(f"location.href.split('#')[0] === {json.dumps(url)} && document.readyState === 'complete'")

    def until(self, condition: str) -> None:
        """Wait for a condition in the page."""
        deadline = time.monotonic() + _SECONDS
        while True:
            try:
                if self.evaluate(condition):
                    return
            except RuntimeError:  # between two pages there is nothing to ask
                pass
            if time.monotonic() > deadline:
                raise TimeoutError(f"{condition}; complaints: {self.complaints}")
            time.sleep(0.05)

    def submit(self, form: str, /, **fields: str) -> None:
        """Fill in the fields of a form by name and press its button; waits for the next page."""
        values = json.dumps(fields)
        self.evaluate("window.leaving = true")
        self.evaluate(
            f"(() => {{ const form = document.querySelector({json.dumps(form)});"
            f" for (const [name, value] of Object.entries({values})) form.elements[name].value = value;"
            " form.querySelector('button[type=submit]').click(); })()"
        )
        self.until("!window.leaving && document.readyState === 'complete'")

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _write, _error = select.select([self._read], [], [], _SECONDS)
            if not ready or not (piece := os.read(self._read, 65536)):
                raise TimeoutError("the browser does not answer")
            self._rest += piece
        line, _end, self._rest = self._rest.partition(b"\0")
        found: dict[str, Any] = json.loads(line)
        return found

    def _note(self, event: dict[str, Any]) -> None:
        params = event.get("params", {})
        match event.get("method"):
            case "Audits.issueAdded" if params["issue"]["code"] == "ContentSecurityPolicyIssue":
                self.complaints.append(json.dumps(params["issue"]["details"]["contentSecurityPolicyIssueDetails"]))
            case "Log.entryAdded" if params["entry"]["source"] in {"security", "violation"}:
                self.complaints.append(params["entry"]["text"])
            case "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(params["exceptionDetails"]))


@contextmanager
def opened(profile: Path) -> Iterator[Browser]:
    """A browser with a fresh profile; it ends with the block."""
    assert CHROMIUM
    to_browser, from_browser = os.pipe(), os.pipe()
    theirs = [fcntl.fcntl(fd, fcntl.F_DUPFD, 20) for fd in (to_browser[0], from_browser[1])]

    def place() -> None:
        os.dup2(theirs[0], 3)
        os.dup2(theirs[1], 4)

    process = subprocess.Popen(
        [CHROMIUM, *_FLAGS, f"--user-data-dir={profile}"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=place,
        pass_fds=(3, 4),
    )
    for fd in (to_browser[0], from_browser[1], *theirs):
        os.close(fd)
    try:
        yield Browser(from_browser[0], to_browser[1])
    finally:
        process.terminate()
        process.wait(timeout=30)
        os.close(to_browser[1])
        os.close(from_browser[0])
