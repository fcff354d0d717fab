"""What organisations are told of themselves, their accreditations, their background work and their webhooks."""

from collections.abc import Callable, Collection, Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.jobs import selectors as jobs
from foundation.jobs.models import Job
from foundation.notifications import accreditation_notices, selectors
from foundation.notifications.models import WebhookEndpoint
from foundation.notifications.registry import Audience, Kind, Words, register
from foundation.participants import selectors as participants
from foundation.participants.models import MemberRole, Membership

ADMINISTRATORS = (MemberRole.ADMINISTRATOR,)
OPERATORS = (MemberRole.ADMINISTRATOR, MemberRole.OPERATOR)


def _itself(organisation_id: int) -> list[Audience]:
    return [Audience(organisation_id, ADMINISTRATORS)]


def _names(actor: Actor, ids: Collection[int]) -> dict[int, Words]:
    seen = participants.visible_organisations(actor).filter(pk__in=ids)
    return {row.pk: {"name": row.name} for row in seen}


def _person_and_administrators(membership_id: int) -> list[Audience]:
    found = Membership.objects.filter(pk=membership_id).values_list("organisation_id", "user_id")
    return [Audience(organisation, ADMINISTRATORS, user_id=user) for organisation, user in found]


def _people(actor: Actor, ids: Collection[int]) -> dict[int, Words]:
    seen = participants.visible_memberships(actor).filter(pk__in=ids)
    return {row.pk: {"username": row.user.get_username()} for row in seen}


def _organisation(name: str, label: Promise, title: Promise, text: Promise) -> Kind:
    return Kind(
        name=f"participants.{name}",
        subject_type="organisation",
        label=label,
        title=title,
        text=text,
        audience=_itself,
        words=_names,
        link="/api/v1/organisations/%(id)s",
    )


def _owner_of(model: type[Job] | type[WebhookEndpoint], roles: Collection[str]) -> Callable[[int], Iterable[Audience]]:
    def audience(subject_id: int) -> Iterable[Audience]:
        found = model._default_manager.filter(pk=subject_id).values_list("organisation_id", flat=True).first()
        return [] if found is None else [Audience(found, roles)]

    return audience


def _jobs(actor: Actor, ids: Collection[int]) -> dict[int, Words]:
    seen = jobs.visible_jobs(actor).filter(pk__in=ids)
    return {row.pk: {"job": row.pk, "kind": row.kind, "code": row.error_code} for row in seen}


def _hosts(actor: Actor, ids: Collection[int]) -> dict[int, Words]:
    seen = selectors.visible_endpoints(actor).filter(pk__in=ids)
    return {row.pk: {"id": row.pk, "reason": row.get_pause_reason_display()} for row in seen}


register(
    *accreditation_notices.KINDS,
    _organisation(
        "organisation_verified",
        _("Your organisation was verified"),
        _("%(name)s is verified"),
        _("The exchange has verified %(name)s: its confirmed roles count from now on."),
    ),
    _organisation(
        "organisation_rejected",
        _("Your organisation was not accepted"),
        _("%(name)s was not accepted"),
        _("The exchange has refused the registration of %(name)s. The reason stands with the organisation."),
    ),
    _organisation(
        "organisation_suspended",
        _("Your organisation was suspended"),
        _("%(name)s is suspended"),
        _("The exchange has suspended %(name)s: its roles do not count for now. The reason stands with it."),
    ),
    _organisation(
        "organisation_reinstated",
        _("Your organisation was reinstated"),
        _("%(name)s is reinstated"),
        _(
            "The suspension of %(name)s is lifted: its roles count again. Listings that were suspended with it stay so "
            "until the exchange reinstates each."
        ),
    ),
    Kind(
        name="participants.access_ended",
        subject_type="membership",
        label=_("API keys and sessions were ended with a password"),
        title=_("Sessions and API keys of %(username)s ended with a new password"),
        text=_(
            "The password of %(username)s was reset, or changed with this wish: all API keys ended, and all sessions "
            "but the one it was changed in. What worked with such a key needs a new one. If nobody of you has done "
            "this, tell the exchange at once."
        ),
        audience=_person_and_administrators,
        words=_people,
        link="/api/v1/keys",
    ),
    Kind(
        name="jobs.job_failed",
        subject_type="job",
        label=_("Background work failed"),
        title=_("Background work failed: %(kind)s"),
        text=_("Job %(job)s (%(kind)s) has failed for good with '%(code)s'. The job says what can be done."),
        audience=_owner_of(Job, OPERATORS),
        words=_jobs,
        link="/api/v1/jobs/%(id)s",
    ),
    Kind(
        name="notifications.webhook_paused",
        subject_type="webhook_endpoint",
        label=_("A webhook was paused"),
        title=_("Webhook %(id)s is paused"),
        text=_("Nothing is sent to webhook %(id)s any more: %(reason)s. Mend the receiver, then resume it."),
        audience=_owner_of(WebhookEndpoint, ADMINISTRATORS),
        words=_hosts,
        link="/api/v1/webhooks/%(id)s",
    ),
)
