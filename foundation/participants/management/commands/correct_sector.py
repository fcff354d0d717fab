"""A known sector for an authority that was registered under a word of its own (`participants.W001`)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from foundation.actors import system
from foundation.errors import DomainError
from foundation.participants.services import correct_sector


class Command(BaseCommand):
    """`manage.py correct_sector ORGANISATION WRONG RIGHT`."""

    help = "Give an authority a known sector in place of an unknown one. The audit log names the command line."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("organisation", type=int)
        parser.add_argument("wrong", help="as it is stored")
        parser.add_argument("right", help="the code of a sector of the catalogue")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run; CommandError with the reason when it cannot be done."""
        try:
            row = correct_sector(
                actor=system("correct_sector"),
                organisation_id=options["organisation"],
                wrong=options["wrong"],
                right=options["right"],
            )
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Organisation {row.organisation_id} is the authority of the sector '{row.sector}'.")
