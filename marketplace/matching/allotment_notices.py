"""What buyers and providers are told of allotments."""

from collections.abc import Collection, Iterable

from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.notifications.registry import Audience, Kind, Words
from marketplace.authorization.models import Allotment
from marketplace.catalog.notices import title_of
from marketplace.catalog.policies import PROVIDERS_ROLES
from marketplace.matching import policies
from marketplace.matching.allocations import otherwise, visible_awards


def _both_sides(allotment_id: int) -> Iterable[Audience]:
    rows = Allotment.objects.filter(pk=allotment_id).values_list("organisation_id", "listing__organisation_id")
    for buyer, provider in rows:
        yield Audience(buyer, policies.BUYERS_ROLES)
        yield Audience(provider, PROVIDERS_ROLES)


def _words(actor: Actor, ids: Collection[int]) -> dict[int, Words]:
    return {
        row.allotment_id: {
            "title": title_of(row.version),
            "until": localtime(row.allotment.ends_at).strftime("%Y-%m-%d %H:%M %z"),
            "reason": otherwise(actor, row),
        }
        for row in visible_awards(actor).filter(allotment__in=ids)
    }


ALLOTMENT_KINDS = (
    Kind(
        name="matching.right_allotted",
        subject_type="allotment",
        label=_("An exclusive right was allotted"),
        title=_("Exclusive right allotted: %(title)s"),
        text=_(
            "Until %(until)s only the buyer to whom it is allotted can ask for an exclusive licence of '%(title)s'. "
            "%(reason)s"
        ),
        audience=_both_sides,
        words=_words,
        link="/api/v1/allotments/%(id)s",
    ),
    Kind(
        name="matching.right_free_again",
        subject_type="allotment",
        label=_("An allotted exclusive right is free again"),
        title=_("Exclusive right free again: %(title)s"),
        text=_(
            "The buyer to whom the exclusive right to '%(title)s' was allotted declined it, or asked for no licence. "
            "The next round allots it anew."
        ),
        audience=_both_sides,
        words=_words,
        link="/api/v1/allotments/%(id)s",
    ),
)
