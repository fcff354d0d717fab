"""A grade decided higher: every open request and active grant is asked again by today's level."""

from collections.abc import Callable
from functools import partial
from threading import Event as Signal
from threading import Timer
from typing import Any

import pytest
from django.db import transaction

from foundation.audit.models import Event as AuditEvent
from foundation.errors import Conflict, Forbidden
from foundation.events.models import Event
from foundation.jobs import services as jobs
from foundation.jobs.models import Job
from foundation.notifications.models import Notification
from foundation.notifications.rendering import render
from marketplace.authorization import services
from marketplace.authorization.models import AccessRequest, Grant
from marketplace.authorization.services import grades
from marketplace.authorization.services.grants import suspend_outgrown
from marketplace.catalog import services as catalog
from marketplace.catalog.models import ListingVersion
from marketplace.delivery import services as delivery
from tests.at_once import at_once
from tests.factories import CSV, World, draft, examined
from tests.marketplace.authorization.asking import (
    BY_SECTOR,
    OPEN,
    UNIFIED,
    accepted,
    accredit,
    ask,
    listing,
    states,
    steps,
)
from tests.marketplace.delivery.fetching import linked, token_of
from tests.marketplace.regrading import decide, decide_anew, follow, follow_again, found_anew

KIND = "authorization.follow_grade"
NOTHING = {"followed": 0, "lapsed": 0, "suspended": 0}


def granted(world: World, version: ListingVersion, **wish: Any) -> Grant:
    """A grant that the exchange's approver has approved, its terms accepted."""
    request = ask(world, version, **wish)
    for step in steps(request):
        services.approve_step(actor=world.approver.actor, step_id=step.pk)
    return accepted(Grant.objects.get(request=request))


def known(grant: Grant) -> tuple[str, str, Any]:
    """State, level covered, in what the table does not bear it."""
    grant.refresh_from_db()
    return grant.state, grant.level, grant.state_cause.get("short")


CASES: list[tuple[dict[str, Any], str, dict[str, Any], list[str], str]] = [
    (UNIFIED, "general_3", {"term_days": 400}, ["obligations", "term"], "unified_serious"),
    (UNIFIED, "general_4", {}, ["forms", "obligations"], "unified_protected"),
    (UNIFIED, "important", {}, ["mode", "approvals", "forms", "obligations"], "important_by_sector"),
    (UNIFIED, "core", {}, ["refused"], "core_refused"),
    (OPEN, "general_2", {}, ["mode", "approvals", "obligations"], "unified_general"),
]
"""Listing, level decided later, what was asked for, in what today's answer is stricter, by which row."""


def test_grants_that_the_table_does_not_bear_are_suspended(world: World) -> None:
    accredit(world.buyer)
    for kind, level, wish, short, rule in CASES:
        version = listing(world, kind)
        grant = granted(world, version, **wish)
        decide_anew(world, version, level)
        job = follow(KIND)
        assert job.result == {**NOTHING, "suspended": 1}
        assert known(grant) == ("suspended", "general_1", short)
        cause = {"code": "level_rose", "former_level": "general_1", "level": level, "short": short, "rule_id": rule}
        assert cause.items() <= grant.state_cause.items()
        recorded = AuditEvent.objects.get(action="grant.suspended", subject_id=str(grant.pk))
        assert (recorded.actor_kind, recorded.data) == ("system", grant.state_cause)
        assert follow_again(job).result == NOTHING
    assert Event.objects.filter(name="grant.suspended").count() == len(CASES)


def test_holder_and_provider_are_told_which_row_says_so(world: World) -> None:
    version = listing(world, UNIFIED)
    grant, other = granted(world, version), granted(world, listing(world, UNIFIED))
    decide_anew(world, version, "general_3")
    follow(KIND)
    assert (known(grant)[0], known(other)[0]) == ("suspended", "active")
    reason = (
        "The data was decided as 'general 3', above 'general 1'. Row 'unified_serious' of the decision table now "
        "means: further duties. Ask for access again to have it on these conditions."
    )
    follow("tell.authorization.grant_suspended")
    notices = Notification.objects.filter(kind="authorization.grant_suspended").order_by("pk")
    assert [row.recipient_id for row in notices] == [world.buyer.user.pk, world.provider.user.pk]
    (shown,) = render(world.buyer.actor, [notices[0]])
    assert shown.text.endswith(f"for now. {reason}")
    assert world.buyer.client.get(f"/api/v1/grants/{grant.pk}").json()["state_reason"] == reason
    page = world.approver.admin.get(f"/admin/authorization/grant/{grant.pk}/change/").content.decode()
    assert "&#x27;unified_serious&#x27; of the decision table now means" in page


