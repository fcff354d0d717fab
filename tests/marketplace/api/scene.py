"""One of everything that the API addresses: whose each is, and by which path parameter it is found.

Used by the walk through every operation and by the contract test; a new path parameter needs a line here.
"""

import io
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.utils import timezone

from foundation.audit import verification
from foundation.audit.models import Event
from foundation.jobs.models import Job
from foundation.notifications import services as telling
from foundation.notifications.models import Notification, WebhookDelivery
from foundation.participants import services as participants
from foundation.participants.models import ApiKey, Membership
from grading.services import file_appeal
from marketplace.authorization.models import ApprovalStep, Grant
from marketplace.authorization.services import ask_for_information, delegate_approvals, reject_step, suspend_grant
from marketplace.catalog import services as catalog
from marketplace.catalog.models import ListingVersion
from marketplace.incidents.services import Concerned, investigate_incident, report_incident
from marketplace.matching.models import Dormancy, Match
from tests.factories import SYSTEM, World, add_file, draft_listing, examined, submitted_listing
from tests.foundation.participants.certified import claimed, confirmed
from tests.grading.scored import scored
from tests.marketplace.authorization.asking import BY_SECTOR, OPEN, UNIFIED, accepted, ask, listing, winter_roads
from tests.marketplace.delivery.fetching import linked, prepared, token_of
from tests.marketplace.matching.allotting import allotted
from tests.marketplace.matching.demands import drafted, matched, opened
from tests.marketplace.matching.sampling import attached


