"""`manage.py matching_exposure`: how many of the first places small and new providers get, beside what they offer."""

from typing import Any

from django.core.management.base import BaseCommand

from marketplace.matching.exposure import FIRST_PLACES, NEW_DAYS, exposure


class Command(BaseCommand):
    """The command `matching_exposure`."""

    help = (
        f"Shares of published listings, of eligible matches and of the first {FIRST_PLACES} places of open demands, by "
        f"how many listings a provider has; new: first published within {NEW_DAYS} days. Nothing is written."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the table."""
        self.stdout.write(f"{'listings':>10} {'providers':>10} {'offered':>9} {'matched':>9} {'first':>9}")
        for row in exposure():
            shares = " ".join(f"{share:9.1%}" for share in (row.listings, row.matches, row.first_places))
            self.stdout.write(f"{row.group:>10} {row.providers:>10} {shares}")
