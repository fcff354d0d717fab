"""What each room tells, from the change that causes it to what its readers are told and nobody else."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from config.subscriptions import SUBSCRIPTIONS
from foundation.audit.selectors import timeline
from foundation.events.models import Event
from foundation.jobs import registry as kinds_of_jobs
from foundation.jobs import services as jobs
from foundation.jobs.models import Job
from foundation.notifications import registry, selectors
from foundation.notifications import services as notifications
from foundation.notifications.models import Notification, WebhookDelivery
from foundation.notifications.rendering import render
from foundation.participants import services as participants
from grading import services as grading
from marketplace.authorization import services as authorization
from marketplace.authorization.models import ApprovalStep, Grant
from marketplace.catalog import services as catalog
from marketplace.incidents import services as incidents
from tests.factories import SYSTEM, Party, World, submitted_listing
from tests.grading.recommending import recommended_again
from tests.marketplace.authorization.asking import BY_SECTOR, OPEN, accepted, ask, listing

DIRECT = {
    "matching.matches_proposed", "matching.match_proposed", "matching.listings_matched", "matching.listing_matched",
    "notifications.webhook_paused",
}  # fmt: skip
"""Told by their services, not after an event."""


def run_the_telling() -> None:
    """What the worker does with the jobs that wait."""
    for job in Job.objects.filter(kind__startswith="tell.", state="queued").order_by("pk"):
        jobs.execute(job.pk)
    left = Job.objects.filter(kind__startswith="tell.").exclude(state="succeeded")
    assert list(left.values("kind", "state", "error_detail")) == []


def told(kind: str) -> list[int]:
    return list(Notification.objects.filter(kind=kind).order_by("pk").values_list("recipient_id", flat=True))


def read(party: Party, kind: str) -> str:
    """The newest title of this kind that the party reads."""
    (notice, *_older) = render(party.actor, selectors.visible_notifications(party.actor, kind=kind))
    assert notice.shown
    assert "%(" not in notice.title + notice.text
    return notice.title


def test_every_kind_is_told_after_some_event_and_every_telling_has_its_kind() -> None:
    wired = {kind.removeprefix("tell.") for kinds in SUBSCRIPTIONS.values() for kind in kinds if kind[:5] == "tell."}
    assert wired | DIRECT == set(registry.names())
    assert {f"tell.{name}" for name in registry.names()} <= kinds_of_jobs.names()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", registry.names())
def test_every_text_can_be_filled(name: str, language: str) -> None:
    kind = registry.kind(name)
    known = dict.fromkeys(
        ["title", "number", "name", "buyer", "holder", "until", "file", "level", "matches", "demands", "id", "job",
         "kind", "code", "reason", "username", "score", "difference", "listings"], "x"
    )  # fmt: skip
    with override(language):
        assert "%" not in str(kind.title) % known + str(kind.text) % known + str(kind.label)
    assert (kind.link % {"id": 7}).startswith("/api/v1/")


def test_organisations_are_told_what_the_exchange_decided(world: World) -> None:
    keeper, party = world.exchange.actor, world.organisation("New Company", "buyer", verified=False)
    number = party.organisation_id
    participants.verify_organisation(actor=keeper, organisation_id=number)
    participants.suspend_organisation(actor=keeper, organisation_id=number, reason="Checks.")
    participants.reinstate_organisation(actor=keeper, organisation_id=number)
    refused = world.organisation("Refused Company", "buyer", verified=False)
    participants.reject_organisation(actor=keeper, organisation_id=refused.organisation_id, reason="No such company.")
    run_the_telling()
    titles = {
        "verified": "New Company is verified",
        "suspended": "New Company is suspended",
        "reinstated": "New Company is reinstated",
    }
    for event, title in titles.items():
        assert told(f"participants.organisation_{event}")[-1] == party.user.pk
        assert read(party, f"participants.organisation_{event}") == title
    assert read(refused, "participants.organisation_rejected") == "Refused Company was not accepted"


def test_a_reset_password_is_told_to_the_person_and_to_the_administrators(world: World) -> None:
    operator, auditor = world.colleague(world.provider, "operator"), world.colleague(world.provider, "auditor")
    user_id, name = operator.user.pk, operator.user.username
    ended = participants.end_access(actor=SYSTEM, user_id=user_id, because=participants.RESET)
    run_the_telling()
    assert (ended.keys, ended.sessions) == (1, 0)
    assert told("participants.access_ended") == [world.provider.user.pk, user_id]
    title = f"Sessions and API keys of {name} ended with a new password"
    assert read(world.provider, "participants.access_ended") == title
    assert not selectors.visible_notifications(auditor.actor).exists()


def test_listings_from_submission_to_suspension(world: World) -> None:
    colleague = world.colleague(world.provider, "operator")
    world.colleague(world.provider, "auditor")
    version = submitted_listing(world)
    catalog.return_version(actor=world.reviewer.actor, version_id=version.pk, reason="Mend the title.")
    run_the_telling()
    assert told("catalog.listing_submitted") == [world.exchange.user.pk, world.reviewer.user.pk]
    assert told("catalog.listing_returned") == [world.provider.user.pk, colleague.user.pk]
    assert read(colleague, "catalog.listing_returned") == "Returned: Departures of New York airports"
    with override("zh-hans"):
        assert "纽约机场航班" in read(colleague, "catalog.listing_returned")
    catalog.submit_version(actor=world.provider.actor, version_id=version.pk)
    version.refresh_from_db()
    catalog.publish_version(actor=world.reviewer.actor, version_id=version.pk, expected_revision=version.revision)
    catalog.suspend_version(actor=world.reviewer.actor, version_id=version.pk, reason="A complaint.")
    catalog.reinstate_version(actor=world.reviewer.actor, version_id=version.pk)
    run_the_telling()
    for event in ("published", "suspended", "reinstated"):
        assert told(f"catalog.listing_{event}") == [world.provider.user.pk, colleague.user.pk]


def test_a_reviewer_reads_no_more_of_a_draft_that_was_returned_to_others(world: World) -> None:
    """Who is told of a listing in review and leaves the exchange reads nothing of it afterwards."""
    version = submitted_listing(world)
    run_the_telling()
    notice = Notification.objects.get(kind="catalog.listing_submitted", recipient=world.exchange.user)
    Notification.objects.filter(pk=notice.pk).update(
        recipient=world.buyer.user.pk, organisation=world.buyer.organisation_id
    )
    (shown,) = render(world.buyer.actor, selectors.visible_notifications(world.buyer.actor, kind=notice.kind))
    assert (shown.shown, version.title in shown.title + shown.text) == (False, False)


def test_grades_are_told_to_the_owner(world: World) -> None:
    version = submitted_listing(world, level=None)
    grade = version.distributions.get().asset.grades.get()
    grading.decide_grade(actor=world.reviewer.actor, grade_id=grade.pk, level="general_1")
    run_the_telling()
    assert told("grading.grade_decided") == [world.provider.user.pk]
    assert read(world.provider, "grading.grade_decided") == "Graded: table.csv"
    other = submitted_listing(world, level=None).distributions.get().asset.grades.get()
    grading.return_grade(actor=world.reviewer.actor, grade_id=other.pk, reason="Which year?")
    run_the_telling()
    assert told("grading.grade_returned") == [world.provider.user.pk]


def test_what_differs_and_appeals_are_told_to_both_sides(world: World) -> None:
    grade = submitted_listing(world, level="general_1").distributions.get().asset.grades.get()
    reviewers = [world.reviewer.user.pk, world.second_reviewer.user.pk]
    newer = recommended_again(grade, level="general_2")
    run_the_telling()
    assert sorted(told("grading.grade_differs")) == reviewers
    assert told("grading.own_grade_differs") == [world.provider.user.pk]
    assert read(world.provider, "grading.own_grade_differs") == "Differs from today's recommendation: table.csv"
    (notice,) = render(
        world.reviewer.actor, selectors.visible_notifications(world.reviewer.actor, kind="grading.grade_differs")
    )
    assert notice.text == (
        "'table.csv' is decided as general 1. An examination since recommends otherwise. "
        "Recommended level: general 2; it was general 1."
    )
    appeal = grading.file_appeal(actor=world.provider.actor, asset_id=newer.asset_id, grounds="No persons.")
    run_the_telling()
    assert sorted(told("grading.appeal_filed")) == reviewers
    assert read(world.reviewer, "grading.appeal_filed") == "Appeal: table.csv"
    grading.decide_grade(
        actor=world.second_reviewer.actor, grade_id=appeal.review_id, level="general_2", reason="Persons are in it."
    )
    run_the_telling()
    assert told("grading.appeal_granted") == [world.provider.user.pk]
    assert read(world.provider, "grading.appeal_granted") == "Appeal granted: table.csv"
    assert told("grading.appeal_dismissed") == []


def test_a_request_from_the_first_step_to_the_end_of_its_grant(world: World) -> None:
    authority, exchange = world.authority, world.approver
    request = ask(world, listing(world, BY_SECTOR), form="masked")
    while step := ApprovalStep.objects.filter(request=request, state="open").first():
        run_the_telling()
        party = next(one for one in (authority, exchange) if one.organisation_id == step.organisation_id)
        assert told("authorization.step_opened")[-1] == party.user.pk
        assert read(party, "authorization.step_opened") == "To be decided: Departures of New York airports"
        authorization.approve_step(actor=party.actor, step_id=step.pk)
    run_the_telling()
    assert set(told("authorization.step_opened")) <= {authority.user.pk, exchange.user.pk}
    assert told("authorization.request_approved") == [world.buyer.user.pk]
    assert told("authorization.grant_issued") == [world.buyer.user.pk, world.provider.user.pk]
    grant = Grant.objects.get(request=request)
    keeper = world.approver.actor
    authorization.suspend_grant(actor=keeper, grant_id=grant.pk, reason="Checks.")
    authorization.resume_grant(actor=keeper, grant_id=grant.pk)
    authorization.revoke_grant(actor=keeper, grant_id=grant.pk, reason="Misuse.")
    run_the_telling()
    for event in ("suspended", "resumed", "revoked"):
        assert told(f"authorization.grant_{event}") == [world.buyer.user.pk, world.provider.user.pk]
        assert "Departures" in read(world.buyer, f"authorization.grant_{event}")


def test_an_incident_is_told_to_the_exchange_and_its_end_to_reporter_and_provider(world: World) -> None:
    listed = listing(world, OPEN)
    handlers = {world.exchange.user.pk, world.approver.user.pk}
    reporter = world.colleague(world.buyer, "auditor")
    incident = incidents.report_incident(
        actor=reporter.actor, kind="leak", description="Seen.", concerned=incidents.Concerned([listed.listing_id])
    )
    run_the_telling()
    assert set(told("incidents.incident_reported")) == handlers
    assert read(world.approver, "incidents.incident_reported") == f"Incident {incident.pk}: leak"
    incidents.investigate_incident(actor=world.approver.actor, incident_id=incident.pk)
    incidents.close_incident(actor=world.approver.actor, incident_id=incident.pk, reason="Found.")
    run_the_telling()
    people = {reporter.user.pk, world.buyer.user.pk, world.provider.user.pk}
    assert set(told("incidents.incident_closed")) == people
    assert read(world.provider, "incidents.incident_closed") == f"Incident {incident.pk} is closed"


def test_a_refusal_is_told_to_who_asked(world: World) -> None:
    parties = (world.authority, world.approver)
    request = ask(world, listing(world, BY_SECTOR), form="masked")
    step = ApprovalStep.objects.get(request=request, state="open")
    party = next(one for one in parties if one.organisation_id == step.organisation_id)
    authorization.reject_step(actor=party.actor, step_id=step.pk, ground="other", reason="Not for this.")
    run_the_telling()
    assert told("authorization.request_rejected") == [world.buyer.user.pk]
    assert read(world.buyer, "authorization.request_rejected") == "Rejected: access to Departures of New York airports"


def test_the_end_of_a_grant_is_told_a_week_before_once_and_when_it_comes(world: World) -> None:
    request = ask(world, listing(world, OPEN))
    grant = Grant.objects.get(request=request)
    assert authorization.remind_of_ending(actor=SYSTEM) == 0
    now = timezone.now()
    Grant.objects.filter(pk=grant.pk).update(starts_at=now - timedelta(days=24), ends_at=now + timedelta(days=6))
    assert [authorization.remind_of_ending(actor=SYSTEM), authorization.remind_of_ending(actor=SYSTEM)] == [1, 0]
    run_the_telling()
    assert told("authorization.grant_expiring") == [world.buyer.user.pk]
    Grant.objects.filter(pk=grant.pk).update(ends_at=now)
    authorization.expire_grants(actor=SYSTEM)
    run_the_telling()
    assert told("authorization.grant_expired") == [world.buyer.user.pk, world.provider.user.pk]


def test_terms_that_nobody_has_accepted_are_told_of_once(world: World) -> None:
    version = listing(world, OPEN)
    fresh, old, done, over = (Grant.objects.get(request=ask(world, version)) for _grant in range(4))
    days_ago = timezone.now() - timedelta(days=4)
    Grant.objects.exclude(pk=fresh.pk).update(created_at=days_ago)  # as those that were issued before there were terms
    accepted(done)
    Grant.objects.filter(pk=over.pk).update(state="suspended")
    assert [authorization.remind_of_terms(actor=SYSTEM) for _twice in range(2)] == [1, 0]
    run_the_telling()
    assert told("authorization.grant_terms_waiting") == [world.buyer.user.pk]
    assert [event.subject_id for event in Event.objects.filter(name="grant.terms_waiting")] == [old.pk]
    assert timeline(("grant", old.pk)).filter(action="grant.terms_waiting").count() == 1


def test_a_short_grant_is_not_reminded_of(world: World) -> None:
    ask(world, listing(world, OPEN), term_days=5)
    assert authorization.remind_of_ending(actor=SYSTEM) == 0
    assert not Event.objects.filter(name="grant.expiring").exists()


def test_webhooks_of_both_parties_hear_of_a_grant_without_a_word_of_it(world: World) -> None:
    for party in (world.buyer, world.provider, world.other_buyer):
        notifications.register_endpoint(
            actor=party.actor, url="https://hooks.example.com/", kinds=["authorization.grant_issued"]
        )
    request = ask(world, listing(world, OPEN))
    run_the_telling()
    sent = WebhookDelivery.objects.order_by("endpoint__organisation")
    assert {row.endpoint.organisation_id for row in sent} == {
        world.buyer.organisation_id,
        world.provider.organisation_id,
    }
    for row in sent:
        assert f'"subject_id":{request.grant.pk}' in row.body
        assert "Departures" not in row.body
