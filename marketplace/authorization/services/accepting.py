"""The holder accepts the terms of a grant, before anything is handed over under it (P21)."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import Conflict, InvalidInput
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
    what is accepted is what was read. Conflict for a grant that is over.
    """
    grant = locked_grant(actor, grant_id)
    policies.require_requester(actor, grant.request)
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
