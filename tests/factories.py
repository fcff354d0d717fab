"""Participants, listings and results for tests, made by the real services; only what a job would find is inserted.

    world = World()
    version = published_listing(world, level="general_4", sector="health")
    world.buyer.client.get(f"/api/v1/versions/{version.pk}")

Everything is made on first use, so a test pays for what it touches.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import count
from typing import Any

from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from foundation.actors import Actor, system
from foundation.jobs.models import Job
from foundation.participants import selectors as participants
from foundation.participants import services as registration
from foundation.participants.models import Organisation, User
from grading.models import DataAsset, Grade, Profile, QualityAssessment
from marketplace.catalog import services as catalog
from marketplace.catalog.models import Distribution, ListingVersion

SYSTEM = system("tests")
KEPT: dict[str, tuple[int, str]] = {}
"""Parties that are there before a test begins, by their name in the world: the organisation and the token of each."""
CSV = b"id,name,value\n1,alpha,10\n2,beta,20\n3,gamma,30\n"
_numbers = count(1)


class Party:
    """A person of an organisation: its actor as the API would build it now, and clients that are signed in as it."""

    def __init__(self, organisation_id: int, token: str) -> None:
        self.organisation_id = organisation_id
        self.token = token

    @property
    def _found(self) -> tuple[User, Actor]:
        found = participants.actor_for_token(self.token)
        assert found is not None, "the key does not count (any longer)"
        return found

    @property
    def user(self) -> User:
        return self._found[0]

    @property
    def actor(self) -> Actor:
        """The actor as it is at this moment: roles and states are read again."""
        return self._found[1]

    @property
    def organisation(self) -> Organisation:
        return Organisation.objects.get(pk=self.organisation_id)

    @cached_property
    def client(self) -> APIClient:
        """A REST client with this person's key."""
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {self.token}")
        return client

    @cached_property
    def admin(self) -> Client:
        """A browser session in the admin."""
        client = Client()
        client.force_login(self.user)
        return client


def send(client: APIClient, url: str, body: bytes, content_type: str, method: str = "POST", **headers: str) -> Any:
    """A request whose body is exactly these bytes; underscores in names of headers stand for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    # the stubs know text only; the client sends bytes as they are
    return client.generic(method, url, body, content_type=content_type, headers=named)  # type: ignore[arg-type]


class World:
    """One exchange, and parties around it."""

    exchange: Party

    def __init__(self) -> None:
        self.anonymous = APIClient()
        for name, known in (KEPT or {"exchange": self._bootstrapped()}).items():
            setattr(self, name, Party(*known))

    def _bootstrapped(self) -> tuple[int, str]:
        organisation, token = registration.bootstrap_exchange(
            actor=SYSTEM,
            name="Liaoning Data Exchange",
            name_zh="辽宁数据交易中心",
            region="210000",
            member=registration.NewMember("exchange-administrator", roles=["administrator"]),
        )
        return organisation.pk, token

    def organisation(
        self,
        name: str = "",
        *roles: str | tuple[str, str],
        kind: str = "enterprise",
        region: str = "210200",
        verified: bool = True,
    ) -> Party:
        """An organisation with its first member (administrator and operator); roles are names or (role, sector)."""
        name = name or f"Organisation {next(_numbers)}"
        organisation, _membership, token = registration.register_organisation(
            actor=SYSTEM,
            name=name,
            kind=kind,
            region=region,
            roles=[(role, "") if isinstance(role, str) else role for role in roles or ("buyer",)],
            member=registration.NewMember(f"person-{next(_numbers)}"),
        )
        if verified:
            registration.verify_organisation(actor=self.exchange.actor, organisation_id=organisation.pk)
        return Party(organisation.pk, token)

    def colleague(self, party: Party, *member_roles: str) -> Party:
        """Another person of the same organisation, with these member roles."""
        _membership, token = registration.add_member(
            actor=SYSTEM,
            organisation_id=party.organisation_id,
            member=registration.NewMember(f"person-{next(_numbers)}", roles=member_roles),
        )
        return Party(party.organisation_id, token)

    @cached_property
    def reviewer(self) -> Party:
        """A grade reviewer of the exchange."""
        return self.colleague(self.exchange, "reviewer")

    @cached_property
    def second_reviewer(self) -> Party:
        """Another grade reviewer of the exchange."""
        return self.colleague(self.exchange, "reviewer")

    @cached_property
    def approver(self) -> Party:
        """An approver of the exchange."""
        return self.colleague(self.exchange, "approver")

    @cached_property
    def auditor(self) -> Party:
        """An auditor of the exchange."""
        return self.colleague(self.exchange, "auditor")

    @cached_property
    def provider(self) -> Party:
        """A verified provider in Dalian."""
        return self.organisation("Dalian Data Company", "provider")

    @cached_property
    def other_provider(self) -> Party:
        """A verified public body that provides."""
        return self.organisation("Shenyang Statistics Bureau", "provider", kind="public_body", region="210100")

    @cached_property
    def buyer(self) -> Party:
        """A verified buyer in the provider's region."""
        return self.organisation("Dalian Research Institute", "buyer", kind="institution")

    @cached_property
    def other_buyer(self) -> Party:
        """A verified buyer in another region (Shanghai)."""
        return self.organisation("Shanghai Analytics", "buyer", region="310100")

    @cached_property
    def authority(self) -> Party:
        """The competent authority of the health sector; its first member is made an approver too."""
        party = self.organisation("Health Commission", ("sector_authority", "health"), kind="authority")
        return self.colleague(party, "administrator", "approver")


