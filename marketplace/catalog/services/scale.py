"""Files of a listing that are parts of one table, such as its months or regions, count together for the scale."""

from collections import defaultdict
from collections.abc import Iterable

from foundation.actors import Actor
from foundation.jobs.services import Run
from foundation.participants.policies import require_system
from grading import services as grading
from grading.selectors import tables
from marketplace.catalog import selectors, states
from marketplace.catalog.models import Distribution


def collect_scale(run: Run, *, actor: Actor, version_ids: Iterable[int]) -> int:
    """Count the rows of the files of these versions, and have graded anew those whose grade that changes; how many.

    Parts of one table are files with the same names of columns, whatever their order, case and surrounding blanks. A
    file that several versions under review or public offer counts as where most are offered. As attempt `run` of a
    job; twice is once.
    """
    require_system(actor)
    with run.commit():
        asked = set(Distribution.objects.filter(version__in=list(version_ids)).values_list("asset_id", flat=True))
        sisters = {asset_id for _version, asset_id in _offered(asked)}  # what changes for one changes for these
        offered = _offered(sisters)
        found = tables({asset_id for _version, asset_id in offered})
        together: dict[tuple[int, frozenset[str]], set[int]] = defaultdict(set)
        for version_id, asset_id in offered:
            if asset_id in found:
                together[version_id, found[asset_id][1]].add(asset_id)
        collected: dict[int, int | None] = dict.fromkeys(sorted(sisters & set(found)))
        for assets in together.values():
            total = sum(found[asset_id][0] for asset_id in assets)
            for asset_id in assets & set(collected):
                if len(assets) > 1 and total > (collected[asset_id] or 0):
                    collected[asset_id] = total
        return grading.collect_rows(actor=actor, rows=collected)


def collect_scale_of_graded(run: Run, *, actor: Actor, grade_id: int) -> int:
    """The same for the versions that offer the file whose grade this is."""
    versions = selectors.versions_with_graded_file(grade_id, *states.MAY_BE_PUBLIC)
    return collect_scale(run, actor=actor, version_ids=versions) if versions else 0


def _offered(asset_ids: set[int]) -> set[tuple[int, int]]:
    """Version and asset, of all files of the versions that offer one of these."""
    rows = Distribution.objects.filter(
        version__state__in=states.MAY_BE_PUBLIC, version__distributions__asset__in=asset_ids
    )
    return set(rows.values_list("version_id", "asset_id"))
