"""What leaves is within the grant: its columns, its rows, its bytes, and accreditations that stand today."""

from typing import Any

import pytest

from foundation.errors import Forbidden
from foundation.jobs import services as jobs
from foundation.jobs.models import Job
from foundation.participants.models import Accreditation
from foundation.vault import reading
from marketplace.authorization.models import AccessRequest, Grant
from marketplace.authorization.services import approve_step
from marketplace.delivery import services
from marketplace.delivery.models import Delivery, Transfer
from marketplace.delivery.services.transfers import STRIDE
from tests.factories import CSV, Party, World
from tests.marketplace.authorization.asking import BY_SECTOR, UNIFIED, accepted, accredit, ask, granted, listing, steps
from tests.marketplace.delivery.fetching import MIB, linked, prepared, table, token_of

RISKY = b'id,name,value\n1,=1+2,10\n2,"a,b",\n3,\xe5\xbc\xa0,30\n'


def limited(world: World, kind: dict[str, Any] = UNIFIED, **limits: Any) -> Grant:
    """A grant that was approved with these limits, its terms accepted."""
    assert world.authority
    listed = {name: limits.pop(name) for name in ("content", "filename") if name in limits}
    form = limits.pop("form", "original")
    request = ask(world, listing(world, kind, **listed), form=form)
    AccessRequest.objects.filter(pk=request.pk).update(**limits)  # before its approval
    for step in steps(request):
        party = world.approver if step.organisation_id == world.exchange.organisation_id else world.authority
        approve_step(actor=party.actor, step_id=step.pk)
    return accepted(Grant.objects.get(request=request))


def made(world: World, grant: Grant) -> Delivery:
    """The delivery of the only file, once its job has run."""
    delivery = prepared(grant, world.buyer)
    for job in Job.objects.filter(subject_type="delivery", subject_id=delivery.pk, state="queued"):
        jobs.execute(job.pk)
    delivery.refresh_from_db()
    return delivery


def fetched(world: World, grant: Grant, party: Party | None = None) -> bytes:
    return b"".join(services.begin_download(token=token_of(linked(world, grant, party))).stream())


def refused(world: World, grant: Grant, rule: str) -> str:
    """Nothing begins and nothing is counted; the words of the refusal."""
    meter = Grant.objects.values_list("downloads_used", "rows_sent", "bytes_sent").get(pk=grant.pk)
    transfers = Transfer.objects.count()
    with pytest.raises(Forbidden) as caught:
        fetched(world, grant)
    assert caught.value.rule == f"delivery.{rule}"
    assert Grant.objects.values_list("downloads_used", "rows_sent", "bytes_sent").get(pk=grant.pk) == meter
    assert Transfer.objects.count() == transfers
    return str(caught.value)


def test_an_original_of_some_columns_is_written_anew_with_these_alone(world: World) -> None:
    grant = limited(world, columns=["value", "name"], content=RISKY)
    delivery = made(world, grant)
    assert (delivery.state, delivery.filename, delivery.form) == ("ready", "table.extract.csv", "original")
    assert delivery.media_type == "text/csv; charset=utf-8"
    assert delivery.asked_by == world.buyer.user
    assert fetched(world, grant).decode() == 'name,value\n=1+2,10\n"a,b",\n张,30\n', "cells are as they were"
    assert delivery.report == {"rows": 3, "columns": {"name": "keep", "value": "keep"}}


def test_a_masked_file_of_some_columns_has_no_other(world: World) -> None:
    grant = limited(world, columns=["value", "name"], form="masked", content=CSV)
    assert made(world, grant).filename == "table.masked.csv"
    assert fetched(world, grant) == b"name,value\nalpha,10\nbeta,20\ngamma,30\n"


def test_a_file_with_none_of_the_columns_is_not_handed_over(world: World) -> None:
    version = listing(world, UNIFIED)
    request = ask(world, version)
    AccessRequest.objects.filter(pk=request.pk).update(columns=["elsewhere"])  # of another file of the version
    (step,) = steps(request)
    approve_step(actor=world.approver.actor, step_id=step.pk)
    delivery = made(world, accepted(Grant.objects.get(request=request)))
    assert (delivery.state, delivery.problem, delivery.blob) == ("failed", "nothing_kept", None)


