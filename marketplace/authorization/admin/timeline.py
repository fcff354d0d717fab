"""What happened to a request or a grant, as its audit events say, in words; persons for those who may know them."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit.models import Event
from foundation.participants.models import Organisation

ACTIONS: Final[Mapping[str, str]] = {
    "access_request.submitted": _("Access was asked for"),
    "access_request.routed": _("The chain of approvals was set up"),
    "access_request.approved": _("The request was approved"),
    "access_request.refused": _("The decision table refused the request"),
    "access_request.rejected": _("The request was rejected"),
    "access_request.withdrawn": _("The buyer took the request back"),
    "access_request.expired": _("The request ended undecided"),
    "access_request.lapsed": _("The request was closed: the level rose"),
    "access_request.followed": _("The request goes on at the data's new level"),
    "access_request.asked": _("The buyer was asked a question"),
    "access_request.answered": _("The buyer answered"),
    "access_request.appealed": _("The buyer appealed against the refusal"),
    "access_request.appeal_dismissed": _("The appeal was dismissed: the decision table refuses today as well"),
    "approval_step.voted": _("A vote was cast"),
    "approval_step.approved": _("A step was approved"),
    "approval_step.rejected": _("A step was rejected"),
    "approval_step.escalated": _("A step is overdue: others were told"),
    "grant.issued": _("The grant was issued"),
    "grant.terms_accepted": _("The holder accepted the terms"),
    "grant.suspended": _("The grant was suspended"),
    "grant.resumed": _("The grant was resumed"),
    "grant.revoked": _("The grant was revoked"),
    "grant.expired": _("The grant ended"),
    "grant.expiring": _("The holder was reminded of the end"),
    "grant.followed": _("The grant covers the data's new level"),
}


def lines(events: Iterable[Event], actor: Actor) -> list[dict[str, Any]]:
    """Oldest first: when, what in words, by which organisation, and by whom for the exchange and for colleagues."""
    rows = list(events)
    ids = {row.actor_organisation_id for row in rows if row.actor_organisation_id is not None}
    names = {row.pk: str(row) for row in Organisation.objects.filter(pk__in=ids)}
    return [
        {
            "at": row.at,
            "action": row.action,
            "words": gettext(ACTIONS[row.action]) if row.action in ACTIONS else row.action,
            "by": names.get(row.actor_organisation_id or 0, gettext("the exchange's own software")),
            "person": row.actor_label if _may_know(actor, row) else "",
        }
        for row in rows
    ]


def _may_know(actor: Actor, row: Event) -> bool:
    own = row.actor_organisation_id is not None and row.actor_organisation_id == actor.organisation_id
    return actor.is_exchange or own
