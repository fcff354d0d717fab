"""Matches of before are no news: providers hear of those that are found from the upgrade on."""

from django.db import migrations

_BEFORE = """
UPDATE matching_match AS found SET provider_told_at = now(), told_at_once = true
  FROM django_migrations AS upgrade
 WHERE upgrade.app = 'matching' AND upgrade.name = '0019_told_once' AND found.created_at <= upgrade.applied
   AND found.provider_told_at IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("matching", "0019_told_once"),
    ]

    operations = [migrations.RunSQL(_BEFORE, migrations.RunSQL.noop)]
