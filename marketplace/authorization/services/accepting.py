"""The holder accepts the terms of a grant, before anything is handed over under it (P21); who has not is told once."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.batches import each_held
from foundation.errors import Conflict, InvalidInput
from foundation.events import services as events
from foundation.participants.policies import require_verified_at_all
from marketplace.authorization import policies, states
from marketplace.authorization.agreement import terms_digest
from marketplace.authorization.decisions import demanded_of
from marketplace.authorization.models import Grant
from marketplace.authorization.rises import held_by
from marketplace.authorization.services.grants import locked_grant


@transaction.atomic
def accept_terms(*, actor: Actor, grant_id: int, sha256: str) -> Grant:
    """Accept the agreement whose digest is `sha256` (operators and administrators of the holder).

    Who accepted first, and when, stays; a second time changes nothing. InvalidInput for the digest of another text:
    what is accepted is what was read. Conflict for a grant that is over. Forbidden for an organisation that is
    suspended: nothing would be handed over to it.
    """
    grant = locked_grant(actor, grant_id)
    policies.require_requester(actor, grant.request)
    require_verified_at_all(actor)
    if sha256 != terms_digest(grant.agreement):
        message = _("Not the digest of this grant's agreement: read it again, and accept what you have read.")
        raise InvalidInput.of("/sha256", message)
    if grant.state not in states.STANDING:
        raise Conflict(_("The grant is '%(state)s': there is nothing to accept any longer."), state=grant.state)
    if grant.accepted_at is not None:
        return grant
    grant.accepted_at, grant.accepted_by_id, grant.terms_digest = timezone.now(), actor.user_id, sha256
    if grant.demanded is None:  # issued before the exchange kept it
        grant.demanded = demanded_of(grant.request, held_by(grant.request), grant.level)
    grant.save(update_fields=["accepted_at", "accepted_by", "terms_digest", "demanded"])
    audit.record(actor=actor, action="grant.terms_accepted", subject=("grant", grant.pk), data={"terms_sha256": sha256})
    return grant


def remind_of_terms(*, actor: Actor) -> int:
    """Emit `grant.terms_waiting` once for every active grant whose terms wait to be accepted; how many.

    They have waited since settings.TERMS_REMINDER_DAYS after it was issued: also those of grants that were issued
    before there were terms to accept, whose holders heard of it from nobody.
    """
    before = timezone.now() - timedelta(days=settings.TERMS_REMINDER_DAYS)
    waiting = Grant.objects.filter(state=states.ACTIVE, accepted_at=None, terms_reminded_at=None)

    def remind(grant: Grant) -> None:
        grant.terms_reminded_at = timezone.now()
        grant.save(update_fields=["terms_reminded_at"])
        audit.record(actor=actor, action="grant.terms_waiting", subject=("grant", grant.pk))
        events.emit(name="grant.terms_waiting", subject=("grant", grant.pk))

    return each_held(waiting.filter(created_at__lte=before), remind)