def draft(holder: Party, **changes: Any) -> catalog.Draft:
    """A complete draft whose three rights `holder` has; `changes` replace fields."""
    rights = [
        catalog.DeclaredRight(right, holder.organisation_id, "law and contract", f"certificate {right}")
        for right in ("holding", "processing", "operation")
    ]
    complete = catalog.Draft(
        title="Departures of New York airports",
        title_zh="纽约机场航班",
        description="All flights that departed in 2013, with delays.",
        sector="transport",
        origin="enterprise",
        region="210200",
        supply_mode="licensed",
        tags=["flights", "delay"],
        purposes=["research", "internal_use"],
        price=Decimal("1200.00"),
        terms={
            "purpose": "Research and internal analysis.",
            "scope": "The whole table, within the licensee.",
            "duties": "Keep it safe; do not pass it on.",
            "liability": "The licensee answers for misuse.",
        },
        licence="Exchange licence 1.0",
        update_frequency="annual",
        modified_on=date(2024, 1, 31),
        temporal_start=date(2013, 1, 1),
        temporal_end=date(2013, 12, 31),
        rights=rights,
        provenance=[
            catalog.DeclaredStep("collection", "Airports", date(2013, 12, 31), "statute", "register 1"),
            catalog.DeclaredStep("cleaning", "Provider", date(2014, 2, 1), "contract", "log 7"),
        ],
    )
    return replace(complete, **changes)


def draft_listing(world: World, provider: Party | None = None, **changes: Any) -> ListingVersion:
    """A draft without files, by `provider` (default: the world's)."""
    party = provider or world.provider
    return catalog.create_listing(actor=party.actor, draft=draft(party, **changes))


def add_file(
    provider: Party, version: ListingVersion, content: bytes = CSV, filename: str = "table.csv"
) -> Distribution:
    """A file of a draft, through the vault."""
    return catalog.add_file(actor=provider.actor, version_id=version.pk, filename=filename, chunks=[content])


def examined(
    asset: DataAsset,
    *,
    rows: int = 3,
    columns: Sequence[str] = ("id", "name", "value"),
    quality: float | None = 91.5,
    recommended: str = "general_1",
) -> Grade:
    """What the examination job would have written, without running it; returns the recommended grade."""
    DataAsset.objects.filter(pk=asset.pk).update(state="examined", format="csv")
    waiting = Job.objects.filter(subject_type="data_asset", subject_id=asset.pk)
    waiting.filter(state="queued").update(state="running")
    waiting.filter(state="running").update(state="succeeded")
    profile = Profile.objects.create(
        asset=asset,
        engine_version="tests",
        rows=rows,
        columns=len(columns),
        data={"rows": rows, "columns": [{"name": name, "inferred_type": "text"} for name in columns]},
    )
    QualityAssessment.objects.create(
        profile=profile,
        asset=asset,
        engine_version="tests",
        rules_code="gbt_36344",
        rules_version="1",
        overall=quality,
        coverage=0.75,
        data={"dimensions": {}, "findings": []},
    )
    return Grade.objects.create(
        asset=asset,
        profile=profile,
        engine_version="tests",
        scheme_code="gbt_43697",
        scheme_version="1",
        recommended_level=recommended,
        recommended_category="transport",
        recommendation={},
    )


def decided(grade: Grade, world: World, *, level: str = "general_1", category: str = "transport") -> Grade:
    """The grade as reviewers would have left it: two pairs of eyes for important and core."""
    now = timezone.now()
    if level in ("important", "core"):
        grade.state, grade.confirmed_by, grade.confirmed_at = "confirmed", world.second_reviewer.user, now
        grade.save()
    grade.state, grade.decided_by, grade.decided_at = "decided", world.reviewer.user, now
    grade.level, grade.category = level, category
    grade.save()
    return grade


def submitted_listing(
    world: World,
    provider: Party | None = None,
    *,
    content: bytes = CSV,
    filename: str = "table.csv",
    level: str | None = "general_1",
    category: str | None = None,
    quality: float | None = 91.5,
    columns: Sequence[str] = ("id", "name", "value"),
    **changes: Any,
) -> ListingVersion:
    """A version in review with one file; its grade is decided as `level`, or not at all where that is None.

    The decided category is the declared sector, unless another is given.
    """
    party = provider or world.provider
    version = draft_listing(world, party, **changes)
    asset = add_file(party, version, content, filename).asset
    grade = examined(asset, quality=quality, columns=columns, rows=max(content.count(b"\n") - 1, 0))
    if level is not None:
        decided(grade, world, level=level, category=version.sector if category is None else category)
    return catalog.submit_version(actor=party.actor, version_id=version.pk)


def published_listing(world: World, provider: Party | None = None, **parameters: Any) -> ListingVersion:
    """A published version with one file of a decided grade; parameters as for `submitted_listing`."""
    version = submitted_listing(world, provider, **parameters)
    return catalog.publish_version(actor=world.reviewer.actor, version_id=version.pk)


def as_json(drafted: catalog.Draft) -> dict[str, Any]:
    """A draft as the REST API reads it."""
    plain: dict[str, Any] = {name: getattr(drafted, name) for name in drafted.__slots__}
    plain["rights"] = [
        {"right": r.right, "holder": r.holder_id, "basis": r.basis, "evidence": r.evidence} for r in drafted.rights
    ]
    plain["provenance"] = [{name: getattr(step, name) for name in step.__slots__} for step in drafted.provenance]
    found: dict[str, Any] = json.loads(json.dumps(plain, default=str))
    return found
