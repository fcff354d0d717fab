"""What is declared reaches the engine as it was said."""

from datetime import date

import pytest

from foundation.errors import InvalidInput
from grading.declaring.declaration import checked_declaration, facts_of, metadata_of
from grading.engine.levels import Facts
from grading.engine.quality import Metadata

SAID = {
    "title": "Hours",
    "description": "Hourly temperatures",
    "licence": "CC0",
    "sector": "meteorology",
    "origin": "public",
    "region": "210200",
    "update_frequency": "daily",
    "modified_on": date(2024, 5, 1),
    "temporal_start": "2024-01-01",
    "temporal_end": date(2024, 4, 30),
    "keywords": ["weather"],
    "columns": {"hour": "integer"},
    "subjects": 7,
    "declarations": ["not_public"],
}


def test_the_quality_engine_gets_what_was_said():
    assert metadata_of(checked_declaration(SAID)) == Metadata(
        title="Hours",
        description="Hourly temperatures",
        licence="CC0",
        declared_columns={"hour": "integer"},
        modified_on=date(2024, 5, 1),
        update_frequency="daily",
        temporal_start=date(2024, 1, 1),
        temporal_end=date(2024, 4, 30),
        keywords=("weather",),
    )


def test_the_grading_engine_gets_what_was_said():
    assert facts_of(checked_declaration(SAID)) == Facts(
        origin="public",
        sector="meteorology",
        region="210200",
        subjects=7,
        declared=("not_public",),
        title="Hours",
        description="Hourly temperatures",
        keywords=("weather",),
    )


def test_nothing_said_is_nothing_declared():
    empty = {name: "" if isinstance(value, str) else None for name, value in SAID.items()}
    assert checked_declaration(empty) == {}
    assert (metadata_of({}), facts_of({})) == (Metadata(), Facts())


def test_a_table_schema_is_kept_as_it_was_given_and_describes_the_columns():
    schema = {
        "fields": [
            {"name": "hour", "type": "date", "title": "Hour", "description": "of the day"},
            {"name": "value", "type": "number"},
        ],
        "custom": [1],
    }
    kept = checked_declaration({"table_schema": schema})
    assert kept == {"table_schema": schema}
    assert metadata_of(kept) == Metadata(
        # a type alone is a rule and no description, and no word that would pass for a type
        declared_columns={"hour": "Hour: of the day (date)"},
        table_schema=schema,
    )
    assert metadata_of({**kept, "columns": {"hour": "date"}}).declared_columns == {"hour": "date"}


def test_what_is_wrong_with_a_table_schema_is_told_with_its_place():
    with pytest.raises(InvalidInput) as raised:
        checked_declaration(
            {"table_schema": {"fields": [{"name": "a", "type": "int"}], "primaryKey": "b"}, "sector": 1}
        )
    assert [field.pointer for field in raised.value.fields] == [
        "/declared/table_schema/fields/0/type", "/declared/table_schema/primaryKey", "/declared/sector",
    ]  # fmt: skip
    assert "integer" in str(raised.value)
