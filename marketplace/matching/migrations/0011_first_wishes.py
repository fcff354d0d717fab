"""Constraints that most demands state are answered from an index alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0007_questions"),
        ("matching", "0010_demand_wishes"),
        ("participants", "0010_states_of_accreditations"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="indexedlisting",
            name="indexed_sector_region",
        ),
        migrations.AddIndex(
            model_name="indexedlisting",
            index=models.Index(
                fields=["sector", "region", "supply_mode", "price"],
                include=("segment", "place"),
                name="indexed_first_wishes",
            ),
        ),
    ]
