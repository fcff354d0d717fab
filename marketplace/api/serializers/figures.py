"""Requests in figures on the wire."""

from collections.abc import Callable
from typing import Any

from rest_framework import serializers

from marketplace.authorization.figures import Figures, PublicFigures
from marketplace.authorization.figures.disclosure import Told


class CountOut(serializers.Serializer[Any]):
    """A cell of a table; `share` of the whole table, from 0 to 1."""

    code = serializers.CharField()
    requests = serializers.IntegerField()
    share = serializers.FloatField()


class RowCountOut(CountOut):
    """Refusals by a row of a decision table, with the reason that it gives."""

    table = serializers.CharField()
    reason_en = serializers.CharField()
    reason_zh = serializers.CharField()


class AgeOut(serializers.Serializer[Any]):
    """Requests that had been open for at most so many days; null: for longer than the other bands say."""

    at_most_days = serializers.IntegerField(allow_null=True)
    requests = serializers.IntegerField()


class _TableOut(serializers.Serializer[Any]):
    """`others`: cells that are not told, together; `total` null: nothing of the table can be told."""

    others = serializers.IntegerField()
    total = serializers.IntegerField(allow_null=True)


class CountsOut(_TableOut):
    """A table; `others`: cells that are not told, together; `total` null: nothing of it can be told."""

    cells = CountOut(many=True)


class RowCountsOut(_TableOut):
    """Refusals by row of the decision table."""

    cells = RowCountOut(many=True)


class AgesOut(_TableOut):
    """What was open at the end of the time, by age."""

    cells = AgeOut(many=True)


class ModeTimesOut(serializers.Serializer[Any]):
    """Hours from submission to grant."""

    mode = serializers.CharField()
    median_hours = serializers.IntegerField()
    p90_hours = serializers.IntegerField()


class StepTimesOut(ModeTimesOut):
    """Hours from the opening of a step to its decision, without what the buyer took to answer questions."""

    approver = serializers.CharField()


class PublicFiguresOut(serializers.Serializer[Any]):
    """Requests of a calendar quarter that has ended. No number rests on fewer than `fewest_buyers` buyers.

    `outcomes`: granted_at_once, granted (by approvals), refused (by the decision table), rejected (by approvers),
    withdrawn, expired, lapsed. `submitted` null: the whole quarter is of too few buyers.
    """

    quarter = serializers.CharField()
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    fewest_buyers = serializers.IntegerField()
    submitted = serializers.IntegerField(allow_null=True)
    outcomes = CountsOut()
    refused_by_row = RowCountsOut()
    rejected_by_ground = CountsOut()
    to_grant = ModeTimesOut(many=True)
    steps = StepTimesOut(many=True)
    open_by_age = AgesOut()


def public(found: PublicFigures) -> dict[str, Any]:
    """What `PublicFiguresOut` writes."""
    plain = {name: getattr(found, name) for name in ("quarter", "since", "until", "fewest_buyers", "submitted")}
    hours = ("median_hours", "p90_hours")
    return {
        **plain,
        "outcomes": _table(found.outcomes, lambda code: {"code": code}),
        "refused_by_row": _table(
            found.rows,
            lambda row: {
                "code": row.code,
                "table": row.table,
                "reason_en": found.words[row][0],
                "reason_zh": found.words[row][1],
            },
        ),
        "rejected_by_ground": _table(found.grounds, lambda ground: {"code": ground.code}),
        "to_grant": [
            {"mode": mode, **{name: getattr(times, name) for name in hours}} for mode, times in found.to_grant.items()
        ],
        "steps": [
            {"approver": approver, "mode": mode, **{name: getattr(times, name) for name in hours}}
            for (approver, mode), times in found.steps.items()
        ],
        "open_by_age": _table(found.open_by_age, lambda days: {"at_most_days": days or None}),
    }


def _table(told: Told[Any], named: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    cells = [
        {**named(key), "requests": count, "share": round(count / told.total, 4) if told.total else 0.0}
        for key, count in told.cells.items()
    ]
    return {"cells": cells, "others": told.others, "total": told.total}


class EndedOut(serializers.Serializer[Any]):
    """Requests of one authorization mode that ended in one way."""

    mode = serializers.CharField()
    outcome = serializers.CharField()
    requests = serializers.IntegerField()


class GroundOut(serializers.Serializer[Any]):
    """Refusals `by` a `row` of a decision table, or by people on a `ground`."""

    by = serializers.CharField()
    code = serializers.CharField()
    table = serializers.CharField()
    requests = serializers.IntegerField()


class GrantTimesOut(serializers.Serializer[Any]):
    """Hours from submission to grant."""

    mode = serializers.CharField()
    count = serializers.IntegerField()
    median_hours = serializers.FloatField()
    p90_hours = serializers.FloatField()


class StepFiguresOut(GrantTimesOut):
    """Decided steps, those of them that were rejected, and their hours."""

    approver = serializers.CharField()
    rejected = serializers.IntegerField()


class WaitingOut(serializers.Serializer[Any]):
    """Open steps of one kind of approver, that have been open for at most so many days; null: longer."""

    approver = serializers.CharField()
    at_most_days = serializers.IntegerField(allow_null=True)
    steps = serializers.IntegerField()


class FiguresOut(serializers.Serializer[Any]):
    """Requests from `since` on, before `until`, for the exchange: however few they are."""

    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    submitted = serializers.IntegerField()
    ended = EndedOut(many=True)
    refusals = GroundOut(many=True)
    to_grant = GrantTimesOut(many=True)
    steps = StepFiguresOut(many=True)
    open_by_age = AgeOut(many=True)
    appeals = serializers.DictField(child=serializers.IntegerField())
    waiting = WaitingOut(many=True)


def whole(found: Figures) -> dict[str, Any]:
    """What `FiguresOut` writes."""
    hours = ("count", "median_hours", "p90_hours")
    return {
        "since": found.since,
        "until": found.until,
        "submitted": found.submitted.requests,
        "ended": [
            {"mode": mode, "outcome": outcome, "requests": cell.requests}
            for (mode, outcome), cell in found.ended.items()
        ],
        "refusals": [
            {"by": ground.by, "code": ground.code, "table": ground.table, "requests": cell.requests}
            for ground, cell in found.refusals.items()
        ],
        "to_grant": [
            {"mode": mode, **{name: getattr(times, name) for name in hours}} for mode, times in found.to_grant.items()
        ],
        "steps": [
            {
                "approver": approver,
                "mode": mode,
                "rejected": times.rejected,
                **{name: getattr(times, name) for name in hours},
            }
            for (approver, mode), times in found.steps.items()
        ],
        "open_by_age": [
            {"at_most_days": days or None, "requests": cell.requests} for days, cell in found.open_by_age.items()
        ],
        "appeals": dict(found.appeals),
        "waiting": [
            {"approver": approver, "at_most_days": days or None, "steps": count}
            for approver, ages in found.waiting.items()
            for days, count in ages.items()
        ],
    }
