"""Background work of grading."""

from foundation.jobs.registry import job
from foundation.jobs.services import Outcome, Run
from grading import services


@job(services.EXAMINE)
def examine(run: Run, *, subject_id: int) -> Outcome:
    """Examine one data asset: profile, quality, sensitive columns, recommended grade."""
    return services.examine_asset(run, asset_id=subject_id)


@job(services.RESCORE)
def rescore(run: Run, *, subject_id: int) -> Outcome:
    """Another quality profile is in force: score every file again from what was measured."""
    return services.rescore_assets(run, version_id=subject_id)
