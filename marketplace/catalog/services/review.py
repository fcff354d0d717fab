"""From draft to publication and out of it again: each service is one row of the transition table.

`expected_revision` is the revision that the actor has read: StaleVersion when it is another one by now.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.errors import Conflict, Forbidden, InvalidInput
from foundation.events import services as events
from foundation.participants.models import Organisation
from foundation.participants.states import VERIFIED
from grading.models import Level
from grading.selectors import decided_grades, unsettled
from marketplace.catalog import policies, selectors, states
from marketplace.catalog.completeness import require_complete
from marketplace.catalog.models import ListingVersion
from marketplace.catalog.services._rows import locked_version, move, require_revision
from marketplace.catalog.services.collecting import collect, collect_now
from marketplace.catalog.services.declaring import declare_anew

LONGEST_REASON = 500


@transaction.atomic
def submit_version(*, actor: Actor, version_id: int, expected_revision: int | None = None) -> ListingVersion:
    """Hand a draft to the exchange for review; InvalidInput names everything that is missing.

    Files of which it now says something else than when they were uploaded are examined again.
    """
    version = locked_version(actor, version_id)
    policies.require_provider(actor, version.listing.organisation_id)
    require_revision(version, expected_revision)
    states.LISTING_VERSION.target("submit", version.state)
    now = timezone.now()
    require_complete(version, today=timezone.localdate(now))
    declare_anew(actor=actor, version=version)
    version.submitted_at = now
    move(actor=actor, version=version, event="submit", action="listing.submitted", also=["submitted_at"])
    events.emit(name="listing.submitted", subject=("listing_version", version.pk))
    return version


@transaction.atomic
def return_version(
    *, actor: Actor, version_id: int, reason: str, expected_revision: int | None = None
) -> ListingVersion:
    """Give a version back to its provider, who may mend it (the exchange)."""
    version = locked_version(actor, version_id)
    policies.require_reviewer(actor, version)
    require_revision(version, expected_revision)
    move(actor=actor, version=version, event="return", action="listing.returned", reason=_said(reason))
    events.emit(name="listing.returned", subject=("listing_version", version.pk))
    return version


def publish_version(*, actor: Actor, version_id: int, expected_revision: int | None = None) -> ListingVersion:
    """Make a reviewed version public; the one published before is superseded in the same transaction (the exchange).

    Conflict unless every file has a decided grade that its newest examination leaves standing, also together with the
    other files, and the provider is verified; Forbidden for data of level core.
    """
    _count_files(actor, version_id)
    return _publish(actor, version_id, expected_revision)


@transaction.atomic
def _publish(actor: Actor, version_id: int, expected_revision: int | None) -> ListingVersion:
    version = locked_version(actor, version_id)
    policies.require_reviewer(actor, version)
    require_revision(version, expected_revision)
    states.LISTING_VERSION.target("publish", version.state)
    _require_provider_verified(version)
    version.published_level = _required_level(version)
    _make_room(actor, version)
    version.published_at = timezone.now()
    _make_public(actor, version, "publish", "listing.published", "published_at")
    collect(version.listing_id)
    events.emit(name="listing.published", subject=("listing_version", version.pk))
    return version


@transaction.atomic
def suspend_version(
    *, actor: Actor, version_id: int, reason: str, expected_revision: int | None = None
) -> ListingVersion:
    """Take a published version out of public view for a time (the exchange)."""
    version = locked_version(actor, version_id)
    policies.require_reviewer(actor, version)
    require_revision(version, expected_revision)
    move(actor=actor, version=version, event="suspend", action="listing.suspended", reason=_said(reason))
    events.emit(name="listing.suspended", subject=("listing_version", version.pk))
    return version


def reinstate_version(*, actor: Actor, version_id: int, expected_revision: int | None = None) -> ListingVersion:
    """Lift a suspension; what publication asks for is asked again (the exchange)."""
    _count_files(actor, version_id)
    return _reinstate(actor, version_id, expected_revision)


@transaction.atomic
def _reinstate(actor: Actor, version_id: int, expected_revision: int | None) -> ListingVersion:
    version = locked_version(actor, version_id)
    policies.require_reviewer(actor, version)
    require_revision(version, expected_revision)
    states.LISTING_VERSION.target("reinstate", version.state)
    _require_provider_verified(version)
    version.published_level = _required_level(version)
    _make_public(actor, version, "reinstate", "listing.reinstated")
    events.emit(name="listing.reinstated", subject=("listing_version", version.pk))
    return version


@transaction.atomic
def withdraw_version(
    *, actor: Actor, version_id: int, reason: str = "", expected_revision: int | None = None
) -> ListingVersion:
    """Withdraw a version for good (its provider). Grants that were given keep their own terms."""
    version = locked_version(actor, version_id)
    policies.require_provider(actor, version.listing.organisation_id)
    require_revision(version, expected_revision)
    was_public = version.state in states.CURRENT
    move(actor=actor, version=version, event="withdraw", action="listing.withdrawn", reason=_short(reason))
    if was_public:
        events.emit(name="listing.withdrawn", subject=("listing_version", version.pk))
    collect(version.listing_id)
    return version


def _count_files(actor: Actor, version_id: int) -> None:
    """What files are together is known before they are public: a grade that another file changes is unsettled then."""
    version = selectors.version(actor, version_id)
    policies.require_reviewer(actor, version)
    collect_now(version.listing_id)


def _make_public(actor: Actor, version: ListingVersion, event: str, action: str, *also: str) -> None:
    """With the level that this decision is taken for: it does not cover what is decided higher later."""
    data = {"level": version.published_level}
    move(actor=actor, version=version, event=event, action=action, also=["published_level", *also], data=data)


def _make_room(actor: Actor, version: ListingVersion) -> None:
    """Supersede the published version of the same listing, which the caller has locked."""
    current = (
        ListingVersion.objects.select_for_update(no_key=True)
        .filter(listing_id=version.listing_id, state__in=states.CURRENT)
        .first()
    )
    if current is None:
        return
    if current.state == states.SUSPENDED:
        raise Conflict(
            _("Version %(number)s of this listing is suspended: reinstate or withdraw it first."), number=current.number
        )
    move(actor=actor, version=current, event="supersede", action="listing.superseded")
    events.emit(name="listing.superseded", subject=("listing_version", current.pk))


def _require_provider_verified(version: ListingVersion) -> None:
    """Of the provider as it is now, held: a suspension that comes after this sees the listing as published."""
    provider = Organisation.objects.select_for_update(no_key=True).get(pk=version.listing.organisation_id)
    if provider.state != VERIFIED:
        raise Conflict(_("The provider is not verified at present: its listings cannot be public."))


def _required_level(version: ListingVersion) -> str:
    """The highest decided level of the files, where all are decided and it may be published."""
    files = {row.asset_id: row.title for row in version.distributions.all()}
    decided = decided_grades(files)
    # a decision on what was found before does not cover what is being found now
    waiting = unsettled(files)
    undecided = [title for asset_id, title in files.items() if asset_id not in decided or asset_id in waiting]
    if undecided or not files:
        raise Conflict(
            _("Publication needs a decided grade of every file; it is missing for: %(files)s."),
            files=", ".join(undecided) or "-",
        )
    level = selectors.highest(grade.level for grade in decided.values())
    if level == Level.CORE:
        raise Forbidden(_("Core data is never published."), rule="catalog.core_never_published")
    return level


def _said(reason: str) -> str:
    if not reason.strip():
        raise InvalidInput.of("/reason", _("State the reason: the provider will read it."))
    return _short(reason)


def _short(reason: str) -> str:
    if len(reason) > LONGEST_REASON or "\x00" in reason:
        raise InvalidInput.of("/reason", _("Use at most %(limit)s characters."), limit=LONGEST_REASON)
    return reason.strip()
