"""Renewing a grant: asked for and decided anew, by today's rules and today's grade, to begin where it ends."""

from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.errors import Conflict
from marketplace.authorization import policies, selectors, states
from marketplace.authorization.models import AccessRequest
from marketplace.authorization.services.grants import locked_grant
from marketplace.authorization.services.requests import request_access
from marketplace.catalog import selectors as catalog
from marketplace.catalog.models import ListingVersion

RENEWING: Final = (states.SUBMITTED, *states.PENDING, states.APPROVED)
"""What another renewal of the same grant would come on top of: `request_one_renewal` in the database."""


@transaction.atomic
def renew_grant(
    *,
    actor: Actor,
    grant_id: int,
    term_days: int,
    justification: str = "",
    answers: Mapping[str, Any] | None = None,
) -> AccessRequest:
    """Ask for what an active grant gives, for `term_days` more (operators and administrators of its holder).

    A request like any other, of the listing's published version: the table in force decides, whoever its row names
    approves, and new terms are to be accepted. Its term begins at the very instant at which the grant's ends, where
    that is still to come; an exclusive licence goes on without anybody between.
    Conflict for a grant that is suspended, over or not begun yet, and for a second renewal of one.
    """
    listing_id = selectors.grant(actor, grant_id).listing_id
    current = catalog.current_version(actor, listing_id)
    # before the grant, as everybody locks them
    version = ListingVersion.objects.select_for_update(no_key=True).get(pk=current.pk)
    grant = locked_grant(actor, grant_id)
    former = grant.request
    policies.require_requester(actor, former)
    if grant.state != states.ACTIVE:
        raise Conflict(_("The grant is '%(state)s': only an active one is renewed."), state=grant.state)
    if grant.starts_at > timezone.now():
        # else one could be put after the other for ever, all of them decided by the rules of one day
        begins = localtime(grant.starts_at).strftime("%Y-%m-%d %H:%M %z")
        raise Conflict(_("The grant begins at %(begins)s: it can be renewed from then on."), begins=begins)
    if AccessRequest.objects.filter(renews=grant, state__in=RENEWING).exists():
        raise Conflict(_("A renewal of this grant is asked for or granted already."))
    return request_access(
        actor=actor,
        version_id=version.pk,
        purpose=former.purpose,
        form=former.form,
        term_days=term_days,
        justification=justification,
        columns=former.columns,
        download_limit=former.download_limit,
        row_limit=former.row_limit,
        byte_limit=former.byte_limit,
        exclusive=former.exclusive,
        answers=former.answers if answers is None else answers,
        renews=grant,
    )
