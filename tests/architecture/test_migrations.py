"""An upgrade migrates while the old processes run: what they write goes on without the columns that are new."""

import ast
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddField, CreateModel
from django.db.models import NOT_PROVIDED

from tests import template

BEFORE = {
    ("jobs", "0004_parts_and_losses"), ("participants", "0004_members_keys_elevation"), ("uploads", "0003_declared"),
    ("authorization", "0003_limits_and_titles"), ("matching", "0003_match_terms"),
}  # fmt: skip
"""Migrations that were applied before upgrades were promised to need no pause."""


@pytest.mark.django_db
def test_columns_that_are_added_to_tables_in_use_fill_themselves() -> None:
    """By the database: Django takes Python's default away again once the rows of before have it."""
    ours = {app.label for app in apps.get_app_configs() if (settings.BASE_DIR / app.name.replace(".", "/")).is_dir()}
    missing = []
    for (app, name), migration in MigrationLoader(connection).disk_migrations.items():
        if app not in ours or (app, name) in BEFORE:
            continue
        made = {operation.name_lower for operation in migration.operations if isinstance(operation, CreateModel)}
        for operation in migration.operations:
            if isinstance(operation, AddField) and operation.model_name_lower not in made:
                field = operation.field
                filled = field.null or field.many_to_many or field.generated or field.db_default is not NOT_PROVIDED
                if not filled:
                    missing.append(f"{app}.{name}: {operation.model_name}.{operation.name}")
    assert ours >= {"grading", "catalog", "authorization"}
    assert missing == []


def test_the_kept_database_of_the_tests_follows_all_that_migrations_use() -> None:
    """They import little of ours, and each of it is among the files whose change has that database made anew."""
    followed = set(template.files())
    written = [path for path in followed if path.parent.name == "migrations"]
    used: set[str] = set()
    for path in written:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                used.update(name.name for name in node.names)
            elif isinstance(node, ast.ImportFrom):
                used.add("." * node.level + (node.module or ""))
    ours = {name for name in used if name.partition(".")[0] in ("", "config", *template.FLOORS, "tests")}
    assert "foundation.state_machine" in ours
    origins = {name: find_spec(name) for name in ours}
    assert [name for name, spec in origins.items() if spec is None or Path(str(spec.origin)) not in followed] == []
    assert {path.parent.parent.name for path in written} >= {"grading", "catalog", "participants"}
    assert settings.BASE_DIR / "foundation/participants/models/parties.py" in followed
