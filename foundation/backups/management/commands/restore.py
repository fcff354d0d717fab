"""`manage.py restore DIR`: into an empty installation only. Exit codes: 0 all is as it was, 1 not done, 2 damaged."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from foundation.actors import system
from foundation.backups.errors import BackupError
from foundation.backups.restoring import check_backup, restore_backup


class Command(BaseCommand):
    """The command `restore`."""

    help = "Restore a backup into an empty database and an empty vault, or only check that a backup is whole."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("folder", type=Path, help="what `backup` made")
        parser.add_argument("--check", action="store_true", help="read and compare everything, restore nothing")
        parser.add_argument(
            "--ignore-keys", action="store_true", help="restore though secrets are missing: what they protect is lost"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run; CommandError with the reason when it cannot be done or the result is not as it was."""
        try:
            if options["check"]:
                check_backup(options["folder"], report=self.stdout.write)
                return
            restored = restore_backup(
                actor=system("command line"),
                folder=options["folder"],
                ignore_keys=options["ignore_keys"],
                report=self.stdout.write,
            )
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{restored.jobs} interrupted jobs queued again, {restored.sealed} audit events sealed.")
        if restored.problems:
            for problem in restored.problems:
                self.stdout.write(problem)
            raise CommandError(f"Restored, but {len(restored.problems)} things are not as they were.", returncode=2)
        self.stdout.write(
            "Restored. What was done after the backup is not in it: keys and grants that were revoked since are valid "
            "again until they are revoked again."
        )
