"""What a request asks for and answers; stages, quorum and deadlines of its steps."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("authorization", "0005_exclusive_licences"), ("catalog", "0007_questions")]

    operations = [
        migrations.AddField(
            model_name="accessrequest",
            name="answers",
            field=models.JSONField(
                blank=True, db_default={}, default=dict, verbose_name="answers to the listing's questions"
            ),
        ),
        migrations.AddField(
            model_name="accessrequest",
            name="byte_limit",
            field=models.PositiveBigIntegerField(blank=True, null=True, verbose_name="bytes wanted at most"),
        ),
        migrations.AddField(
            model_name="accessrequest",
            name="columns",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(),
                blank=True,
                db_default=[],
                default=list,
                size=None,
                verbose_name="columns wanted",
            ),
        ),
        migrations.AddField(
            model_name="accessrequest",
            name="expires_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="expires at"),
        ),
        migrations.AddField(
            model_name="accessrequest",
            name="outcome_ground",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=60, verbose_name="ground of the refusal"
            ),
        ),
        migrations.AddField(
            model_name="accessrequest",
            name="row_limit",
            field=models.PositiveBigIntegerField(blank=True, null=True, verbose_name="rows wanted at most"),
        ),
        migrations.AddField(
            model_name="accessrequest",
            name="scenario",
            field=models.CharField(blank=True, db_default="", default="", max_length=60, verbose_name="scenario"),
        ),
        migrations.AddField(
            model_name="approvalstep",
            name="due_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="due at"),
        ),
        migrations.AddField(
            model_name="approvalstep",
            name="escalated_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="escalated at"),
        ),
        migrations.AddField(
            model_name="approvalstep",
            name="ground",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=60, verbose_name="ground of the refusal"
            ),
        ),
        migrations.AddField(
            model_name="approvalstep",
            name="opened_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="opened at"),
        ),
        migrations.AddField(
            model_name="approvalstep",
            name="quorum",
            field=models.PositiveSmallIntegerField(db_default=1, default=1, verbose_name="people who have to approve"),
        ),
        migrations.AddField(
            model_name="approvalstep",
            name="reminded_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="reminded at"),
        ),
        migrations.AddField(
            model_name="approvalstep",
            name="stage",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name="stage"),
        ),
        migrations.AddField(
            model_name="scenariolevel",
            name="quorum",
            field=models.PositiveSmallIntegerField(db_default=1, default=1, verbose_name="people who have to approve"),
        ),
        migrations.AddField(
            model_name="scenariolevel",
            name="stage",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name="stage"),
        ),
        migrations.AddIndex(
            model_name="accessrequest",
            index=models.Index(
                condition=models.Q(("state__in", ("in_approval", "more_information"))),
                fields=["expires_at"],
                name="request_to_expire",
            ),
        ),
        migrations.AddIndex(
            model_name="approvalstep",
            index=models.Index(condition=models.Q(("state", "open")), fields=["due_at"], name="step_due"),
        ),
        migrations.AddConstraint(
            model_name="approvalstep",
            constraint=models.CheckConstraint(condition=models.Q(("quorum__gte", 1)), name="step_quorum"),
        ),
        migrations.AddConstraint(
            model_name="scenariolevel",
            constraint=models.CheckConstraint(condition=models.Q(("quorum__gte", 1)), name="scenario_level_quorum"),
        ),
    ]
