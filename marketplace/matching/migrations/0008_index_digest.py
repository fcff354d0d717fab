"""Whether the words of an indexed listing are the same as before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("matching", "0007_allocation"),
    ]

    operations = [
        migrations.AddField(
            model_name="indexedlisting",
            name="digest",
            field=models.BinaryField(db_default=b"", verbose_name="digest of the words"),
        ),
    ]
