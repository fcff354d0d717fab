"""`manage.py vault verify | rotate | keys | sweep`: care of the stored files from the command line."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from foundation.actors import system
from foundation.vault import keys, selectors, services
from foundation.vault.errors import Tampered
from foundation.vault.verification import verify


class Command(BaseCommand):
    """The command `vault`."""

    help = "Verify stored files, re-wrap their keys, say which keys are needed, or sweep what killed processes left."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One sub-command each."""
        commands = parser.add_subparsers(dest="command", required=True)
        commands.add_parser("verify", help="read every stored file; exit 1 and name the damaged ones")
        commands.add_parser("rotate", help="re-wrap all data keys under the newest master key; resumable")
        commands.add_parser("keys", help="which master keys stored files need; exit 1 if one of them is not configured")
        commands.add_parser("sweep", help="remove files older than a day that nothing points at")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the sub-command."""
        match options["command"]:
            case "verify":
                self._verify()
            case "rotate":
                self._rotate()
            case "keys":
                self._keys()
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
        total = selectors.waiting_for_rotation()

        def report(done: int) -> None:
            self.stdout.write(f"{done} of {max(total, done)} data keys re-wrapped")

        try:
            count = services.rotate_keys(actor=system("command line"), report=report)
        except Tampered as error:
            raise CommandError(str(error), returncode=1) from error
        version = keys.newest_version()
        if left := selectors.waiting_for_rotation():
            self.stdout.write(
                f"{count} data keys re-wrapped; {left} came meanwhile from processes that do not know master key "
                f"{version} yet: restart those, then rotate again."
            )
        else:
            self.stdout.write(f"{count} data keys re-wrapped; all are under master key {version}.")

    def _keys(self) -> None:
        missing = 0
        for use in selectors.key_use():
            if use.newest:
                verdict = "newest: new files are stored under it"
            elif use.files and use.configured:
                verdict = "needed until `vault rotate` is done"
            elif use.files:
                verdict, missing = "NOT CONFIGURED: these files cannot be read", missing + 1
            else:
                verdict = "no stored file needs it; keep it as long as a backup made under it"
            self.stdout.write(f"master key {use.version}: {use.files} files, {verdict}")
        if missing:
            raise CommandError("Stored files need master keys that are not configured.", returncode=1)
