"""The page of a job in a real browser: it keeps itself fresh, also when the job is split, with a thousand parts."""

from collections.abc import Callable

from django.conf import settings
from django.db import transaction

from foundation.jobs import services
from foundation.jobs.models import Job
from tests.e2e.browser import Window
from tests.factories import World
from tests.foundation.jobs import kinds

LOOK = "document.dispatchEvent(new Event('visibilitychange'))"
"""Somebody comes back to the page: it does not wait for its next round. Said again where the page was just leaving."""
PARTS = 250
"""More than are asked for at once."""


def test_a_job_that_is_split_while_somebody_looks(live_server, window: Callable[..., Window]) -> None:
    assert kinds.RAISED
    session = World().exchange.admin.cookies[settings.SESSION_COOKIE_NAME].value
    with transaction.atomic():
        row = services.enqueue(kind="tests.split", arguments={"values": list(range(PARTS))})
    cell = f"document.querySelector('[data-live=\"{row.pk}\"]')"
    browser = window()
    browser.remember(live_server.url, **{settings.SESSION_COOKIE_NAME: session})
    browser.open(f"{live_server.url}/admin/jobs/job/{row.pk}/change/")
    assert browser.evaluate(f"{cell}.textContent") == "queued"
    services.execute(row.pk)
    browser.until(LOOK)
    browser.until(f"{cell}?.textContent.includes('0 of {PARTS} parts')")
    listed = f"document.querySelectorAll('[data-live]').length === {PARTS + 1}"
    browser.until(f"{listed} && document.readyState === 'complete'")  # they are there unasked
    last = Job.objects.get(parent=row, part=PARTS)
    services.execute(last.pk)
    its_cell = f"document.querySelector('[data-live=\"{last.pk}\"]')"
    browser.until(f"{its_cell}.scrollIntoView() || true")
    browser.until(LOOK)
    browser.until(f"{its_cell}.scrollIntoView() || {its_cell}.textContent === 'succeeded'")
    assert browser.complaints == [], "\n".join(browser.complaints)
