"""What kind of basis personal data is provided on, beside its words."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_published_level")]

    operations = [
        migrations.AddField(
            model_name="listingversion",
            name="consent_kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("consent", "consent of each person"),
                    ("separate_consent", "separate consent of each person to this provision"),
                    ("contract", "needed for a contract with each person"),
                    ("law", "duty or permission by law"),
                    ("published", "lawfully public already"),
                ],
                db_default="",
                default="",
                max_length=20,
                verbose_name="kind of basis of personal data",
            ),
        ),
    ]
