"""`manage.py schemes list | load | across | judge`: grading schemes of regions and sectors; people release them."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from foundation.errors import DomainError
from foundation.participants.models import User
from foundation.participants.selectors import actor_for_user
from foundation.rulebooks import registry, services
from foundation.rulebooks.comparison import Comparison
from foundation.rulebooks.errors import UnusableRules
from grading.engine.ladders.crosswalk import judge
from grading.engine.ladders.ladder import InvalidLadder, LevelScheme
from grading.engine.ladders.reading import SchemeText
from grading.rules import level_schemes
from grading.rules.level_schemes import LEVEL_SCHEME, Standing
from grading.wording.level_schemes import told

SHOWN = 20
"""Changed cases that are shown one by one."""


class Command(BaseCommand):
    """The command `schemes`."""

    help = "List grading schemes, try or load a scheme's file, compare levels of two schemes, or apply one's criteria."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One sub-command each."""
        commands = parser.add_subparsers(dest="command", required=True)
        listing = commands.add_parser(
            "list", help="every scheme in force with its levels and their national counterparts"
        )
        listing.add_argument("--region", default="", help="those made for this region (GB/T 2260, two to six digits)")
        listing.add_argument("--sector", default="", help="those made for this sector; with --region those of either")
        load = commands.add_parser("load", help="say what is wrong with a scheme's file and what it would change")
        load.add_argument("file", type=Path)
        load.add_argument("--author", help="keep it as a draft of this person, an administrator or operator")
        load.add_argument("--note", help="what changes and why; needed with --author")
        load.add_argument("--for-release", action="store_true", help="and propose it for release by another person")
        load.add_argument("--dry-run", action="store_true", help="keep nothing; so it is without --author")
        across = commands.add_parser(
            "across", help="what counts where data graded by one scheme are used under another"
        )
        for name in ("scheme", "level", "other_scheme", "other_level"):
            across.add_argument(name)
        judge = commands.add_parser("judge", help="the level by a scheme's own criteria: the gravest harm decides")
        judge.add_argument("scheme")
        judge.add_argument("harms", nargs="+", metavar="OBJECT=DEGREE", help="whom it would harm, and how badly")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the sub-command; CommandError with the reason when it cannot be done."""
        try:
            getattr(self, f"_{options['command']}")(options)
        except DomainError as error:
            raise CommandError(str(error)) from error

    def _list(self, options: dict[str, Any]) -> None:
        known = level_schemes.schemes()
        asked = {name: options[name] for name in ("region", "sector")}
        for scheme in level_schemes.schemes_for(**asked) if any(asked.values()) else map(known.scheme, known.codes):
            code = scheme.code
            self.stdout.write(f"{code}@{scheme.version}: {scheme.standard}, {scheme.title_zh} [{scheme.certainty}]")
            for level in scheme.levels:
                found = scheme.crosswalk[level.code]
                span = found.lowest if found.lowest == found.strictest else f"{found.lowest} to {found.strictest}"
                self.stdout.write(f"  {level.code}: {level.title} / {level.title_zh}: {span} [{found.certainty}]")
        for problem in known.problems:
            self.stderr.write(problem)

    def _load(self, options: dict[str, Any]) -> None:
        keep = bool(options["author"]) and not options["dry_run"]
        if not keep and options["for_release"]:
            raise CommandError("A proposal has an author: give --author and --note, and no --dry-run.")
        if keep and not options["note"]:
            raise CommandError("Say what changes and why: --note.")
        text, rules = self._read(options["file"])
        kind = registry.kind(LEVEL_SCHEME)
        own, others = registry.what_if(kind, rules, lambda _share: None)
        for cases, found in ((kind.compared, own), *others.items()):
            self._show(cases, found)
        if not keep:
            self.stdout.write("Nothing was kept: give --author and --note to make a draft of it.")
            return
        user = User.objects.filter(username=options["author"]).first()
        actor = actor_for_user(user) if user is not None else None
        if actor is None:
            raise CommandError("There is no active member of that name.")
        row = services.draft_version(actor=actor, kind=LEVEL_SCHEME, content=text, note=options["note"])
        if options["for_release"]:
            row = services.propose_version(actor=actor, version_id=row.pk)
        self.stdout.write(f"{row.rulebook} #{row.number} {row.code}@{row.label}: {row.state}")

    def _read(self, path: Path) -> tuple[str, SchemeText]:
        """The text of a file and its rules. CommandError with all that is wrong, a line each."""
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{path} cannot be read: {error}") from error
        try:
            _content, rules = registry.checked(registry.kind(LEVEL_SCHEME), text)
            found: SchemeText = rules
            standing = level_schemes.together(None, None)
            problems = [said for said in level_schemes.together(found, None) if said not in standing]
        except UnusableRules as error:
            problems = list(error.problems)
        if problems:
            raise CommandError("\n".join(f"{path.name}: {said}" for said in problems))
        return text, found

    def _show(self, cases: str, found: Comparison) -> None:
        """A comparison in short."""
        record = found.as_record()
        self.stdout.write(f"{record['examined']} {cases}, {record['changed']} would stand differently.")
        for move in record["moves"]:
            if move["changed"]:
                self.stdout.write(f"  {move['before']} → {move['after']}: {move['changed']}")
        for case in record["cases"][:SHOWN]:
            told = ", ".join(f"{name}: {pair[0]} → {pair[1]}" for name, pair in sorted(case["changes"].items()))
            self.stdout.write(f"  {case['subject_type']} {case['subject_id']}: {told}")
        if (more := record["changed"] - SHOWN) > 0:
            self.stdout.write(f"  and {more} more")

    def _across(self, options: dict[str, Any]) -> None:
        found = level_schemes.across(
            Standing(options["scheme"], options["level"]), Standing(options["other_scheme"], options["other_level"])
        )
        self.stdout.write(found.national)
        for reason in found.reasons:
            self.stdout.write(f"  {told(reason)}")
        for side in found.sides:
            self.stdout.write(f"  {side.scheme} {side.level}: {side.rationale} [{side.certainty}]")

    def _judge(self, options: dict[str, Any]) -> None:
        scheme = level_schemes.scheme(options["scheme"])
        harms = [(harmed, degree) for harmed, _equals, degree in (said.partition("=") for said in options["harms"])]
        try:
            found = judge(scheme, harms)
        except (InvalidLadder, LookupError) as error:
            raise CommandError(f"{error.args[0]}{_criteria(scheme)}") from error
        stands = scheme.crosswalk[found.level].counted
        by = ", ".join(f"{harmed}={degree}" for harmed, degree in found.decided_by)
        self.stdout.write(f"{found.level} (national {stands}): {by}")


def _criteria(scheme: LevelScheme) -> str:
    """What the criteria of a scheme know, for who named something else; empty where it has none."""
    if scheme.criteria is None:
        return ""
    objects, degrees = ([one.code for one in known] for known in (scheme.criteria.objects, scheme.criteria.degrees))
    return f"; objects: {', '.join(objects)}; degrees: {', '.join(degrees)}"
