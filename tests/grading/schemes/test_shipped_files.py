"""The rule files the product ships: complete, sourced, and refused when broken."""

import copy
import math
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import grading.engine
from grading.engine.forms import CITED
from grading.engine.levels import REASONS, InvalidScheme, parse_scheme
from grading.engine.levels.scheme import DEGREES, HARMED_OBJECTS
from grading.engine.quality import InvalidRules, parse_quality_profile
from grading.engine.rules import SHIPPED, load_rules
from grading.engine.sensitivity import InvalidTaxonomy, parse_taxonomy
from grading.rules.shipped import shipped_rules

FILES = sorted(SHIPPED.glob("*.toml"))


def content(name: str) -> dict[str, Any]:
    return copy.deepcopy(tomllib.loads((SHIPPED / name).read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_file_says_what_it_rests_on(path: Path) -> None:
    data = tomllib.loads(path.read_text(encoding="utf-8"))

    assert all(data[key] for key in ("code", "version", "standard", "title", "title_zh", "source"))
    assert data["certainty"] in {"S", "R", "U"}


def test_the_shipped_files_load() -> None:
    rules = load_rules()

    assert rules.versions() == {
        "quality_profile": "default@1.2",
        "sensitive_types": "sensitive_types@2.2",
        "scheme": "national@1.2",
        "categories": "categories@2.0",
    }


def test_the_national_matrix_is_that_of_the_standard() -> None:
    """GB/T 43697-2024: object harmed by degree (general, serious, especially serious)."""
    scheme = shipped_rules().scheme
    public = ("general", "important", "core")
    private = ("general", "general", "general")
    expected = {
        "national_security": ("important", "core", "core"),
        "economic_operation": public,
        "social_order": public,
        "public_interest": public,
        "organisation_rights": private,
        "individual_rights": private,
    }

    assert tuple(expected) == HARMED_OBJECTS
    for harmed, cells in expected.items():
        assert tuple(scheme.cell(harmed, degree) for degree in DEGREES) == cells
    assert scheme.general_levels == {
        "none": "general_1",
        "general": "general_2",
        "serious": "general_3",
        "especially_serious": "general_4",
    }


def test_rules_of_the_scheme_have_words_for_people() -> None:
    scheme = shipped_rules().scheme
    assert {rule.code for rule in (*scheme.rules, *scheme.flags)} <= set(REASONS)


def uncertain(data: Any) -> Iterator[Mapping[str, Any]]:
    """Every table of a file, however deep, that is marked as uncertain."""
    if isinstance(data, dict):
        if data.get("certainty") == "U":
            yield data
        data = list(data.values())
    if isinstance(data, list):
        for item in data:
            yield from uncertain(item)


@pytest.mark.parametrize(
    ("name", "least"), [("categories.toml", 9), ("national.toml", 36), ("sensitive_types.toml", 6)]
)
def test_what_is_uncertain_cites_no_clause(name: str, least: int) -> None:
    rows = list(uncertain(content(name)))
    assert len(rows) >= least
    assert [row["source"] for row in rows if CITED.search(row["source"])] == []


def change(path: str, value: object) -> Callable[[dict[str, Any]], None]:
    def apply(data: dict[str, Any]) -> None:
        *way, last = path.split(".")
        for step in way:
            data = data[int(step)] if step.isdigit() else data[step]  # type: ignore[index]
        if value is None:
            del data[last]
        else:
            data[last] = value

    return apply


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (change("source", None), "^source: is missing"),
        (change("matrix.public_interest", None), "matrix must have exactly"),
        (change("matrix.public_interest.serious", "huge"), "matrix.public_interest"),
        (change("matrix.public_interest.especially_serious", "general"), "must not fall"),
        (change("general_levels.serious", "general_1"), "must not fall"),
        (change("general_levels.serious", "secret"), "unknown"),
        (change("floors.0.degree", "terrible"), "floors/0/degree: must be one of general"),
        (change("floors.0.when", "sometimes"), "floors/0/when: must be one of personal"),
        (change("floors.0.harmed_object", "national_security"), "only people decide"),
        (change("floors.0.when", "declared:somehow"), "floors/0/when: must be declared: and one of trade_secret"),
        (change("floors.0.code", "many_persons"), "rules: two have the same code"),
        (change("floors.0.rows_at_last", 5), "floors/0/rows_at_last: is not known here"),
        (change("floors.0.rows_at_least", "many"), "floors/0/rows_at_least: must be a whole number"),
        (change("floors.0.coordinates_at_least", 2.5), "coordinates_at_least: must be a whole number"),
        (change("floors.0.coordinates_at_least", 8), "coordinates_at_least: must be a whole number from 0 to 7"),
        (change("floors.0.amounts_at_least", -7), "amounts_at_least: must be a whole number from -6 to 2"),
        (change("floors.0.share_at_least", 50), "share_at_least: must be a number from 0 to 1"),
        (change("floors.0.extent_at_least", "planet"), "extent_at_least: must be one of site"),
        (change("floors.0.fields", "health"), "floors/0/fields: must be a list"),
        (change("floors.0.element", "colour"), "element: must be one of field"),
        (change("floors.0.group_at_least", 4), "nothing has the gravity 4"),
        (change("groups.martians", 1), "groups/martians: is not known here"),
        (change("areas.border", 10), "areas/border: must be a whole number from 0 to 9"),
        (change("matrix.individual_rights.especially_serious", "important"), "must be general throughout"),
        (change("flags.0.degree", "especially_serious"), "flag is possibly_important, and the matrix says core"),
        (change("derivation.0.code", "polished"), "derivation/0/code: must be one of cleaned"),
        (change("derivation.0.lowers", 4), "derivation/0/lowers: must be a whole number from 0 to 3"),
        (change("derivation.0.certainty", None), "derivation/0/certainty: is missing"),
        (change("flags.0.flag", "important"), "flags/0/flag: must be one of possibly_important"),
        (change("flags.0.flag", None), "flags/0/flag: must be one of possibly_important"),
        (change("flags.0.source", None), "flags/0/source: is missing"),
        (change("flags.0.source", 21), "flags/0/source: must be a text"),
        (change("flags.0.certainty", "sure"), "flags/0/certainty: must be one of S, R, U"),
        (change("flags.0.certainty", ["S"]), "flags/0/certainty: must be a text"),
        (change("flags.2.clause", 21), "flags/2/clause: must be a text"),
        (change("flags.0.clause", "art. 28"), "flags/0/clause: no clause is cited for what is uncertain"),
        (change("derivation.0.source", True), "derivation/0/source: must be a text"),
        (change("derivation.1.code", "masked"), "derivation: two have the same code"),
        (change("extents.certainty", "?"), "extents/certainty: must be one of S, R, U"),
        (change("extents.sizes.county", 9), "extents/sizes/city: is less than county"),
        (change("extents.sizes.site", 0), "extents/sizes: must be above 0"),
        (change("extents.sizes.city", None), "extents/sizes: must give all of site"),
        (change("extents.least_km2.city", -1), "extents/least_km2/city: must be a number from 0"),
        (change("extents.least_km2.planet", 5), "extents/least_km2/planet: is not known here"),
        (change("flagged.source", None), "flagged/source: is missing"),
    ],
)
def test_broken_schemes_are_refused(spoil: Callable[[dict[str, Any]], None], message: str) -> None:
    data = content("national.toml")
    spoil(data)
    with pytest.raises(InvalidScheme, match=message):
        parse_scheme(data)


