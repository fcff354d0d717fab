"""Declared elements and derived data: stored, judged, seen by those who may, followed when a source rises."""

from typing import Any

import pytest
from django.utils import timezone

from foundation.audit.selectors import timeline
from foundation.errors import Forbidden, InvalidInput, NotFound
from foundation.jobs.models import Job
from foundation.rulebooks.models import RulebookVersion
from grading import selectors, services
from grading.models import DataAsset, Grade
from grading.rules.level_schemes import LEVEL_SCHEME
from tests import factories, releasing
from tests.factories import Party, World
from tests.grading.engine.ladders.ladders import as_toml, scheme
from tests.grading.samples import observations

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


def receive(party: Party, **declared: Any) -> DataAsset:
    return services.receive_file(
        actor=party.actor,
        organisation_id=party.organisation_id,
        filename="records.csv",
        chunks=[observations(3)],
        declared=declared,
    )


def examined(party: Party, **declared: Any) -> DataAsset:
    asset = receive(party, **declared)
    releasing.run_waiting("grading.examine")
    return asset


def newest(asset: DataAsset) -> Grade:
    return Grade.objects.filter(asset=asset).latest("pk")


def graded(world: World, level: str, party: Party | None = None) -> tuple[DataAsset, Grade]:
    """An asset whose grade is decided."""
    asset = receive(party or world.provider)
    return asset, factories.decided(factories.examined(asset, recommended=level), world, level=level)


def derived_from(*sources: DataAsset, reason: str = "") -> dict[str, Any]:
    said: dict[str, Any] = {"sources": [{"asset": source.pk} for source in sources], "processing": ["masked"]}
    return said | ({"reason": reason} if reason else {})


def queued() -> list[int]:
    rows = Job.objects.filter(kind="grading.examine", state="queued").order_by("subject_id")
    return [pk for pk in rows.values_list("subject_id", flat=True) if pk is not None]


def test_declared_elements_move_the_recommendation_and_are_stored_with_it(world: World) -> None:
    asset = examined(world.provider, title="Water", columns={"hour": "x"})
    assert newest(asset).recommended_level == "general_1"
    said = {"importance": ["lifeline_service"], "areas": ["border"], "coverage": {"extent": "city"}}
    job = services.declare_elements(actor=world.provider.actor, asset_id=asset.pk, declared={"elements": said})
    assert job.kind == "grading.examine"
    releasing.run_waiting("grading.examine")
    asset.refresh_from_db()
    assert asset.declared == {"title": "Water", "columns": {"hour": "x"}, "elements": said}
    found = newest(asset).recommendation
    assert newest(asset).recommended_level == "general_4"
    cell = (found["harmed_object"], found["degree"], found["matrix_cell"])
    assert cell == ("organisation_rights", "especially_serious", "general")
    assert [reason["code"] for reason in found["reasons"]] == ["lifeline_service", "possibly_above_general"]
    assert [flag["reason"]["code"] for flag in found["flags"]] == ["sensitive_area"]
    stored = found["elements"]
    assert (stored["importance"], stored["areas"]) == (["lifeline_service"], ["border"])
    assert (stored["coverage"]["extent"], stored["rows"], stored["columns"]) == ("city", 3, 3)
    event = timeline(("data_asset", asset.pk)).get(action="data_asset.elements_declared")
    assert event.data == {
        "job": job.pk, "sources": [], "declared": ["elements"], "elements": ["areas", "coverage", "importance"],
        "processing": [], "reason_given": False,
    }  # fmt: skip
    services.declare_elements(actor=world.provider.actor, asset_id=asset.pk, declared={"elements": None})
    asset.refresh_from_db()
    assert asset.declared == {"title": "Water", "columns": {"hour": "x"}}


