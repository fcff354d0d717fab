"""What is told of a request on its way, to whom and to nobody else, and how it reads in both languages."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import override

from foundation.jobs import services as jobs
from foundation.jobs.models import Job
from foundation.notifications.models import Notification
from foundation.notifications.rendering import render
from foundation.notifications.selectors import visible_notifications
from foundation.participants.models import Accreditation, Membership, User
from marketplace.authorization import services
from marketplace.authorization.models import AccessRequest, ApprovalStep
from marketplace.catalog.models import ListingVersion
from tests.factories import SYSTEM, World
from tests.marketplace.authorization.asking import BY_SECTOR, ask, listing, steps

TITLE = "Departures of New York airports"
BUYER, PROVIDER = {"buyer", "analyst"}, {"provider", "supplier"}
SEEN = {
    "step_due_soon": (
        {"authority", "second"},
        f"To be decided soon: {TITLE}",
        f"Dalian Research Institute asks for access to '{TITLE}'. Your organisation has until {{until}} to decide.",
        "Dalian Research Institute 申请访问《纽约机场航班》。贵机构须在 {until} 前作出决定。",
    ),
    "step_overdue": (
        {"chief", "authority", "exchange"},
        f"Overdue: approval of access to {TITLE}",
        f"Health Commission had until {{until}} to decide on access of Dalian Research Institute to '{TITLE}'. "
        "Nobody decides for it.",
        "Health Commission 须在 {until} 前就 Dalian Research Institute 对《纽约机场航班》的访问作出决定。"
        "任何人都不代其决定。",
    ),
    "delegation_given": (
        {"deputy"},
        "You act for {authority}",
        "Until {ends} you may decide on access requests in the place of {authority}.",
        "在 {ends} 之前，您可以代 {authority} 决定访问申请。",
    ),
    "request_submitted": (
        PROVIDER,
        f"Asked for: {TITLE}",
        f"Dalian Research Institute asks for access to '{TITLE}'. You see where the request stands, and decide "
        "nothing.",
        "Dalian Research Institute 申请访问《纽约机场航班》。您可以查看申请进度，但不作决定。",
    ),
    "request_asked": (
        BUYER,
        f"To be answered: your request for {TITLE}",
        f"An approver of your request for access to '{TITLE}' asks for more information. Nobody decides before.",
        "您对《纽约机场航班》的访问申请的一位审批方需要补充信息。在此之前无人作出决定。",
    ),
    "request_answered": (
        {"authority", "second"},
        f"Answered: Dalian Research Institute on {TITLE}",
        f"Dalian Research Institute has answered the question about access to '{TITLE}': it can be decided.",
        "Dalian Research Institute 已回答关于访问《纽约机场航班》的问题：现在可以作出决定。",
    ),
    "request_appealed": (
        {*PROVIDER, "authority", "second"},
        f"Appealed: the refusal of access to {TITLE}",
        f"Dalian Research Institute appeals against the refusal of access to '{TITLE}'. Others decide on it.",
        "Dalian Research Institute 对《纽约机场航班》访问被拒提出申诉。由其他人作出决定。",
    ),
    "appeal_dismissed": (
        BUYER,
        f"Dismissed: your appeal for {TITLE}",
        f"On today's facts the decision table refuses access to '{TITLE}' again. The appeal names the row.",
        "依据今日的事实，决策表再次拒绝访问《纽约机场航班》。申诉中注明了所依据的行。",
    ),
    "request_expired": (
        BUYER,
        f"Expired: your request for {TITLE}",
        f"Your request for access to '{TITLE}' was not decided in time. Ask again if you still need it.",
        "您对《纽约机场航班》的访问申请未能及时得到决定。如仍需要，请重新申请。",
    ),
    "request_ended": (
        {*PROVIDER, "authority", "second"},
        f"Ended: the request of Dalian Research Institute for {TITLE}",
        f"Dalian Research Institute gets no access to '{TITLE}' by this request. How it ended stands with it.",
        "Dalian Research Institute 未通过本次申请获得对《纽约机场航班》的访问。结束原因见该申请。",
    ),
}
"""Kind → who is told, the title, the text in English and in Chinese. `approver` and `clerk` are told of none of it:
the exchange's step never opened, and auditors (clerk, bookkeeper, inspector) only read. `chief` is the
commission's first member, who administers it."""


