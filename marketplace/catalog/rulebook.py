"""What other rules would mean for listings: cases that the catalogue adds to the what-ifs of rooms below it."""

from typing import Final

from django.utils.translation import gettext_noop as _

from foundation.rulebooks import registry
from foundation.rulebooks.comparison import Comparison
from grading.rules.level_scheme_changes import standing, strictest
from grading.rules.level_schemes import LEVEL_SCHEME, SchemeText, schemes
from marketplace.catalog import selectors, states
from marketplace.catalog.models import ListingVersion

BATCH: Final = 200


def compare_listings(text: SchemeText, report: registry.Report) -> Comparison:
    """How every listing that is published or suspended stands now, and would under another version of a scheme.

    A listing stands where the strictest of its files does; one of which a file is not decided stands nowhere.
    """
    now, then = schemes(), schemes(instead=text)
    found = Comparison()
    keys = list(ListingVersion.objects.filter(state__in=states.CURRENT).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        versions = ListingVersion.objects.filter(pk__in=keys[start : start + BATCH]).order_by("pk")
        for facts in selectors.facts(versions):
            if facts.level is None:
                continue
            before, after = (
                strictest(standing(file.asset, file.level, known) for file in facts.files if file.level is not None)
                for known in (now, then)
            )
            changes = {"level": (before, after)} if before != after else {}
            found.add(("listing_version", facts.version.pk), before=before, after=after, changes=changes)
        report(min(start + BATCH, len(keys)) / len(keys))
    return found


registry.compare_also(LEVEL_SCHEME, "listings", compare_listings, title=_("listings"))
