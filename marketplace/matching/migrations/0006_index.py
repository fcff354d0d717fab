"""The index of published listings: segments, their postings, and a row for each listing."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0006_exclusive_offered"),
        ("matching", "0005_sectors_of_the_classification"),
    ]

    operations = [
        migrations.CreateModel(
            name="IndexSegment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("size", models.PositiveIntegerField(verbose_name="listings")),
                ("listings", models.BinaryField(verbose_name="identifiers")),
                ("lengths", models.BinaryField(verbose_name="lengths of the fields")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="written at"
                    ),
                ),
            ],
            options={
                "verbose_name": "index segment",
                "verbose_name_plural": "index segments",
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("size__range", (1, 65536))), name="segment_size")
                ],
            },
        ),
        migrations.CreateModel(
            name="IndexPosting",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "term", "stream", "segment_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("term", models.CharField(max_length=64, verbose_name="term")),
                ("stream", models.CharField(max_length=1, verbose_name="stream")),
                ("counts", models.BinaryField(verbose_name="places and counts")),
                (
                    "segment",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="matching.indexsegment",
                        verbose_name="segment",
                    ),
                ),
            ],
            options={
                "verbose_name": "index posting",
                "verbose_name_plural": "index postings",
            },
        ),
        migrations.CreateModel(
            name="IndexedListing",
            fields=[
                (
                    "listing",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="catalog.listing",
                        verbose_name="listing",
                    ),
                ),
                ("place", models.PositiveIntegerField(verbose_name="place")),
                (
                    "indexed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="indexed at"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="catalog.listingversion",
                        verbose_name="listing version",
                    ),
                ),
                (
                    "segment",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="matching.indexsegment",
                        verbose_name="segment",
                    ),
                ),
            ],
            options={
                "verbose_name": "indexed listing",
                "verbose_name_plural": "indexed listings",
                "ordering": ["listing_id"],
            },
        ),
        migrations.CreateModel(
            name="IndexTombstone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveIntegerField(verbose_name="place")),
                (
                    "segment",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="matching.indexsegment",
                        verbose_name="segment",
                    ),
                ),
            ],
            options={
                "verbose_name": "index tombstone",
                "verbose_name_plural": "index tombstones",
                "ordering": ["id"],
            },
        ),
        # numbers do not compress; kept out of line as they are, they are read without unpacking
        migrations.RunSQL(
            "ALTER TABLE matching_indexposting ALTER COLUMN counts SET STORAGE EXTERNAL;"
            "ALTER TABLE matching_indexsegment ALTER COLUMN listings SET STORAGE EXTERNAL,"
            " ALTER COLUMN lengths SET STORAGE EXTERNAL",
            migrations.RunSQL.noop,
        ),
    ]