def test_all_that_is_wrong_with_a_scheme_is_said_at_once() -> None:
    data = content("national.toml")
    data["floors"][0] |= {"source": 5, "certainty": "X"}
    data["flags"][3]["when"] = "never"
    with pytest.raises(InvalidScheme) as raised:
        parse_scheme(data)
    assert [problem.split(":")[0] for problem in raised.value.problems] == [
        "floors/0/source", "floors/0/certainty", "flags/3/when",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (change("standard", None), "standard is missing"),
        (change("dimensions.timeliness", None), "dimensions must be exactly"),
        (change("dimensions.timeliness.indicators.speed", 3), "timeliness.indicators"),
        (change("dimensions.accuracy.indicators.uniqueness", -1), "negative"),
        (change("dimensions.accuracy.weight", -1), "negative"),
        (change("minimum_coverage", 2), "between 0 and 1"),
        (change("update_days.daily", 0), "at least 1"),
        (change("update_days.daily", 1.5), "whole numbers"),
        (change("update_days", 5), "update_days must be a table"),
        (change("dimensions", "none"), "dimensions must be exactly"),
        (change("dimensions.accuracy", 3), "dimensions.accuracy must be a table"),
        (change("dimensions.accuracy.weight", math.nan), "not nan"),
        (change("dimensions.accuracy.weight", True), "not True"),
        (change("dimensions.accuracy.indicators.uniqueness", "2"), "not '2'"),
        (change("version", 1.0), "version is missing or no text"),
    ],
)
def test_broken_quality_profiles_are_refused(spoil: Callable[[dict[str, Any]], None], message: str) -> None:
    data = content("quality_profile_default.toml")
    spoil(data)
    with pytest.raises(InvalidRules, match=message):
        parse_quality_profile(data)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (change("lexicons.religions", None), "lexicons.religions"),
        (change("types.0.nature", "odd"), "nature must be"),
        (change("types.0.floor", 5), "floor must be"),
        (change("types.1.code", "resident_id"), "occurs twice"),
        (change("types.0.title_zh", None), "title_zh is missing"),
    ],
)
def test_broken_taxonomies_are_refused(spoil: Callable[[dict[str, Any]], None], message: str) -> None:
    data = content("sensitive_types.toml")
    spoil(data)
    with pytest.raises(InvalidTaxonomy, match=message):
        parse_taxonomy(data)


def test_the_engine_knows_no_framework_and_no_other_room() -> None:
    folder = Path(grading.engine.__file__).parent
    for path in folder.rglob("*.py"):
        imports = [line for line in path.read_text().splitlines() if line.startswith(("import ", "from "))]
        foreign = [line for line in imports if "django" in line or " foundation" in line or " marketplace" in line]
        assert foreign == [], path
        assert not [line for line in imports if line.startswith("from grading") and "grading.engine" not in line], path
