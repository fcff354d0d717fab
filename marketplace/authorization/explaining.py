"""What a request would meet with today: what the rules say, and licences of others that are in its way."""

from dataclasses import replace
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.errors import Conflict, InvalidInput
from marketplace.authorization import selectors
from marketplace.authorization.exclusivity import require_free


def explain_access(
    actor: Actor,
    *,
    listing_id: int,
    purpose: str | None = None,
    form: str | None = None,
    term_days: int | None = None,
    exclusive: bool = False,
) -> selectors.Explained:
    """`selectors.explain`, with what stands `in_the_way` of a term that began now (a day, where none is named).

    InvalidInput at /exclusive where no exclusive licence can be had, whoever asks.
    """
    found = selectors.explain(actor, listing_id=listing_id, purpose=purpose, form=form, term_days=term_days)
    if exclusive and not found.version.exclusive_offered:
        raise InvalidInput.of("/exclusive", _("The listing offers no exclusive licence: ask for another."))
    if found.ruling.decision.refused:
        return found
    if exclusive and not found.ruling.decision.approvals:
        message = _(
            "By row '%(rule)s' of the decision table everybody may have this at once: no licence excludes others."
        )
        raise InvalidInput.of("/exclusive", message, rule=found.ruling.decision.rule_id)
    now = timezone.now()
    try:
        require_free(
            actor,
            listing_id=found.version.listing_id,
            buyer_id=actor.organisation_id or 0,
            exclusive=exclusive,
            starts_at=now,
            ends_at=now + timedelta(days=term_days or 1),
        )
    except Conflict as taken:
        return replace(found, in_the_way=taken)
    return found
