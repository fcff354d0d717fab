"""`manage.py reproduce_allocation ID ...`: whether rounds are what follows from their inputs, computed again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from marketplace.matching.allocations import rounds
from marketplace.matching.services.allocating import differences


class Command(BaseCommand):
    """The command `reproduce_allocation`."""

    help = (
        "Compute rounds of the allocation again from the inputs that they keep, and say of each whether the inputs "
        "have their digest and the awards are those that follow. Exits with 1 where not. Nothing is written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which ones."""
        parser.add_argument("rounds", nargs="*", type=int, metavar="ID", help="numbers of rounds (default: all)")

    def handle(self, *args: Any, **options: Any) -> None:
        """A line for each; CommandError at the end where one is not the same."""
        chosen: list[int] = options["rounds"]
        rows = rounds().filter(pk__in=chosen) if chosen else rounds()
        numbers = list(rows.order_by("pk").values_list("pk", flat=True))
        if missing := sorted(set(chosen) - set(numbers)):
            raise CommandError(f"There is no round {', '.join(map(str, missing))}.")
        failed = 0
        for number in numbers:
            found = differences(number)
            failed += bool(found)
            self.stdout.write(f"{number}: {'; '.join(found) if found else 'the same'}")
        if failed:
            raise CommandError(f"{failed} of {len(numbers)} rounds do not come out as they are stored.")
