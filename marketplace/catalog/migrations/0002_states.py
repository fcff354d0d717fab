"""The database refuses what the transition tables do not list."""

from django.db import migrations

from foundation.state_machine import drop_trigger_sql, trigger_sql

LISTING_VERSION = [
    ("", "draft"),
    ("draft", "in_review"),
    ("draft", "withdrawn"),
    ("in_review", "draft"),
    ("in_review", "published"),
    ("in_review", "withdrawn"),
    ("published", "superseded"),
    ("published", "suspended"),
    ("published", "withdrawn"),
    ("suspended", "published"),
    ("suspended", "withdrawn"),
]


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]

    operations = [
        migrations.RunSQL(
            trigger_sql(table="catalog_listingversion", pairs=LISTING_VERSION),
            drop_trigger_sql(table="catalog_listingversion"),
        ),
    ]
