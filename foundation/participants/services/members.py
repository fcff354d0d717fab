"""Adding people to organisations."""

from django.db import transaction

from foundation.actors import Actor
from foundation.errors import NotFound
from foundation.participants import policies
from foundation.participants.models import Membership, Organisation
from foundation.participants.selectors import visible_organisations
from foundation.participants.services.keys import create_key
from foundation.participants.services.registration import NewMember, create_member


@transaction.atomic
def add_member(*, actor: Actor, organisation_id: int, member: NewMember) -> tuple[Membership, str]:
    """Add a person to an organisation. Returns the membership and its API key, which is shown only once."""
    organisation: Organisation | None = visible_organisations(actor).filter(pk=organisation_id).first()
    if organisation is None:
        raise NotFound
    policies.require_administrator(actor, organisation.pk)
    policies.require_not_closed(organisation)
    membership = create_member(actor=actor, organisation=organisation, member=member)
    _key, token = create_key(actor=actor, membership=membership, label="first key")
    return membership, token