def test_all_rows_count_when_a_download_begins(world: World) -> None:
    grant = limited(world, row_limit=7)
    for rows in (3, 6):
        assert fetched(world, grant) == CSV
        grant.refresh_from_db()
        assert (grant.rows_sent, Transfer.objects.latest("pk").rows_reserved) == (rows, 3)
    assert "7 rows do not suffice: 6 are used, 3 wanted" in refused(world, grant, "rows_used_up")


def test_a_broken_download_has_sent_no_more_rows_than_were_counted(world: World) -> None:
    content = table(STRIDE + 2 * MIB)
    grant = limited(world, row_limit=10**6, content=content)
    stream = services.begin_download(token=token_of(linked(world, grant))).stream()
    received = next(stream)
    stream.close()
    grant.refresh_from_db()
    assert received.count(b"\n") <= grant.rows_sent == content.count(b"\n") - 1


def test_of_a_workbook_the_examined_sheet_leaves_where_rows_are_limited(world: World) -> None:
    grant = limited(world, row_limit=10)
    asset = grant.version.distributions.get().asset
    asset.format = "xlsx"
    asset.save()
    delivery = made(world, grant)
    assert (delivery.filename, delivery.report["rows"]) == ("table.extract.csv", 3)
    assert delivery.blob is not None
    assert b"".join(reading.open_range(delivery.blob)) == CSV


def test_bytes_are_limited_to_the_last(world: World) -> None:
    grant = limited(world, byte_limit=2 * len(CSV))
    for _download in range(2):
        assert fetched(world, grant) == CSV
    grant.refresh_from_db()
    assert grant.bytes_sent == grant.byte_limit
    assert f"{2 * len(CSV)} bytes do not suffice" in refused(world, grant, "bytes_used_up")


def test_two_downloads_at_once_stay_within_the_bytes(world: World) -> None:
    content = table(STRIDE + 2 * MIB)
    grant = limited(world, byte_limit=len(content) + STRIDE, content=content)
    token = token_of(linked(world, grant))
    first, second = (services.begin_download(token=token).stream() for _number in range(2))
    next(first), next(second)  # both have reserved a stride: what is left suffices for one of them
    assert len(b"".join(first)) == len(content) - MIB
    with pytest.raises(services.TransferInterrupted):
        b"".join(second)
    grant.refresh_from_db()
    assert grant.bytes_sent == grant.byte_limit
    assert Transfer.objects.latest("pk").interrupted_by == "bytes_used_up"


def test_an_accreditation_that_ended_since_refuses(world: World) -> None:
    grant = limited(world, BY_SECTOR, form="masked")
    made(world, grant)
    assert fetched(world, grant)
    held = Accreditation.objects.filter(claimed_via=grant.organisation_id)
    held.filter(kind="data_security_capability").update(state="revoked")
    said = refused(world, grant, "accreditation_missing")
    assert "do not stand today: Data security capability maturity" in said
    held.filter(kind="data_security_training").update(state="revoked")
    assert "training" in refused(world, grant, "accreditation_missing")


def test_the_training_is_that_of_the_person_who_asks(world: World) -> None:
    grant = limited(world, BY_SECTOR, form="masked")
    untrained = world.colleague(world.buyer, "operator")
    with pytest.raises(Forbidden) as caught:
        prepared(grant, untrained)
    assert caught.value.rule == "delivery.accreditation_missing"
    made(world, grant)
    assert fetched(world, grant)
    with pytest.raises(Forbidden) as caught:
        fetched(world, grant, untrained)
    assert caught.value.rule == "delivery.accreditation_missing"


def test_an_accreditation_that_ends_stops_a_running_download(world: World) -> None:
    accredit(world.buyer)
    grant = granted(world, content=table(STRIDE + 2 * MIB))
    Grant.objects.filter(pk=grant.pk).update(demanded=[{"data_security_capability": 2}])
    stream = services.begin_download(token=token_of(linked(world, grant))).stream()
    sent = [len(next(stream))]
    Accreditation.objects.filter(kind="data_security_capability").update(state="revoked")
    with pytest.raises(services.TransferInterrupted):
        sent.extend(len(piece) for piece in stream)
    assert sum(sent) == STRIDE == Transfer.objects.get().bytes_reserved
    assert Transfer.objects.get().interrupted_by == "accreditation_missing"
