"""What an incident does to a listing."""

from django.db import transaction

from foundation.actors import Actor
from foundation.events import services as events
from foundation.participants.models import MemberRole
from foundation.participants.policies import require_exchange
from marketplace.catalog import states
from marketplace.catalog.models import ListingVersion
from marketplace.catalog.reasons import INCIDENT
from marketplace.catalog.services._rows import locked_listing, move


@transaction.atomic
def suspend_for_incident(*, actor: Actor, listing_id: int, incident_id: int) -> bool:
    """Suspend what is published of a listing; False where nothing is. NotFound for a listing the actor may not see.

    By approvers and administrators of the exchange, of whichever organisation: it withholds and grants nothing.
    """
    require_exchange(actor, MemberRole.APPROVER, MemberRole.ADMINISTRATOR)
    listing = locked_listing(actor, listing_id)
    rows = ListingVersion.objects.select_for_update(no_key=True, of=("self",)).select_related("listing")
    version = rows.filter(listing=listing, state=states.PUBLISHED).first()
    if version is None:
        return False
    data = {"incident": incident_id}
    move(actor=actor, version=version, event="suspend", action="listing.suspended", reason=INCIDENT, data=data)
    events.emit(name="listing.suspended", subject=("listing_version", version.pk))
    return True
