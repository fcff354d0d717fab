"""Other weights and schemes: used from their release on, compared before it, scores brought up to date after it."""

import tomllib
from typing import Any

import pytest

from foundation.audit.selectors import timeline
from foundation.errors import InvalidInput
from foundation.events.models import Event
from foundation.jobs.models import Job
from foundation.rulebooks import services as rulebooks
from foundation.rulebooks.in_force import shipped
from foundation.rulebooks.models import RulebookVersion
from grading import services
from grading.engine.levels import Facts, place
from grading.models import DataAsset, Grade, QualityAssessment
from grading.reproduction import reproduced
from grading.rulebook import QUALITY, SCHEME, assessments, load_scheme
from grading.services.whole import write
from tests import factories, releasing
from tests.factories import World
from tests.grading.samples import hospital, observations

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


def receive(world: World, content: bytes, **declared: Any) -> DataAsset:
    return services.receive_file(
        actor=world.provider.actor,
        organisation_id=world.provider.organisation_id,
        filename="records.csv",
        chunks=[content],
        declared=declared,
    )


def examined(world: World, content: bytes, **declared: Any) -> DataAsset:
    asset = receive(world, content, **declared)
    releasing.run_waiting("grading.examine")
    return asset


def changed(kind: str, label: str, *edits: tuple[str, str]) -> str:
    """The shipped file under another version, with the first occurrence of each text replaced."""
    content = shipped(kind).content
    text = content.text.replace(f'version = "{content.label}"', f'version = "{label}"', 1)
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    return text


METADATA_ONLY = [(f"weight = {weight}", "weight = 0") for weight in (15, 25, 30, 15, 10)]
"""Accessibility alone counts: what a declaration says decides the score."""


def scores(asset: DataAsset) -> list[tuple[str, float | None]]:
    rows = QualityAssessment.objects.filter(asset=asset).order_by("pk")
    return [(row.rules_version, row.overall) for row in rows]


def compared(row: RulebookVersion) -> dict[str, Any]:
    found: dict[str, Any] | None = row.what_if
    assert found is not None
    return found


def test_an_examination_names_its_rules_and_follows_a_release(world: World) -> None:
    first = examined(world, observations(30), title="Stations")
    row = releasing.release(world, releasing.proposed(world, QUALITY, changed(QUALITY, "2.0", *METADATA_ONLY)))
    second = examined(world, observations(30), title="Stations")
    before, after = (QualityAssessment.objects.get(asset=asset) for asset in (first, second))
    file = shipped(QUALITY)
    assert before.inputs["rulebooks"][QUALITY] == {
        "kind": QUALITY, "version": None, "number": 0, "sha256": file.content.sha256,
    }  # fmt: skip
    assert after.inputs["rulebooks"][QUALITY] == {
        "kind": QUALITY, "version": row.pk, "number": 1, "sha256": row.sha256,
    }  # fmt: skip
    assert (before.rules_version, after.rules_version) == (file.content.label, "2.0")
    assert after.inputs["versions"]["quality_profile"] == "default@2.0"
    assert before.overall != after.overall
    grade = Grade.objects.get(asset=second)
    assert grade.recommendation["rulebook"] == shipped(SCHEME).as_record()
    event = timeline(("data_asset", second.pk)).get(action="data_asset.examined")
    assert event.data["rulebooks"][QUALITY]["number"] == 1


def test_an_examination_that_a_release_overtakes_is_scored_by_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row = releasing.proposed(world, QUALITY, changed(QUALITY, "2.0", *METADATA_ONLY))

    def overtaken(*arguments: Any, **named: Any) -> Any:
        releasing.release(world, row)
        assert releasing.run_waiting("grading.rescore").result == {"rescored": 0, "undecidable": 0}  # nothing yet
        return write(*arguments, **named)

    monkeypatch.setattr("grading.services.examine.write", overtaken)
    asset = examined(world, observations(30), title="Stations")
    stored = assessments().get(asset=asset)
    assert stored.inputs["rulebooks"][QUALITY]["version"] == row.pk
    assert (stored.rules_version, stored.inputs["versions"]["quality_profile"]) == ("2.0", "default@2.0")
    assert reproduced(stored).to_dict() == stored.data
    monkeypatch.undo()
    services.reexamine(actor=world.provider.actor, asset_id=asset.pk)
    releasing.run_waiting("grading.examine")
    again = QualityAssessment.objects.latest("pk")
    assert (again.data, again.overall, again.inputs) == (stored.data, stored.overall, stored.inputs)


