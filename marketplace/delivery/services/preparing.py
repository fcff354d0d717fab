"""Preparing a granted file in its granted form, and links to fetch it by."""

from collections.abc import Mapping
from pathlib import PurePath
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import Conflict, Forbidden, InvalidInput
from foundation.jobs import services as jobs
from foundation.jobs import states as job_states
from grading.engine.readers.packing import inner_name
from marketplace.authorization import selectors as authorization
from marketplace.authorization.decisions import Answer, HandOver, permit
from marketplace.authorization.models import Form, Grant
from marketplace.authorization.wording import InWords
from marketplace.catalog.models import Distribution
from marketplace.delivery import links, policies, selectors, states
from marketplace.delivery.models import Delivery

MADE_MEDIA_TYPE = "text/csv; charset=utf-8"
MADE: Mapping[str, str] = {Form.ORIGINAL: "extract", Form.MASKED: "masked"}
"""Form → what the name of a file that is made of it says."""
OUTDATED: Final = "outdated"
"""The problem of a file that was masked by findings or rules of before."""


def refusal(answer: Answer) -> Forbidden:
    """The error of a refused hand-over: its rule is the first reason, its words are all of them."""
    first = answer.verdict.reasons[0].code
    return Forbidden(
        _("This cannot be handed over: %(reasons)s"), rule=f"delivery.{first}", reasons=InWords(answer.verdict)
    )


def prepare_delivery(*, actor: Actor, grant_id: int, distribution_id: int) -> Delivery:
    """Have one file of a grant made ready in the granted form; what is ready or being made already is returned.

    A whole original is ready at once; a masked file, and one of some columns, is made by a job. Forbidden where the
    decision point refuses, which is recorded although nothing else is.
    """
    grant = authorization.grant(actor, grant_id)
    asker_id, user_id = policies.require_holder(actor, grant)
    distribution = Distribution.objects.filter(pk=distribution_id, version_id=grant.version_id).first()
    if distribution is None:
        raise InvalidInput.of("/distribution", _("Not a file of the listing version that this grant is for."))
    with transaction.atomic():
        grant = Grant.objects.select_for_update(no_key=True).get(pk=grant.pk)
        form = grant.forms[0]
        wanted = HandOver(form, asker_id, user_id, columns=frozenset(grant.columns))
        answer = permit(grant, wanted, now=timezone.now())
        if answer.allowed:
            return _prepared(actor, grant, distribution, form, answer)
        audit.record(
            actor=actor,
            action="delivery.refused",
            subject=("grant", grant.pk),
            data={"distribution": distribution.pk, "decision": answer.as_record()},
        )
    raise refusal(answer)


def _prepared(actor: Actor, grant: Grant, distribution: Distribution, form: str, answer: Answer) -> Delivery:
    """The delivery of this file in this form, with the grant locked: two askers get the same one.

    What is masked otherwise than it would be today is made anew.
    """
    present = Delivery.objects.select_for_update(of=("self",)).filter(
        grant=grant, distribution=distribution, form=form, state__in=[states.PREPARING, states.READY]
    )
    delivery = present.first()
    if delivery is not None and delivery.state == states.READY and selectors.outdated(delivery):
        delivery.problem = OUTDATED
        finish(actor=actor, delivery=delivery, event="outdate")
        delivery = None
    if delivery is None:
        delivery = _create(actor, grant, distribution, form, answer)
    if delivery.state == states.PREPARING:
        _make(actor, delivery)
    return delivery


def _create(actor: Actor, grant: Grant, distribution: Distribution, form: str, answer: Answer) -> Delivery:
    stored = selectors.as_stored(grant, distribution)
    filename = distribution.asset.filename
    made = f"{PurePath(inner_name(filename)).stem[:240]}.{MADE[form]}.csv"
    delivery = Delivery.objects.create(
        grant=grant,
        distribution=distribution,
        form=form,
        state=states.DELIVERY.target("prepare"),
        filename=filename if stored else made,
        media_type=distribution.media_type if stored else MADE_MEDIA_TYPE,
        asked_by_id=actor.user_id,
    )
    audit.record(
        actor=actor,
        action="delivery.requested",
        subject=("delivery", delivery.pk),
        data={"grant": grant.pk, "distribution": distribution.pk, "decision": answer.as_record()},
    )
    return delivery


def _make(actor: Actor, delivery: Delivery) -> None:
    if selectors.as_stored(delivery.grant, delivery.distribution):
        finish(actor=actor, delivery=delivery, event="ready")
        return
    kind = "delivery.mask" if delivery.form == Form.MASKED else "delivery.extract"
    latest = selectors.latest_job(delivery.pk)
    if latest is None or latest.state in (job_states.FAILED, job_states.CANCELLED):  # else it is on its way
        jobs.enqueue(
            kind=kind,
            arguments={"subject_id": delivery.pk},
            subject=("delivery", delivery.pk),
            organisation_id=delivery.grant.organisation_id,
            dedup_key=f"{kind}:{delivery.pk}",
        )


def finish(*, actor: Actor, delivery: Delivery, event: str) -> None:
    """End the preparation of a locked delivery, with its result set on it."""
    delivery.state = states.DELIVERY.target(event, delivery.state)
    if delivery.state == states.READY:
        delivery.ready_at = timezone.now()
    delivery.save(update_fields=["state", "ready_at", "blob", "report", "problem"])
    audit.record(
        actor=actor,
        action=f"delivery.{delivery.state}",
        subject=("delivery", delivery.pk),
        data={"grant": delivery.grant_id, "form": delivery.form},
    )


@transaction.atomic
def make_link(*, actor: Actor, delivery_id: int) -> links.Link:
    """A link to fetch a ready delivery by, for its holder. Whether it may be fetched is decided when it is used."""
    delivery = selectors.delivery(actor, delivery_id)
    holder_id, user_id = policies.require_holder(actor, delivery.grant)
    if delivery.state != states.READY:
        raise Conflict(_("The delivery is '%(state)s': a link needs it to be ready."), state=delivery.state)
    link = links.sign(delivery_id=delivery.pk, holder_id=holder_id, user_id=user_id)
    audit.record(
        actor=actor,
        action="delivery.link_made",
        subject=("delivery", delivery.pk),
        data={"until": link.expires_at.isoformat()},
    )
    return link
