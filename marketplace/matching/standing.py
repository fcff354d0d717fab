"""The reverse direction, read: which open demands a listing can be shown for.

What the listing says by its words, and what it is to constraints, is compared with all open demands at once
(`engine.reached`, over what `remembered` knows). What the decision table answers is settled for each region and
purpose; where accreditations decide, and where it makes a difference, the buyers are asked of afterwards.
"""

from collections.abc import Iterable

from django.utils import timezone

from foundation.rulebooks.in_force import in_force
from marketplace.authorization.admission import Admission, Buyer
from marketplace.matching.engine.reached import Doubtful, reached
from marketplace.matching.engine.reverse import MOVED, Said, said_by
from marketplace.matching.engine.text import analyse
from marketplace.matching.engine.weights import TextWeights, Weights
from marketplace.matching.facts import texts_of
from marketplace.matching.indexed import access_facts, facts_of
from marketplace.matching.models import IndexedListing
from marketplace.matching.remembered import open_demands
from marketplace.matching.rulebook import MATCHING_WEIGHTS
from marketplace.matching.weighing import catalogue_for


def shown_for(listing_id: int) -> list[int]:
    """The open demands that were matched and may show this listing, as it is now: as a match, or as a near miss.

    Beside them those of whose words one that the listing has is more or less rare by now than what they left to reach
    allows for, whether they may show it or not: every listing that makes a word common tells those who ask for it. So
    it is a superset, by that, by the DRIFT and by the bonus for wanted columns. Empty for what is not published.
    """
    row = IndexedListing.objects.select_related("version").filter(pk=listing_id).first()
    if row is None:
        return []
    weights: Weights = in_force(MATCHING_WEIGHTS).rules
    admission = Admission(access_facts(row))
    now = timezone.now()
    found = reached(
        open_demands(),
        facts_of([row], now=now)[row.pk],
        _said(row, weights.text),
        weights=weights,
        today=timezone.localdate(now),
        refused=admission.refused,
        moved=MOVED,
    )
    return [*found.demands, *_allowed(found.doubtful, admission)]


def _allowed(doubtful: Iterable[Doubtful], admission: Admission) -> list[int]:
    """Those that show it by what the decision table answers to their buyers."""
    buyers = {one.demand: Buyer(one.organisation, one.region, one.person, one.purpose) for one in doubtful}
    refused = admission.refused_among(set(buyers.values())) if buyers else set()
    return [one.demand for one in doubtful if one.if_allowed is (buyers[one.demand] not in refused)]


def _said(row: IndexedListing, weights: TextWeights) -> dict[str, Said]:
    """What it says by each of its terms, and how rare they are in the index now."""
    fields = texts_of(row.version, row.column_types)
    terms = analyse("\n".join(text for text in fields.values() if text))
    return said_by(fields, catalogue_for({*terms.surface, *terms.stems}, weights), weights)
