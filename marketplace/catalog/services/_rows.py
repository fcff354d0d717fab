"""How services find and lock their rows: listing before version, always in this order.

The locks leave the keys free (FOR NO KEY UPDATE): who inserts a row that points at a listing, holding only its version,
need not wait for one who holds the listing and waits for the version.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import NotFound, StaleVersion
from marketplace.catalog import selectors, states
from marketplace.catalog.models import Listing, ListingVersion


def locked_listing(actor: Actor, listing_id: int) -> Listing:
    """The listing, held until the transaction ends; NotFound unless the actor sees a version of it."""
    if not selectors.visible_versions(actor).filter(listing_id=listing_id).exists():
        raise NotFound
    return (
        Listing.objects.select_for_update(of=("self",), no_key=True).select_related("organisation").get(pk=listing_id)
    )


def locked_version(actor: Actor, version_id: int) -> ListingVersion:
    """The version with its listing, both held until the transaction ends; NotFound for what the actor may not see."""
    seen = selectors.visible_versions(actor).filter(pk=version_id).values_list("listing_id", flat=True).first()
    if seen is None:
        raise NotFound
    listing = Listing.objects.select_for_update(of=("self",), no_key=True).select_related("organisation").get(pk=seen)
    version = (
        selectors.visible_versions(actor)
        .select_related(None)
        .select_for_update(no_key=True)
        .filter(pk=version_id)
        .first()
    )
    if version is None:  # it changed its state while we waited, and is no longer public
        raise NotFound
    version.listing = listing
    return version


def require_revision(version: ListingVersion, expected: int | None) -> None:
    """StaleVersion when the actor read another revision than the locked one; None asks nothing."""
    if expected is not None and version.revision != expected:
        raise StaleVersion


def move(
    *,
    actor: Actor,
    version: ListingVersion,
    event: str,
    action: str,
    reason: str = "",
    also: Sequence[str] = (),
    data: Mapping[str, Any] | None = None,
) -> ListingVersion:
    """Change the state of a locked version by the table, save `also`, record it. The revision grows with it.

    `data` is recorded besides listing, number and reason.
    """
    version.state = states.LISTING_VERSION.target(event, version.state)
    version.state_reason = reason
    version.revision += 1
    version.save(update_fields=["state", "state_reason", "revision", *also])
    audit.record(
        actor=actor,
        action=action,
        subject=("listing_version", version.pk),
        data={"listing": version.listing_id, "number": version.number, "reason": reason, **(data or {})},
    )
    return version
