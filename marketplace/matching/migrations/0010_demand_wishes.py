"""Demands with all their wishes; the columns of the index that constraints ask for."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0006_exclusive_offered"),
        ("matching", "0009_feedback"),
        ("participants", "0010_states_of_accreditations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="demand",
            name="column_types",
            field=models.JSONField(blank=True, db_default={}, default=dict, verbose_name="types of the columns wanted"),
        ),
        migrations.AddField(
            model_name="demand",
            name="covers_from",
            field=models.DateField(blank=True, null=True, verbose_name="must cover from"),
        ),
        migrations.AddField(
            model_name="demand",
            name="covers_until",
            field=models.DateField(blank=True, null=True, verbose_name="must cover until"),
        ),
        migrations.AddField(
            model_name="demand",
            name="formats",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=16),
                blank=True,
                db_default=[],
                default=list,
                size=None,
                verbose_name="formats",
            ),
        ),
        migrations.AddField(
            model_name="demand",
            name="maximum_age_days",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="age of the data in days at most"),
        ),
        migrations.AddField(
            model_name="demand",
            name="regions",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=6),
                blank=True,
                db_default=[],
                default=list,
                size=None,
                verbose_name="regions",
            ),
        ),
        migrations.AddField(
            model_name="demand",
            name="relaxations",
            field=models.JSONField(blank=True, db_default=[], default=list, verbose_name="nearest misses"),
        ),
        migrations.AddField(
            model_name="indexedlisting",
            name="column_types",
            field=models.JSONField(db_default={}, verbose_name="columns and their types"),
        ),
        migrations.AddField(
            model_name="indexedlisting",
            name="access",
            field=models.JSONField(db_default={}, verbose_name="said to the decision table"),
        ),
        migrations.AddField(
            model_name="indexedlisting",
            name="covers_from",
            field=models.DateField(null=True, verbose_name="covers from"),
        ),
        migrations.AddField(
            model_name="indexedlisting",
            name="covers_until",
            field=models.DateField(null=True, verbose_name="covers until"),
        ),
        migrations.AddField(
            model_name="indexedlisting",
            name="currency",
            field=models.CharField(db_default="CNY", max_length=3, verbose_name="currency"),
        ),
        migrations.AddField(
            model_name="indexedlisting",
            name="exclusive_offered",
            field=models.BooleanField(db_default=False, verbose_name="exclusive licence offered"),
        ),
        migrations.AddField(
            model_name="indexedlisting",
            name="formats",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=16), db_default=[], size=None, verbose_name="formats"
            ),
        ),
        migrations.AddField(
            model_name="indexedlisting",
            name="freshness_on",
            field=models.DateField(null=True, verbose_name="data of"),
        ),
        migrations.AddField(
            model_name="indexedlisting",
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
                db_default="",
                max_length=16,
                verbose_name="level",
            ),
        ),
        migrations.AddField(
            model_name="indexedlisting",
            name="origin",
            field=models.CharField(
                choices=[("public", "public data"), ("enterprise", "enterprise data"), ("personal", "personal data")],
                db_default="",
                max_length=16,
                verbose_name="origin",
            ),
        ),
        migrations.AddField(
            model_name="indexedlisting",
            name="price",
            field=models.DecimalField(decimal_places=2, max_digits=14, null=True, verbose_name="price"),
        ),
        migrations.AddField(
            model_name="indexedlisting",
            name="provider",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="participants.organisation",
                verbose_name="provider",
            ),
        ),
        migrations.AddField(
            model_name="indexedlisting",
            name="purposes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("public_governance", "public governance"),
                        ("public_welfare", "public welfare"),
                        ("research", "research"),
                        ("product_development", "product development"),
                        ("internal_use", "internal use"),
                        ("other", "other"),
                    ],
                    max_length=60,
                ),
                db_default=[],
                size=None,
                verbose_name="purposes allowed",
            ),
        ),
        migrations.AddField(
            model_name="indexedlisting",
            name="quality",
            field=models.FloatField(null=True, verbose_name="quality"),
        ),
        migrations.AddField(
            model_name="indexedlisting",
            name="quality_low",
            field=models.FloatField(null=True, verbose_name="quality at least"),
        ),
        migrations.AddField(
            model_name="indexedlisting",
            name="region",
            field=models.CharField(db_default="", max_length=6, verbose_name="region"),
        ),
        migrations.AddField(
            model_name="indexedlisting",
            name="scenario",
            field=models.CharField(db_default="", max_length=60, verbose_name="scenario"),
        ),
        migrations.AddField(
            model_name="indexedlisting",
            name="sector",
            field=models.CharField(
                choices=[
                    ("public_service", "public services"),
                    ("statistics", "statistics"),
                    ("health", "health"),
                    ("finance", "finance"),
                    ("transport", "transport"),
                    ("industry", "industry"),
                    ("telecom", "telecommunications"),
                    ("energy", "energy"),
                    ("natural_resources", "natural resources"),
                    ("education", "education"),
                    ("science", "science"),
                    ("agriculture", "agriculture"),
                    ("meteorology", "meteorology"),
                    ("commerce", "commerce"),
                    ("government", "government"),
                    ("construction", "housing and construction"),
                    ("culture_tourism", "culture, tourism and sport"),
                    ("public_security", "public security and justice"),
                    ("other", "other"),
                ],
                db_default="",
                max_length=40,
                verbose_name="sector",
            ),
        ),
        migrations.AddField(
            model_name="indexedlisting",
            name="supply_mode",
            field=models.CharField(
                choices=[("open", "open"), ("shared", "shared"), ("licensed", "licensed"), ("service", "data service")],
                db_default="",
                max_length=16,
                verbose_name="supply mode",
            ),
        ),
        migrations.AddField(
            model_name="match",
            name="columns_found",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=100),
                blank=True,
                db_default=[],
                default=list,
                size=None,
                verbose_name="columns found",
            ),
        ),
        migrations.AddIndex(
            model_name="indexedlisting",
            index=models.Index(fields=["sector", "region"], name="indexed_sector_region"),
        ),
        migrations.AddIndex(
            model_name="indexedlisting",
            index=models.Index(fields=["currency", "price"], name="indexed_price"),
        ),
        migrations.AddIndex(
            model_name="indexedlisting",
            index=models.Index(fields=["quality"], name="indexed_quality"),
        ),
        migrations.AddIndex(
            model_name="indexedlisting",
            index=models.Index(fields=["freshness_on"], name="indexed_freshness"),
        ),
        migrations.AddIndex(
            model_name="indexedlisting",
            index=models.Index(fields=["covers_from", "covers_until"], name="indexed_span"),
        ),
        migrations.AddIndex(
            model_name="indexedlisting",
            index=django.contrib.postgres.indexes.GinIndex(fields=["formats"], name="indexed_formats"),
        ),
        migrations.AddConstraint(
            model_name="demand",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("covers_from", None),
                    ("covers_until", None),
                    ("covers_from__lte", models.F("covers_until")),
                    _connector="OR",
                ),
                name="demand_span",
            ),
        ),
        migrations.RunSQL(
            "UPDATE matching_demand SET regions = ARRAY[region] WHERE region <> '';"
            "ALTER TABLE matching_demand ALTER COLUMN region SET DEFAULT ''",
            "ALTER TABLE matching_demand ALTER COLUMN region DROP DEFAULT;"
            "UPDATE matching_demand SET region = regions[1] WHERE cardinality(regions) > 0",
        ),
        # processes of before go on writing the column; it is dropped a release later
        migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("demand", "region")]),
    ]
