"""Causes, differences and due dates of grades; appeals; the queue by risk, which the database works out."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from foundation.state_machine import drop_trigger_sql, trigger_sql

GRADE = [
    ("", "agreed"),
    ("", "recommended"),
    ("confirmed", "decided"),
    ("confirmed", "returned"),
    ("confirmed", "superseded"),
    ("decided", "superseded"),
    ("recommended", "confirmed"),
    ("recommended", "decided"),
    ("recommended", "returned"),
    ("recommended", "superseded"),
]
GRADE_BEFORE = [pair for pair in GRADE if pair != ("", "agreed")]
APPEAL = [
    ("", "filed"),
    ("filed", "dismissed"),
    ("filed", "granted"),
    ("filed", "withdrawn"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("grading", "0005_derived_from"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="GradeAppeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("filed", "filed"),
                            ("granted", "granted"),
                            ("dismissed", "dismissed"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="filed",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("grounds", models.TextField(verbose_name="grounds")),
                (
                    "filed_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="filed at"),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed at")),
            ],
            options={
                "verbose_name": "appeal against a grade",
                "verbose_name_plural": "appeals against grades",
                "ordering": ["-id"],
            },
        ),
        migrations.RenameIndex(
            model_name="grade",
            new_name="grade_state_level",
            old_name="grade_queue",
        ),
        migrations.AddField(
            model_name="grade",
            name="cause",
            field=models.CharField(
                choices=[
                    ("first", "first examination"),
                    ("declared", "declared anew"),
                    ("replaced", "file of a new version"),
                    ("rules", "other rules"),
                    ("engine", "newer detectors"),
                    ("sources", "a source was graded higher"),
                    ("scale", "scale crossed a threshold"),
                    ("time", "due for review"),
                    ("incident", "incident"),
                    ("requested", "requested"),
                    ("appeal", "appeal"),
                ],
                db_default="first",
                default="first",
                max_length=16,
                verbose_name="cause",
            ),
        ),
        migrations.AddField(
            model_name="grade",
            name="cause_note",
            field=models.TextField(blank=True, db_default="", verbose_name="note on the cause"),
        ),
        migrations.AddField(
            model_name="grade",
            name="difference",
            field=models.JSONField(blank=True, null=True, verbose_name="difference from the decided grade"),
        ),
        migrations.AddField(
            model_name="grade",
            name="review_due_on",
            field=models.DateField(blank=True, null=True, verbose_name="review due on"),
        ),
        migrations.AddField(
            model_name="grade",
            name="risk",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(
                        models.Q(
                            ("recommended_level", "core"),
                            ("recommendation__contains", {"flags": [{"code": "possibly_core"}]}),
                            _connector="OR",
                        ),
                        then=6,
                    ),
                    models.When(
                        models.Q(
                            ("recommended_level", "important"),
                            ("recommendation__contains", {"flags": [{"code": "possibly_important"}]}),
                            _connector="OR",
                        ),
                        then=5,
                    ),
                    models.When(recommended_level="general_1", then=1),
                    models.When(recommended_level="general_2", then=2),
                    models.When(recommended_level="general_3", then=3),
                    models.When(recommended_level="general_4", then=4),
                    default=0,
                ),
                output_field=models.SmallIntegerField(),
                verbose_name="risk",
            ),
        ),
        migrations.AlterField(
            model_name="grade",
            name="state",
            field=models.CharField(
                choices=[
                    ("recommended", "recommended"),
                    ("confirmed", "confirmed"),
                    ("decided", "decided"),
                    ("returned", "returned"),
                    ("superseded", "superseded"),
                    ("agreed", "agrees with the decided grade"),
                ],
                default="recommended",
                max_length=16,
                verbose_name="state",
            ),
        ),
        migrations.AddIndex(
            model_name="grade",
            index=models.Index(
                condition=models.Q(("state__in", ["recommended", "confirmed"])),
                fields=["-risk", "id"],
                name="grade_queue",
            ),
        ),
        migrations.AddIndex(
            model_name="grade",
            index=models.Index(
                condition=models.Q(("decided_at__isnull", False)), fields=["decided_at"], name="grade_decided_at"
            ),
        ),
        migrations.AddIndex(
            model_name="grade",
            index=models.Index(
                condition=models.Q(("review_due_on__isnull", False), ("state", "decided")),
                fields=["review_due_on"],
                name="grade_review_due",
            ),
        ),
        migrations.AddField(
            model_name="gradeappeal",
            name="appealed",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="appeal",
                to="grading.grade",
                verbose_name="appealed grade",
            ),
        ),
        migrations.AddField(
            model_name="gradeappeal",
            name="asset",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="appeals",
                to="grading.dataasset",
                verbose_name="data asset",
            ),
        ),
        migrations.AddField(
            model_name="gradeappeal",
            name="filed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="filed by",
            ),
        ),
        migrations.AddField(
            model_name="gradeappeal",
            name="review",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="appeals_reviewed",
                to="grading.grade",
                verbose_name="decided by",
            ),
        ),
        migrations.AddConstraint(
            model_name="gradeappeal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "filed")), fields=("asset",), name="appeal_one_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="gradeappeal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at", None), ("state", "filed")),
                    models.Q(models.Q(("state", "filed"), _negated=True), ("closed_at__isnull", False)),
                    _connector="OR",
                ),
                name="appeal_closed_has_instant",
            ),
        ),
        migrations.RunSQL(
            trigger_sql(table="grading_grade", pairs=GRADE),
            trigger_sql(table="grading_grade", pairs=GRADE_BEFORE),
        ),
        migrations.RunSQL(
            trigger_sql(table="grading_gradeappeal", pairs=APPEAL),
            drop_trigger_sql(table="grading_gradeappeal"),
        ),
    ]
