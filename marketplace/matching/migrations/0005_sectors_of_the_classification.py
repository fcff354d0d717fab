"""Demands can ask for every sector that listings can be of."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("matching", "0004_match_announced_at"),
    ]

    operations = [
        migrations.AlterField(
            model_name="demand",
            name="sector",
            field=models.CharField(
                blank=True,
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
                max_length=40,
                verbose_name="sector",
            ),
        ),
    ]
