"""Certificates claimed and confirmed by the real services."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from foundation.participants import services
from foundation.participants.models import Accreditation
from tests.factories import Party, World


def today() -> date:
    return timezone.localdate()


def day(offset: int) -> date:
    """Today and so many days."""
    return today() + timedelta(days=offset)


def certificate(**said: Any) -> services.Certificate:
    """A plausible one: DSMM level 3, since a month, for a year; `said` replaces fields."""
    usual: dict[str, Any] = {
        "kind": "data_security_capability",
        "level": 3,
        "issuer": "A certification body",
        "number": "DSMM-2026-17",
        "valid_from": day(-30),
        "valid_until": day(335),
    }
    return services.Certificate(**{**usual, **said})


def training(**said: Any) -> services.Certificate:
    """A person's data security training."""
    usual = {"kind": "data_security_training", "level": None, "number": "T-5"}
    return certificate(**{**usual, **said})


def claimed(party: Party, *, user_id: int | None = None, **said: Any) -> Accreditation:
    """A claim of the party's organisation, or for its member."""
    return services.claim_accreditation(
        actor=party.actor, organisation_id=party.organisation_id, certificate=certificate(**said), user_id=user_id
    )


def confirmed(world: World, party: Party, *, user_id: int | None = None, **said: Any) -> Accreditation:
    """The same, confirmed by the exchange."""
    row = claimed(party, user_id=user_id, **said)
    return services.confirm_accreditation(actor=world.exchange.actor, accreditation_id=row.pk)
