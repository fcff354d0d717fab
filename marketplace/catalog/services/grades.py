"""What follows for published versions when the grade of a file of theirs is decided anew."""

from foundation.actors import Actor
from foundation.errors import NotFound
from foundation.events import services as events
from foundation.jobs.services import Run
from foundation.participants.policies import require_system
from grading.models import RESTRICTED, Level
from grading.selectors import decided_grades
from marketplace.catalog import selectors, states
from marketplace.catalog.reasons import DECIDED_HIGHER
from marketplace.catalog.services._rows import locked_version, move


def follow_grade(run: Run, *, actor: Actor, grade_id: int) -> int:
    """Suspend every published version whose data is by now decided as restricted, above what it was published with.

    Core data is never published. Important data may be, but not by a decision that was taken for general data: the way
    of authorization, terms and supply differ (P12), so the exchange reinstates it, or leaves it suspended. A rise
    within the general levels changes what the listing says of itself and suspends nothing; no fall reinstates.

    How many were suspended. As attempt `run` of a job, a transaction a version; twice is once.
    """
    require_system(actor)
    done = 0
    for version_id in selectors.versions_with_graded_file(grade_id, *states.MAY_BE_PUBLIC):
        with run.commit():
            done += _follow(actor, version_id)
    return done


def _follow(actor: Actor, version_id: int) -> bool:
    """The lock waits for whoever publishes by the former decision; who publishes later reads the newer one."""
    try:
        version = locked_version(actor, version_id)
    except NotFound:
        return False
    files = version.distributions.values_list("asset_id", flat=True)
    level = selectors.highest([Level.GENERAL_1, *(grade.level for grade in decided_grades(files).values())])
    if version.state != states.PUBLISHED or level not in RESTRICTED:
        return False
    if version.published_level and selectors.highest([version.published_level, level]) == version.published_level:
        return False
    move(
        actor=actor,
        version=version,
        event="suspend",
        action="listing.suspended",
        reason=DECIDED_HIGHER[level],
        data={"level": level, "published_level": version.published_level},
    )
    events.emit(name="listing.suspended", subject=("listing_version", version.pk))
    return True
