"""What access is, in small: chains of approvals, delegations, grants and downloads. Pure; nothing of the product.

The machine asks it what should happen, does it, and compares. Names stand for people and bodies, instants are given.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

REQUEST_DAYS, APPEAL_DAYS = 90, 30
PROVIDER = "provider"
DEMANDED = {
    "open": [],
    "unified": [("exchange", 1, 1)],
    "sector": [("health", 1, 1), ("exchange", 2, 1)],
    "scenario": [("city", 1, 2), ("province", 1, 1), ("exchange", 2, 1)],
}
"""Kind of listing → what its row of the table demands: body, stage, how many people."""


@dataclass(frozen=True)
class Person:
    """Somebody who acts for `body`; `also` are further bodies they belong to."""

    name: str
    body: str
    approver: bool = False
    also: frozenset[str] = frozenset()


@dataclass
class Delegation:
    giver: Person
    taker: Person
    ends_at: datetime
    revoked: bool = False

    def holds(self, now: datetime) -> bool:
        return not self.revoked and now < self.ends_at


@dataclass
class Slot:
    body: str
    stage: int
    quorum: int
    state: str = "waiting"
    votes: int = 0


@dataclass
class Request:
    kind: str
    buyer: str
    term: int
    limit: int | None
    deadline: datetime
    state: str = "in_approval"
    slots: list[Slot] = field(default_factory=list)
    part: set[str] = field(default_factory=set)
    closed_at: datetime | None = None
    appealed: bool = False
    grant: "Grant | None" = None

    @property
    def pending(self) -> bool:
        return self.state in ("in_approval", "more_information")


@dataclass
class Grant:
    request: Request
    ends_at: datetime
    state: str = "active"
    accepted: bool = False
    used: int = 0


@dataclass
class Model:
    """All of it at one instant."""

    now: datetime
    requests: list[Request] = field(default_factory=list)
    delegations: list[Delegation] = field(default_factory=list)

    @property
    def grants(self) -> list[Grant]:
        return [request.grant for request in self.requests if request.grant is not None]

    # requests

    def may_ask(self, kind: str, buyer: str, but: Request | None = None) -> bool:
        same = (one for one in self.requests if (one.kind, one.buyer) == (kind, buyer) and one is not but)
        return not any(one.pending for one in same)

    def ask(self, kind: str, buyer: str, term: int, limit: int | None) -> Request:
        slots = [Slot(*demanded) for demanded in DEMANDED[kind]]
        request = Request(kind, buyer, term, limit, self.now + timedelta(days=REQUEST_DAYS), slots=slots)
        self.requests.append(request)
        self._advance(request)
        return request

    def seat(self, person: Person, slot: Slot, via: Delegation | None) -> frozenset[Person] | None:
        """The people who take part if this person votes: they, and in whose place."""
        if person.body != slot.body:
            return None
        if via is None and person.approver:
            return frozenset({person})
        usable = [one for one in self.delegations if one.taker == person and one.holds(self.now)]
        if via is not None:
            usable = [one for one in usable if one is via]
        return frozenset({person, usable[0].giver}) if len(usable) == 1 else None

    def may_vote(self, request: Request, slot: Slot, person: Person, via: Delegation | None) -> bool:
        people = self.seat(person, slot, via)
        if people is None or request.state != "in_approval" or slot.state != "open":
            return False
        parties = {request.buyer, PROVIDER}
        belongs = any(one.body in parties or one.also & parties for one in people)
        return not belongs and request.part.isdisjoint(one.name for one in people)

    def vote(self, request: Request, slot: Slot, person: Person, via: Delegation | None, *, approves: bool) -> None:
        people = self.seat(person, slot, via)
        assert people is not None
        request.part |= {one.name for one in people}
        if not approves:
            slot.state = "rejected"
            self._close(request, "rejected")
            return
        slot.votes += 1
        if slot.votes == slot.quorum:
            slot.state = "approved"
            self._advance(request)

    def may_appeal(self, request: Request) -> bool:
        if request.state != "rejected" or request.appealed or request.closed_at is None:
            return False
        in_time = self.now <= request.closed_at + timedelta(days=APPEAL_DAYS)
        return in_time and self.may_ask(request.kind, request.buyer, but=request)

    def appeal(self, request: Request) -> None:
        """Others of the body that refused, then what was left undecided, in the stages that it had."""
        (refused,) = (slot for slot in request.slots if slot.state == "rejected")
        left = [slot for slot in request.slots if slot.state == "void"]
        after = max(slot.stage for slot in request.slots)
        stages = sorted({slot.stage for slot in left})
        request.slots.append(Slot(refused.body, after + 1, refused.quorum))
        request.slots += [Slot(slot.body, after + 2 + stages.index(slot.stage), slot.quorum) for slot in left]
        request.appealed, request.closed_at, request.state = True, None, "in_approval"
        request.deadline = self.now + timedelta(days=REQUEST_DAYS)
        self._advance(request)

    def end(self, request: Request, state: str) -> None:
        """Withdrawn or expired."""
        self._close(request, state)

    def _advance(self, request: Request) -> None:
        if any(slot.state == "open" for slot in request.slots):
            return
        waiting = [slot for slot in request.slots if slot.state == "waiting"]
        if not waiting:
            request.state, request.closed_at = "approved", self.now
            request.grant = Grant(request, self.now + timedelta(days=request.term))
            return
        stage = min(slot.stage for slot in waiting)
        for slot in waiting:
            if slot.stage == stage:
                slot.state = "open"

    def _close(self, request: Request, state: str) -> None:
        request.state, request.closed_at = state, self.now
        for slot in request.slots:
            if slot.state in ("open", "waiting"):
                slot.state = "void"

    # grants

    def permits(self, grant: Grant, asker: str, *, running: bool = False) -> bool:
        used = grant.used - running
        within = grant.request.limit is None or used < grant.request.limit
        standing = grant.state == "active" and self.now < grant.ends_at and grant.accepted
        return asker == grant.request.buyer and standing and within

    def may_move(self, grant: Grant, event: str, person: Person) -> bool:
        """Suspending and resuming are the exchange's; revoking also of who approved."""
        allowed = {"suspend": ("active",), "resume": ("suspended",), "revoke": ("active", "suspended")}
        keeper = person.body == "exchange" and (person.approver or person.name == "keeper")
        approved = {slot.body for slot in grant.request.slots if slot.state == "approved"}
        may = keeper or (event == "revoke" and person.approver and person.body in approved)
        if event == "resume" and (person.also & {grant.request.buyer, PROVIDER}):
            return False
        return may and grant.state in allowed[event]

    def sweep(self) -> None:
        for request in self.requests:
            if request.pending and request.deadline <= self.now:
                self._close(request, "expired")
        for grant in self.grants:
            if grant.state in ("active", "suspended") and grant.ends_at <= self.now:
                grant.state = "expired"

    def open_slots(self) -> Iterator[tuple[Request, Slot]]:
        for request in self.requests:
            yield from ((request, slot) for slot in request.slots if slot.state == "open")