@dataclass(eq=False)
class Scene:
    """The world after some trade: provider and buyer have dealings, the other provider and buyer have none with them.

    `names` is path parameter → value, of what belongs to provider and buyer.
    """

    world: World
    names: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        world = self.world
        for party in (world.auditor, world.approver, world.other_provider, world.other_buyer, self.newcomer):
            assert party.actor
        self._list()
        self._ask()
        self._demand()
        self._people()
        self._accreditations()
        self._notices()
        self._log()
        self.revisions = dict(ListingVersion.objects.values_list("pk", "revision"))

    def _notices(self) -> None:
        """A notice and a webhook of the provider's, and an upload that has begun."""
        world = self.world
        telling.tell(actor=SYSTEM, kind="catalog.listing_published", subject_id=self.published.pk)
        endpoint, _secret = telling.register_endpoint(
            actor=world.provider.actor, url="https://hooks.example.com/in", kinds=["catalog.listing_published"]
        )
        message = telling.test_endpoint(actor=world.provider.actor, endpoint_id=endpoint.pk)
        WebhookDelivery.objects.filter(pk=message.pk).update(state="failed", next_attempt_at=None)
        paused, _secret = telling.register_endpoint(
            actor=world.provider.actor, url="https://hooks.example.com/paused", kinds=["catalog.listing_published"]
        )
        self.paused_webhook = telling.pause_endpoint(actor=world.provider.actor, endpoint_id=paused.pk).pk
        upload = catalog.begin_upload(
            actor=world.provider.actor, version_id=self.draft.pk, filename="big.csv", length=1000
        )
        self.webhook_delivery = message.pk
        self.names |= {
            "notification_id": Notification.objects.get(recipient=world.provider.user).pk,
            "webhook_id": endpoint.pk,
            "upload_id": upload.pk,
            "kind": "decision_table",
            "number": 1,
            "code": "finance",
        }

    def _accreditations(self) -> None:
        """One that counts, a claim, and the training of a colleague, of the provider's."""
        world, provider = self.world, self.world.provider
        self.names |= {"accreditation_id": confirmed(world, provider).pk}
        self.claim = claimed(provider, kind="personal_information_protection", level=None)
        training = {"kind": "data_security_training", "level": None, "user_id": self.names["user_id"]}
        confirmed(world, provider, **training)

    def _log(self) -> None:
        """An event of the provider's, and the log as an auditor takes it away."""
        self.event = Event.objects.filter(actor_organisation_id=self.world.provider.organisation_id).earliest("pk")
        export = io.StringIO()
        verification.export(export)
        self.export = export.getvalue().encode()

    @cached_property
    def newcomer(self) -> Any:
        """An organisation that the exchange has not verified."""
        return self.world.organisation("Newcomers Ltd", "provider", "buyer", verified=False)

    def _list(self) -> None:
        world = self.world
        self.published = listing(world, OPEN)
        self.in_review = submitted_listing(world, title="Waiting for review")
        self.draft = draft_listing(world, title="A draft")
        file = add_file(world.provider, self.draft)
        self.grade = examined(file.asset)
        scored(file.asset, date(2024, 2, 1), engine="0.9")  # overdue by now, and an older engine's
        job = Job.objects.filter(subject_type="data_asset", subject_id=file.asset_id).latest("pk")
        self.names |= {
            "listing_id": self.published.listing_id,
            "version_id": self.draft.pk,
            "distribution_id": file.pk,
            "asset_id": file.asset_id,
            "position": 0,
            "grade_id": self.grade.pk,
            "job_id": job.pk,
        }

    def _ask(self) -> None:
        world = self.world
        self.grant = accepted(Grant.objects.get(request=ask(world, self.published)))
        self.by_sector = listing(world, BY_SECTOR)
        assert world.authority.actor
        request = ask(world, self.by_sector, form="masked")
        step = ApprovalStep.objects.filter(request=request, state="open").get()
        self.rejected = ask(world, self.by_sector, form="masked", purpose="internal_use")
        refused = ApprovalStep.objects.get(request=self.rejected, state="open")
        authority = world.authority.actor
        reject_step(actor=authority, step_id=refused.pk, ground="scope_too_wide", reason="Ask for less.")
        self.asked = ask(world, listing(world, BY_SECTOR, title="Asked about"), form="masked")
        waiting = ApprovalStep.objects.get(request=self.asked, state="open")
        ask_for_information(actor=authority, step_id=waiting.pk, question="Which cohort?")
        people = Membership.objects.filter(organisation=world.authority.organisation_id)
        self.colleague = people.exclude(user=world.authority.user).latest("pk").pk
        until = timezone.now() + timedelta(days=3)
        delegation = delegate_approvals(
            actor=authority, membership_id=self.colleague, ends_at=until, reason="On a journey."
        )
        delivery = prepared(self.grant, world.buyer)
        scenario = winter_roads(world, world.authority.organisation_id)
        self.by_unified = listing(world, UNIFIED, title="Asked for by nobody yet")
        self.suspended_version = listing(world, UNIFIED, title="Suspended")
        catalog.suspend_version(actor=world.exchange.actor, version_id=self.suspended_version.pk, reason="Complaint.")
        self.appeal = file_appeal(
            actor=world.provider.actor,
            asset_id=self.suspended_version.distributions.get().asset_id,
            grounds="No persons are in it.",
        )
        self.suspended_grant = Grant.objects.get(request=ask(world, listing(world, OPEN, title="Suspended grant")))
        suspend_grant(actor=world.exchange.actor, grant_id=self.suspended_grant.pk, reason="Complaint.")
        said: dict[str, Any] = {"kind": "leak", "description": "Seen.", "concerned": Concerned(grants=[self.grant.pk])}
        incident = report_incident(actor=world.provider.actor, **said)
        self.open_incident = report_incident(actor=world.provider.actor, **said)
        investigate_incident(actor=world.exchange.actor, incident_id=self.open_incident.pk, suspend=False)
        self.names |= {
            "incident_id": incident.pk,
            "grant_id": self.grant.pk,
            "appeal_id": self.appeal.pk,
            "request_id": request.pk,
            "step_id": step.pk,
            "delegation_id": delegation.pk,
            "delivery_id": delivery.pk,
            "scenario_id": scenario.pk,
            "token": token_of(linked(world, self.grant)),
        }

    def _demand(self) -> None:
        demand = opened(self.world.buyer)
        matched(demand)
        attached(self.world.buyer, demand)
        self.demand_draft = drafted(self.world.buyer)
        self.names |= {"demand_id": demand.pk, "match_id": Match.objects.filter(demand=demand).latest("pk").pk}
        allotment = allotted(self.world, listing(self.world, UNIFIED, title="Allotted", exclusive_offered=True))
        self.names |= {"round_id": allotment.award.round_id, "allotment_id": allotment.pk}

        Dormancy.objects.create(
            listing_id=self.published.listing_id, unused_since=self.published.created_at, offers=0, near_misses=0
        )

    def _people(self) -> None:
        world, provider = self.world, self.world.provider
        colleague = world.colleague(provider, "operator")
        self.suspended = world.organisation("Suspended Ltd", "buyer")
        participants.suspend_organisation(
            actor=world.exchange.actor, organisation_id=self.suspended.organisation_id, reason="Complaint."
        )
        leaver = world.colleague(provider, "operator")
        self.closed_account = leaver.user.pk
        participants.deactivate_person(actor=world.exchange.actor, user_id=self.closed_account, reason="Left.")
        invitation, link = participants.invite_member(
            actor=provider.actor, organisation_id=provider.organisation_id, roles=["operator"]
        )
        self.invitation_token = link.rstrip("/").rpartition("/")[2]
        membership = Membership.objects.get(user=colleague.user)
        self.names |= {
            "organisation_id": provider.organisation_id,
            "membership_id": membership.pk,
            "user_id": colleague.user.pk,
            "key_id": ApiKey.objects.get(membership=membership).pk,
            "invitation_id": invitation.pk,
        }
