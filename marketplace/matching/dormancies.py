"""Listings that nobody uses: who sees them, and what their providers and possible buyers are told."""

from collections.abc import Collection, Iterable

from django.db import models
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.notifications.registry import Audience, Kind, Words
from marketplace.catalog.models import ListingVersion
from marketplace.catalog.notices import title_of
from marketplace.catalog.policies import PROVIDERS_ROLES
from marketplace.catalog.selectors import published_versions
from marketplace.matching import policies
from marketplace.matching.models import Dormancy, Match
from marketplace.matching.selectors import visible_matches
from marketplace.matching.steps import in_steps


def visible_dormancies(actor: Actor) -> models.QuerySet[Dormancy]:
    """Those of the actor's own listings; the exchange sees all."""
    rows = Dormancy.objects.select_related("listing")
    if actor.is_system or actor.is_exchange:
        return rows
    if actor.organisation_id is None:
        return rows.none()
    return rows.filter(listing__organisation_id=actor.organisation_id)


def _provider(dormancy_id: int) -> Iterable[Audience]:
    owners = Dormancy.objects.filter(pk=dormancy_id).values_list("listing__organisation_id", flat=True)
    return [Audience(owner, PROVIDERS_ROLES) for owner in owners]


def _buyer(match_id: int) -> Iterable[Audience]:
    owners = Match.objects.filter(pk=match_id).values_list("demand__organisation_id", flat=True)
    return [Audience(owner, policies.BUYERS_ROLES) for owner in owners]


def _current(listing_ids: Collection[int]) -> dict[int, ListingVersion]:
    return {row.listing_id: row for row in published_versions().filter(listing_id__in=listing_ids)}


def _dormancy_words(actor: Actor, ids: Collection[int]) -> dict[int, Words]:
    rows = list(visible_dormancies(actor).filter(pk__in=ids))
    current = _current([row.listing_id for row in rows])
    return {
        row.pk: {
            "title": title_of(current[row.listing_id]),
            "until": localtime(row.unused_since).strftime("%Y-%m-%d"),
            "demands": in_steps(row.offers),
            "number": in_steps(row.near_misses),
        }
        for row in rows
        if row.listing_id in current
    }


def _offer_words(actor: Actor, ids: Collection[int]) -> dict[int, Words]:
    return {
        row.pk: {"title": title_of(row.version), "number": row.demand_id}
        for row in visible_matches(actor).filter(pk__in=ids)
    }


DORMANCY_KINDS = (
    Kind(
        name="matching.listing_dormant",
        subject_type="dormancy",
        label=_("A listing of yours is not used"),
        title=_("Not used: %(title)s"),
        text=_(
            "Nobody has used '%(title)s' since %(until)s. It was offered to the buyers of %(demands)s open demands; "
            "%(number)s further open demands ask for what it has, but for a condition that it does not meet."
        ),
        audience=_provider,
        words=_dormancy_words,
        link="/api/v1/dormant-listings",
    ),
    Kind(
        name="matching.dormant_offered",
        subject_type="match",
        label=_("A listing that nobody uses suits a demand of yours"),
        title=_("Suits your demand: %(title)s"),
        text=_("'%(title)s' meets all conditions of your demand #%(number)s, and nobody is using it now."),
        audience=_buyer,
        words=_offer_words,
        link="/api/v1/demands",
    ),
)
