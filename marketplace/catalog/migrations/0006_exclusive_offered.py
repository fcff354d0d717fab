"""Versions say whether an exclusive licence may be asked for; a pair of columns that grants can point at."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_consent_kind")]

    operations = [
        migrations.AddField(
            model_name="listingversion",
            name="exclusive_offered",
            field=models.BooleanField(default=False, db_default=False, verbose_name="exclusive licence offered"),
        ),
        migrations.AddConstraint(
            model_name="listingversion",
            constraint=models.UniqueConstraint(fields=("id", "listing"), name="version_of_its_listing"),
        ),
        migrations.AddConstraint(
            model_name="listingversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("exclusive_offered", True), ("supply_mode", "open"), _negated=True),
                name="version_open_is_not_exclusive",
            ),
        ),
    ]
