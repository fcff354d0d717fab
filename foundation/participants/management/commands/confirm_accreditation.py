"""Confirming what nobody of the exchange may confirm: its own accreditations and those of its people."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from foundation.actors import system
from foundation.errors import DomainError
from foundation.participants.services import confirm_accreditation


class Command(BaseCommand):
    """`manage.py confirm_accreditation 7`: once somebody outside the exchange has checked the certificate."""

    help = "Confirm a claimed accreditation. The audit log says that it came from the command line."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the argument."""
        parser.add_argument("accreditation", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run; CommandError with the reason when it cannot be done."""
        actor = system("confirm_accreditation")
        try:
            row = confirm_accreditation(actor=actor, accreditation_id=options["accreditation"])
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{row}, valid until {row.valid_until}")
