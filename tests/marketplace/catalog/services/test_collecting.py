"""Files of a listing count together for thresholds of scale: what joins, grows or leaves moves the grades of others."""

from datetime import date
from typing import Any

import pytest

from foundation.audit.models import Event as AuditEvent
from foundation.errors import Conflict, Forbidden
from foundation.jobs import services as jobs
from foundation.jobs.models import Job
from foundation.vault.models import Blob
from foundation.vault.reading import plaintext_file
from grading import services as grading
from grading.collecting import collected_beside
from grading.engine.examine import examine
from grading.engine.levels import Facts, Held
from grading.engine.plain import from_plain
from grading.engine.quality import Metadata
from grading.models import DataAsset, Grade, Profile
from grading.rules.shipped import shipped_rules
from grading.selectors import unsettled
from marketplace.catalog import services
from marketplace.catalog.models import Distribution, ListingVersion
from tests.factories import SYSTEM, World, add_file, draft, draft_listing
from tests.grading.samples import GIVEN, SURNAMES
from tests.marketplace.regrading import decide, follow_again

KIND = "catalog.collect_graded"
SECTOR = "industry"
"""For which the scheme has no thresholds of its own."""


@pytest.fixture(autouse=True)
def _examined_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Examinations read their file in this process: the confined child is not what is looked at, and takes long."""

    def read(_function: str, request: Any, *, blob: Blob, report: Any) -> Any:
        with plaintext_file(blob) as path:
            found = examine(
                path,
                filename=request["filename"],
                metadata=from_plain(Metadata, request["metadata"]),
                facts=from_plain(Facts, request["facts"]),
                rules=shipped_rules(),
                today=date.fromisoformat(request["today"]),
            )
        return {"examination": found.to_dict()}

    monkeypatch.setattr("grading.services.whole.read_confined", read)


def draft_of(world: World) -> ListingVersion:
    return draft_listing(world, sector=SECTOR)


def people(first: int, rows: int = 40) -> bytes:
    """Names and telephone numbers: ordinary personal information."""
    lines = [f"{SURNAMES[n % 10]}{GIVEN[n // 10 % 10]},139{10000000 + 7919 * n:08}" for n in range(first, first + rows)]
    return ("姓名,手机号\n" + "\n".join(lines) + "\n").encode()


def with_file(world: World, version: ListingVersion, name: str, content: bytes, subjects: int = 0) -> Distribution:
    """Another file of a draft, whose owner declares so many persons; its examination waits."""
    row = add_file(world.provider, version, content, name)
    if subjects:
        declared = {**row.asset.declared, "subjects": subjects}
        grading.reexamine(actor=world.provider.actor, asset_id=row.asset_id, declared=declared)
    return row


def carry_out(kind: str) -> int:
    """What a worker does with the waiting jobs of a kind; how many there were."""
    waiting = list(Job.objects.filter(kind=kind, state="queued").order_by("pk").values_list("pk", flat=True))
    for job_id in waiting:
        jobs.execute(job_id)
    assert not Job.objects.filter(pk__in=waiting).exclude(state="succeeded").exists()
    return len(waiting)


def settle() -> int:
    """Every examination and all that follows, until nothing waits; how many rounds of counting that took."""
    carry_out("grading.examine")
    rounds = 0
    while carry_out(KIND):
        rounds += 1
    return rounds


def newest(row: Distribution) -> Grade:
    return Grade.objects.filter(asset=row.asset_id).latest("pk")


def said(row: Distribution) -> tuple[str, str, str, list[str]]:
    """State, level, cause and the rules behind the flags of the newest grade."""
    grade = newest(row)
    flags = [flag["reason"]["code"] for flag in grade.recommendation["flags"]]
    return grade.state, grade.recommended_level, grade.cause, flags


def held(row: Distribution, condition: str = "personal") -> Any:
    return newest(row).recommendation["elements"]["collected"].get(condition)


def counts() -> tuple[int, ...]:
    return Grade.objects.count(), AuditEvent.objects.count(), Job.objects.count(), Profile.objects.count()


FLAGGED = ["personal_at_large_scale"]
SHORT: list[str] = []


def test_files_flag_together_and_one_that_leaves_takes_the_flag_along(world: World) -> None:
    version = draft_of(world)
    one = with_file(world, version, "one.csv", people(0), 600_000)
    settle()
    assert said(one) == ("recommended", "general_3", "first", SHORT)
    two = with_file(world, version, "two.csv", people(100), 600_000)
    assert settle() == 2, "what was graded anew is looked at once more, and then nothing waits"
    # the second was examined with the first beside it; the first was placed anew without being read
    assert said(two) == ("recommended", "general_4", "first", FLAGGED)
    assert said(one) == ("recommended", "general_4", "scale", FLAGGED)
    assert [held(row) for row in (one, two)] == [{"files": 1, "rows": 40, "persons": 600_000}] * 2
    assert Profile.objects.filter(asset=one.asset_id).count() == 1
    assert newest(one).recommendation["flags"][0]["reason"]["params"]["persons"] == 1_200_000
    seen = world.provider.client.get(f"/api/v1/assets/{one.asset_id}/grade").json()
    (scale,) = [element["known"] for element in seen["elements"] if element["name"] == "scale"]
    assert scale.endswith("1 other files of the same publication, 40 rows in them, 600000 persons in them")
    assert "counted with it: 1." in seen["flags"][0]["reason"]

    before = counts()
    job = Job.objects.filter(kind=KIND).latest("pk")
    assert follow_again(job).result == {"regraded": 0}
    assert counts() == before

    # the same content under another name counts once; a file about nobody adds no persons
    twice = with_file(world, version, "two_again.csv", people(100), 600_000)
    settle()
    assert (held(one), held(twice)) == ({"files": 1, "rows": 40, "persons": 600_000},) * 2
    assert DataAsset.objects.get(pk=one.asset_id).collected["always"] == {"files": 1, "rows": 40, "persons": 600_000}

    first = decide(world, newest(one), "important")
    for row in (two, twice):
        services.remove_file(actor=world.provider.actor, version_id=version.pk, distribution_id=row.pk)
    assert said(one) == ("recommended", "general_3", "scale", SHORT)
    back = newest(one)
    assert back.recommendation["elements"]["collected"] == {}
    assert back.difference is not None
    assert back.difference["level"] == ["general_4", "general_3"]
    first.refresh_from_db()
    assert first.state == "decided", "people decide whether it goes down"
    assert unsettled([one.asset_id]) == {one.asset_id}
    assert settle() == 1


def test_below_the_threshold_nothing_is_graded_anew(world: World) -> None:
    version, apart = draft_of(world), draft_of(world)
    one = with_file(world, version, "one.csv", people(0), 600_000)
    two = with_file(world, version, "two.csv", people(100), 399_999)
    settle()
    elsewhere = with_file(world, apart, "three.csv", people(200), 5_000_000)
    about_nothing = with_file(world, version, "hours.csv", b"hour,temp\n" + b"1,2\n" * 50, 9_000_000)
    settle()
    assert [said(row)[1:] for row in (one, two)] == [("general_3", "first", SHORT)] * 2
    assert [Grade.objects.filter(asset=row.asset_id).count() for row in (one, two)] == [1, 1]
    assert said(about_nothing)[1:] == ("general_1", "first", SHORT)
    assert said(elsewhere)[3] == FLAGGED
    beside = DataAsset.objects.get(pk=one.asset_id).collected
    assert beside["personal"] == {"files": 1, "rows": 40, "persons": 399_999}
    assert beside["always"] == {"files": 2, "rows": 90, "persons": 399_999}


def test_a_file_that_grows_carries_the_others_and_publication_waits(world: World) -> None:
    version = draft_of(world)
    one = with_file(world, version, "one.csv", people(0), 600_000)
    two = with_file(world, version, "two.csv", people(100), 100_000)
    settle()
    services.submit_version(actor=world.provider.actor, version_id=version.pk)
    for row in (one, two):
        decide(world, newest(row), "general_3")
    two.asset.refresh_from_db()
    declared = {**two.asset.declared, "subjects": 400_000}
    grading.reexamine(actor=world.provider.actor, asset_id=two.asset_id, declared=declared)
    carry_out("grading.examine")
    decide(world, newest(two), "important")
    assert said(one) == ("decided", "general_3", "first", SHORT), "the job that counts has not run"
    with pytest.raises(Conflict, match=r"one\.csv") as refused:
        services.publish_version(actor=world.reviewer.actor, version_id=version.pk)
    assert "two.csv" not in str(refused.value)
    assert said(one) == ("recommended", "general_4", "scale", FLAGGED), "what was found stays"
    settle()
    decide(world, newest(one), "important")
    services.publish_version(actor=world.reviewer.actor, version_id=version.pk)

    # the next version, without the second file: both versions count while both may be public
    second = services.revise_listing(
        actor=world.provider.actor, listing_id=version.listing_id, draft=draft(world.provider, sector=SECTOR)
    )
    services.remove_file(
        actor=world.provider.actor, version_id=second.pk, distribution_id=second.distributions.get(asset=two.asset).pk
    )
    assert said(one)[:2] == ("decided", "general_4")
    services.submit_version(actor=world.provider.actor, version_id=second.pk)
    services.publish_version(actor=world.reviewer.actor, version_id=second.pk)
    assert said(one) == ("recommended", "general_3", "scale", SHORT)
    assert said(two)[:2] == ("decided", "general_4"), "what was replaced keeps its last count"


def test_an_attempt_that_is_killed_before_its_commit_leaves_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = draft_of(world)
    rows = [with_file(world, version, f"{place}.csv", people(place), 600_000) for place in (0, 100)]
    carry_out("grading.examine")
    assert {said(row)[1] for row in rows} == {"general_3"}, "neither knows of the other yet"

    def killed(*_arguments: object, **_more: object) -> None:
        raise SystemExit

    before = [(row.pk, row.state) for row in Grade.objects.order_by("pk")]
    stored = list(DataAsset.objects.order_by("pk").values_list("collected", flat=True))
    with monkeypatch.context() as patched:
        patched.setattr("grading.services.regrade.recommend_grade", killed)
        with pytest.raises(SystemExit):
            carry_out(KIND)
    assert [(row.pk, row.state) for row in Grade.objects.order_by("pk")] == before
    assert list(DataAsset.objects.order_by("pk").values_list("collected", flat=True)) == stored
    Job.objects.filter(kind=KIND).exclude(state="succeeded").update(state="queued", attempt=0, lease_expires_at=None)
    settle()
    assert [said(row)[3] for row in rows] == [FLAGGED] * 2


def test_files_that_stand_alone_or_were_not_examined_hold_nothing(world: World) -> None:
    version = draft_of(world)
    one = with_file(world, version, "one.csv", people(0), 600_000)
    two = with_file(world, version, "two.csv", people(100), 600_000)
    ids = [one.asset_id, two.asset_id]
    assert collected_beside([ids]) == {pk: {} for pk in ids}
    assert collected_beside([[ids[0]]]) == {ids[0]: {}}
    Profile.objects.create(asset=two.asset, engine_version="tests", rows=12, columns=1, data={})
    assert collected_beside([ids, [ids[0]]]) == {ids[0]: {"always": Held(1, 12, 0)}, ids[1]: {}}
    with pytest.raises(Forbidden):
        grading.count_together(actor=world.exchange.actor, publications=[ids])
    assert grading.count_together(actor=SYSTEM, publications=[]) == 0
