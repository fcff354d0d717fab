"""Listings can be of every sector that the classification knows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0002_states"),
    ]

    operations = [
        migrations.AlterField(
            model_name="listingversion",
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
                max_length=40,
                verbose_name="sector",
            ),
        ),
    ]
