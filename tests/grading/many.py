"""Thousands of waiting grades at once, written by the database itself."""

from typing import Any

from django.db import connection
from django.db.models import Model

from foundation.vault.models import Blob
from grading.models import DataAsset, Grade

LEVELS = "array['general_1', 'general_2', 'general_3', 'general_4', 'important']"
SECTORS = "array['transport/rail', 'health', 'finance/insurance']"
LONG = "jsonb_build_object('flags', '[]'::jsonb, 'reasons', repeat('long ', 400))"


def copies_of(grade: Grade, count: int) -> None:
    """That many assets like the grade's, each with a waiting grade: levels, sectors and ages in turn, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_copy(Blob, {"uid": "gen_random_uuid()"}, count), [grade.asset.blob_id])
        first = grade.asset.blob_id
        cursor.execute(
            _copy(
                DataAsset, {"blob_id": "%s + n", "state": "'received'", "filename": "'table ' || n || '.csv'"}, count
            ),
            [first, grade.asset_id],
        )
        cursor.execute(
            _copy(
                Grade,
                {
                    "asset_id": "%s + n",
                    "recommendation": LONG,
                    "recommended_level": f"({LEVELS})[1 + n %% 5]",
                    "recommended_category": f"({SECTORS})[1 + n %% 3]",
                    "created_at": "now() - (%s - n) * interval '5 minutes'",
                },
                count,
            ),
            [grade.asset_id, count, grade.pk],
        )
        cursor.execute("ANALYZE vault_blob, grading_grade, grading_dataasset")  # keys are looked up, not searched for


def _copy(model: type[Model], other: dict[str, str], count: int) -> str:
    """INSERT … SELECT of the row whose number is the last parameter, `count` times, with some columns otherwise."""
    columns: dict[str, Any] = {
        str(field.column): other.get(str(field.column), f"t.{field.column}")
        for field in model._meta.concrete_fields
        if not field.primary_key and not field.generated
    }
    table = model._meta.db_table
    return (
        f"INSERT INTO {table} (id, {', '.join(columns)}) SELECT t.id + n, {', '.join(columns.values())}"
        f" FROM {table} t, generate_series(1, {count}) n WHERE t.id = %s ORDER BY n"
    )