def test_a_grant_that_the_same_row_bears_goes_on_and_covers_the_level(world: World) -> None:
    version = listing(world, UNIFIED)
    grant = granted(world, version)
    token = token_of(linked(world, grant))
    decide_anew(world, version, "general_2")
    with pytest.raises(Forbidden) as refused:  # nothing leaves before it was asked again
        delivery.begin_download(token=token)
    assert refused.value.rule == "delivery.level_above_granted"
    assert follow(KIND).result == {**NOTHING, "followed": 1}
    assert known(grant) == ("active", "general_2", None)
    assert b"".join(delivery.begin_download(token=token).stream()) == CSV
    recorded = AuditEvent.objects.get(action="grant.followed").data
    assert (recorded["former_level"], recorded["decision"]["inputs"]["level"]) == ("general_1", "general_2")
    assert not Notification.objects.filter(kind__startswith="authorization.grant_s").exists()
    decide_anew(world, version, "general_3")
    follow(KIND)
    with pytest.raises(Forbidden) as refused:
        delivery.begin_download(token=token)
    assert refused.value.rule == "delivery.grant_not_active"


def test_a_suspension_is_lifted_by_a_person_and_where_the_table_bears_the_grant(world: World) -> None:
    version, keeper = listing(world, UNIFIED), world.approver.actor
    grant = granted(world, version)
    decide_anew(world, version, "general_3")
    follow(KIND)
    with pytest.raises(Conflict, match="row 'unified_serious' of the decision table asks for more"):
        services.resume_grant(actor=keeper, grant_id=grant.pk)
    assert known(grant) == ("suspended", "general_1", ["obligations"])
    decide_anew(world, version, "general_2")
    assert follow(KIND).result == NOTHING
    assert known(grant) == ("suspended", "general_1", ["obligations"])
    services.resume_grant(actor=keeper, grant_id=grant.pk)
    assert (known(grant), grant.state_cause) == (("active", "general_2", None), {})


def test_a_grant_of_a_superseded_version_is_asked_about_as_well(world: World) -> None:
    version = listing(world, UNIFIED)
    grant = granted(world, version)
    newer = catalog.revise_listing(
        actor=world.provider.actor, listing_id=version.listing_id, draft=draft(world.provider)
    )
    catalog.submit_version(actor=world.provider.actor, version_id=newer.pk)
    found = examined(version.distributions.get().asset)
    catalog.publish_version(actor=world.reviewer.actor, version_id=newer.pk)
    decide(world, found, "core")
    assert follow(KIND).result == {**NOTHING, "suspended": 1}
    assert known(grant) == ("suspended", "general_1", ["refused"])


def test_a_request_that_the_same_row_bears_keeps_its_chain(world: World) -> None:
    version = listing(world, UNIFIED)
    request = ask(world, version)
    decide_anew(world, version, "general_2")
    with pytest.raises(Conflict, match="has been raised"):  # by approvers who were not asked about this level
        services.approve_step(actor=world.approver.actor, step_id=steps(request)[0].pk)
    assert follow(KIND).result == {**NOTHING, "followed": 1}
    assert states(request) == ("in_approval", ["open"], 0)
    assert request.decision["inputs"]["level"] == "general_2"
    services.approve_step(actor=world.approver.actor, step_id=steps(request)[0].pk)
    assert known(Grant.objects.get(request=request)) == ("active", "general_2", None)


