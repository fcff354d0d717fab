"""`manage.py rulebooks list | show | import | check`: rules from the command line; people release them."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from foundation.actors import Actor
from foundation.errors import DomainError
from foundation.participants.models import User
from foundation.participants.selectors import actor_for_user
from foundation.rulebooks import registry, selectors, services
from foundation.rulebooks.checking import broken
from foundation.rulebooks.in_force import in_force
from foundation.rulebooks.models import RulebookVersion


class Command(BaseCommand):
    """The command `rulebooks`."""

    help = "List rules, show a text, import a reviewed file as a draft, or check that this release can read all rules."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One sub-command each."""
        commands = parser.add_subparsers(dest="command", required=True)
        commands.add_parser("list", help="every kind with what is in force, and all its versions")
        show = commands.add_parser("show", help="print the text in force, or of the version with --number (0: shipped)")
        show.add_argument("kind")
        show.add_argument("--number", type=int)
        show.add_argument("--scope", default="")
        imported = commands.add_parser("import", help="make a draft of a reviewed file, by a person of the exchange")
        source = imported.add_mutually_exclusive_group(required=True)
        source.add_argument("file", nargs="?", type=Path)
        source.add_argument("--shipped", action="store_true", help="the file that this release ships for the kind")
        imported.add_argument("--kind", required=True)
        imported.add_argument("--scope", default="")
        imported.add_argument("--author", required=True, help="user name of an administrator or operator")
        imported.add_argument("--note", required=True, help="what changes and why")
        imported.add_argument("--propose", action="store_true", help="and propose it for release")
        commands.add_parser("check", help="exit 1 where this release could not read what is in force or to come")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the sub-command; CommandError with the reason when it cannot be done."""
        try:
            getattr(self, f"_{options['command']}")(options)
        except DomainError as error:
            raise CommandError(str(error)) from error

    def _list(self, _options: dict[str, Any]) -> None:
        for found in selectors.overview():
            number = f"#{found.number}" if found.number else "shipped"
            self.stdout.write(f"{found.kind}: {found.content.code}@{found.content.label} ({number})")
            for row in RulebookVersion.objects.filter(rulebook__kind=found.kind).order_by("rulebook__scope", "number"):
                period = "" if row.valid_from is None else f" from {row.valid_from:%Y-%m-%dT%H:%M:%S%z}"
                self.stdout.write(f"  {row.rulebook} #{row.number} {row.label} {row.state}{period}")

    def _show(self, options: dict[str, Any]) -> None:
        kind, number, scope = options["kind"], options["number"], options["scope"]
        if number is None:
            text = in_force(kind, scope=scope).content.text
        elif number == 0:
            text = selectors.shipped_rules(kind, scope=scope).content.text
        else:
            row = RulebookVersion.objects.filter(rulebook__kind=kind, rulebook__scope=scope, number=number).first()
            if row is None:
                raise CommandError("There is no such version.")
            text = row.content
        self.stdout.write(text, ending="")

    def _import(self, options: dict[str, Any]) -> None:
        kind = registry.kind(options["kind"])
        path: Path | None = kind.file(options["scope"]) if options["shipped"] else options["file"]
        if path is None:
            raise CommandError(f"No file is shipped for '{options['scope']}'.")
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{path} cannot be read: {error}") from error
        actor = _person(options["author"])
        row = services.draft_version(
            actor=actor, kind=kind.code, content=text, note=options["note"], scope=options["scope"]
        )
        if options["propose"]:
            row = services.propose_version(actor=actor, version_id=row.pk)
        self.stdout.write(f"{kind.code} #{row.number} {row.code}@{row.label}: {row.state}")

    def _check(self, _options: dict[str, Any]) -> None:
        found = broken()
        for line in found:
            self.stdout.write(line)
        if found:
            raise CommandError("This release cannot read these rules: keep the one before it, or replace them first.")
        self.stdout.write("All rules in force or to come are readable.")


def _person(username: str) -> Actor:
    """The actor that this person is at the exchange."""
    user = User.objects.filter(username=username).first()
    actor = actor_for_user(user) if user is not None else None
    if actor is None:
        raise CommandError("There is no active member of that name.")
    return actor
