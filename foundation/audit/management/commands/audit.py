"""`manage.py audit verify | export | seal`: the log from the command line.

Exit codes of `verify`: 0 nothing found, 1 problems found, 2 the input cannot be read.
"""

import os
import sys
from argparse import ArgumentParser
from contextlib import nullcontext
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from foundation.actors import system
from foundation.audit import services
from foundation.audit.checking import MEANING, Problem, Report
from foundation.audit.errors import UnreadableExport
from foundation.audit.verification import export, verify, verify_export


class Command(BaseCommand):
    """The command `audit`."""

    help = "Verify, export or seal the audit log."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One sub-command each."""
        commands = parser.add_subparsers(dest="command", required=True)
        checked = commands.add_parser("verify", help="check every event and seal; exit 1 if something is wrong")
        checked.add_argument("--file", help="check this export instead of the database ('-': standard input)")
        written = commands.add_parser("export", help="write the log as JSON Lines")
        written.add_argument("--output", help="the file to write, which must not exist (default: standard output)")
        sealed = commands.add_parser("seal", help="seal what is settled now")
        sealed.add_argument("--thorough", action="store_true", help="after a restore: look below the last seal too")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the sub-command."""
        match options["command"]:
            case "verify":
                self._verify(options["file"])
            case "export":
                self._export(options["output"])
            case "seal":
                count = services.seal(actor=system("command line"), thorough=options["thorough"])
                self.stdout.write(f"{count} events sealed.")

    def _verify(self, name: str | None) -> None:
        if name is None:
            report = verify()
        else:
            try:
                with nullcontext(sys.stdin) if name == "-" else open(name, encoding="utf-8") as stream:
                    report = verify_export(stream)
            except (OSError, UnreadableExport) as error:
                raise CommandError(f"{name}: {error}", returncode=2) from error
        for line in describe(report):
            self.stdout.write(line)
        if not report.ok:
            raise CommandError(f"The log is not what the exchange wrote: {report.found} problems.", returncode=1)
        self.stdout.write(self.style.SUCCESS("Nothing was altered, removed, inserted or reordered."))

    def _export(self, name: str | None) -> None:
        try:
            with open(name, "x", encoding="utf-8", opener=_private) if name else nullcontext(self.stdout) as stream:
                count = export(stream)
        except OSError as error:
            raise CommandError(f"{name}: {error}", returncode=2) from error
        self.stderr.write(f"{count} events exported.")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def describe(report: Report) -> list[str]:
    """The report as lines: every problem, then the figures."""
    lines = [describe_problem(problem) for problem in report.problems]
    if report.found > len(report.problems):
        lines.append(f"… and {report.found - len(report.problems)} more problems.")
    lines.append(f"{report.events} events, {report.sealed} of them sealed under {report.seals} seals.")
    if report.unsealed_tail:
        lines.append(
            f"Unsealed tail: {report.unsealed_tail} events since {report.unsealed_since}, "
            "authenticated one by one; a removed one would not be noticed yet."
        )
    return lines


def describe_problem(problem: Problem) -> str:
    """One line: which event (identifier, action, time), position or seal, and what is wrong with it."""
    where = []
    if problem.event_id is not None:
        where.append(f"event {problem.event_id}")
    if problem.action:
        where.append(f"{problem.action} at {problem.at}")
    if problem.seal is not None:
        where.append(f"seal {problem.seal}")
    if problem.position is not None:
        last = problem.last_position
        where.append(f"position {problem.position}" + (f" to {last}" if last not in {None, problem.position} else ""))
    return f"{problem.code}: {', '.join(where) or 'export'}: {MEANING[problem.code]}"
