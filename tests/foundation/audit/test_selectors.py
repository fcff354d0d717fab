import pytest

from foundation.actors import ANONYMOUS, Actor, system
from foundation.audit import selectors, services

from .conftest import ALICE


def exchange(*, verified: bool = True, role: str = "exchange", member_role: str = "auditor") -> Actor:
    return Actor(
        kind="member",
        label="reader",
        organisation_verified=verified,
        organisation_roles=frozenset({role}),
        member_roles=frozenset({member_role}),
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("actor", "sees"),
    [
        (system("test"), 1),
        (exchange(), 1),
        (exchange(member_role="administrator"), 1),
        (exchange(member_role="reviewer"), 0),
        (exchange(verified=False), 0),
        (exchange(role="buyer"), 0),
        (ALICE, 0),
        (ANONYMOUS, 0),
    ],
)
def test_only_auditors_and_administrators_of_the_exchange_see_events(actor: Actor, sees: int) -> None:
    services.record(actor=ALICE, action="listing.published", subject=("catalog.listing", 1))
    assert selectors.visible_events(actor).count() == sees


@pytest.mark.django_db
def test_a_timeline_is_of_one_subject_oldest_first() -> None:
    first = services.record(actor=ALICE, action="listing.created", subject=("catalog.listing", 1))
    services.record(actor=ALICE, action="listing.created", subject=("catalog.listing", 11))
    services.record(actor=ALICE, action="demand.created", subject=("matching.demand", 1))
    last = services.record(actor=ALICE, action="listing.published", subject=("catalog.listing", 1))
    assert [event.pk for event in selectors.timeline(("catalog.listing", 1))] == [first.pk, last.pk]
