"""Issuing, suspending, resuming, revoking and expiring grants."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.batches import each_held
from foundation.errors import Conflict, InvalidInput
from foundation.events import services as events
from foundation.events.models import Event
from foundation.participants.models import Organisation, Role
from foundation.participants.selectors import organisations_with_role
from marketplace.authorization import policies, selectors, states
from marketplace.authorization.agreement import AgreementFacts, Party, agreement, terms_digest
from marketplace.authorization.decisions import demanded_by, demanded_of
from marketplace.authorization.engine.pdp import DELIVERABLE_STATES
from marketplace.authorization.engine.vocabulary import level_rank
from marketplace.authorization.exclusivity import one_at_a_time, require_free
from marketplace.authorization.models import AccessRequest, Grant
from marketplace.authorization.rises import Rise, decided_level, held_by, rise_of_grant
from marketplace.catalog import selectors as catalog
from marketplace.catalog.models import ListingVersion

INCIDENT: Final = "incident"
"""Code of the cause of a suspension."""
EXPIRING: Final = "grant.expiring"
LONGEST_REASON: Final = 500


def issue_grant(*, actor: Actor, request: AccessRequest) -> Grant:
    """Issue what an approved request asked for, in the transaction that approved it.

    Conflict where the approvals no longer fit: the version is no longer available, or its level is above the one
    that was decided on; and where an exclusive licence stands in the way, or any does in the way of an exclusive one.
    The transaction that approves fails with it, so the last step stays open: it can be approved once the other licence
    has ended or been revoked, or rejected; the approvals before it count on, and the buyer may withdraw.
    """
    version = ListingVersion.objects.select_related("listing__organisation").get(pk=request.version_id)
    level = decided_level(request)
    _require_unchanged(version, level)
    starts_at = beginning(request, timezone.now())
    one_at_a_time(version.listing_id)
    ends_at = starts_at + timedelta(days=request.term_days)
    require_free(
        actor,
        listing_id=version.listing_id,
        buyer_id=request.organisation_id,
        exclusive=request.exclusive,
        starts_at=starts_at,
        ends_at=ends_at,
    )
    exchange = organisations_with_role(Role.EXCHANGE).first()
    facts = AgreementFacts(
        request_id=request.pk,
        listing_id=version.listing_id,
        version_id=version.pk,
        version_number=version.number,
        title=version.title,
        provider=_party(version.listing.organisation),
        holder=_party(request.organisation),
        exchange=None if exchange is None else _party(exchange),
        purpose=request.purpose,
        form=request.form,
        obligations=request.decision["obligations"],
        starts_at=starts_at,
        ends_at=ends_at,
        download_limit=request.download_limit,
        exclusive=request.exclusive,
        terms=version.terms,
        columns=request.columns,
        row_limit=request.row_limit,
        byte_limit=request.byte_limit,
    )
    grant = Grant.objects.create(
        request=request,
        listing_id=version.listing_id,
        version=version,
        organisation_id=request.organisation_id,
        state=states.GRANT.target("issue"),
        mode=request.mode,
        level=level,
        forms=[request.form],
        obligations=request.decision["obligations"],
        columns=request.columns,
        demanded=demanded_of(request, held_by(request), level),
        agreement=agreement(facts),
        download_limit=request.download_limit,
        row_limit=request.row_limit,
        byte_limit=request.byte_limit,
        exclusive=request.exclusive,
        starts_at=starts_at,
        ends_at=ends_at,
    )
    audit.record(
        actor=actor,
        action="grant.issued",
        subject=("grant", grant.pk),
        data={
            "request": request.pk,
            "version": version.pk,
            "holder": request.organisation_id,
            "forms": grant.forms,
            "obligations": grant.obligations,
            "columns": len(grant.columns),
            "demanded": grant.demanded,
            "terms_sha256": terms_digest(grant.agreement),
            "exclusive": grant.exclusive,
            "from": starts_at.isoformat(),
            "until": ends_at.isoformat(),
            "renews": request.renews_id,
        },
    )
    events.emit(name="grant.issued", subject=("grant", grant.pk))
    return grant


def beginning(request: AccessRequest, now: datetime) -> datetime:
    """When the grant of a request begins: now, or at the very instant at which the one that it renews ends.

    Conflict where that one was revoked meanwhile. It is held until the transaction ends.
    """
    if request.renews_id is None:
        return now
    former = Grant.objects.select_for_update(no_key=True).get(pk=request.renews_id)
    if former.state == states.REVOKED:
        raise Conflict(_("The grant that is to be renewed was revoked: access has to be asked for anew."))
    return max(now, former.ends_at) if former.state in states.STANDING else now


def _party(organisation: Organisation) -> Party:
    return Party(organisation.pk, organisation.name)


def _require_unchanged(version: ListingVersion, decided_level: str) -> None:
    if version.state not in DELIVERABLE_STATES:
        raise Conflict(_("The listing version is '%(state)s': nothing can be granted."), state=version.state)
    today, decided = level_rank(catalog.level_of(version)), level_rank(decided_level)
    if today is None or decided is None or today > decided:
        raise Conflict(_("The data's level has been raised since the request: it has to be asked for again."))


@transaction.atomic
def suspend_grant(*, actor: Actor, grant_id: int, reason: str) -> Grant:
    """Stop deliveries for the time being (the exchange); a running download stops at its next piece."""
    grant = locked_grant(actor, grant_id)
    policies.require_exchange_keeper(actor)
    return _move(actor, grant, "suspend", "grant.suspended", _stated(reason))


@transaction.atomic
def resume_grant(*, actor: Actor, grant_id: int) -> Grant:
    """Lift a suspension (the exchange, nobody of the parties). The term goes on as it was.

    Conflict where the data's level has risen and the decision table does not bear the grant at it.
    """
    grant = locked_grant(actor, grant_id)
    policies.require_exchange_keeper(actor)
    policies.require_no_party(actor, (grant.organisation_id, grant.listing.organisation_id))
    rise = rise_of_grant(grant, catalog.level_of(grant.version))
    if rise is not None:
        _require_borne(rise)
        cover_level(actor=actor, grant=grant, rise=rise)
    return _move(actor, grant, "resume", "grant.resumed", "")


@transaction.atomic
def revoke_grant(*, actor: Actor, grant_id: int, reason: str) -> Grant:
    """End a grant for good (the exchange, or who approved it); a running download stops at its next piece.

    A renewal of it that is issued already goes with it: it was given because the grant was in good standing.
    """
    grant = locked_grant(actor, grant_id)
    policies.require_may_revoke(actor, grant)
    stated = _stated(reason)
    renewals = Grant.objects.select_for_update(of=("self",), no_key=True)
    for renewal in renewals.filter(request__renews=grant, state__in=states.STANDING).order_by("pk"):
        _move(actor, renewal, "revoke", "grant.revoked", stated)
    return _move(actor, grant, "revoke", "grant.revoked", stated)


def suspend_outgrown(*, actor: Actor, grant: Grant, rise: Rise) -> Grant:
    """Suspend a locked grant that the table does not bear at today's level, in the caller's transaction (a job)."""
    return _move(actor, grant, "suspend", "grant.suspended", "", rise.as_cause())


@transaction.atomic
def suspend_for_incident(*, actor: Actor, grant_id: int, incident_id: int) -> bool:
    """Suspend a grant that an incident concerns (the exchange); False where it is suspended or over already."""
    grant = locked_grant(actor, grant_id)
    policies.require_exchange_keeper(actor)
    if grant.state != states.ACTIVE:
        return False
    _move(actor, grant, "suspend", "grant.suspended", "", {"code": INCIDENT, "incident": incident_id})
    return True


def cover_level(*, actor: Actor, grant: Grant, rise: Rise) -> None:
    """Let a locked grant that the table bears as it is cover today's level, in the caller's transaction."""
    grant.level = rise.level
    grant.demanded = demanded_by(rise.ruling.rulebook, rise.ruling.facts, held_by(grant.request))
    grant.save(update_fields=["level", "demanded"])
    audit.record(actor=actor, action="grant.followed", subject=("grant", grant.pk), data=rise.as_record())


def _require_borne(rise: Rise) -> None:
    if rise.short:
        raise Conflict(
            _(
                "The data's level has been raised, and row '%(rule)s' of the decision table asks for more than the "
                "grant was given under: access has to be asked for again."
            ),
            rule=rise.ruling.decision.rule_id,
        )


def expire_grants(*, actor: Actor) -> int:
    """End every grant whose term is over; how many."""
    over = Grant.objects.filter(state__in=states.STANDING, ends_at__lte=timezone.now())
    return each_held(over, lambda grant: _move(actor, grant, "expire", "grant.expired", ""))


def remind_of_ending(*, actor: Actor) -> int:
    """Emit `grant.expiring` once for every active grant that ends within settings.GRANT_REMINDER_DAYS; how many.

    Grants that were given for no longer than that are not spoken of: their holders have only just been told. Nor are
    those whose renewal is granted.
    """
    now, days = timezone.now(), timedelta(days=settings.GRANT_REMINDER_DAYS)
    told = Event.objects.filter(name=EXPIRING, subject_type="grant", subject_id=OuterRef("pk"))
    soon = Grant.objects.filter(
        state=states.ACTIVE, ends_at__range=(now, now + days), ends_at__gt=F("starts_at") + days
    )

    def remind(grant: Grant) -> None:
        events.emit(name=EXPIRING, subject=("grant", grant.pk))
        audit.record(actor=actor, action=EXPIRING, subject=("grant", grant.pk))

    return each_held(soon.exclude(Exists(told)).exclude(renewals__state=states.APPROVED), remind)


def locked_grant(actor: Actor, grant_id: int) -> Grant:
    """The locked grant, or NotFound where the actor may not see it."""
    selectors.grant(actor, grant_id)
    return Grant.objects.select_for_update(no_key=True, of=("self",)).get(pk=grant_id)


def _stated(reason: str) -> str:
    if not reason.strip():
        raise InvalidInput.of("/reason", _("State the reason: the holder will read it."))
    if len(reason) > LONGEST_REASON or "\x00" in reason:
        raise InvalidInput.of("/reason", _("Use at most %(limit)s characters, and no NUL."), limit=LONGEST_REASON)
    return reason.strip()


def _move(
    actor: Actor, grant: Grant, event: str, action: str, reason: str, cause: Mapping[str, Any] | None = None
) -> Grant:
    grant.state = states.GRANT.target(event, grant.state)
    grant.state_reason, grant.state_cause = reason, dict(cause or {})
    grant.save(update_fields=["state", "state_reason", "state_cause"])
    said = {"reason": reason} if reason else {}
    audit.record(actor=actor, action=action, subject=("grant", grant.pk), data={**said, **grant.state_cause})
    events.emit(name=action, subject=("grant", grant.pk))
    return grant
