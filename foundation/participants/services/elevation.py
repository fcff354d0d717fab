"""Staff elevation: an administrator's powers for minutes, in one session, with a reason, in the audit log."""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import Conflict, InvalidInput, NotFound
from foundation.participants import policies, states
from foundation.participants.models import Elevation, MemberRole, Membership

SHORTEST_REASON: Final = 8


@transaction.atomic
def begin_elevation(*, actor: Actor, session_digest: str, reason: str, minutes: int) -> Elevation:
    """Elevate a session of an administrator of the exchange. The surface has made sure who it is, anew.

    `actor` is the person with all roles. Conflict when the session is elevated already; InvalidInput for no reason or
    more than settings.ELEVATION_MINUTES.
    """
    policies.require_exchange(actor, MemberRole.ADMINISTRATOR)
    if len(reason.strip()) < SHORTEST_REASON:
        raise InvalidInput.of("/reason", _("Say what you are going to do: the audit log keeps it."))
    if not 1 <= minutes <= settings.ELEVATION_MINUTES:
        raise InvalidInput.of("/minutes", _("Give 1 to %(limit)s minutes."), limit=settings.ELEVATION_MINUTES)
    own = Membership.objects.filter(user=actor.user_id, organisation=actor.organisation_id, state=states.ACTIVE)
    membership = own.first()
    if membership is None:
        raise NotFound
    expire_elevations(actor=actor, session_digest=session_digest)
    try:
        with transaction.atomic():
            elevation = Elevation.objects.create(
                membership=membership,
                reason=reason.strip()[:500],
                session_digest=session_digest,
                state=states.ELEVATION.target("begin"),
                expires_at=timezone.now() + timedelta(minutes=minutes),
            )
    except IntegrityError as error:
        raise Conflict(_("This session is elevated already.")) from error
    audit.record(
        actor=actor,
        action="elevation.begun",
        subject=("elevation", elevation.pk),
        data={"membership": membership.pk, "minutes": minutes, "reason": elevation.reason},
    )
    return elevation


@transaction.atomic
def end_elevation(*, actor: Actor, elevation_id: int) -> Elevation:
    """End one's own elevation before its time."""
    elevation = (
        Elevation.objects.select_for_update(of=("self",))
        .filter(pk=elevation_id, membership__user=actor.user_id)
        .first()
    )
    if elevation is None or actor.user_id is None:
        raise NotFound
    _close(actor, elevation, "end", "elevation.ended")
    return elevation


@transaction.atomic
def expire_elevations(*, actor: Actor, session_digest: str | None = None) -> int:
    """Close the elevations whose time is over, all or those of one session; how many."""
    over = Elevation.objects.select_for_update(skip_locked=True).filter(
        state=states.ACTIVE, expires_at__lte=timezone.now()
    )
    if session_digest is not None:
        over = over.filter(session_digest=session_digest)
    rows = list(over.order_by("pk")[:500])
    for elevation in rows:
        _close(actor, elevation, "expire", "elevation.expired")
    return len(rows)


def _close(actor: Actor, elevation: Elevation, event: str, action: str) -> None:
    elevation.state = states.ELEVATION.target(event, elevation.state)
    elevation.ended_at = timezone.now()
    elevation.save(update_fields=["state", "ended_at"])
    audit.record(actor=actor, action=action, subject=("elevation", elevation.pk))