class Told:
    """Every change once: a request refused by people, appealed and expired, and one refused by the table."""

    def __init__(self) -> None:
        world = World()
        authority = world.authority
        people = {
            "exchange": world.exchange,
            "approver": world.approver,
            "provider": world.provider,
            "supplier": world.colleague(world.provider, "operator"),
            "buyer": world.buyer,
            "analyst": world.colleague(world.buyer, "operator"),
            "bookkeeper": world.colleague(world.buyer, "auditor"),
            "inspector": world.colleague(world.provider, "auditor"),
            "stranger": world.other_buyer,
            "authority": authority,
            "second": world.colleague(authority, "approver"),
            "deputy": world.colleague(authority, "auditor"),
            "clerk": world.colleague(authority, "auditor"),
        }
        self.parties = {name: (party.actor, party.user) for name, party in people.items()}
        self.world, self.now = world, timezone.now()
        self.delegate(self.parties["deputy"][1])
        version = listing(world, BY_SECTOR)
        self.refused_by_people(version)
        self.refused_by_the_table(version)

    def delegate(self, deputy: User) -> None:
        membership = Membership.objects.get(user=deputy)
        self.ends_at = self.now + timedelta(days=9)
        given = services.delegate_approvals(
            actor=self.parties["authority"][0], membership_id=membership.pk, ends_at=self.ends_at, reason="On leave."
        )
        self.subjects = {"delegation": given.pk}

    def refused_by_people(self, version: ListingVersion) -> None:
        authority, buyer = self.parties["authority"][0], self.world.buyer.actor
        request = ask(self.world, version, form="masked")
        step = steps(request)[0]
        services.ask_for_information(actor=authority, step_id=step.pk, question="Which cohort?")
        services.give_information(actor=buyer, request_id=request.pk, answer="That of 2020.")
        work()
        row = ApprovalStep.objects.filter(pk=step.pk)
        row.update(opened_at=self.now - timedelta(days=8), due_at=timezone.now() + timedelta(days=2))
        assert services.remind_of_steps(actor=SYSTEM) == 1
        row.update(due_at=self.now)
        assert services.escalate_steps(actor=SYSTEM) == 1
        services.reject_step(actor=authority, step_id=step.pk, ground="other", reason="No.")
        work()
        Notification.objects.filter(kind="authorization.request_ended").delete()  # looked at when it has expired
        services.appeal_request(actor=buyer, request_id=request.pk, grounds="All is needed.")
        AccessRequest.objects.filter(pk=request.pk).update(expires_at=self.now)
        assert services.expire_requests(actor=SYSTEM) == 1
        work()
        self.subjects |= {"request": request.pk, "step": step.pk}

    def refused_by_the_table(self, version: ListingVersion) -> None:
        Accreditation.objects.all().delete()
        request = ask(self.world, version, form="masked", purpose="internal_use")
        services.appeal_request(actor=self.world.buyer.actor, request_id=request.pk, grounds="We are accredited.")
        work()
        self.dismissed = request.pk


def work() -> None:
    """What the worker does with the jobs that wait."""
    for job in Job.objects.filter(kind__startswith="tell.authorization.", state="queued").order_by("pk"):
        jobs.execute(job.pk)
    left = Job.objects.filter(kind__startswith="tell.authorization.").exclude(state="succeeded")
    assert list(left.values("kind", "state", "error_detail")) == []


@pytest.fixture(scope="class")
def story(class_db: None) -> Told:
    """Told once, read by every line of the table."""
    return Told()


class TestWhatIsTold:
    """A line a kind."""

    @pytest.mark.parametrize("kind", SEEN)
    def test_to_whom_and_in_which_words(self, db: None, story: Told, kind: str) -> None:
        expected, title, english, chinese = SEEN[kind]
        told = Notification.objects.filter(kind=f"authorization.{kind}")
        subject = story.dismissed if kind == "appeal_dismissed" else story.subjects[kind.split("_")[0]]
        rows = told.filter(subject_id=subject)
        known = {user.pk: name for name, (_actor, user) in story.parties.items()}
        names = [known.get(row.recipient_id, "chief") for row in rows]
        assert sorted(names) == sorted(expected)  # each once, and nobody else
        authority = story.parties["authority"][1].username
        said = {"until": at(story.now), "ends": at(story.ends_at), "authority": authority}
        actor = next(actor for name, (actor, _user) in story.parties.items() if name in expected)
        for language, text in (("en", english), ("zh-hans", chinese)):
            with override(language):
                (notice,) = render(actor, visible_notifications(actor).filter(pk__in=rows))
            assert notice.shown
            assert notice.text == text.format(**said)
            assert (notice.title == title.format(**said)) is (language == "en")


def at(instant: datetime) -> str:
    return localtime(instant).strftime("%Y-%m-%d %H:%M %z")