@pytest.mark.parametrize(
    ("declared", "pointer"),
    [
        ({}, "/elements"),
        ({"title": "x"}, "/title"),
        ({"elements": {"depth": "deep"}}, "/elements/depth"),
        ({"derivation": {"sources": [{"asset": 999_999_999}], "processing": ["fused"]}}, "/derivation/sources/0/asset"),
        ({"graded_elsewhere": {"scheme": "mars", "level": "level_1"}}, "/graded_elsewhere/scheme"),
        ({"graded_elsewhere": {"scheme": "zhejiang", "level": "general_1"}}, "/graded_elsewhere/level"),
    ],
)
def test_what_cannot_be_declared_changes_nothing(world: World, declared: dict[str, Any], pointer: str) -> None:
    asset = examined(world.provider)
    with pytest.raises(InvalidInput) as raised:
        services.declare_elements(actor=world.provider.actor, asset_id=asset.pk, declared=declared)
    assert [field.pointer for field in raised.value.fields] == [pointer]
    asset.refresh_from_db()
    assert (asset.declared, queued()) == ({}, [])


def test_who_may_declare(world: World) -> None:
    asset, said = examined(world.provider), {"elements": {"depth": "raw"}}
    for party, refused in ((world.buyer, NotFound), (world.other_provider, NotFound), (world.reviewer, Forbidden)):
        with pytest.raises(refused):
            services.declare_elements(actor=party.actor, asset_id=asset.pk, declared=said)
    asset.refresh_from_db()
    assert (asset.declared, queued()) == ({}, [])


def test_sources_of_others_are_not_told_from_none(world: World) -> None:
    theirs, _grade = graded(world, "general_4", world.other_provider)
    own, said = examined(world.provider), derived_from(theirs)
    with pytest.raises(InvalidInput) as received:
        receive(world.provider, derivation=said)
    with pytest.raises(InvalidInput) as declared:
        services.reexamine(actor=world.provider.actor, asset_id=own.pk, declared={"derivation": said})
    for raised in (received, declared):
        (error,) = raised.value.fields
        assert error.pointer == "/declared/derivation/sources/0/asset"
        assert "among those that you see" in error.message
    assert not DataAsset.objects.filter(declared__has_key="derivation").exists()


def test_nothing_is_derived_from_itself(world: World) -> None:
    first = examined(world.provider)
    second = examined(world.provider, derivation=derived_from(first))
    third = examined(world.provider, derivation=derived_from(second))
    for source in (first, third):
        with pytest.raises(InvalidInput, match="was itself derived from it"):
            services.declare_elements(
                actor=world.provider.actor, asset_id=first.pk, declared={"derivation": derived_from(source)}
            )


def test_derived_data_is_not_below_its_source_but_for_a_reason(world: World) -> None:
    source, _grade = graded(world, "general_4")
    kept = examined(world.provider, derivation=derived_from(source))
    assert newest(kept).recommended_level == "general_4"
    assert [r["code"] for r in newest(kept).recommendation["reasons"]] == ["derived_without_reason"]
    lowered = examined(world.provider, derivation=derived_from(source, reason="Names are gone."))
    found = newest(lowered)
    assert (found.recommended_level, found.recommendation["elements"]["derivation"]) == (
        "general_3",
        {
            "sources": [{
                "level": "general_4", "asset": source.pk, "name": "", "decided": True,
                "harmed_object": "individual_rights",
            }],
            "processing": ["masked"],
            "reason": "Names are gone.",
        },
    )  # fmt: skip


