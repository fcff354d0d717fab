"""`manage.py vault verify | rotate | sweep`: care of the stored files from the command line."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from foundation.actors import system
from foundation.vault import keys, services
from foundation.vault.errors import Tampered
from foundation.vault.verification import verify


class Command(BaseCommand):
    """The command `vault`."""

    help = "Verify stored files, re-wrap their keys, or sweep what killed processes left."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One sub-command each."""
        commands = parser.add_subparsers(dest="command", required=True)
        commands.add_parser("verify", help="read every stored file; exit 1 and name the damaged ones")
        commands.add_parser("rotate", help="re-wrap all data keys under the newest master key; resumable")
        commands.add_parser("sweep", help="remove files older than a day that nothing points at")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the sub-command."""
        match options["command"]:
            case "verify":
                self._verify()
            case "rotate":
                self._rotate()
            case "sweep":
                count = services.sweep_orphans(actor=system("command line"))
                self.stdout.write(f"{count} files removed.")

    def _verify(self) -> None:
        files = size = damaged = 0
        for checked in verify():
            files, size = files + 1, size + checked.size
            if checked.damage:
                damaged += 1
                self.stdout.write(f"file {checked.blob_id} ({checked.uid}): {checked.damage}")
        self.stdout.write(f"{files} files of {size} bytes read, {damaged} damaged.")
        if damaged:
            raise CommandError(f"{damaged} stored files are damaged: restore them from a backup.", returncode=1)

    def _rotate(self) -> None:
        try:
            count = services.rotate_keys(actor=system("command line"))
        except Tampered as error:
            raise CommandError(str(error), returncode=1) from error
        version = keys.newest_version()
        self.stdout.write(f"{count} data keys re-wrapped; all are under master key {version}.")
