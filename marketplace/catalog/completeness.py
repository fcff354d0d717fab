"""What a draft must say before the exchange reviews it. Every gap is named at once, with its remedy."""

from datetime import date

from django.utils.translation import gettext_noop as _

from foundation.errors import FieldError, InvalidInput
from marketplace.catalog.drafts import TERMS
from marketplace.catalog.models import ListingVersion, Origin, Right, StepKind, SupplyMode


def require_complete(version: ListingVersion, *, today: date) -> None:
    """InvalidInput with every gap of `version`: rights (P01), provenance (P02), consent (P14), terms (P21), files."""
    errors = [*_words(version), *_rights(version), *_provenance(version, today), *_terms(version)]
    if not version.distributions.exists():
        errors.append(FieldError("/files", _("Upload at least one file.")))
    if errors:
        raise InvalidInput(errors)


def _words(version: ListingVersion) -> list[FieldError]:
    errors = []
    if not version.description.strip():
        errors.append(FieldError("/description", _("Describe the data: buyers and reviewers read it.")))
    if version.origin == Origin.PERSONAL and not version.consent_basis.strip():
        errors.append(
            FieldError("/consent_basis", _("Personal data: state the consent or other basis for providing it."))
        )
    if version.supply_mode == SupplyMode.OPEN and version.price > 0:
        errors.append(FieldError("/price", _("Open data is free: set the price to 0 or choose another supply mode.")))
    return errors


def _rights(version: ListingVersion) -> list[FieldError]:
    holders = {declared.right: declared.holder_id for declared in version.rights.all()}
    missing = [right for right in Right.values if right not in holders]
    errors = [
        FieldError("/rights", _("Declare who holds the right '%(right)s'."), {"right": right}) for right in missing
    ]
    if holders.get(Right.OPERATION, version.listing.organisation_id) != version.listing.organisation_id:
        errors.append(
            FieldError(
                "/rights", _("Only the holder of the product operation right lists: it must be your organisation.")
            )
        )
    return errors


def _provenance(version: ListingVersion, today: date) -> list[FieldError]:
    steps = list(version.provenance.all())
    errors = [
        FieldError(f"/provenance/{at}/performed_on", _("This day is yet to come: give the day when it was done."))
        for at, step in enumerate(steps)
        if step.performed_on > today
    ]
    if not any(step.kind == StepKind.COLLECTION for step in steps):
        errors.append(FieldError("/provenance", _("Add the step of collection, with its lawful basis.")))
    return errors


def _terms(version: ListingVersion) -> list[FieldError]:
    return [
        FieldError(f"/terms/{part}", _("State this part of the terms in words."))
        for part in TERMS
        if not str(version.terms.get(part, "")).strip()
    ]
