"""What has files graded anew: rules, time, an incident, a newer engine, another version of a listing."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from foundation.audit.models import Event
from foundation.errors import DomainError, Forbidden, InvalidInput, NotFound
from foundation.jobs.models import Job
from foundation.rulebooks.in_force import in_force
from grading import rulebook, selectors, services
from grading.models import Cause, DataAsset, Grade, Profile
from grading.rulebook import SCHEME
from grading.rules.level_schemes import FILES, LEVEL_SCHEME
from tests import factories, releasing
from tests.factories import World
from tests.grading.recommending import recommended_again
from tests.grading.samples import hospital, observations
from tests.grading.services.test_decide import decide, receive
from tests.grading.test_rulebook import changed, examined

pytestmark = pytest.mark.django_db
RAISED = ('none = "general_1"', 'none = "general_2"')


@pytest.fixture
def world() -> World:
    return World()


def newest(asset: DataAsset) -> Grade:
    return Grade.objects.filter(asset=asset).latest("pk")


def waiting(asset: DataAsset) -> list[dict[str, Any]]:
    rows = Job.objects.filter(kind="grading.examine", subject_id=asset.pk, state="queued").order_by("pk")
    return [row.arguments for row in rows]


def test_a_scheme_places_every_grade_anew_without_reading_files(world: World) -> None:
    kept, moved, open_one = (
        examined(world, hospital(), sector="health"),
        examined(world, observations(30)),
        examined(world, observations(31)),
    )
    first = decide(world.reviewer, newest(moved), "general_1")
    former = newest(open_one)
    profiles = Profile.objects.count()
    row = releasing.release(world, releasing.proposed(world, SCHEME, changed(SCHEME, "7.1", RAISED)))
    assert releasing.run_waiting("grading.regrade").result == {"placed": 3, "examined": 0}
    assert Profile.objects.count() == profiles, "no file was read"
    assert [row.asset_id for row in selectors.newest_grades([moved.pk])] == [moved.pk]
    assert not Job.objects.filter(kind="grading.examine", state="queued").exists()

    now = newest(moved)
    assert (now.state, now.cause, now.recommended_level) == ("recommended", "rules", "general_2")
    assert now.difference is not None
    assert now.difference["level"] == ["general_1", "general_2"]
    assert (now.scheme_version, now.recommendation["scheme_version"]) == ("7.1", "7.1")
    assert now.recommendation["rulebook"]["version"] == row.pk
    assert now.recommendation["placed_from"] == first.pk
    assert Grade.objects.get(pk=first.pk).state == "decided"
    assert (newest(open_one).recommended_level, newest(open_one).state) == ("general_2", "recommended")
    assert Grade.objects.get(pk=former.pk).state == "superseded"
    assert newest(kept).recommended_level == "general_4"
    services.queue_regrading(actor=factories.SYSTEM)
    assert releasing.run_waiting("grading.regrade").result == {"placed": 0, "examined": 0}


def test_what_the_scheme_says_as_before_agrees(world: World) -> None:
    asset = examined(world, observations(30))
    first = decide(world.reviewer, newest(asset), "general_1")
    releasing.release(world, releasing.proposed(world, SCHEME, changed(SCHEME, "7.2")))
    releasing.run_waiting("grading.regrade")
    now = newest(asset)
    assert (now.state, now.cause) == ("agreed", "rules")
    assert now.difference is not None
    assert (now.difference["differs"], now.difference["scheme_version"]) == (
        False, [f"national {first.scheme_version}", "national 7.2"],
    )  # fmt: skip
    assert selectors.unsettled([asset.pk]) == set()


def test_what_was_returned_waits_for_its_owner_and_what_cannot_be_placed_is_examined(world: World) -> None:
    returned, unknown = examined(world, observations(30)), receive(world.provider)
    services.return_grade(actor=world.reviewer.actor, grade_id=newest(returned).pk, reason="what is it?")
    factories.examined(unknown)  # without the inputs that a placing needs
    releasing.release(world, releasing.proposed(world, SCHEME, changed(SCHEME, "7.1", RAISED)))
    assert releasing.run_waiting("grading.regrade").result == {"placed": 0, "examined": 1}
    assert newest(returned).state == "returned"
    assert waiting(unknown) == [{"subject_id": unknown.pk, "cause": "rules"}]


def test_other_rules_grade_nothing_anew_but_a_scheme_that_owners_grade_by(world: World) -> None:
    said = {"scheme": "zhejiang", "level": "level_2"}
    graded, other = examined(world, observations(30), graded_elsewhere=said), examined(world, observations(31))
    text = FILES["zhejiang"].read_text(encoding="utf-8").replace('version = "1.0"', 'version = "9.1"', 1)
    row = releasing.release(world, releasing.proposed(world, LEVEL_SCHEME, text))
    assert releasing.run_waiting("grading.regrade").result == {"placed": 0, "examined": 1}
    assert waiting(graded) == [{"subject_id": graded.pk, "cause": "rules"}]
    assert waiting(other) == []
    assert row.rulebook.scope == "zhejiang"


def test_a_file_read_under_a_former_scheme_is_examined_once_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asset = receive(world.provider)
    former = in_force(SCHEME)
    releasing.release(world, releasing.proposed(world, SCHEME, changed(SCHEME, "7.1", RAISED)))
    job = Job.objects.get(kind="grading.examine", subject_id=asset.pk)
    with monkeypatch.context() as patched:
        patched.setattr(rulebook, "in_force", lambda kind, **more: former if kind == SCHEME else in_force(kind, **more))
        releasing.run_waiting("grading.examine")
    assert newest(asset).scheme_version == former.content.label
    assert waiting(asset) == [{"subject_id": asset.pk, "cause": "rules"}]
    assert job.pk != Job.objects.filter(kind="grading.examine").latest("pk").pk
    releasing.run_waiting("grading.examine")
    assert (newest(asset).recommended_level, newest(asset).cause) == ("general_2", "rules")
    assert waiting(asset) == []


def test_a_decision_is_due_for_review_as_the_scheme_says(world: World) -> None:
    days = in_force(SCHEME).rules.review_days
    assert days == {
        "general_1": 1095, "general_2": 1095, "general_3": 730, "general_4": 365, "important": 365, "core": 180,
    }  # fmt: skip
    grade = decide(world.reviewer, factories.examined(receive(world.provider), recommended="general_3"))
    assert grade.decided_at is not None
    due = timezone.localdate(grade.decided_at) + timedelta(days=730)
    assert grade.review_due_on == due
    assert services.queue_due_reviews(actor=factories.SYSTEM, today=due - timedelta(days=1)) == 0
    assert services.queue_due_reviews(actor=factories.SYSTEM, today=due) == 1
    assert waiting(grade.asset) == [{"subject_id": grade.asset_id, "cause": "time"}]
    assert Event.objects.get(action="grade.review_due").subject_id == str(grade.pk)
    grade.refresh_from_db()
    assert (grade.state, grade.review_due_on) == ("decided", due + timedelta(days=7)), (
        "asked for again if that one fails"
    )
    assert services.queue_due_reviews(actor=factories.SYSTEM, today=due + timedelta(days=6)) == 0
    assert recommended_again(grade, cause="time").state == "agreed"
    grade.refresh_from_db()
    assert grade.review_due_on == timezone.localdate() + timedelta(days=730)
    with pytest.raises(Forbidden):
        services.queue_due_reviews(actor=world.exchange.actor)


@pytest.mark.parametrize(
    ("who", "refusal", "rule"),
    [
        ("reviewer", None, ""),
        ("operator", None, ""),
        ("exchange", None, ""),
        ("approver", Forbidden, "grading.reviewer_or_operator"),
        ("auditor", Forbidden, "grading.reviewer_or_operator"),
        ("provider", Forbidden, "grading.reviewer_or_operator"),
        ("buyer", NotFound, ""),
    ],
)
def test_who_has_a_file_graded_again_after_an_incident(
    world: World, who: str, refusal: type[DomainError] | None, rule: str
) -> None:
    grade = decide(world.reviewer, factories.examined(receive(world.provider), recommended="general_3"))
    party = world.colleague(world.exchange, "operator") if who == "operator" else getattr(world, who)
    before = Job.objects.count()
    request: dict[str, Any] = {"actor": party.actor, "asset_id": grade.asset_id, "cause": "incident", "note": "A leak."}
    if refusal is not None:
        with pytest.raises(refusal) as error:
            services.request_regrading(**request)
        assert getattr(error.value, "rule", "") == rule
        assert Job.objects.count() == before
        return
    services.request_regrading(**request)
    event = Event.objects.get(action="data_asset.regrading_requested")
    assert event.data["cause"] == "incident"
    assert "leak" not in str(event.data)
    assert waiting(grade.asset) == [{"subject_id": grade.asset_id, "cause": "incident", "note": "A leak."}]


def test_the_note_stands_with_the_grade(world: World) -> None:
    asset = receive(world.provider)
    Job.objects.filter(subject_id=asset.pk).update(state="cancelled")
    services.request_regrading(actor=world.reviewer.actor, asset_id=asset.pk, cause="incident", note="A leak.")
    releasing.run_waiting("grading.examine")
    assert (newest(asset).cause, newest(asset).cause_note) == ("incident", "A leak.")


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [({"cause": "first"}, "/cause"), ({"note": " "}, "/note"), ({"note": "n" * 4001}, "/note")],
)
def test_a_regrading_has_a_cause_and_a_note(world: World, wrong: dict[str, str], pointer: str) -> None:
    grade = factories.examined(receive(world.provider))
    request: dict[str, Any] = {"cause": "scale", "note": "With the files of June.", **wrong}
    with pytest.raises(InvalidInput) as error:
        services.request_regrading(actor=world.reviewer.actor, asset_id=grade.asset_id, **request)
    assert [field.pointer for field in error.value.fields] == [pointer]


def test_a_waiting_examination_serves_all_but_an_incident(world: World) -> None:
    asset = receive(world.provider)
    services.reexamine(actor=world.provider.actor, asset_id=asset.pk)
    assert waiting(asset) == [{"subject_id": asset.pk, "cause": "first"}]
    for note in ("A leak.", "Another leak."):
        services.request_regrading(actor=world.reviewer.actor, asset_id=asset.pk, cause="incident", note=note)
    assert [job.get("note") for job in waiting(asset)] == [None, "A leak.", "Another leak."]


def test_each_way_to_an_examination_names_its_cause(world: World) -> None:
    causes = {}
    asset = receive(world.provider)
    causes["received"] = waiting(asset)[0]["cause"]
    for name, again in (
        ("asked", {}),
        ("declared", {"declared": {"title": "Hours"}}),
    ):
        Job.objects.filter(subject_id=asset.pk).update(state="cancelled")
        services.reexamine(actor=world.provider.actor, asset_id=asset.pk, **again)
        causes[name] = waiting(asset)[0]["cause"]
    Job.objects.filter(subject_id=asset.pk).update(state="cancelled")
    factories.examined(asset)
    services.reexamine_outdated(actor=world.exchange.actor)
    causes["outdated"] = waiting(asset)[0]["cause"]
    assert causes == {
        "received": Cause.FIRST, "asked": Cause.REQUESTED, "declared": Cause.DECLARED, "outdated": Cause.ENGINE,
    }  # fmt: skip
