"""Debian's Chromium, driven by Playwright in a thread of its own.

Playwright runs an event loop in the thread that it is used in, and Django keeps its tables from such threads: tests
stay in theirs and hand over each step. No browser is downloaded: the machine's is used, or the tests are skipped.
"""

import json
import shutil
import time
from base64 import b64decode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, sync_playwright

CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_SECONDS: Final = 60.0
_SCREEN: Final = {"width": 1280, "height": 900}
_P = ParamSpec("_P")
_T = TypeVar("_T")


class Chromium:
    """The program, and the thread that speaks with it. Opened once for all tests; each person has a window."""

    def __init__(self) -> None:
        assert CHROMIUM
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="playwright")
        self._playwright = self.run(lambda: sync_playwright().start())
        self._program = self.run(self._playwright.chromium.launch, executable_path=CHROMIUM)

    def run(self, step: Callable[_P, _T], /, *args: _P.args, **named: _P.kwargs) -> _T:
        """Do this in the browser's thread and wait for it."""
        return self._thread.submit(step, *args, **named).result()

    def window(self, **options: Any) -> "Window":
        """A person's window with nothing remembered: no cookies, no cache; options of Playwright's contexts."""
        return Window(self, self.run(lambda: self._program.new_context(**{"viewport": _SCREEN, **options})))

    def close(self) -> None:
        """End the program and the thread."""
        self.run(self._program.close)
        self.run(self._playwright.stop)
        self._thread.shutdown()


class Window:
    """One page. `complaints` gathers what its policy refused and what its scripts failed in or complained of."""

    def __init__(self, chromium: Chromium, context: BrowserContext) -> None:
        self._run, self._context = chromium.run, context
        self.complaints: list[str] = []
        self._run(self._begin)

    def _begin(self) -> None:
        self._context.set_default_timeout(_SECONDS * 1000)
        self._page = self._context.new_page()
        self._page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self._page.on("console", self._console)
        self._protocol = self._context.new_cdp_session(self._page)
        self._protocol.on("Audits.issueAdded", self._issue)
        self._protocol.send("Audits.enable")

    def _console(self, said: ConsoleMessage) -> None:
        if said.type == "error" and not said.location["url"].endswith("/favicon.ico"):  # asked for by itself
            self.complaints.append(said.text)

    def _issue(self, event: dict[str, Any]) -> None:
        if event["issue"]["code"] == "ContentSecurityPolicyIssue":
            self.complaints.append(json.dumps(event["issue"]["details"]["contentSecurityPolicyIssueDetails"]))

    def do(self, step: Callable[Concatenate[Page, _P], _T], /, *args: _P.args, **named: _P.kwargs) -> _T:
        """A step with Playwright's page: `window.do(lambda page: page.get_by_role("button").click())`."""
        return self._run(lambda: step(self._page, *args, **named))

    def protocol(self, method: str, **params: Any) -> Any:
        """A command of the Chrome DevTools Protocol, for what Playwright has no word for."""
        return self._run(lambda: self._protocol.send(method, params))

    def remember(self, url: str, **cookies: str) -> None:
        """Set cookies."""
        self._run(lambda: self._context.add_cookies([{"name": n, "value": v, "url": url} for n, v in cookies.items()]))

    def forget(self) -> None:
        """Clear all cookies."""
        self._run(self._context.clear_cookies)

    def open(self, url: str) -> int:
        """Go to an address and wait until it has loaded; the status of the answer."""
        answer = self.do(lambda page: page.goto(url, wait_until="load"))
        return 0 if answer is None else answer.status

    def evaluate(self, script: str) -> Any:
        """The value of a script in the page; promises are waited for."""
        return self.do(lambda page: page.evaluate(script))

    def until(self, condition: str) -> None:
        """Wait for a condition in the page. Asked from outside: the page's own policy lets no words become scripts."""
        deadline = time.monotonic() + _SECONDS
        while not self._holds(condition):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{condition}; complaints: {self.complaints}")
            time.sleep(0.05)

    def _holds(self, condition: str) -> bool:
        try:
            return bool(self.evaluate(condition))
        except Error:  # between two pages there is nothing to ask
            return False

    def submit(self, form: str, /, **fields: str) -> None:
        """Fill in the fields of a form by name and press its button; waits for the next page."""

        def step(page: Page) -> None:
            place = page.locator(form)
            for name, value in fields.items():
                place.locator(f"[name={name}]").fill(value)
            with page.expect_navigation(wait_until="load"):
                place.locator("button[type=submit]").first.click()

        self.do(step)

    def picture(self) -> bytes:
        """What is seen of the page, as WebP."""
        return b64decode(self.protocol("Page.captureScreenshot", format="webp", quality=80)["data"])

    def close(self) -> None:
        """Close the window; what it asked for and has not been given is given up."""
        self._run(self._context.close)
