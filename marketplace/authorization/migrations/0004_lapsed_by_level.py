"""Requests that lapse and grants that are suspended because the data's level rose, with what the table said then."""

from django.db import migrations, models

from foundation.state_machine import trigger_sql

BEFORE = [
    ("", "submitted"),
    ("in_approval", "approved"),
    ("in_approval", "expired"),
    ("in_approval", "more_information"),
    ("in_approval", "rejected"),
    ("in_approval", "withdrawn"),
    ("more_information", "expired"),
    ("more_information", "in_approval"),
    ("more_information", "withdrawn"),
    ("rejected", "in_approval"),
    ("submitted", "approved"),
    ("submitted", "expired"),
    ("submitted", "in_approval"),
    ("submitted", "rejected"),
    ("submitted", "withdrawn"),
]
ACCESS_REQUEST = [*BEFORE, ("in_approval", "lapsed"), ("more_information", "lapsed")]


class Migration(migrations.Migration):
    dependencies = [
        ("authorization", "0003_limits_and_titles"),
    ]

    operations = [
        migrations.AddField(
            model_name="accessrequest",
            name="outcome_cause",
            field=models.JSONField(blank=True, db_default={}, default=dict, verbose_name="cause of the outcome"),
        ),
        migrations.AddField(
            model_name="grant",
            name="state_cause",
            field=models.JSONField(blank=True, db_default={}, default=dict, verbose_name="cause of the state"),
        ),
        migrations.AlterField(
            model_name="accessrequest",
            name="state",
            field=models.CharField(
                choices=[
                    ("submitted", "submitted"),
                    ("in_approval", "in approval"),
                    ("more_information", "more information wanted"),
                    ("approved", "approved"),
                    ("rejected", "rejected"),
                    ("withdrawn", "withdrawn"),
                    ("expired", "expired"),
                    ("lapsed", "lapsed"),
                ],
                default="submitted",
                max_length=20,
                verbose_name="state",
            ),
        ),
        migrations.AlterField(
            model_name="grant",
            name="level",
            field=models.CharField(
                choices=[
                    ("general_1", "general 1"),
                    ("general_2", "general 2"),
                    ("general_3", "general 3"),
                    ("general_4", "general 4"),
                    ("important", "important"),
                    ("core", "core"),
                ],
                max_length=16,
                verbose_name="level covered",
            ),
        ),
        migrations.RunSQL(
            trigger_sql(table="authorization_accessrequest", pairs=ACCESS_REQUEST),
            trigger_sql(table="authorization_accessrequest", pairs=BEFORE),
        ),
    ]
