"""Requests as a year of work would have left them, written straight into the tables: figures only read."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from foundation.participants.models import Organisation
from marketplace.authorization.models import AccessRequest, ApprovalStep
from marketplace.catalog.models import ListingVersion
from tests.factories import Party, World

BEGUN = datetime(2026, 3, 31, 16, tzinfo=UTC)
"""The first instant of 2026-Q2 in the exchange's time zone."""
UNTIL = datetime(2026, 6, 30, 16, tzinfo=UTC)


def at(hours: float) -> datetime:
    """So many hours into the quarter."""
    return BEGUN + timedelta(hours=hours)


def buyers(count: int) -> list[Organisation]:
    """So many organisations; nothing of them is read."""
    return Organisation.objects.bulk_create(
        Organisation(name=f"Buyer {number}", kind="enterprise", region="210200") for number in range(count)
    )


class History:
    """Requests for one listing version."""

    def __init__(self, world: World, version: ListingVersion, asked_by: Party) -> None:
        self._version, self._person, self._exchange = version, asked_by.user, world.exchange.organisation
        self.requests: list[AccessRequest] = []
        self.steps: list[ApprovalStep] = []
        self._positions: dict[int, int] = {}

    def request(
        self, buyer: Organisation, mode: str, state: str, begun: float, ended: float | None = None, **more: Any
    ) -> AccessRequest:
        """One, submitted and closed so many hours into the quarter; `rule` and words for one that a row refused."""
        row = AccessRequest(
            version=self._version,
            organisation=buyer,
            requested_by=self._person,
            purpose="research",
            form="original",
            term_days=30,
            mode=mode,
            state=state,
            decision=more.pop("decision", {}),
            created_at=at(begun),
            closed_at=None if ended is None else at(ended),
            **more,
        )
        self.requests.append(row)
        return row

    def step(
        self, request: AccessRequest, approver: str, state: str, opened: float, decided: float | None = None
    ) -> ApprovalStep:
        """The next step of its chain."""
        row = ApprovalStep(
            request=request,
            position=1 + self._positions.get(id(request), 0),
            approver=approver,
            organisation=self._exchange,
            state=state,
            opened_at=at(opened),
            decided_at=None if decided is None else at(decided),
        )
        self._positions[id(request)] = row.position
        self.steps.append(row)
        return row

    def write(self, times: int = 1) -> None:
        """Into the database, requests `times` times, past the triggers that watch transitions."""
        tables = ("authorization_accessrequest", "authorization_approvalstep")
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no table is altered while a check of it waits
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            AccessRequest.objects.bulk_create(self.requests, batch_size=2000)
            ApprovalStep.objects.bulk_create(self.steps, batch_size=2000)
            if times > 1:
                columns = [
                    f'"{field.column}"' for field in AccessRequest._meta.local_concrete_fields if not field.primary_key
                ]
                cursor.execute(
                    f"INSERT INTO authorization_accessrequest ({', '.join(columns)}) SELECT {', '.join(columns)} "
                    "FROM authorization_accessrequest, generate_series(2, %s) WHERE id = ANY(%s)",
                    [times, [row.pk for row in self.requests]],
                )
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def refused(row: str) -> dict[str, str]:
    """The decision of a row that refuses."""
    return {"rule_id": row, "table_code": "national_default", "reason_en": f"{row} in English", "reason_zh": "中文"}