def test_what_if_of_weights_is_what_the_examination_would_say(world: World) -> None:
    assets = [
        examined(world, observations(30), title="Stations"),
        examined(world, hospital(), title="Visits", licence="CC0"),
    ]
    factories.examined(receive(world, observations(3)))  # stored in another form
    text = changed(QUALITY, "2.0", *METADATA_ONLY)
    row = releasing.proposed(world, QUALITY, text)
    found = compared(row)
    assert (found["examined"], found["changed"], found["undecidable"]) == (3, 2, 1)
    assert [(case["subject_type"], case["subject_id"]) for case in found["cases"]] == [
        ("data_asset", asset.pk) for asset in assets
    ]
    assert [scores(asset) for asset in assets] == [
        [(shipped(QUALITY).content.label, case["changes"]["overall"][0])] for case in found["cases"]
    ]  # nothing is written
    releasing.release(world, row)
    for asset, case in zip(assets, found["cases"], strict=True):
        services.reexamine(actor=world.provider.actor, asset_id=asset.pk)
        releasing.run_waiting("grading.examine")
        assert scores(asset)[-1] == ("2.0", case["changes"]["overall"][1])
    assert sum(move["count"] for move in found["moves"]) == 2


def test_scores_are_brought_up_to_date_once(world: World) -> None:
    assets = [examined(world, observations(30), title="Stations"), examined(world, hospital(), title="Visits")]
    old = factories.examined(receive(world, observations(3))).asset
    row = releasing.proposed(world, QUALITY, changed(QUALITY, "2.0", *METADATA_ONLY))
    expected = [case["changes"]["overall"][1] for case in compared(row)["cases"]]
    releasing.release(world, row)
    assert releasing.run_waiting("grading.rescore").result == {"rescored": 2, "undecidable": 1}
    assert [scores(asset)[1:] for asset in assets] == [[("2.0", score)] for score in expected]
    assert len(scores(old)) == 1
    newest = QualityAssessment.objects.filter(asset=assets[0]).latest("pk")
    first = QualityAssessment.objects.filter(asset=assets[0]).earliest("pk")
    assert newest.inputs["rescored_from"] == first.pk
    assert newest.inputs["rulebooks"][QUALITY]["version"] == row.pk
    assert newest.inputs["declared"] == first.inputs["declared"]
    event = timeline(("data_asset", assets[0].pk)).get(action="data_asset.rescored")
    assert (event.data["assessment"], event.data["from"]) == (newest.pk, first.pk)
    assert Event.objects.get(name="assessments.rescored").data == {"rescored": 2, "undecidable": 1}
    assert Job.objects.filter(kind="matching.match_all", state="queued").count() == 1
    same = releasing.proposed(world, QUALITY, changed(QUALITY, "2.1", *METADATA_ONLY))
    assert compared(same)["changed"] == 0
    releasing.release(world, same, against=1)
    assert releasing.run_waiting("grading.rescore").result == {"rescored": 2, "undecidable": 1}


def test_a_scheme_rescores_nothing(world: World) -> None:
    asset = examined(world, observations(30))
    releasing.release(world, releasing.proposed(world, SCHEME, changed(SCHEME, "7.1")))
    assert releasing.run_waiting("grading.rescore").result == {}
    assert len(scores(asset)) == 1


