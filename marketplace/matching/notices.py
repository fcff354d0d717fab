"""What both sides are told of matches: a digest, or at once for those who want that in its place."""

from collections.abc import Collection, Iterable

from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.notifications.registry import Audience, Kind, Words, register
from marketplace.catalog.policies import PROVIDERS_ROLES
from marketplace.matching import policies
from marketplace.matching.allotment_notices import ALLOTMENT_KINDS
from marketplace.matching.dormancies import DORMANCY_KINDS
from marketplace.matching.models import Demand
from marketplace.matching.sample_notices import SAMPLE_KINDS
from marketplace.matching.selectors import visible_demands
from marketplace.matching.services.digest import LISTED_AT_ONCE, LISTED_KIND, PROPOSED_AT_ONCE, PROPOSED_KIND


def _buyer(organisation_id: int) -> Iterable[Audience]:
    return [Audience(organisation_id, policies.BUYERS_ROLES)]


def _words(actor: Actor, ids: Collection[int]) -> dict[int, Words]:
    """Nothing but the counts that were kept, for the organisation whose demands or listings they are of."""
    return {organisation_id: {} for organisation_id in ids if organisation_id == actor.organisation_id}


def _provider(organisation_id: int) -> Iterable[Audience]:
    return [Audience(organisation_id, PROVIDERS_ROLES)]


def _demands_buyer(demand_id: int) -> Iterable[Audience]:
    owners = Demand.objects.filter(pk=demand_id).values_list("organisation_id", flat=True)
    return [Audience(owner, policies.BUYERS_ROLES) for owner in owners]


def _demand_words(actor: Actor, ids: Collection[int]) -> dict[int, Words]:
    """The number of a demand, for those who see it."""
    return {pk: {"number": pk} for pk in visible_demands(actor).filter(pk__in=ids).values_list("pk", flat=True)}


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
    ),
    Kind(
        name=PROPOSED_AT_ONCE,
        subject_type="demand",
        label=_("Listings were found for a demand of yours (at once, in place of the digest)"),
        title=_("New matches of demand #%(number)s: %(matches)s"),
        text=_("%(matches)s listings were found for your demand #%(number)s."),
        audience=_demands_buyer,
        words=_demand_words,
        link="/api/v1/demands/%(id)s",
        by_mail=False,
        in_app=False,
        digest=PROPOSED_KIND,
    ),
    Kind(
        name=LISTED_KIND,
        subject_type="organisation",
        label=_("Your listings were found for open demands"),
        title=_("Open demands that your listings meet: %(demands)s"),
        text=_("%(listings)s of your listings were found for %(demands)s open demands of other organisations."),
        audience=_provider,
        words=_words,
        link="/api/v1/listings",
    ),
    Kind(
        name=LISTED_AT_ONCE,
        subject_type="organisation",
        label=_("Your listings were found for an open demand (at once, in place of the digest)"),
        title=_("An open demand that your listings meet: %(listings)s of them"),
        text=_("%(listings)s of your listings were found for an open demand of another organisation."),
        audience=_provider,
        words=_words,
        link="/api/v1/listings",
        by_mail=False,
        in_app=False,
        digest=LISTED_KIND,
    ),
)
register(*ALLOTMENT_KINDS, *DORMANCY_KINDS, *SAMPLE_KINDS)
