"""Sectors of authorities, which were words of their own, become the catalogue's codes where they differ in spelling only.

What is no code in any spelling stays as it is: `manage.py check --database default` names it (participants.W001).
"""

import re

from django.db import IntegrityError, migrations, transaction

CODES = frozenset(
    [
        "public_service",
        "statistics",
        "health",
        "finance",
        "transport",
        "industry",
        "telecom",
        "energy",
        "natural_resources",
        "education",
        "science",
        "agriculture",
        "meteorology",
        "commerce",
        "other",
    ]
)
"""The sectors of the day of this migration."""


def spell(apps, schema_editor):
    roles = apps.get_model("participants", "OrganisationRole")
    for row in roles.objects.filter(role="sector_authority").exclude(sector__in=CODES).order_by("pk"):
        code = re.sub(r"[\s_-]+", "_", row.sector.strip().lower())
        if code not in CODES:
            continue
        try:
            with transaction.atomic():
                roles.objects.filter(pk=row.pk).update(sector=code)
        except IntegrityError:  # the sector has its authority, or the organisation claims it already: for a person
            continue


class Migration(migrations.Migration):
    dependencies = [
        ("participants", "0006_names_in_any_case"),
    ]

    operations = [
        migrations.RunPython(spell, migrations.RunPython.noop, elidable=True),
    ]
