"""Sectors of authorities that are named since, spelled as their codes as 0007 did with those of its day."""

import re

from django.db import IntegrityError, migrations, transaction

CODES = frozenset(["government", "construction", "culture_tourism", "public_security"])
"""The sectors that came with this migration."""


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
        ("participants", "0007_sectors_by_code"),
    ]

    operations = [
        migrations.RunPython(spell, migrations.RunPython.noop, elidable=True),
    ]
