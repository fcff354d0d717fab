"""A new key for somebody who lost the last one, when nobody of the organisation is left to issue it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from foundation.actors import system
from foundation.errors import DomainError
from foundation.participants.models import Membership
from foundation.participants.services import issue_key


class Command(BaseCommand):
    """`manage.py issue_key --username …`: once the exchange has made sure who asks."""

    help = "Issue an API key for a person; prints it once. The audit log says that it came from the command line."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--username", required=True)
        parser.add_argument("--label", default="issued by the exchange")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run; CommandError with the reason when it cannot be done."""
        membership = Membership.objects.filter(user__username=options["username"]).order_by("pk").first()
        if membership is None:
            raise CommandError("There is no member of that name.")
        try:
            _key, token = issue_key(actor=system("issue_key"), membership_id=membership.pk, label=options["label"][:80])
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(token)
