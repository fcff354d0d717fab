"""`manage.py reproduce`: stored assessments are computed again; one that somebody changed is found, and where."""

from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from grading import services
from grading.models import QualityAssessment
from tests import releasing
from tests.factories import World
from tests.grading.scored import received, scored
from tests.grading.services.test_rescore import reweighted

pytestmark = pytest.mark.django_db
DAY = date(2024, 2, 1)


def said(*arguments: Any, fails: str = "") -> list[str]:
    """The lines of the command; `fails`: the last word of one that ends in an error."""
    out = StringIO()
    if fails:
        with pytest.raises(CommandError, match=fails):
            call_command("reproduce", *arguments, stdout=out)
    else:
        call_command("reproduce", *arguments, stdout=out)
    return out.getvalue().splitlines()


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def row(world: World) -> QualityAssessment:
    return scored(received(world.provider, modified_on="2024-01-01", update_frequency="monthly"), DAY)


def test_an_assessment_comes_out_the_same_until_it_is_changed(row: QualityAssessment) -> None:
    (line,) = said(row.pk)
    digest = row.inputs["rulebooks"]["quality_profile"]["sha256"][:12]
    assert line == f"{row.pk}: default {row.rules_version} ({digest}), engine {row.engine_version}: the same"
    stored = row.data["overall"]["value"]
    row.data["overall"]["value"] = stored + 0.01
    row.save()
    line, place = said(row.pk, fails="1 of 1")
    assert line.endswith(": DIFFERS in 1 places")
    assert place == f"  /data/overall/value: stored {stored + 0.01!r}, computed {stored!r}"


@pytest.mark.parametrize(
    ("field", "value", "pointer"),
    [
        ("overall", 99.9, "/overall"),
        ("coverage", 0.9, "/coverage"),
        ("rules_version", "9.9", "/rules_version"),
    ],
)
def test_what_the_row_repeats_is_compared_too(row: QualityAssessment, field: str, value: Any, pointer: str) -> None:
    setattr(row, field, value)
    row.save()
    assert said(row.pk, fails="1 of 1")[1].startswith(f"  {pointer}: stored {value!r}, computed ")


def test_another_day_or_declaration_than_it_was_made_for_is_found(row: QualityAssessment) -> None:
    row.inputs["today"] = "2024-02-02"
    row.save()
    assert said(row.pk, fails="1 of 1")[1:] == ["  /inputs/today: stored '2024-02-02', computed '2024-02-01'"]
    row.inputs |= {"today": DAY.isoformat(), "declared": {**row.inputs["declared"], "modified_on": "2020-01-01"}}
    row.save()
    assert any(line.startswith("  /data/measures/") for line in said(row.pk, fails="1 of 1"))


def test_every_assessment_under_the_rules_of_its_own_day(
    world: World, row: QualityAssessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *_arguments: date(2024, 6, 1))
    releasing.release(world, releasing.proposed(world, "quality_profile", reweighted("2.0", 60)))
    newer = services.rescore_asset(actor=world.reviewer.actor, asset_id=row.asset_id)
    assert newer.overall != row.overall
    lines = said("--all")
    assert [line.rpartition(": ")[2] for line in lines] == ["the same"] * 2
    assert [line.split(" (")[0] for line in lines] == [
        f"{row.pk}: default {row.rules_version}",
        f"{newer.pk}: default 2.0",
    ]


def test_what_cannot_be_computed_is_said(row: QualityAssessment) -> None:
    former = row.data
    row.data = {"overall": 80}
    row.save()
    assert said(row.pk, fails="1 of 1")[0].endswith("stored in a form of before that this version cannot compute")
    row.data = former
    row.inputs["rulebooks"]["quality_profile"]["sha256"] = "0" * 64
    row.save()
    assert "are not kept" in said(row.pk, fails="1 of 1")[0]


def test_what_to_reproduce_is_named(row: QualityAssessment) -> None:
    assert said(fails="Name assessments") == []
    assert said(row.pk, "--all", fails="Name assessments") == []
    assert said(row.pk, 1 << 40, fails=f"no assessment {1 << 40}") == []
