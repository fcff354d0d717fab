"""How rare the words of a demand were when it was matched. Until the next matching of each: they have all moved."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("matching", "0021_demand_embeddings"),
    ]

    operations = [
        migrations.AddField("standingterm", "surface_rarity", models.FloatField(default=0.0, db_default=0.0)),
        migrations.AddField("standingterm", "stem_rarity", models.FloatField(default=0.0, db_default=0.0)),
        migrations.RemoveIndex("standingterm", "standing_term_said"),
        migrations.AddIndex(
            "standingterm",
            models.Index(
                fields=["term"],
                include=("demand", "surface", "stem", "surface_rarity", "stem_rarity"),
                name="standing_term_weighed",
            ),
        ),
    ]