def test_a_source_that_is_decided_higher_has_its_derived_data_examined_anew(world: World) -> None:
    source, before = graded(world, "general_2")
    derived = examined(world.provider, derivation=derived_from(source))
    other = examined(world.provider)
    assert newest(derived).recommended_level == "general_2"
    raised = factories.examined(source, recommended="general_3")
    services.decide_grade(actor=world.reviewer.actor, grade_id=raised.pk, level="general_3")
    done = releasing.run_waiting("grading.regrade_derived")
    assert (done.result, queued()) == ({"regraded": 1}, [derived.pk])
    event = timeline(("data_asset", derived.pk)).filter(action="data_asset.examination_requested").latest("pk")
    assert event.data["source"] == source.pk
    releasing.run_waiting("grading.examine")
    assert newest(derived).recommended_level == "general_3"
    assert newest(other).recommended_level == "general_1"
    before.refresh_from_db()
    assert before.state == "superseded"
    # decided as high again: what was derived knows already
    again = factories.examined(source, recommended="general_3")
    services.decide_grade(actor=world.reviewer.actor, grade_id=again.pk, level="general_3")
    assert releasing.run_waiting("grading.regrade_derived").result == {"regraded": 0}
    assert queued() == []


def test_derived_data_that_is_being_examined_is_examined_once_more(world: World) -> None:
    source, _grade = graded(world, "general_2")
    derived = receive(world.provider, derivation=derived_from(source))
    Job.objects.filter(kind="grading.examine", subject_id=derived.pk).update(state="running")
    lower = factories.examined(source, recommended="general_1")
    services.decide_grade(actor=world.reviewer.actor, grade_id=lower.pk, level="general_1")
    assert releasing.run_waiting("grading.regrade_derived").result == {"regraded": 1}
    assert queued() == [derived.pk]


def test_a_source_without_a_grade_and_one_that_is_taken_back(world: World) -> None:
    source = receive(world.provider)
    Job.objects.filter(subject_id=source.pk).update(state="cancelled")
    derived = examined(world.provider, derivation=derived_from(source))
    assert newest(derived).recommended_level == "general_1"
    assert [r["code"] for r in newest(derived).recommendation["reasons"]] == ["derived_from_ungraded"]
    decided = factories.examined(source, recommended="general_3")
    services.decide_grade(actor=world.reviewer.actor, grade_id=decided.pk, level="general_3")
    releasing.run_waiting("grading.regrade_derived")
    releasing.run_waiting("grading.examine")
    assert newest(derived).recommended_level == "general_3"
    Grade.objects.filter(asset=source).delete()
    source.profiles.all().delete()
    DataAsset.objects.filter(pk=source.pk).delete()
    services.reexamine(actor=world.provider.actor, asset_id=derived.pk)
    releasing.run_waiting("grading.examine")
    assert newest(derived).recommended_level == "general_3"  # as it counted last
    # and what is declared may be said again with something else, as a listing does that is submitted
    said = {"title": "Counts", "derivation": derived_from(source)}
    services.reexamine(actor=world.provider.actor, asset_id=derived.pk, declared=said)
    derived.refresh_from_db()
    assert derived.declared == said
    with pytest.raises(InvalidInput):  # but nothing new is derived from it
        receive(world.provider, derivation=derived_from(source))


def test_the_level_of_another_scheme_raises_and_flags(world: World) -> None:
    asset, said = examined(world.provider, title="Water"), {"scheme": "zhejiang", "level": "level_4"}
    job = services.declare_elements(actor=world.provider.actor, asset_id=asset.pk, declared={"graded_elsewhere": said})
    releasing.run_waiting("grading.examine")
    asset.refresh_from_db()
    assert asset.declared == {"title": "Water", "graded_elsewhere": said}
    found = newest(asset).recommendation
    assert (newest(asset).recommended_level, found["matrix_cell"]) == ("general_4", "general")
    assert [(flag["code"], flag["matrix_cell"]) for flag in found["flags"]] == [("possibly_important", "important")]
    stored = found["elements"]["graded_elsewhere"]
    assert {key: stored[key] for key in ("scheme", "level", "version", "lowest", "strictest", "known")} == {
        **said, "version": "1.0", "lowest": "general_4", "strictest": "important", "known": True,
    }  # fmt: skip
    event = timeline(("data_asset", asset.pk)).get(action="data_asset.elements_declared")
    assert event.data == {
        "job": job.pk, "sources": [], "declared": ["graded_elsewhere"], "elements": [], "processing": [],
        "reason_given": False, "graded_elsewhere": said,
    }  # fmt: skip
    services.declare_elements(actor=world.provider.actor, asset_id=asset.pk, declared={"graded_elsewhere": None})
    releasing.run_waiting("grading.examine")
    assert newest(asset).recommended_level == "general_1"


