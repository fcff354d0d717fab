"""Masked files by the real worker: no original identifier leaves, and the same person differs between two buyers."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from foundation.jobs.models import Job
from foundation.jobs.services import enqueue
from grading.models import Grade, Profile
from marketplace.authorization.models import Grant
from marketplace.authorization.services import approve_step, revoke_grant
from marketplace.catalog import services as catalog
from marketplace.delivery import services
from marketplace.delivery.engine.rules import load_rules
from marketplace.delivery.models import Delivery
from marketplace.delivery.services.making import masking_key
from tests.factories import Party, World, add_file, decided, draft_listing
from tests.marketplace.authorization.asking import BY_SECTOR, accepted, accredit, ask, steps
from tests.marketplace.delivery.fetching import file_of, linked, prepared, token_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.worker]

IDS = ["11010519491231002X", "440524188001010014", "110105194912310038"]
PHONES = ["13800138000", "13912345678", "18688888888"]
MAILS = ["li.lei@hospital.cn", "han.mei@hospital.cn", "wang.fang@hospital.cn"]
CODES = ["J45", "I10", "E11"]
HEADER = ["身份证号", "手机号", "email", "icd10"]
PATIENTS = "\n".join([",".join(HEADER), *(",".join(row) for row in zip(IDS, PHONES, MAILS, CODES, strict=True)), ""])


@pytest.fixture
def world(transactional_db: None) -> World:
    """Committed rows, that the worker sees."""
    return World()


def hospital_grants(world: World, worker: Callable[[], None], *buyers: Party) -> list[Grant]:
    """A grant for each buyer on one masked hospital listing: really examined, and approved through its whole chain."""
    authority, provider = world.authority, world.provider
    said: dict[str, Any] = {name: value for name, value in BY_SECTOR.items() if name != "level"}
    version = draft_listing(world, **said)
    asset = add_file(provider, version, PATIENTS.encode(), "病人.csv").asset
    worker()
    decided(Grade.objects.get(asset=asset, state="recommended"), world, level="general_4")
    for buyer in buyers:
        accredit(buyer)
    catalog.submit_version(actor=provider.actor, version_id=version.pk)
    catalog.publish_version(actor=world.reviewer.actor, version_id=version.pk)
    grants = []
    for buyer in buyers:
        request = ask(world, version, buyer=buyer, form="masked")
        for party, step in zip((authority, world.approver), steps(request), strict=True):
            approve_step(actor=party.actor, step_id=step.pk)
        grants.append(accepted(Grant.objects.get(request=request)))
    return grants


def fetch(world: World, grant: Grant, buyer: Party) -> str:
    download = services.begin_download(token=token_of(linked(world, grant, buyer)))
    return b"".join(download.stream()).decode()


def test_no_original_identifier_leaves(world: World, worker: Callable[[], None]) -> None:
    first, second = hospital_grants(world, worker, world.buyer, world.other_buyer)
    deliveries = [prepared(first, world.buyer), prepared(second, world.other_buyer)]
    worker()
    texts = [fetch(world, first, world.buyer), fetch(world, second, world.other_buyer)]
    for text in texts:
        rows = list(csv.reader(io.StringIO(text)))
        assert rows[0] == HEADER
        assert [row[3] for row in rows[1:]] == CODES
        assert not [value for value in (*IDS, *PHONES, *MAILS) if value in text]
    for delivery in deliveries:
        delivery.refresh_from_db()
        assert (delivery.state, delivery.filename) == ("ready", "病人.masked.csv")
        assert delivery.report["rows"] == 3
        assert delivery.report["columns"]["icd10"] == "term"  # a code of a classification stays
        assert "keep" not in {delivery.report["columns"][column] for column in HEADER[:3]}
    assert deliveries[0].blob_id != deliveries[1].blob_id
    assert prepared(first, world.buyer).pk == deliveries[0].pk
    assert Job.objects.filter(kind="delivery.mask").count() == 2


def test_pseudonyms_of_two_grants_cannot_be_linked() -> None:
    pseudonyms = [
        {value: load_rules().technique_for("medical_record_number", masking_key(grant))(value) for value in IDS}
        for grant in (1, 2)
    ]
    assert masking_key(1) == masking_key(1)
    assert len({*pseudonyms[0].values(), *pseudonyms[1].values()}) == 2 * len(IDS)


def test_a_column_that_nobody_assessed_stops_the_work(world: World, worker: Callable[[], None]) -> None:
    (grant,) = hospital_grants(world, worker, world.buyer)
    asset = file_of(grant).asset
    newest = Profile.objects.filter(asset=asset).latest("pk")
    columns = [column for column in newest.data["columns"] if column["name"] not in ("手机号", "icd10")]
    seen = {**newest.data, "columns": columns}
    Profile.objects.create(asset=asset, engine_version="tests", rows=3, columns=2, data=seen)
    delivery = prepared(grant, world.buyer)
    worker()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.problem) == ("failed", "column_not_assessed")
    assert delivery.report == {"problem": {"columns": "手机号, icd10"}}
    assert delivery.blob is None
    answer = world.buyer.client.get(f"/api/v1/deliveries/{delivery.pk}").json()
    assert "手机号, icd10" in answer["problem"]
    job = Job.objects.get(kind="delivery.mask")
    assert (job.state, job.result) == ("succeeded", {"state": "failed", "problem": "column_not_assessed"})
    again = prepared(grant, world.buyer)
    assert again.pk != delivery.pk
    worker()
    assert Delivery.objects.filter(grant=grant, state="failed").count() == 2


def test_a_grant_revoked_meanwhile_is_not_worked_for(world: World, worker: Callable[[], None]) -> None:
    (grant,) = hospital_grants(world, worker, world.buyer)
    revoke_grant(actor=world.approver.actor, grant_id=grant.pk, reason="misuse")
    with transaction.atomic():  # as `prepare_delivery` would have left it before the revocation
        delivery = Delivery.objects.create(
            grant=grant, distribution=file_of(grant), form="masked", filename="x.csv", media_type="text/csv"
        )
        enqueue(kind="delivery.mask", arguments={"subject_id": delivery.pk}, subject=("delivery", delivery.pk))
    worker()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.problem) == ("failed", "not_permitted")
    assert "not active" in delivery.report["problem"]["reasons"]
