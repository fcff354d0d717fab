"""What the room that takes a file is told with it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("uploads", "0002_states")]

    operations = [
        migrations.AddField(
            model_name="upload", name="declared", field=models.JSONField(default=dict, verbose_name="declared")
        ),
    ]
