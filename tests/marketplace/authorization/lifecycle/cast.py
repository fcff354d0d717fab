"""Who plays: people of the exchange, two kinds of authorities, buyers and a provider, and what is listed."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from foundation.actors import Actor
from foundation.participants.models import Accreditation, Membership
from marketplace.authorization import services
from marketplace.authorization.agreement import terms_digest
from marketplace.authorization.models import Grant
from marketplace.catalog.models import ListingVersion
from tests.factories import Party, World
from tests.marketplace.authorization.asking import BY_SCENARIO, BY_SECTOR, OPEN, UNIFIED, listing
from tests.marketplace.authorization.lifecycle.model import PROVIDER, Model, Person

FORMS = {"open": "original", "unified": "original", "sector": "masked", "scenario": "original"}


@dataclass
class Cast:
    """People of the model with the actors of the product, and the published version of each kind."""

    people: dict[str, Person] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    memberships: dict[str, int] = field(default_factory=dict)
    bodies: dict[str, int] = field(default_factory=dict)
    versions: dict[str, ListingVersion] = field(default_factory=dict)
    model: Model = field(default_factory=lambda: Model(timezone.now()))
    rows: list[int] = field(default_factory=list)

    def add(self, person: Person, party: Party) -> None:
        self.people[person.name] = person
        self.actors[person.name] = party.actor
        self.bodies[person.body] = party.organisation_id
        self.memberships[person.name] = Membership.objects.get(user=party.user, organisation=party.organisation_id).pk


def assembled(world: World) -> Cast:
    """Everybody and everything, once for all runs of the machine: a grant, and two requests on their way."""
    cast = Cast()

    def body(name: str, first: Party, people: dict[str, bool]) -> None:
        for person, approver in people.items():
            cast.add(Person(person, name, approver), world.colleague(first, "approver" if approver else "operator"))

    cast.add(Person("keeper", "exchange"), world.exchange)
    body("exchange", world.exchange, {"e1": True, "e2": True, "e3": True, "e4": False})
    partial = world.colleague(world.exchange, "approver")
    Membership.objects.create(organisation_id=world.provider.organisation_id, user=partial.user, roles=["auditor"])
    cast.add(Person("e5", "exchange", True, frozenset({PROVIDER})), partial)
    health = world.organisation("Health Commission", ("sector_authority", "health"), kind="authority")
    body("health", health, {"h1": True, "h2": True, "h3": False})
    city, province = (
        world.organisation(name, "scenario_authority", kind="authority") for name in ("City Office", "Province Office")
    )
    body("city", city, {"c1": True, "c2": True, "c3": True, "c4": False})
    body("province", province, {"p1": True, "p2": True, "p3": False})
    cast.add(Person("b1", "buyer"), world.buyer)
    cast.add(Person("b2", "other_buyer"), world.other_buyer)
    services.create_scenario(
        actor=world.exchange.actor,
        code="winter_roads",
        name="Winter road safety",
        levels=[
            services.Level("City", city.organisation_id, stage=1, quorum=2),
            services.Level("Province", province.organisation_id, stage=1),
            services.Level("Exchange", world.exchange.organisation_id, stage=2),
        ],
    )
    kinds: dict[str, dict[str, Any]] = {"open": OPEN, "unified": UNIFIED, "sector": BY_SECTOR, "scenario": BY_SCENARIO}
    for kind, said in kinds.items():
        cast.versions[kind] = listing(world, said, filename=f"{kind}.csv", content=b"id,name,value\n%s" % kind.encode())
    # the clock of a run goes on for years: what is not played must not change meanwhile
    Accreditation.objects.update(valid_until=timezone.localdate() + timedelta(days=3650))
    for kind, buyer, days, limit in (("open", "b1", 30, 2), ("sector", "b2", 20, None), ("scenario", "b1", 40, 2)):
        cast.rows.append(
            services.request_access(
                actor=cast.actors[buyer], listing_id=cast.versions[kind].listing_id, purpose="research",
                form=FORMS[kind], term_days=days, download_limit=limit,
            ).pk
        )  # fmt: skip
        asked = cast.model.ask(kind, cast.people[buyer].body, days, limit)
        if asked.grant is not None:
            row = Grant.objects.get(request=cast.rows[-1])
            services.accept_terms(actor=cast.actors[buyer], grant_id=row.pk, sha256=terms_digest(row.agreement))
            asked.grant.accepted = True
    return cast
