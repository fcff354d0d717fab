"""Providers are told of matches as well, and whoever wants to hear at once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("matching", "0018_standing_demands"),
    ]

    operations = [
        migrations.AddField(
            model_name="match",
            name="provider_told_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="told to the provider at"),
        ),
        migrations.AddField(
            model_name="match",
            name="told_at_once",
            field=models.BooleanField(default=False, db_default=False, verbose_name="told to whoever hears at once"),
        ),
    ]