def test_a_request_that_the_table_does_not_bear_lapses_and_is_made_again_on_todays_conditions(world: World) -> None:
    authority = world.authority
    accredit(world.buyer)
    version = listing(world, {**BY_SECTOR, "level": "general_3", "sector": "health", "origin": "enterprise"})
    request = ask(world, version, form="masked")
    services.approve_step(actor=authority.actor, step_id=steps(request)[0].pk)
    decide_anew(world, version, "important")
    assert follow(KIND).result == {**NOTHING, "lapsed": 1}
    assert states(request) == ("lapsed", ["approved", "void"], 0)
    assert request.closed_at is not None
    assert (request.outcome_cause["rule_id"], request.outcome_cause["short"]) == ("important_by_sector", ["forms"])
    recorded = AuditEvent.objects.get(action="access_request.lapsed")
    assert (recorded.actor_kind, recorded.data["decision"]["rule_id"]) == ("system", "important_by_sector")
    follow("tell.authorization.request_lapsed")
    notice = Notification.objects.get(kind="authorization.request_lapsed")
    assert notice.recipient_id == world.buyer.user.pk
    said = world.buyer.client.get(f"/api/v1/access-requests/{request.pk}").json()["outcome_reason"]
    assert "decided as 'important', above 'general 3'" in said
    assert said in render(world.buyer.actor, [notice])[0].text
    decide_anew(world, version, "general_4")
    follow(KIND)
    assert states(request) == ("lapsed", ["approved", "void"], 0)
    assert ask(world, version, form="masked").decision["rule_id"] == "sector_protected"


def test_a_level_that_falls_changes_nothing(world: World) -> None:
    version = listing(world, {**UNIFIED, "level": "general_3"})
    grant = granted(world, version)
    request = ask(world, version, purpose="internal_use")
    decide_anew(world, version, "general_1")
    assert follow(KIND).result == NOTHING
    assert (known(grant), states(request)) == (("active", "general_3", None), ("in_approval", ["open"], 0))


def test_a_killed_worker_leaves_the_rest_to_the_next_attempt(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    version = listing(world, UNIFIED)
    held = [granted(world, version, purpose=purpose) for purpose in ("research", "internal_use")]
    decide_anew(world, version, "general_3")
    job = Job.objects.get(
        kind=KIND, state="queued", arguments__subject_id=version.distributions.get().asset.grades.latest("pk").pk
    )
    left = iter([True, False])

    def killed(**arguments: Any) -> Grant:
        if not next(left):
            raise SystemExit  # as a worker that is told to stop at once
        return suspend_outgrown(**arguments)

    with monkeypatch.context() as patched:
        patched.setattr(grades, "BATCH", 1)
        patched.setattr(grades, "suspend_outgrown", killed)
        with pytest.raises(SystemExit):
            jobs.execute(job.pk)
    assert [known(grant)[0] for grant in held] == ["suspended", "active"]
    assert follow_again(job).result == {**NOTHING, "suspended": 1}
    assert [known(grant)[0] for grant in held] == ["suspended", "suspended"]
    assert Event.objects.filter(name="grant.suspended").count() == 2


def test_nobody_but_the_system_does_it(world: World) -> None:
    with pytest.raises(Forbidden):
        services.follow_grade(None, actor=world.exchange.actor, grade_id=1)  # type: ignore[arg-type]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["ask", "approve"])
def test_what_is_granted_by_the_former_level_while_a_higher_one_is_decided_is_suspended(
    transactional_db: None, act: str
) -> None:
    """The grant's transaction has read the former level and is not committed when the decision is, and its job runs."""
    world = World()
    version = listing(world, OPEN if act == "ask" else UNIFIED)
    call: Callable[[], object] = partial(ask, world, version)
    if act == "approve":
        step = steps(ask(world, version))[0]
        call = partial(services.approve_step, actor=world.approver.actor, step_id=step.pk)
    grade = found_anew(version)
    assert world.buyer.actor.user_id
    assert world.second_reviewer.actor.user_id
    given, waiting = Signal(), Signal()

    def grant() -> None:
        with transaction.atomic():
            call()
            given.set()
            waiting.wait(20)

    def decide_and_follow() -> None:
        given.wait(20)
        decide(world, grade, "general_4")
        Timer(0.5, waiting.set).start()
        follow(KIND)

    assert at_once(grant, decide_and_follow) == ["done", "done"]
    assert AccessRequest.objects.get().state == "approved"
    assert known(Grant.objects.get())[:2] == ("suspended", "general_1")
