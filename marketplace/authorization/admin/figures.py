"""Requests in figures and pictures, of a period that the reader chooses."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, pgettext
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.wording import waited
from grading import drawing
from marketplace.authorization.figures import FEWEST, Figures, Ground, Quarter, Times, request_figures
from marketplace.authorization.figures.gathering import AGES
from marketplace.authorization.models import Mode, RequestState
from marketplace.authorization.table_words import approver_name

PERIODS: Final = {30: _("30 days"), 90: _("90 days"), 365: _("a year")}
USUAL: Final = 90
OUTCOMES: Final = {
    "granted_at_once": _("granted at once"),
    "granted": _("granted by approvals"),
    "refused": _("refused by the decision table"),
    "rejected": _("rejected by approvers"),
    "withdrawn": _("withdrawn"),
    "expired": _("expired"),
    "lapsed": _("lapsed: the level rose"),
}
_GRANTED: Final = ("granted_at_once", "granted")
_REFUSED: Final = ("refused", "rejected")
_NAMES: Final = {"open": _("under appeal now"), "granted": _("granted")}


def page(actor: Actor, asked: str) -> dict[str, Any]:
    """The template's context; `asked` is the number of days as the address has it, the usual one where it has none."""
    days = int(asked) if asked.isdecimal() and len(asked) < 5 and int(asked) in PERIODS else USUAL
    now = timezone.now()
    found = request_figures(actor, since=now - timedelta(days=days), until=now)
    ended = sum(cell.requests for cell in found.outcomes.values())
    time_of_a_step = gettext("Time of a step")  # xgettext does not look into f-strings
    return {
        "periods": [{"days": number, "label": label, "chosen": number == days} for number, label in PERIODS.items()],
        "submitted": found.submitted.requests,
        "ended": ended,
        "outcomes": [
            {"label": OUTCOMES[code], "count": cell.requests, "share": f"{cell.requests / ended:.1%}"}
            for code, cell in found.outcomes.items()
        ],
        "refusals": [_refusal(ground, cell.requests, found) for ground, cell in found.refusals.items()],
        "appeals": [(_appeal(state), count) for state, count in found.appeals.items()],
        "open": sum(cell.requests for cell in found.open_by_age.values()),
        "ages": [age_name(days) for days in (*AGES, 0)],
        "open_by_age": [_count(found.open_by_age, days) for days in (*AGES, 0)],
        "waiting": [
            {"approver": approver_name(code), "counts": [by_age.get(days, 0) for days in (*AGES, 0)]}
            for code, by_age in found.waiting.items()
        ],
        # labels are escaped by the drawing
        "modes": SafeString(_modes(found)) if ended else "",
        "to_grant": SafeString(_spans(found.to_grant, gettext("Time from request to grant"), _mode)),
        "steps": [
            (_mode(mode), SafeString(_spans(times, f"{time_of_a_step}: {_mode(mode)}", approver_name)))
            for mode, times in _by_mode(found.steps).items()
        ],
        "fewest": FEWEST,
        "quarter": Quarter.last(),
    }


def age_name(days: int) -> str:
    """A band of ages in words; 0 for what is older than all others."""
    if not days:
        return gettext("longer than %(days)s days") % {"days": AGES[-1]}
    return gettext("up to %(days)s days") % {"days": days}


def _refusal(ground: Ground, count: int, found: Figures) -> dict[str, Any]:
    chinese = (get_language() or "").startswith("zh")
    by_row = ground.by == "row"
    refused = sum(cell.requests for cell in found.refusals.values())
    return {
        "by": gettext("row of the decision table") if by_row else pgettext("of a refusal", "ground of approvers"),
        "code": ground.code or gettext("not stated"),
        "words": found.words[ground][int(chinese)] if by_row else "",
        "count": count,
        "share": f"{count / refused:.1%}",
    }


def _appeal(state: str) -> str:
    return str(_NAMES[state]) if state in _NAMES else str(RequestState(state).label)


def _count(cells: Mapping[int, Any], days: int) -> int:
    return cells[days].requests if days in cells else 0


def _mode(code: str) -> str:
    return str(Mode(code).label)


def _by_mode(steps: Mapping[tuple[str, str], Times]) -> dict[str, dict[str, Times]]:
    found: dict[str, dict[str, Times]] = {}
    for (approver, mode), times in steps.items():
        found.setdefault(mode, {})[approver] = times
    return dict(sorted(found.items()))


def _modes(found: Figures) -> str:
    """Of each mode what was granted, refused, and ended otherwise."""

    def counted(mode: str, outcomes: Iterable[str]) -> int:
        return sum(found.ended[mode, code].requests for code in outcomes if (mode, code) in found.ended)

    parts = (_GRANTED, _REFUSED, [code for code in OUTCOMES if code not in (*_GRANTED, *_REFUSED)])
    modes = [mode for mode in Mode.values if any(of == mode for of, _outcome in found.ended)]
    return drawing.tallies(
        [drawing.Tally(_mode(mode), tuple(counted(mode, part) for part in parts)) for mode in modes],
        parts=[gettext("granted"), gettext("refused or rejected"), gettext("withdrawn, expired or lapsed")],
        title=gettext("Outcomes by authorization mode"),
    )


def _spans(rows: Mapping[str, Times], title: str, named: Any) -> str:
    if not rows:
        return ""
    return drawing.spans(
        [drawing.Span(named(code), one.median_hours, one.p90_hours, _said(one)) for code, one in rows.items()],
        title=title,
    )


def _said(times: Times) -> str:
    return f"{waited(times.median_hours, times.p90_hours)} ({times.count:,})"
