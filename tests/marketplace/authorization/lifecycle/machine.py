"""Requests, approvals, delegations, grants and downloads at random, against the model: both agree at each step."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from foundation.errors import DomainError
from marketplace.authorization import services
from marketplace.authorization.agreement import terms_digest
from marketplace.authorization.decisions import HandOver
from marketplace.authorization.models import AccessRequest, ApprovalStep, Grant
from marketplace.delivery import services as delivery
from marketplace.delivery.links import PATH
from marketplace.delivery.services.transfers import Stream
from tests.factories import SYSTEM
from tests.marketplace.authorization.lifecycle import model
from tests.marketplace.authorization.lifecycle.cast import FORMS, Cast
from tests.marketplace.authorization.lifecycle.votes import approved_by_all

T = TypeVar("T")
ANY = st.integers(0, 59)
"""Chooses one of a list whose length the strategy cannot know."""
PAIRS = [
    ("e1", "e4"), ("e2", "e4"), ("e2", "e3"), ("e5", "e4"), ("h1", "h3"), ("c1", "c4"), ("c2", "c3"), ("p1", "p3"),
    ("e4", "e3"), ("c1", "p3"), ("h1", "h1"),
]  # fmt: skip
"""Who lets whom act; the last three may not."""
BUYERS = st.sampled_from(["b1", "b2"])
MOSTLY = st.sampled_from([True, True, True, False])
"""Whether what is tried is what may be done, where there is such a thing."""
REAL_NOW = timezone.now


class Clock:
    """What `timezone.now` says; the product asks nobody else."""

    ahead = timedelta()

    def __call__(self) -> datetime:
        return REAL_NOW() + self.ahead


CLOCK = Clock()


class Access(RuleBasedStateMachine):
    """One run: everything is undone at its end."""

    cast: Cast

    @initialize()
    def begin(self) -> None:
        CLOCK.ahead = timedelta()
        self.run = transaction.atomic()
        self.run.__enter__()
        self.model, self.rows = deepcopy(self.cast.model), list(self.cast.rows)
        self.delegations: list[int] = []
        self.links: list[tuple[model.Grant, str]] = []
        self.running: list[tuple[model.Grant, Stream]] = []

    def teardown(self) -> None:
        if hasattr(self, "run"):
            transaction.set_rollback(True)
            self.run.__exit__(None, None, None)

    # doing and comparing

    def happens(self, expected: bool, call: Callable[[], Any]) -> Any:
        """Do it; the product lets it happen exactly where the model does."""
        self.model.now = CLOCK()
        done, refusal = None, None
        try:
            with transaction.atomic():
                done = call()
        except DomainError as error:
            refusal = error
        assert (refusal is None) == expected, refusal and f"{refusal.code}: {refusal.message}"
        return done

    def one(self, rows: Sequence[T], place: int) -> T:
        return rows[place % len(rows)]

    def row_of(self, request: model.Request) -> int:
        return self.rows[self.model.requests.index(request)]

    def grant_of(self, grant: model.Grant) -> Grant:
        return Grant.objects.get(request=self.row_of(grant.request))

    def voters(self, request: model.Request, slot: model.Slot) -> list[tuple[model.Person, model.Delegation | None]]:
        """Who may vote on it now, by themselves or for another."""
        self.model.now = CLOCK()
        ways = [None, *self.model.delegations]
        tried = [(person, via) for person in self.cast.people.values() for via in ways]
        return [(person, via) for person, via in tried if self.model.may_vote(request, slot, person, via)]

    def _via(self, given: model.Delegation | None) -> dict[str, Any]:
        return {} if given is None else {"delegation_id": self.delegations[self.model.delegations.index(given)]}

    # requests

    @rule(kind=st.sampled_from(list(model.DEMANDED)), buyer=BUYERS, days=st.integers(1, 60),
          limit=st.sampled_from([None, 1, 2]))  # fmt: skip
    def ask(self, kind: str, buyer: str, days: int, limit: int | None) -> None:
        of = self.cast.people[buyer].body
        row = self.happens(
            self.model.may_ask(kind, of),
            lambda: services.request_access(
                actor=self.cast.actors[buyer], listing_id=self.cast.versions[kind].listing_id, purpose="research",
                form=FORMS[kind], term_days=days, download_limit=limit,
            ),
        )  # fmt: skip
        if row is not None:
            self.model.ask(kind, of, days, limit)
            self.rows.append(row.pk)

    def _vote(self, place: int, who: int, *, approves: bool, eligible: bool) -> None:
        request, slot = self.one(list(self.model.open_slots()), place)
        ways = self.voters(request, slot) if eligible else []
        everybody: list[tuple[model.Person, model.Delegation | None]]
        everybody = [(person, None) for person in self.cast.people.values()]
        self._cast(request, slot, *self.one(ways or everybody, who), approves=approves)

    def _cast(
        self,
        request: model.Request,
        slot: model.Slot,
        person: model.Person,
        via: model.Delegation | None,
        *,
        approves: bool,
    ) -> None:
        step = ApprovalStep.objects.get(request=self.row_of(request), position=1 + request.slots.index(slot))
        given = self._via(via)
        actor = self.cast.actors[person.name]

        def call() -> object:
            if approves:
                return services.approve_step(actor=actor, step_id=step.pk, **given)
            return services.reject_step(actor=actor, step_id=step.pk, ground="other", reason="No.", **given)

        if self.happens(self.model.may_vote(request, slot, person, via), call):
            self.model.vote(request, slot, person, via, approves=approves)

    @precondition(lambda self: any(self.model.open_slots()))
    @rule(place=ANY, who=ANY, times=st.integers(1, 4))
    def approve(self, place: int, who: int, times: int) -> None:
        """Votes one after another, so that chains come to their end."""
        for _time in range(times):
            if any(self.model.open_slots()):
                self._vote(place, who, approves=True, eligible=True)

    @precondition(lambda self: any(self.model.open_slots()))
    @rule(place=ANY, who=ANY, approves=st.booleans())
    def anybody_votes(self, place: int, who: int, approves: bool) -> None:
        self._vote(place, who, approves=approves, eligible=False)

    @precondition(lambda self: any(self.model.open_slots()))
    @rule(place=ANY, who=ANY, approves=st.booleans())
    def barred_votes(self, place: int, who: int, approves: bool) -> None:
        """Somebody of the very body who may not: a party's, who took part, or whose delegation is over."""
        request, slot = self.one(list(self.model.open_slots()), place)
        may = self.voters(request, slot)
        ways = [None, *self.model.delegations]
        tried = [(person, via) for person in self.cast.people.values() if person.body == slot.body for via in ways]
        barred = [way for way in tried if way not in may and (way[1] is None or way[1].taker == way[0])]
        if barred:
            self._cast(request, slot, *self.one(barred, who), approves=approves)

    @precondition(lambda self: any(self.model.open_slots()))
    @rule(place=ANY, who=ANY)
    def reject(self, place: int, who: int) -> None:
        self._vote(place, who, approves=False, eligible=True)

    @precondition(lambda self: any(self.model.open_slots()))
    @rule(place=ANY, who=ANY)
    def inquire(self, place: int, who: int) -> None:
        request, slot = self.one(list(self.model.open_slots()), place)
        person, via = self.one(self.voters(request, slot) or [(self.cast.people["keeper"], None)], who)
        step = ApprovalStep.objects.get(request=self.row_of(request), position=1 + request.slots.index(slot))
        given = self._via(via)
        actor = self.cast.actors[person.name]
        done = self.happens(
            self.model.may_vote(request, slot, person, via),
            lambda: services.ask_for_information(actor=actor, step_id=step.pk, question="Why?", **given),
        )
        if done:
            request.state = "more_information"

    @precondition(lambda self: self.model.requests)
    @rule(place=ANY, what=st.sampled_from(["answer", "withdraw", "appeal"]), buyer=BUYERS, fits=MOSTLY)
    def buyer_acts(self, place: int, what: str, buyer: str, fits: bool) -> None:
        self.model.now = CLOCK()
        fitting = [(request, what) for request in self.model.requests if self._fits(request, what)]
        request, what = self.one(fitting if fits and fitting else [(one, what) for one in self.model.requests], place)
        by = self._of(request) if fits else buyer
        actor, row = self.cast.actors[by], self.row_of(request)
        calls: dict[str, Callable[[], object]] = {
            "answer": lambda: services.give_information(actor=actor, request_id=row, answer="So."),
            "withdraw": lambda: services.withdraw_request(actor=actor, request_id=row),
            "appeal": lambda: services.appeal_request(actor=actor, request_id=row, grounds="Not so."),
        }
        own = self.cast.people[by].body == request.buyer
        if self.happens(own and self._fits(request, what), calls[what]):
            if what == "answer":
                request.state = "in_approval"
            elif what == "withdraw":
                self.model.end(request, "withdrawn")
            else:
                self.model.appeal(request)

    def _fits(self, request: model.Request, what: str) -> bool:
        if what == "appeal":
            return self.model.may_appeal(request)
        return request.pending if what == "withdraw" else request.state == "more_information"

    def _of(self, request: model.Request) -> str:
        return next(name for name in ("b1", "b2") if self.cast.people[name].body == request.buyer)

    @rule(pair=st.sampled_from(PAIRS), days=st.integers(1, 40))
    def delegate(self, pair: tuple[str, str], days: int) -> None:
        giver, taker = pair
        one, other = self.cast.people[giver], self.cast.people[taker]
        ends_at = CLOCK() + timedelta(days=days)
        row = self.happens(
            one.approver and one.body == other.body and one != other,
            lambda: services.delegate_approvals(
                actor=self.cast.actors[giver],
                membership_id=self.cast.memberships[taker],
                ends_at=ends_at,
                reason="Leave.",
            ),
        )
        if row is not None:
            self.model.delegations.append(model.Delegation(one, other, ends_at))
            self.delegations.append(row.pk)

    @precondition(lambda self: self.model.delegations)
    @rule(place=ANY)
    def take_back(self, place: int) -> None:
        given = self.one(self.model.delegations, place)
        row = self.delegations[self.model.delegations.index(given)]
        self.model.now = CLOCK()
        actor = self.cast.actors[given.giver.name]
        if self.happens(
            given.holds(self.model.now), lambda: services.revoke_delegation(actor=actor, delegation_id=row)
        ):
            given.revoked = True

    # time

    @rule(days=st.sampled_from([1, 5, 20, 45, 91]))
    def time_passes(self, days: int) -> None:
        CLOCK.ahead += timedelta(days=days)

    @rule()
    def sweep(self) -> None:
        self.model.now = CLOCK()
        services.expire_requests(actor=SYSTEM)
        services.expire_grants(actor=SYSTEM)
        services.escalate_steps(actor=SYSTEM)
        self.model.sweep()

    # grants

    @precondition(lambda self: self.model.grants)
    @rule(place=ANY, buyer=BUYERS, fits=MOSTLY)
    def accept(self, place: int, buyer: str, fits: bool) -> None:
        grant = self.one(self.model.grants, place)
        buyer = self._of(grant.request) if fits else buyer
        row = self.grant_of(grant)
        done = self.happens(
            self.cast.people[buyer].body == grant.request.buyer and grant.state in ("active", "suspended"),
            lambda: services.accept_terms(
                actor=self.cast.actors[buyer], grant_id=row.pk, sha256=terms_digest(row.agreement)
            ),
        )
        grant.accepted = grant.accepted or done is not None

    @precondition(lambda self: self.model.grants)
    @rule(place=ANY, event=st.sampled_from(["suspend", "resume", "revoke"]),
          who=st.sampled_from(["keeper", "e1", "e5", "e4", "h1", "c1", "b1"]))  # fmt: skip
    def move(self, place: int, event: str, who: str) -> None:
        grant = self.one(self.model.grants, place)
        service: dict[str, Callable[..., object]] = {
            "suspend": services.suspend_grant,
            "resume": services.resume_grant,
            "revoke": services.revoke_grant,
        }
        given: dict[str, Any] = {} if event == "resume" else {"reason": "Inquiry."}
        row = self.grant_of(grant).pk
        done = self.happens(
            self.model.may_move(grant, event, self.cast.people[who]),
            lambda: service[event](actor=self.cast.actors[who], grant_id=row, **given),
        )
        if done is not None:
            grant.state = {"suspend": "suspended", "resume": "active", "revoke": "revoked"}[event]

    @precondition(lambda self: self.model.grants)
    @rule(place=ANY, buyer=BUYERS, fits=MOSTLY, at_once=st.booleans())
    def fetch(self, place: int, buyer: str, fits: bool, at_once: bool) -> None:
        """A link for the file; where it is masked, which takes a job, the meter alone is asked."""
        self.model.now = CLOCK()
        covered = [one for one in self.model.grants if self.model.permits(one, one.request.buyer)]
        others = [one for one in self.model.grants if one not in covered]
        grant = self.one((covered if at_once else others) or self.model.grants, place)
        buyer = self._of(grant.request) if fits else buyer
        row, actor, asker = self.grant_of(grant), self.cast.actors[buyer], self.cast.people[buyer].body
        self.model.now = CLOCK()
        allowed = self.model.permits(grant, asker)
        if row.forms == ["masked"]:
            assert actor.organisation_id is not None
            wanted = HandOver("masked", actor.organisation_id, actor.user_id)
            answer = services.reserve_download(grant_id=row.pk, wanted=wanted).answer
            assert answer.allowed == allowed, answer.verdict
            grant.used += answer.allowed
            return
        (file,) = self.cast.versions[grant.request.kind].distributions.all()

        def linked() -> str:
            ready = delivery.prepare_delivery(actor=actor, grant_id=row.pk, distribution_id=file.pk)
            return delivery.make_link(actor=actor, delivery_id=ready.pk).path.removeprefix(PATH)

        token = self.happens(allowed, linked)
        if token is not None:
            self.links.append((grant, token))
            self.download(-1)
            if at_once:
                self.send(-1)

    @precondition(lambda self: self.links)
    @rule(place=ANY)
    def follow_an_old_link(self, place: int) -> None:
        self.download(place)

    def download(self, place: int) -> None:
        grant, token = self.one(self.links, place)
        self.model.now = CLOCK()
        begun = self.happens(
            self.model.permits(grant, grant.request.buyer), lambda: delivery.begin_download(token=token)
        )
        if begun is not None:
            grant.used += 1
            self.running.append((grant, begun.stream()))

    @precondition(lambda self: self.running)
    @rule(place=ANY)
    def go_on(self, place: int) -> None:
        """A download that began some steps ago goes on."""
        self.send(place)

    def send(self, place: int) -> None:
        """Its bytes leave, if the grant still covers it, and are counted."""
        grant, stream = self.running.pop(place % len(self.running))
        before = self.grant_of(grant).bytes_sent
        self.model.now = CLOCK()
        sent = self.happens(self.model.permits(grant, grant.request.buyer, running=True), lambda: b"".join(stream))
        stream.close()
        assert self.grant_of(grant).bytes_sent - before == len(sent or b"")

    # what holds at every instant, by the product's own tables

    @invariant()
    def agree(self) -> None:
        if not hasattr(self, "model"):
            return
        rows = {row.pk: row for row in AccessRequest.objects.filter(pk__in=self.rows)}
        steps: dict[int, list[tuple[str, int, int, str]]] = {}
        names = {pk: name for name, pk in self.cast.bodies.items()}
        for step in ApprovalStep.objects.filter(request__in=self.rows).order_by("position"):
            steps.setdefault(step.request_id, []).append(
                (names[step.organisation_id], step.stage, step.quorum, step.state)
            )
        grants = {grant.request_id: grant for grant in Grant.objects.filter(request__in=self.rows)}
        for request in self.model.requests:
            pk = self.row_of(request)
            assert rows[pk].state == request.state
            shown = [(slot.body, slot.stage, slot.quorum, slot.state) for slot in request.slots]
            assert steps.get(pk, []) == shown
            assert (pk in grants) == (request.grant is not None)
            if request.grant is not None:
                row = grants[pk]
                assert (row.state, row.downloads_used) == (request.grant.state, request.grant.used)
                assert request.limit is None or row.downloads_used <= request.limit
        approved_by_all(self.cast, [(self.row_of(one), one) for one in self.model.requests], set(grants))
