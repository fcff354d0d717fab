"""An upgrade migrates while the old processes run: what they write goes on without the columns that are new."""

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddField, CreateModel
from django.db.models import NOT_PROVIDED

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