def test_the_level_of_another_scheme_comes_with_the_upload_or_nothing_does(world: World) -> None:
    with pytest.raises(InvalidInput, match="There is no grading scheme 'mars'") as raised:
        receive(world.provider, graded_elsewhere={"scheme": "mars", "level": "l1"})
    assert [field.pointer for field in raised.value.fields] == ["/declared/graded_elsewhere/scheme"]
    assert not DataAsset.objects.exists()
    asset = examined(world.provider, graded_elsewhere={"scheme": "finance", "level": "level_3"})
    assert newest(asset).recommended_level == "general_3"


def test_a_scheme_that_is_gone_counts_as_it_did_last(world: World) -> None:
    version = releasing.release(world, releasing.proposed(world, LEVEL_SCHEME, as_toml(scheme("hangzhou"))), against=0)
    said = {"scheme": "hangzhou", "level": "l2"}
    counted, never = examined(world.provider, graded_elsewhere=said), receive(world.provider, graded_elsewhere=said)
    RulebookVersion.objects.filter(pk=version.pk).update(valid_to=timezone.now())
    releasing.run_waiting("grading.examine")
    assert (newest(never).recommended_level, newest(never).recommendation["flags"]) == ("general_1", [])
    assert [reason["code"] for reason in newest(never).recommendation["reasons"]] == ["unknown_level"]
    for _again in range(2):  # also of a grade that knew it no more
        # and it may be said again with something else, as a listing does that is submitted
        declared = {"title": "Counts", "graded_elsewhere": said}
        services.reexamine(actor=world.provider.actor, asset_id=counted.pk, declared=declared)
        releasing.run_waiting("grading.examine")
        found = newest(counted).recommendation
        assert newest(counted).recommended_level == "general_4"
        assert [reason["code"] for reason in found["reasons"]] == [
            "unknown_level",
            "graded_elsewhere",
            "possibly_above_general",
        ]
        assert [flag["code"] for flag in found["flags"]] == ["possibly_important"]
        assert found["elements"]["graded_elsewhere"]["known"] is False
    with pytest.raises(InvalidInput):  # but nothing new is graded by it
        receive(world.provider, graded_elsewhere=said)


def test_the_gravest_of_what_stands_is_the_grade_of_a_source(world: World) -> None:
    source, _grade = graded(world, "general_2")
    assert selectors.source_grades([source.pk])[source.pk].level == "general_2"
    factories.examined(source, recommended="general_4")
    known = selectors.source_grades([source.pk])[source.pk]
    assert (known.level, known.decided) == ("general_4", False)
    assert selectors.source_grades([source.pk + 1]) == {}


@pytest.mark.parametrize(("flags", "level"), [([], "general_1"), ([{"code": "possibly_important"}], "general_4")])
def test_an_undecided_source_that_is_flagged_counts_as_the_highest_general_level(
    world: World, flags: list[dict[str, str]], level: str
) -> None:
    """Also one of before, whose recommendation was not raised by its flags; what people decide counts as it is."""
    source = receive(world.provider)
    grade = factories.examined(source, recommended="general_1")
    Grade.objects.filter(pk=grade.pk).update(recommendation={"flags": flags})
    assert selectors.source_grades([source.pk])[source.pk].level == level
    if flags:
        services.confirm_grade(actor=world.second_reviewer.actor, grade_id=grade.pk, level="general_1")
        assert selectors.source_grades([source.pk])[source.pk].level == "general_4"
    services.decide_grade(actor=world.reviewer.actor, grade_id=grade.pk, level="general_1")
    assert selectors.source_grades([source.pk])[source.pk].level == "general_1"
