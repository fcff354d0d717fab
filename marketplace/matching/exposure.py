"""Who is seen: the share of the first places that go to providers of each size and age, beside what they offer.

A ranking that looks at nobody's name may still leave the small and the new unseen: this measures it (P26).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import Count, Min, Q
from django.utils import timezone

from marketplace.catalog.selectors import published_versions
from marketplace.matching import states
from marketplace.matching.models import Match

FIRST_PLACES: Final = 10
NEW_DAYS: Final = 180
SIZES: Final = ((1, "1"), (5, "2-5"), (20, "6-20"))
LARGEST: Final = "21+"
NEW: Final = "new"


@dataclass(frozen=True, slots=True)
class Exposure:
    """Shares (0 to 1) of one group of providers: of published listings, of all eligible matches, of the first places.

    `group` is how many listings its providers have published (`1`, `2-5`, `6-20`, `21+`), or `new`: the first of them
    within the last NEW_DAYS. Where nothing ranks by size, a group's share of the first places is that of its matches.
    """

    group: str
    providers: int
    listings: float
    matches: float
    first_places: float


def exposure() -> list[Exposure]:
    """The exposure of each group over the demands that are open, as they were matched last."""
    published = published_versions().order_by().values_list("listing__organisation")
    held = {provider: (count, first) for provider, count, first in published.annotate(Count("pk"), Min("published_at"))}
    since = timezone.now() - timedelta(days=NEW_DAYS)
    groups = {provider: {_size(count)} for provider, (count, _first) in held.items()}
    for provider, (_count, first) in held.items():
        if first is not None and first >= since:
            groups[provider].add(NEW)
    rows = Match.objects.filter(
        demand__state=states.OPEN, eligible=True, state__in=(states.PROPOSED, states.ACCEPTED, states.CONVERTED)
    )
    counted = rows.order_by().values_list("listing__organisation")
    matched, first_ones = Counter[int](), Counter[int]()
    first_places = Count("pk", filter=Q(rank__lte=FIRST_PLACES))
    for provider, every, first in counted.annotate(every=Count("pk"), first=first_places):
        matched[provider], first_ones[provider] = every, first
    listings = Counter({provider: count for provider, (count, _first) in held.items()})
    return [
        Exposure(
            group=group,
            providers=len(members),
            listings=_share(listings, members),
            matches=_share(matched, members),
            first_places=_share(first_ones, members),
        )
        for group in (*(name for _most, name in SIZES), LARGEST, NEW)
        for members in [[provider for provider, known in groups.items() if group in known]]
    ]


def _size(count: int) -> str:
    return next((name for most, name in SIZES if count <= most), LARGEST)


def _share(counts: Counter[int], members: Iterable[int]) -> float:
    total = counts.total()
    return sum(counts[member] for member in members) / total if total else 0.0