def test_what_if_of_a_scheme_is_what_the_examination_would_say(world: World) -> None:
    sensitive, plain = examined(world, hospital(), sector="health"), examined(world, observations(30))
    levels = {grade.asset_id: grade.recommended_level for grade in Grade.objects.all()}
    assert levels == {sensitive.pk: "general_4", plain.pk: "general_1"}
    raised = changed(SCHEME, "7.1", ('none = "general_1"', 'none = "general_2"'))
    row = releasing.proposed(world, SCHEME, raised)
    grade = Grade.objects.get(asset=plain)
    assert compared(row)["cases"] == [
        {
            "subject_type": "grade", "subject_id": grade.pk, "before": "general_1", "after": "general_2",
            "changes": {"level": ["general_1", "general_2"]},
        }
    ]  # fmt: skip
    assert compared(row)["moves"] == [
        {"before": "general_1", "after": "general_2", "count": 1, "changed": 1},
        {"before": "general_4", "after": "general_4", "count": 1, "changed": 0},
    ]
    same = releasing.proposed(world, SCHEME, changed(SCHEME, "7.2"))
    assert (compared(same)["examined"], compared(same)["changed"], compared(same)["undecidable"]) == (2, 0, 0)
    releasing.release(world, row)
    services.reexamine(actor=world.provider.actor, asset_id=plain.pk)
    releasing.run_waiting("grading.examine")
    newest = Grade.objects.filter(asset=plain).latest("pk")
    assert (newest.recommended_level, newest.scheme_version) == ("general_2", "7.1")
    assert newest.recommendation["rulebook"]["version"] == row.pk


def test_what_if_of_a_scheme_counts_a_file_once(world: World) -> None:
    asset = examined(world, observations(30))
    factories.decided(Grade.objects.get(asset=asset), world, level="general_1")
    services.reexamine(actor=world.provider.actor, asset_id=asset.pk, declared={"elements": {"depth": "raw"}})
    releasing.run_waiting("grading.examine")
    newest = Grade.objects.filter(asset=asset).latest("pk")
    assert Grade.objects.filter(asset=asset).exclude(pk=newest.pk).get().state == "decided"
    raised = ('none = "general_1"', 'none = "general_2"')
    found = compared(releasing.proposed(world, SCHEME, changed(SCHEME, "7.1", raised)))
    assert (found["examined"], [case["subject_id"] for case in found["cases"]]) == (1, [newest.pk])


def forgotten(grade: Grade) -> None:
    """The grade as a version of before stored it: without the elements that it rests on."""
    Grade.objects.filter(pk=grade.pk).update(
        recommendation={key: value for key, value in grade.recommendation.items() if key != "elements"}
    )


def places(rows: int = 40) -> bytes:
    """Coordinates of stations to five decimals."""
    lines = [f"S{n},{121 + n / 7:.5f},{38 + n / 13:.5f}" for n in range(rows)]
    return "\n".join(["station,longitude,latitude", *lines]).encode()


def test_what_if_decides_by_the_elements_that_a_grade_rests_on(world: World) -> None:
    asset = examined(world, places())
    grade = Grade.objects.get(asset=asset)
    assert grade.recommendation["elements"]["precision"]["coordinates"] == 5
    finer = ("rows_at_least = 1000000\ncoordinates_at_least = 4", "rows_at_least = 1\ncoordinates_at_least = 4")
    flagged = compared(releasing.proposed(world, SCHEME, changed(SCHEME, "7.1", finer)))
    assert [case["changes"] for case in flagged["cases"]] == [
        {"flags": [[], ["possibly_important"]], "level": ["general_1", "general_4"]}
    ]
    finest = ("rows_at_least = 1000000\ncoordinates_at_least = 4", "rows_at_least = 1\ncoordinates_at_least = 6")
    assert compared(releasing.proposed(world, SCHEME, changed(SCHEME, "7.2", finest)))["changed"] == 0


