"""Assets by what they are declared to be derived from."""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations
from django.db.models.fields.json import KeyTransform


class Migration(migrations.Migration):
    dependencies = [("grading", "0004_tried_by")]

    operations = [
        migrations.AddIndex(
            model_name="dataasset",
            index=GinIndex(KeyTransform("sources", KeyTransform("derivation", "declared")), name="asset_derived_from"),
        ),
    ]
