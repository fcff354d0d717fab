"""What buyers are told of matches: a digest of all their demands."""

from collections.abc import Collection, Iterable

from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.notifications.registry import Audience, Kind, Words, register
from marketplace.matching import policies
from marketplace.matching.allotment_notices import ALLOTMENT_KINDS
from marketplace.matching.dormancies import DORMANCY_KINDS
from marketplace.matching.sample_notices import SAMPLE_KINDS
from marketplace.matching.services.digest import PROPOSED_KIND


def _buyer(organisation_id: int) -> Iterable[Audience]:
    return [Audience(organisation_id, policies.BUYERS_ROLES)]


def _words(actor: Actor, ids: Collection[int]) -> dict[int, Words]:
    """Nothing but the counts that were kept, for the buyer whose demands they are."""
    return {organisation_id: {} for organisation_id in ids if organisation_id == actor.organisation_id}


register(
    Kind(
        name=PROPOSED_KIND,
        subject_type="organisation",
        label=_("Listings were found for your demands"),
        title=_("New matches: %(matches)s"),
        text=_("%(matches)s listings were found for %(demands)s of your demands."),
        audience=_buyer,
        words=_words,
        link="/api/v1/demands",
    )
)
register(*ALLOTMENT_KINDS, *DORMANCY_KINDS, *SAMPLE_KINDS)