def test_what_if_of_grades_that_stored_no_elements(world: World) -> None:
    asset, plain = examined(world, places()), examined(world, observations(30))
    for row in (asset, plain):
        forgotten(Grade.objects.get(asset=row))
    same = compared(releasing.proposed(world, SCHEME, changed(SCHEME, "7.1")))
    assert (same["examined"], same["changed"], same["undecidable"]) == (2, 0, 0)
    # whether coordinates are that fine was not stored: of that file alone nothing can be said
    finer = ("rows_at_least = 1000000\ncoordinates_at_least = 4", "rows_at_least = 1\ncoordinates_at_least = 4")
    draft = compared(releasing.proposed(world, SCHEME, changed(SCHEME, "7.2", finer)))
    assert (draft["examined"], draft["changed"], draft["undecidable"]) == (2, 0, 1)
    # a draft that does not ask for it decides all of them
    raised = compared(
        releasing.proposed(world, SCHEME, changed(SCHEME, "7.3", ('none = "general_1"', 'none = "general_2"')))
    )
    assert (raised["changed"], raised["undecidable"]) == (2, 0)


def test_what_if_counts_sources_with_the_level_that_was_stored(world: World) -> None:
    source = receive(world, observations(3))
    decided = factories.decided(factories.examined(source, recommended="general_4"), world, level="general_4")
    derivation = {"sources": [{"asset": source.pk}], "processing": ["masked"], "reason": "No names."}
    asset = examined(world, observations(3), derivation=derivation)
    assert Grade.objects.get(asset=asset).recommended_level == "general_3"
    decided.delete()  # of a former form altogether, and no longer there
    strict = ('code = "masked"\nlowers = 1', 'code = "masked"\nlowers = 0')
    found = compared(releasing.proposed(world, SCHEME, changed(SCHEME, "7.1", strict)))
    assert [(case["before"], case["after"]) for case in found["cases"]] == [("general_3", "general_4")]
    forgotten(Grade.objects.get(asset=asset))
    assert compared(releasing.proposed(world, SCHEME, changed(SCHEME, "7.2", strict)))["undecidable"] == 1


def test_a_scheme_of_before_still_loads() -> None:
    """Exchanges have released schemes in the form of 1.0: no elements, groups, areas or derivation in them."""
    data = tomllib.loads(shipped(SCHEME).content.text)
    former = {key: value for key, value in data.items() if key not in ("elements", "groups", "areas", "derivation")}
    former["flags"] = [
        {key: value for key, value in flag.items() if key != "element"}
        for flag in data["flags"]
        if not any(key.endswith("_at_least") and key != "rows_at_least" for key in flag)
    ]
    scheme = load_scheme(former)
    assert (scheme.groups, scheme.areas, scheme.lowerings) == ({}, {}, ())
    assert place(verdicts=(), facts=Facts(groups=("minors",)), scheme=scheme).level == "general_1"


def test_a_scheme_may_ask_for_a_sector_by_the_name_that_listings_have() -> None:
    text = changed(SCHEME, "2.0", ('fields = ["finance", "health"]', 'fields = ["statistics", "culture_tourism"]'))
    rules = {rule.code: rule for rule in load_scheme(tomllib.loads(text)).rules}
    assert rules["personal_in_sensitive_field"].fields == ("statistics", "culture_tourism")


@pytest.mark.parametrize(
    ("kind", "edit", "problem"),
    [
        (QUALITY, ("weight = 30", "weight = -30"), "must be a number that is not negative"),
        (QUALITY, ("weight = 30", 'weight = "30"'), "must be a number that is not negative"),
        (
            SCHEME,
            ('national_security]\nespecially_serious = "core"', "national_security]\nespecially_serious = 5"),
            "m",
        ),
        (SCHEME, ('when = "personal"', 'when = "type:soul"'), "nothing is ever 'type:soul'"),
        (
            SCHEME,
            ('when = "personal"', 'when = "field:helth"'),
            "rule ordinary_personal: no sector is called 'helth'",
        ),
        (
            SCHEME,
            ('fields = ["finance", "health"]', 'fields = ["finance", "helth"]'),
            "rule personal_in_sensitive_field: no sector is called 'helth'",
        ),
    ],
)
def test_unusable_rules_are_refused(world: World, kind: str, edit: tuple[str, str], problem: str) -> None:
    with pytest.raises(InvalidInput, match=problem):
        rulebooks.draft_version(
            actor=world.exchange.actor, kind=kind, content=changed(kind, "2.0", edit), note="For a test."
        )
    assert not RulebookVersion.objects.exists()
