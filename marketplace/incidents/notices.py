"""What the exchange, reporters and providers are told of incidents."""

from collections.abc import Collection, Iterable

from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.notifications.registry import Audience, Kind, Words, register
from foundation.participants.models import Role
from foundation.participants.selectors import organisations_with_role
from marketplace.catalog.models import Listing
from marketplace.catalog.policies import PROVIDERS_ROLES
from marketplace.incidents import policies, selectors
from marketplace.incidents.models import Incident


def _handlers(_incident_id: int) -> Iterable[Audience]:
    return [Audience(row.pk, policies.HANDLERS_ROLES) for row in organisations_with_role(Role.EXCHANGE)]


def _concerned(incident_id: int) -> Iterable[Audience]:
    """Whoever reported it, and the providers: who read what was found."""
    row = Incident.objects.get(pk=incident_id)
    providers = Listing.objects.filter(organisation__in=selectors.parties(row)).values_list("organisation", flat=True)
    told = {row.organisation_id: Audience(row.organisation_id, PROVIDERS_ROLES, row.reported_by_id)}
    return [*told.values(), *(Audience(pk, PROVIDERS_ROLES) for pk in set(providers) - set(told))]


def _words(actor: Actor, ids: Collection[int]) -> dict[int, Words]:
    seen = selectors.visible_incidents(actor).filter(pk__in=ids)
    return {row.pk: {"number": row.pk, "kind": row.get_kind_display(), "name": row.organisation.name} for row in seen}


register(
    Kind(
        name="incidents.incident_reported",
        subject_type="incident",
        label=_("An incident was reported"),
        title=_("Incident %(number)s: %(kind)s"),
        text=_("%(name)s reports an incident (%(kind)s). It is to be looked into; what it concerns can be suspended."),
        audience=_handlers,
        words=_words,
        link="/api/v1/incidents/%(id)s",
    ),
    Kind(
        name="incidents.incident_closed",
        subject_type="incident",
        label=_("An incident was closed"),
        title=_("Incident %(number)s is closed"),
        text=_("What was found stands with the incident. Nothing is resumed by its end: the exchange decides on that."),
        audience=_concerned,
        words=_words,
        link="/api/v1/incidents/%(id)s",
    ),
)
