"""What the page of a request shows: what is asked, of which data, by which row, the chain, and what happened."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import get_language, gettext, pgettext
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.errors import Forbidden, InvalidInput
from foundation.participants.models import User
from foundation.wording import detail
from grading import wording as grading_words
from marketplace.authorization import grounds, seats, selectors, states, table_words
from marketplace.authorization.admin.timeline import lines
from marketplace.authorization.models import AccessRequest, ApprovalStep, Form, Mode
from marketplace.authorization.texts import LONGEST_OPINION, LONGEST_TEXT
from marketplace.authorization.wording import cause_in_words
from marketplace.catalog import selectors as catalog
from marketplace.catalog.models import Purpose, Sector, SupplyMode

MARKS: Final = {
    states.WAITING: "○",
    states.OPEN: "●",
    states.STEP_APPROVED: "✓",
    states.STEP_REJECTED: "✗",
    states.VOID: "–",
}


class OpinionForm(forms.Form):
    """An approver's opinion; the services check it, whatever the page allows."""

    delegation = forms.TypedChoiceField(label=_("In the place of"), coerce=int, required=False, empty_value=None)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_OPINION,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
        help_text=_("The buyer reads it. A refusal needs it."),
    )
    ground = forms.ChoiceField(label=_("Ground of a refusal"), required=False)
    question = forms.CharField(
        label=_("Question to the buyer"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 80, "data-key": "confirm"}),
        help_text=_("While it waits for an answer nobody decides, and no step grows overdue."),
    )

    def __init__(self, delegations: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(**options)
        self.fields["ground"].choices = [  # type: ignore[attr-defined]
            ("", "–"), *((code, one.words) for code, one in grounds.grounds().items())
        ]  # fmt: skip
        self.fields["ground"].widget.attrs["data-key"] = "return"
        if delegations:
            self.fields["delegation"].choices = [("", gettext("myself")), *delegations]  # type: ignore[attr-defined]
        else:
            del self.fields["delegation"]


def page(request: AccessRequest, actor: Actor, *, typed: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The template's context; `typed` is what a refused form held, so that nothing has to be written twice."""
    steps = list(
        request.steps.select_related("organisation", "decided_by").prefetch_related("votes__voter", "votes__seat")
    )
    confided = selectors.Confidence(actor).covers(request)
    return {
        "row": request,
        "asked": list(_asked(request, actor, confided=confided)),
        "data": _data(request, actor),
        "decision": _decision(request),
        "outcome": _outcome(request),
        "stages": _stages(steps, actor),
        "to_decide": list(_to_decide(request, steps, actor, typed or {})),
        "rounds": list(request.rounds.select_related("asked_by", "answered_by")) if confided else [],
        "hidden_rounds": 0 if confided else request.rounds.count(),
        "appeal": getattr(request, "appeal", None),
        "grant": getattr(request, "grant", None),
        "timeline": lines(selectors.recorded(request), actor),
    }


def person(user: User | None, organisation_id: int | None, actor: Actor) -> str:
    """A person's name for the exchange and for their own colleagues; nothing for others."""
    return (
        user.get_username()
        if user is not None and (actor.is_exchange or actor.organisation_id == organisation_id)
        else ""
    )


def _asked(request: AccessRequest, actor: Actor, *, confided: bool) -> Iterator[tuple[str, Any]]:
    who = person(request.requested_by, request.organisation_id, actor)
    yield gettext("Buyer"), f"{request.organisation} ({who})" if who else str(request.organisation)
    yield gettext("Purpose"), Purpose(request.purpose).label
    if request.scenario:
        yield gettext("Scenario"), request.scenario
    yield gettext("Justification"), request.justification or "–"
    yield gettext("Form"), Form(request.form).label
    yield gettext("Columns"), ", ".join(request.columns) or gettext("all")
    yield gettext("Term"), table_words.term(request.term_days)[0].text
    limits = {
        gettext("downloads"): request.download_limit,
        gettext("rows"): request.row_limit,
        gettext("bytes"): request.byte_limit,
    }
    yield gettext("Limits"), ", ".join(f"{name} {most:,}" for name, most in limits.items() if most is not None) or "–"
    if request.exclusive:
        yield gettext("Licence"), gettext("exclusive")
    if confided:
        asked = request.version.questions.get("properties", {})
        yield from ((asked.get(name, {}).get("title", name), said) for name, said in request.answers.items())
    elif request.answers:
        yield gettext("Answers to the listing's questions"), gettext("for approvers and the buyer alone")
    yield gettext("Submitted"), request.created_at
    if request.expires_at is not None and request.state in states.PENDING:
        yield gettext("Ends undecided"), request.expires_at


def _data(request: AccessRequest, actor: Actor) -> dict[str, Any]:
    version = request.version
    (facts,) = catalog.facts([version])
    categories = sorted({file.category for file in facts.files if file.category})
    return {
        "version": version,
        "provider": version.listing.organisation,
        "sector": Sector(version.sector).label if version.sector in Sector.values else version.sector,
        "supply": SupplyMode(version.supply_mode).label,
        "origin": grading_words.origin_name(version.origin),
        "level": grading_words.level_name(facts.level) if facts.level else gettext("being decided anew"),
        "categories": [grading_words.category_name(code) for code in categories],
        "quality": facts.quality,
        "files": facts.files,
        "terms": [
            (label, version.terms.get(code) or "–")
            for code, label in (
                ("purpose", gettext("Purpose")),
                ("scope", gettext("Scope")),
                ("duties", gettext("Duties")),
                ("liability", gettext("Liability")),
            )
        ],
    }


def _decision(request: AccessRequest) -> dict[str, Any]:
    said = request.decision
    chinese = (get_language() or "").startswith("zh")
    return {
        "mode": Mode(request.mode).label,
        "row": said.get("rule_id", "–"),
        "table": f"{said.get('table_code', '')} {said.get('table_version', '')}",
        "reason": said.get("reason_zh" if chinese else "reason_en", ""),
        "facts": [
            (table_words.input_name(name), table_words.fact(name, value))
            for name, value in _plain(said.get("inputs", {}))
        ],
        "approvals": [word.text for word in table_words.listed(table_words.APPROVALS, said.get("approvals", ()))],
        "forms": [word.text for word in table_words.forms(said.get("forms", ()))],
        "obligations": [word.text for word in table_words.listed(table_words.OBLIGATIONS, said.get("obligations", ()))],
        "longest": "".join(word.text for word in table_words.term(said.get("longest_term_days", 0))),
    }


def _plain(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The facts, accreditations among them by kind; what was not known is left out."""
    for name, value in inputs.items():
        if name == "accreditations":
            yield from ((kind, str(level)) for kind, level in (value or {}).items())
        elif value:
            yield name, str(value)


def _outcome(request: AccessRequest) -> str:
    """Why it ended as it did, in words; empty while it goes on."""
    cause = cause_in_words(request.outcome_cause)
    ground = grounds.in_words(request.outcome_ground) if request.outcome_ground else ""
    return " ".join(said for said in (cause, ground, request.outcome_reason) if said)


def _stages(steps: list[ApprovalStep], actor: Actor) -> list[list[dict[str, Any]]]:
    """Stages in order, of each the steps that are open together."""
    found: dict[int, list[dict[str, Any]]] = {}
    for step in steps:
        found.setdefault(step.stage or step.position, []).append(_step(step, actor))
    return [found[stage] for stage in sorted(found)]


def _step(step: ApprovalStep, actor: Actor) -> dict[str, Any]:
    now = timezone.now()
    return {
        "step": step,
        "mark": MARKS[step.state],
        "approver": table_words.approver_name(step.approver),
        "waited": timesince(step.opened_at, depth=1) if step.state == states.OPEN and step.opened_at else "",
        "overdue": bool(step.state == states.OPEN and step.due_at and step.due_at < now),
        "votes": [
            {
                "verdict": vote.get_verdict_display(),
                "who": person(vote.voter, step.organisation_id, actor) or pgettext("a vote", "a person of the body"),
                "for": person(vote.seat, step.organisation_id, actor) if vote.seat_id != vote.voter_id else "",
                "at": vote.created_at,
                "reason": vote.reason,
            }
            for vote in step.votes.all()
        ],
        "ground": grounds.in_words(step.ground) if step.ground else "",
    }


def _to_decide(
    request: AccessRequest, steps: list[ApprovalStep], actor: Actor, typed: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """The open steps, each with its form or with why this person will be refused; nothing while the buyer is asked."""
    if request.state != states.IN_APPROVAL:
        return
    parties = (request.organisation_id, request.version.listing.organisation_id)
    delegations = [
        (row.pk, row.delegator.get_username())
        for row in seats.usable(actor, now=timezone.now()).select_related("delegator")
    ]
    for step in steps:
        if step.state != states.OPEN:
            continue
        refusal = ""
        try:
            seats.require_seat(actor, step, parties=parties, delegation_id=None)
        except InvalidInput:
            pass  # several approvers let this person act: the form asks for whom
        except Forbidden as error:
            refusal = detail(error)
        own = delegations if step.organisation_id == actor.organisation_id else []
        yield {
            "step": step,
            "approver": table_words.approver_name(step.approver),
            "refusal": refusal,
            "form": OpinionForm(own, initial=dict(typed), auto_id=f"step_{step.pk}_%s"),
        }
