"""What the page of a version shows: its text against another's, what it would change, its history, what may be done."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from functools import lru_cache
from typing import Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.audit import selectors as audit
from foundation.errors import Forbidden
from foundation.jobs.models import Job
from foundation.rulebooks import policies, registry, selectors, states
from foundation.rulebooks.content import LONGEST, LONGEST_PARTICULAR
from foundation.rulebooks.errors import UnusableRules
from foundation.rulebooks.models import RulebookVersion
from foundation.rulebooks.services import WHAT_IF

LINES_COMPARED: Final = 10_000
"""Longer texts are not compared on the page: the time grows with the square of the lines."""
CASES_SHOWN: Final = 100
BAR: Final = 200
"""Width of the longest bar in pixels."""


class TextForm(forms.Form):
    """A text of rules; browsers send lines that end in CR LF, which the file never had."""

    content = forms.CharField(
        label=_("text"),
        max_length=LONGEST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 40, "cols": 140, "spellcheck": "false", "class": "rules-text"}),
    )
    note = forms.CharField(
        label=_("what changes and why"),
        max_length=LONGEST_PARTICULAR,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 140}),
    )

    def clean_content(self) -> str:
        """The text with lines that end as in the file."""
        return str(self.cleaned_data["content"]).replace("\r\n", "\n")


class ReleaseForm(forms.Form):
    """From when on; empty for now."""

    valid_from = forms.DateTimeField(
        label=_("in force from"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}),
        help_text=_("In the exchange's time zone; empty: at once."),
    )


@dataclass(frozen=True, slots=True)
class Presented:
    """A part of the page that a kind's room fills in: its template sees `shown`; `problem` says why there is none."""

    template: str = ""
    shown: Mapping[str, Any] | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a comparison: `kind` is added, removed, place or kept."""

    kind: str
    text: str


def page(row: RulebookVersion, actor: Actor, *, against: int | None = None) -> dict[str, Any]:
    """The template's context. `against` is the number of the version to compare with (default: the one in force)."""
    if against is None:
        found = selectors.in_place_of(row)
        number = 0 if found is None else found.number
        # the version in force itself is compared with nothing better than the one before it
        against = max(number - 1, 0) if found is not None and found.version_id == row.pk else number
    other = selectors.text_of(row, against)
    return {
        "version": row,
        **presented(row.rulebook.kind, other, row.content),
        "kind": gettext(registry.kind(row.rulebook.kind).title),
        "against": against,
        "others": [0, *_numbers(row)],
        "lines": comparison(other, row.content),
        "compared": [] if row.what_if is None else compared(row.rulebook.kind, row.what_if),
        "job": _job(row),
        "history": audit.timeline(("rulebook_version", row.pk)),
        "release_form": ReleaseForm(),
        "may": {event: states.RULEBOOK_VERSION.allows(event, row.state) for event in states.RULEBOOK_VERSION.events},
        "refusal": _refusal(row, actor),
    }


def presented(kind: str, before: str, after: str) -> dict[str, Presented | None]:
    """`rules` and `difference` as the kind's room shows them, None where it does not; `before` may be empty.

    A text that was kept when loaders were laxer may be refused now: then the page says why and shows the text alone.
    """
    presenter = registry.presenter(kind)
    if presenter is None:
        return {"rules": None, "difference": None}
    try:
        rules = _rules(kind, after)
        shown = Presented(presenter.template, presenter.show(rules))
    except UnusableRules as error:
        return {"rules": Presented(problem=str(error)), "difference": None}
    if not before or before == after:
        return {"rules": shown, "difference": None}
    try:
        difference = Presented(presenter.difference, presenter.compare(_rules(kind, before), rules))
    except UnusableRules as error:
        difference = Presented(problem=str(error))
    return {"rules": shown, "difference": difference}


@lru_cache(maxsize=8)
def _rules(kind: str, text: str) -> Any:
    """The rules of a text; kept for a while, since a large one takes a second to be made sound."""
    return registry.checked(registry.kind(kind), text)[1]


def _numbers(row: RulebookVersion) -> list[int]:
    others = RulebookVersion.objects.filter(rulebook_id=row.rulebook_id, state=states.RELEASED).exclude(pk=row.pk)
    return list(others.order_by("number").values_list("number", flat=True))


def _job(row: RulebookVersion) -> Job | None:
    """The job that finds out what a proposed version would change, while it has not."""
    if row.state != states.PROPOSED or row.what_if is not None:
        return None
    return Job.objects.filter(kind=WHAT_IF, subject_type="rulebook_version", subject_id=row.pk).order_by("-pk").first()


def _refusal(row: RulebookVersion, actor: Actor) -> str:
    """Why this person will not be let release it; empty where they will."""
    try:
        policies.require_releaser(actor, row)
    except Forbidden as error:
        return gettext(error.message)
    return ""


def comparison(old: str, new: str) -> list[Line] | None:
    """What changed from `old` to `new`, with three lines around; empty where nothing did, None where too long."""
    before, after = old.splitlines(), new.splitlines()
    if max(len(before), len(after)) > LINES_COMPARED:
        return None
    return list(_lines(before, after))


def _lines(before: list[str], after: list[str]) -> Iterator[Line]:
    kinds = {"+": "added", "-": "removed", "@": "place", " ": "kept"}
    for number, line in enumerate(unified_diff(before, after, lineterm="")):
        if number >= 2:  # after the names of files, of which there are none
            yield Line(kinds[line[0]], line if line[0] == "@" else line[1:])


def compared(kind: str, record: dict[str, Any]) -> list[dict[str, Any]]:
    """The stored comparisons of a version, each with its title: of the kind's room, then of those that build on it."""
    others = registry.also(kind)
    named = [(others[name].title if name in others else name, of) for name, of in record.get("also", {}).items()]
    rooms = [(registry.kind(kind).compared, record), *named]
    return [{"title": gettext(title), **what_if(of)} for title, of in rooms]


def what_if(record: dict[str, Any]) -> dict[str, Any]:
    """One comparison, with the length of a bar for each move."""
    most = max((move["count"] for move in record["moves"]), default=1)
    cases = record["cases"][:CASES_SHOWN]
    return {
        **record,
        "bar": BAR,
        "moves": [{**move, "bar": max(1, round(BAR * move["count"] / most))} for move in record["moves"]],
        "cases": [
            {
                **case,
                "changes": [
                    f"{name}: {_told(pair[0])} → {_told(pair[1])}" for name, pair in sorted(case["changes"].items())
                ],
            }
            for case in cases
        ],
        "more": record["changed"] - len(cases),
    }


def _told(value: Any) -> str:
    return (", ".join(map(str, value)) or "–") if isinstance(value, list) else str(value)
