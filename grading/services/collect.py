"""Thresholds of scale hold for what is published together: a file is placed anew when the others carry it across one.

Which files belong together is known to those who publish them; they tell it here as sets of assets.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from django.db import transaction
from django.db.models import QuerySet

from foundation.actors import Actor
from foundation.participants.policies import require_system
from foundation.rulebooks.in_force import InForce, in_force
from grading import states
from grading.collecting import collected_beside, counted_with
from grading.declaring.declaration import facts_of
from grading.engine.levels import Collected, Place, collected_of, crosses
from grading.engine.plain import to_plain
from grading.models import Cause, DataAsset, Grade
from grading.rulebook import SCHEME, UNDECIDABLE, placed_again
from grading.services.receive import enqueue_examination
from grading.services.recommend import Why
from grading.services.regrade import recommend_placed
from grading.services.rescore import locked


@transaction.atomic
def count_together(*, actor: Actor, publications: Sequence[Collection[int]]) -> int:
    """Have the files of each publication count together (the exchange itself); how many are graded anew.

    What stands beside each file is stored with it, for its next examination. Where that carries its newest grade across
    a threshold of the scheme in force, or back, and the place is another one, a grade is recommended (cause `scale`)
    from what was found before; where that does not suffice, the file is examined. What was returned to its owner waits
    for the owner. Nothing else changes, so that twice is once.
    The caller holds what the publications belong to: of two who count at once the second sees what the first wrote.
    """
    require_system(actor)
    beside = collected_beside(publications)
    stored = dict(DataAsset.objects.filter(pk__in=beside).values_list("pk", "collected"))
    changed = {pk for pk, plain in stored.items() if collected_of(plain) != beside[pk]}
    rested = {row.asset_id for row in _newest(beside) if counted_with(row) != beside[row.asset_id]}
    assets = locked(changed | rested)
    if not assets:  # of most publications, whose files stand alone
        return 0
    scheme = in_force(SCHEME)
    return sum(_counted(asset, beside[asset.pk], scheme) for asset in assets)


def _newest(asset_ids: Collection[int]) -> QuerySet[Grade]:
    """Of every asset the newest grade that counts, unless it was returned."""
    standing = Grade.objects.filter(asset_id__in=list(asset_ids)).exclude(state=states.SUPERSEDED)
    newest = standing.order_by("asset_id", "-pk").distinct("asset_id")
    return Grade.objects.filter(pk__in=newest.values("pk")).exclude(state=states.RETURNED)


def _found(asset_id: int) -> QuerySet[Grade]:
    """The same of one asset, with what was found of its file."""
    rows = _newest([asset_id]).select_related("profile").defer("profile__data")
    return rows.prefetch_related("profile__sensitivity", "profile__assessments")


def _counted(asset: DataAsset, beside: Collected, scheme: InForce) -> bool:
    """Store what stands beside a locked asset; whether it is graded anew."""
    plain = to_plain(beside)
    if asset.collected != plain:
        asset.collected = plain
        asset.save(update_fields=["collected"])
    for row in _found(asset.pk):
        row.asset = asset
        facts = replace(facts_of(asset.declared), rows=row.profile.rows, collected=counted_with(row))
        if not crosses(scheme.rules, facts, beside):
            continue
        try:
            before = placed_again(row, scheme.rules, collected=facts.collected)
            now = placed_again(row, scheme.rules, collected=beside)
        except UNDECIDABLE:
            before = now = None
        if now is None or before is None:
            enqueue_examination(asset, Why(Cause.SCALE))
        elif _said(before) != _said(now):
            recommend_placed(row, now, scheme, Why(Cause.SCALE))
        else:
            continue
        return True
    return False


def _said(found: Place) -> tuple[str, set[str], set[str]]:
    return found.level, {reason.code for reason in found.reasons}, {flag.reason.code for flag in found.flags}
