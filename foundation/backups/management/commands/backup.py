"""`manage.py backup --output DIR`: database and vault together, while the exchange runs."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from foundation.actors import system
from foundation.backups.errors import BackupError
from foundation.backups.taking import take_backup


class Command(BaseCommand):
    """The command `backup`."""

    help = "Back up database and vault together; safe while the exchange runs. The keys are not in it: keep them apart."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--output",
            required=True,
            type=Path,
            help="folder to make; in a folder that is there, one named by the time",
        )
        parser.add_argument("--copy", action="store_true", help="copy stored files, also where hard links would do")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run; CommandError with the reason when it cannot be done."""
        try:
            folder, made = take_backup(
                actor=system("command line"),
                output=options["output"],
                copy=options["copy"],
                report=self.stderr.write,
            )
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stderr.write(f"To restore it, these are needed: {', '.join(key.variable for key in made.needs)}")
        self.stdout.write(str(folder))
