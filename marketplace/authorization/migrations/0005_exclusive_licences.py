"""Beside an exclusive licence no other of the same listing stands; what was granted before excludes nobody.

The constraint is over expressions, so that nothing has to be filled and nothing can differ from what it stands for. A
second foreign key sees to it that the listing of a grant is the one of its version.
"""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateTimeRangeField
from django.db import migrations, models

OF_ITS_LISTING = """
ALTER TABLE authorization_grant ADD CONSTRAINT grant_listing_of_its_version
    FOREIGN KEY (version_id, listing_id) REFERENCES catalog_listingversion (id, listing_id)
    DEFERRABLE INITIALLY DEFERRED
"""
OF_ANY_LISTING = "ALTER TABLE authorization_grant DROP CONSTRAINT grant_listing_of_its_version"


def span(*ends: models.Value | models.F) -> models.Func:
    return models.Func(*ends, function="int8range", output_field=BigIntegerRangeField())


ALONE = ExclusionConstraint(
    name="grant_exclusive_alone",
    expressions=[
        (span(models.F("listing"), models.F("listing"), models.Value("[]")), "&&"),
        (
            models.Case(
                models.When(exclusive=True, then=span(models.Value(None), models.Value(None))),
                default=span(models.F("id"), models.F("id"), models.Value("[]")),
            ),
            "&&",
        ),
        (
            models.Func(
                models.F("starts_at"), models.F("ends_at"), function="tstzrange", output_field=DateTimeRangeField()
            ),
            "&&",
        ),
    ],
    condition=models.Q(("state__in", ("active", "suspended"))),
)


class Migration(migrations.Migration):
    dependencies = [
        ("authorization", "0004_lapsed_by_level"),
        ("catalog", "0006_exclusive_offered"),
    ]

    operations = [
        migrations.AddField(
            model_name="accessrequest",
            name="exclusive",
            field=models.BooleanField(default=False, db_default=False, verbose_name="exclusive licence wanted"),
        ),
        migrations.AddField(
            model_name="grant",
            name="exclusive",
            field=models.BooleanField(default=False, db_default=False, verbose_name="exclusive"),
        ),
        migrations.AddIndex(
            model_name="grant",
            index=models.Index(
                fields=["listing"], condition=models.Q(("exclusive", True)), name="grant_exclusive_of_listing"
            ),
        ),
        migrations.AddConstraint(model_name="grant", constraint=ALONE),
        migrations.RunSQL(OF_ITS_LISTING, OF_ANY_LISTING),
    ]
