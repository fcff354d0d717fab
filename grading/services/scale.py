"""Scale 规模 of data that comes in several files: what one file does not reach, they may reach together."""

from collections.abc import Mapping

from django.db import transaction

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.participants.policies import require_system
from foundation.rulebooks.in_force import InForce, in_force
from grading import states
from grading.engine.levels import Place
from grading.models import Cause, DataAsset, Grade
from grading.rulebook import SCHEME, UNDECIDABLE, placed_again
from grading.services.receive import enqueue_examination
from grading.services.recommend import Why
from grading.services.regrade import recommend_placed
from grading.services.rescore import locked


@transaction.atomic
def collect_rows(*, actor: Actor, rows: Mapping[int, int | None]) -> int:
    """Store how many rows each asset has with the files that are offered with it as parts of one table; None: alone.

    Where the scheme then says another level or other flags, the grade is recommended anew from what was found before,
    with the cause `scale`; how many. A file whose first examination has not ended is judged by the number when it does.
    The system itself.
    """
    require_system(actor)
    scheme = in_force(SCHEME)
    anew = 0
    for asset in locked(rows):
        collected = rows[asset.pk]
        if asset.collected_rows != collected:
            asset.collected_rows = collected
            asset.save(update_fields=["collected_rows"])
            audit.record(
                actor=actor,
                action="data_asset.rows_collected",
                subject=("data_asset", asset.pk),
                data={"rows": collected},
            )
        anew += _graded_anew(asset, scheme)
    return anew


def _graded_anew(asset: DataAsset, scheme: InForce) -> bool:
    """Whether the newest grade rests on another scale, and would be another by that alone."""
    standing = Grade.objects.filter(asset=asset).exclude(state=states.SUPERSEDED).order_by("-pk")
    newest = standing.select_related("profile").defer("profile__data").first()
    if newest is None or newest.state == states.RETURNED:
        return False
    newest.asset = asset
    wanted = max(newest.profile.rows, asset.collected_rows or 0)
    counted = (newest.recommendation.get("elements") or {}).get("rows", newest.profile.rows)
    if counted == wanted:
        return False
    try:
        before, now = (placed_again(newest, scheme.rules, rows=scale) for scale in (counted, wanted))
    except UNDECIDABLE:
        before = now = None
    if before is None or now is None:
        enqueue_examination(asset, Why(Cause.SCALE))
        return True
    if _said(before) == _said(now):
        return False
    recommend_placed(newest, now, scheme, Why(Cause.SCALE), elements={"rows": wanted})
    return True


def _said(found: Place) -> tuple[str, set[tuple[str, str]]]:
    """Level, and flags each with the rule that raises it: a further ground is news though the flag is not."""
    return found.level, {(flag.code, flag.reason.code) for flag in found.flags}
