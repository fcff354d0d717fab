"""What buyers are told of a sample that was not read; whose was read finds its matches in the digest."""

from collections.abc import Collection, Iterable

from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.notifications.registry import Audience, Kind, Words
from marketplace.matching import policies, states
from marketplace.matching.models import Demand, DemandSample
from marketplace.matching.sample_wording import problem_of


def _buyer(demand_id: int) -> Iterable[Audience]:
    owners = Demand.objects.filter(pk=demand_id).values_list("organisation_id", flat=True)
    return [Audience(owner, policies.BUYERS_ROLES) for owner in owners]


def _words(actor: Actor, ids: Collection[int]) -> dict[int, Words]:
    """Why, and of which demand; the file's name is not sent about. Nothing where another was attached meanwhile."""
    failed = DemandSample.objects.filter(policies.visible(actor, "demand__"), demand__in=ids, state=states.FAILED)
    return {row.demand_id: {"number": row.demand_id, "reason": problem_of(row)} for row in failed}


SAMPLE_KINDS = (
    Kind(
        name="matching.sample_failed",
        subject_type="demand",
        label=_("The sample of a demand was not read"),
        title=_("Sample not read: demand #%(number)s"),
        text=_("The sample of your demand #%(number)s was not read. %(reason)s"),
        audience=_buyer,
        words=_words,
        link="/api/v1/demands/%(id)s/sample",
    ),
)
