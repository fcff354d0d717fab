"""Set up the exchange organisation and its first administrator."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from foundation.actors import system
from foundation.errors import DomainError
from foundation.participants.models import MemberRole
from foundation.participants.services import NewMember, bootstrap_exchange


class Command(BaseCommand):
    """`manage.py bootstrap_exchange --name … --username …`; the password is read from EXCHANGE_PASSWORD."""

    help = "Set up the exchange organisation and its first administrator; prints the administrator's API key once."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--name", required=True)
        parser.add_argument("--name-zh", default="")
        parser.add_argument("--region", default="210000", help="GB/T 2260 division code")
        parser.add_argument("--username", required=True)
        parser.add_argument("--email", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run; CommandError with the reason when it cannot be done."""
        member = NewMember(
            username=options["username"],
            email=options["email"],
            roles=(MemberRole.ADMINISTRATOR, MemberRole.AUDITOR),
            password=os.environ.get("EXCHANGE_PASSWORD") or None,
        )
        try:
            _organisation, token = bootstrap_exchange(
                actor=system("bootstrap_exchange"),
                name=options["name"],
                name_zh=options["name_zh"],
                region=options["region"],
                member=member,
            )
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(token)
