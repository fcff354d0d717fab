"""Taking a data asset back."""

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import Conflict, present
from foundation.vault import services as vault
from grading import policies, selectors
from grading.models import DataAsset


@transaction.atomic
def discard_asset(*, actor: Actor, asset_id: int) -> None:
    """Remove an asset that nothing points at, its results, and its stored file with the only key to it. The owner.

    Conflict while a distribution or another room points at it. The audit log keeps what was decided about it, and says
    of what was derived from it that this source is gone; the level that it counted with stays.
    """
    selectors.asset(actor, asset_id)
    asset = present(DataAsset.objects.select_for_update().select_related("blob").filter(pk=asset_id).first())
    policies.require_owner(actor, asset.organisation_id)
    blob = asset.blob
    audit.record(
        actor=actor, action="data_asset.discarded", subject=("data_asset", asset.pk), data={"sha256": asset.sha256}
    )
    for derived in selectors.derived_assets(asset.pk).order_by("pk").values_list("pk", flat=True):
        audit.record(
            actor=actor,
            action="data_asset.source_discarded",
            subject=("data_asset", derived),
            data={"source": asset_id, "sha256": asset.sha256},
        )
    try:
        asset.grades.all().delete()  # before the profiles that they rest on
        asset.delete()
    except ProtectedError as error:
        raise Conflict(_("The file is still in use.")) from error
    vault.delete(actor=actor, blob=blob)
