"""Reading deliveries: whoever sees a grant sees what was prepared and sent under it; only the holder receives it."""

from collections.abc import Mapping
from typing import Final

from django.db import models

from foundation.actors import Actor
from foundation.errors import NotFound
from foundation.jobs.models import Job
from foundation.vault.models import Blob
from grading import selectors as grading
from marketplace.authorization import selectors as authorization
from marketplace.authorization.decisions import HandOver
from marketplace.authorization.models import Form, Grant
from marketplace.catalog.models import Distribution
from marketplace.delivery.engine.rules import KEEP, load_rules
from marketplace.delivery.models import Delivery, Transfer

NESTED: Final = "nested"


def visible_deliveries(actor: Actor) -> models.QuerySet[Delivery]:
    """The deliveries of the grants that `actor` may see."""
    grants = authorization.visible_grants(actor).select_related(None)
    return Delivery.objects.select_related("distribution", "grant").filter(grant__in=grants)


def delivery(actor: Actor, delivery_id: int) -> Delivery:
    """One delivery, or NotFound."""
    row = visible_deliveries(actor).filter(pk=delivery_id).first()
    if row is None:
        raise NotFound
    return row


def deliveries_of(actor: Actor, grant_id: int) -> models.QuerySet[Delivery]:
    """The deliveries of one grant, newest first; NotFound where the grant is not seen."""
    grant = authorization.grant(actor, grant_id)
    return visible_deliveries(actor).filter(grant=grant)


def transfers_of(actor: Actor, delivery_id: int) -> models.QuerySet[Transfer]:
    """Every download of one delivery, newest first."""
    return Transfer.objects.filter(delivery=delivery(actor, delivery_id))


def as_stored(grant: Grant, distribution: Distribution) -> bool:
    """Whether a file is handed over as the bytes that are stored: a whole original, whose rows are those examined.

    Of a workbook one sheet is examined: where rows are limited, that sheet is what leaves.
    """
    several_tables = grant.row_limit is not None and distribution.asset.format == "xlsx"
    return grant.forms == [Form.ORIGINAL] and not grant.columns and not several_tables


def stored_file(row: Delivery) -> Blob:
    """The file that a ready delivery hands over: the one that was made, or the whole original where it lies."""
    if row.blob is not None:
        return row.blob
    if not as_stored(row.grant, row.distribution):
        raise NotFound
    return row.distribution.asset.blob


def handed_over(row: Delivery, *, asker_id: int, person_id: int | None) -> HandOver:
    """What the decision point is asked about a ready delivery: its columns, all its rows and all its bytes."""
    if row.blob is not None:
        columns, rows = frozenset(row.report["columns"]), row.report["rows"]
    else:
        counted = grading.profiles(row.distribution.asset_id).values_list("rows", flat=True)
        columns, rows = frozenset[str](), counted.first()
    size = stored_file(row).size
    return HandOver(row.form, asker_id, person_id, columns=columns, bytes=size, rows=rows)


def outdated(row: Delivery) -> bool:
    """Whether a masked file shows columns otherwise than they would be masked by today's findings and rules.

    An examination by newer detectors may find a person in what was kept when the file was made.
    """
    if row.form != Form.MASKED or row.blob is None:
        return False
    assessed, rules = assessed_columns(row.distribution.asset_id), load_rules()
    today = {name: KEEP if kind is None else rules.rule_for(kind).technique for name, kind in assessed.items()}
    return any(today.get(name) != technique for name, technique in row.report["columns"].items())


def latest_job(delivery_id: int) -> Job | None:
    """The newest job that prepares a delivery."""
    return Job.objects.filter(subject_type="delivery", subject_id=delivery_id).order_by("-pk").first()


def assessed_columns(asset_id: int) -> Mapping[str, str | None]:
    """Every column that the newest examination saw → its sensitive type, None for what is not sensitive.

    Nested values are of the type NESTED, which no rule of masking knows: detectors do not look into them.
    Empty before the first examination, so that masking refuses the file: nobody has looked at it.
    """
    profile = grading.latest_profile(asset_id)
    columns = [] if profile is None else profile.data["columns"]
    nested = {str(column["name"]): NESTED if column["inferred_type"] == "structure" else None for column in columns}
    return {**nested, **grading.sensitive_columns(asset_id)}
