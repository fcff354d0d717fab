"""Writing listings: a new one, a new version of one, and edits of a draft."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import Conflict
from foundation.participants import selectors as participants
from marketplace.catalog import policies, states
from marketplace.catalog.drafts import Draft, check
from marketplace.catalog.models import Distribution, Listing, ListingVersion, ProvenanceStep, RightDeclaration
from marketplace.catalog.services._rows import locked_listing, locked_version, require_revision
from marketplace.catalog.services.collecting import collect

FIELDS = (
    "title", "title_zh", "description", "tags", "sector", "origin", "region", "supply_mode", "exclusive_offered",
    "scenario", "purposes", "consent_kind", "consent_basis", "price", "price_unit", "currency", "terms", "questions",
    "licence",
    "update_frequency",
    "modified_on", "temporal_start", "temporal_end",
)  # fmt: skip


def _checked(actor: Actor, draft: Draft) -> dict[str, Any]:
    """The values of `draft` for the version's columns; InvalidInput with every wrong field."""
    named = {right.holder_id for right in draft.rights}
    known = participants.visible_organisations(actor).filter(pk__in=named).values_list("pk", flat=True)
    check(draft, known_holders=known)
    values: dict[str, Any] = {name: getattr(draft, name) for name in FIELDS}
    values |= {"tags": list(dict.fromkeys(t.strip() for t in draft.tags)), "purposes": list(draft.purposes)}
    values |= {"title": draft.title.strip(), "terms": {k: v.strip() for k, v in draft.terms.items() if v.strip()}}
    return values


def _write_parts(version: ListingVersion, draft: Draft) -> None:
    RightDeclaration.objects.bulk_create(
        RightDeclaration(
            version=version, right=r.right, holder_id=r.holder_id, basis=r.basis.strip(), evidence=r.evidence.strip()
        )
        for r in draft.rights
    )
    ProvenanceStep.objects.bulk_create(
        ProvenanceStep(
            version=version,
            position=position,
            kind=s.kind,
            performed_by=s.performed_by.strip(),
            performed_on=s.performed_on,
            lawful_basis=s.lawful_basis.strip(),
            evidence=s.evidence.strip(),
        )
        for position, s in enumerate(draft.provenance, start=1)
    )


def _create_version(*, actor: Actor, listing: Listing, number: int, draft: Draft) -> ListingVersion:
    version = ListingVersion.objects.create(
        listing=listing, number=number, state=states.LISTING_VERSION.target("create"), **_checked(actor, draft)
    )
    _write_parts(version, draft)
    audit.record(
        actor=actor,
        action="listing.drafted",
        subject=("listing_version", version.pk),
        data={"listing": listing.pk, "number": number},
    )
    return version


@transaction.atomic
def create_listing(*, actor: Actor, draft: Draft) -> ListingVersion:
    """A new listing of the actor's organisation; returns its first version, a draft (`version.listing`)."""
    listing = Listing.objects.create(organisation_id=policies.require_provider(actor, actor.organisation_id))
    return _create_version(actor=actor, listing=listing, number=1, draft=draft)


@transaction.atomic
def revise_listing(*, actor: Actor, listing_id: int, draft: Draft) -> ListingVersion:
    """The next version of a listing, a draft with the files of the current (else the newest) version.

    Conflict while another version is still open; the words are all of `draft`, nothing is copied but the files.
    """
    listing = locked_listing(actor, listing_id)
    policies.require_provider(actor, listing.organisation_id)
    versions = list(listing.versions.order_by("-number"))
    if any(version.state in states.OPEN for version in versions):
        raise Conflict(_("The listing has an unpublished version: edit or withdraw that one."))
    source = next((version for version in versions if version.state in states.CURRENT), versions[0])
    version = _create_version(actor=actor, listing=listing, number=versions[0].number + 1, draft=draft)
    Distribution.objects.bulk_create(
        Distribution(version=version, asset_id=file.asset_id, title=file.title, media_type=file.media_type)
        for file in source.distributions.all()
    )
    collect(listing.pk)
    return version


@transaction.atomic
def edit_draft(*, actor: Actor, version_id: int, draft: Draft, expected_revision: int) -> ListingVersion:
    """Replace all that the draft says. StaleVersion when its revision is not the one that the editor read."""
    version = locked_version(actor, version_id)
    policies.require_provider(actor, version.listing.organisation_id)
    require_draft(version)
    require_revision(version, expected_revision)
    values = _checked(actor, draft)
    changed = sorted(name for name, value in values.items() if getattr(version, name) != value)
    for name, value in values.items():
        setattr(version, name, value)
    version.revision += 1
    version.save(update_fields=[*values, "revision"])
    version.rights.all().delete()
    version.provenance.all().delete()
    _write_parts(version, draft)
    audit.record(
        actor=actor,
        action="listing.edited",
        subject=("listing_version", version.pk),
        data={"listing": version.listing_id, "revision": version.revision, "changed": changed},
    )
    return version


def require_draft(version: ListingVersion) -> None:
    """Conflict for a version that is no draft: what was submitted is not edited."""
    if version.state != states.DRAFT:
        raise Conflict(
            _("Only drafts can be changed; this version is in state '%(state)s': revise the listing instead."),
            state=version.state,
        )
