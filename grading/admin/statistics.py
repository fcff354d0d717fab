"""The reviewers' work in figures and pictures, of a period that the reader chooses."""

from datetime import timedelta
from typing import Any, Final

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.wording import waited
from grading import drawing, wording
from grading.models import AppealState, Cause
from grading.reviewing.statistics import Decisions, review_statistics

PERIODS: Final = {7: _("a week"), 30: _("30 days"), 90: _("90 days"), 365: _("a year")}
USUAL: Final = 30


def page(actor: Actor, asked: str) -> dict[str, Any]:
    """The template's context; `asked` is the number of days as the address has it, the usual one where it has none."""
    days = int(asked) if asked.isdecimal() and len(asked) < 5 and int(asked) in PERIODS else USUAL
    now = timezone.now()
    found = review_statistics(actor, since=now - timedelta(days=days), until=now)
    levels = [(wording.level_name(level), figures) for level, figures in found.by_level.items()]
    causes = [(str(Cause(cause).label), figures) for cause, figures in found.by_cause.items()]
    return {
        "periods": [{"days": number, "label": label, "chosen": number == days} for number, label in PERIODS.items()],
        "total": found.total,
        "waited": _waited(found.total),
        "returned": found.returned,
        "agreed": found.agreed,
        "appeals": [
            (gettext("filed"), found.appeals["filed"]),
            *((label, found.appeals[state]) for state, label in AppealState.choices if state != AppealState.FILED),
        ],
        "queue": found.queue,
        "reviewers": [
            {"person": one, "waited": _waited(one.decisions) if one.decisions else "–"} for one in found.reviewers
        ],
        # labels are escaped by the drawing
        "levels": SafeString(_decisions(levels, gettext("Decisions by level"))) if levels else "",
        "causes": SafeString(_decisions(causes, gettext("Decisions by cause"))) if causes else "",
        "times": SafeString(_times(levels)) if levels else "",
    }


def _decisions(rows: list[tuple[str, Decisions]], title: str) -> str:
    return drawing.tallies(
        [
            drawing.Tally(label, (one.decided - one.lowered - one.raised, one.lowered, one.raised))
            for label, one in rows
        ],
        parts=[gettext("as recommended"), gettext("below the recommendation"), gettext("above the recommendation")],
        title=title,
    )


def _times(rows: list[tuple[str, Decisions]]) -> str:
    return drawing.spans(
        [drawing.Span(label, one.median_hours, one.p90_hours, _waited(one)) for label, one in rows],
        title=gettext("Waiting time by level"),
    )


def _waited(figures: Decisions) -> str:
    return waited(figures.median_hours, figures.p90_hours)
