"""What follows for listings when their provider is suspended or reinstated."""

from foundation.actors import Actor
from foundation.errors import NotFound
from foundation.events import services as events
from foundation.jobs.services import Run
from foundation.participants.models import Organisation
from foundation.participants.policies import require_system
from foundation.participants.states import SUSPENDED
from marketplace.catalog import states
from marketplace.catalog.models import ListingVersion
from marketplace.catalog.reasons import PROVIDER_SUSPENDED
from marketplace.catalog.services._rows import locked_version, move


def suspend_with_provider(run: Run, *, actor: Actor, organisation_id: int) -> int:
    """Suspend every published version of a suspended organisation (the system); how many. As attempt `run` of a job.

    Recorded and told like any other suspension. Nothing once the organisation is reinstated. That reinstates no
    listing: a reviewer does so one by one, where publication is asked for anew.

    A transaction a version, so that neither reviewers nor buyers wait for a large catalogue.
    """
    require_system(actor)
    public = ListingVersion.objects.filter(listing__organisation=organisation_id, state=states.PUBLISHED)
    done = 0
    for version_id in list(public.order_by("pk").values_list("pk", flat=True)):
        with run.commit():
            done += _suspend(actor, organisation_id, version_id)
    return done


def _suspend(actor: Actor, organisation_id: int, version_id: int) -> bool:
    try:
        version = locked_version(actor, version_id)
    except NotFound:
        return False
    # after the listing, as publication does: whichever comes second sees what the first has done
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
    if organisation.state != SUSPENDED or version.state != states.PUBLISHED:
        return False
    move(actor=actor, version=version, event="suspend", action="listing.suspended", reason=PROVIDER_SUSPENDED)
    events.emit(name="listing.suspended", subject=("listing_version", version.pk))
    return True
