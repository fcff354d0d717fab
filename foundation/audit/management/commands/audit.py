"""`manage.py audit …`: the log from the command line.

Exit codes of `verify` and `check-proof`: 0 nothing found, 1 problems found, 2 the input cannot be read.
"""

import json
import os
import sys
from argparse import ArgumentParser
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from foundation.actors import system
from foundation.audit import checkpoints, keys, proofs, proving, services
from foundation.audit.checking import MEANING, Problem, Report
from foundation.audit.errors import UnreadableExport
from foundation.audit.models import Event
from foundation.audit.verification import export, verify, verify_export


class Command(BaseCommand):
    """The command `audit`."""

    help = "Verify, export, seal, sign or prove the audit log."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One sub-command each."""
        commands = parser.add_subparsers(dest="command", required=True)
        checked = commands.add_parser("verify", help="check every event and seal; exit 1 if something is wrong")
        checked.add_argument("--file", help="check this export instead of the database ('-': standard input)")
        checked.add_argument(
            "--checkpoint",
            type=Path,
            action="append",
            metavar="FILE|DIR",
            help="what the log must still contain (default: the checkpoints of this installation)",
        )
        written = commands.add_parser("export", help="write the log as JSON Lines")
        written.add_argument("--output", help="the file to write, which must not exist (default: standard output)")
        sealed = commands.add_parser("seal", help="seal what is settled now")
        sealed.add_argument("--thorough", action="store_true", help="after a restore: look below the last seal too")
        commands.add_parser("checkpoint", help="sign what is sealed, unless that is done; print the newest checkpoint")
        commands.add_parser("public-keys", help="print the keys that check checkpoints, the newest first")
        proved = commands.add_parser("prove", help="print the proof that an event is in the log")
        proved.add_argument("event", type=int)
        consistent = commands.add_parser("prove-consistency", help="print the proof that nothing changed since")
        consistent.add_argument("size", type=int, help="the size of the older checkpoint")
        proof = commands.add_parser("check-proof", help="check such a proof; nothing but a public key is needed")
        proof.add_argument("proof", metavar="FILE", help="'-': standard input")
        proof.add_argument("--key", action="append", help="a public key or a file of them (default: our own)")
        proof.add_argument("--since", metavar="FILE", help="the older checkpoint of a consistency proof")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the sub-command."""
        match options["command"]:
            case "verify":
                self._verify(options["file"], options["checkpoint"])
            case "export":
                self._export(options["output"])
            case "seal":
                count = services.seal(actor=system("command line"), thorough=options["thorough"])
                self.stdout.write(f"{count} events sealed.")
            case "checkpoint":
                services.write_checkpoint(actor=system("command line"))
                self.stdout.write(proving.newest_checkpoint().note, ending="")
            case "public-keys":
                self.stdout.writelines(f"{key}\n" for key in keys.public_keys())
            case "prove":
                self._prove(options["event"])
            case "prove-consistency":
                self._print(proving.prove_consistency(options["size"]))
            case "check-proof":
                self._check_proof(options["proof"], options["key"], options["since"])

    def _verify(self, name: str | None, against: list[Path] | None) -> None:
        try:
            paths: list[Path | None] = [*against] if against else [None]
            expected = [found for path in paths for found in checkpoints.kept(path)]
            if name is None:
                report = verify(expected)
            else:
                with nullcontext(sys.stdin) if name == "-" else open(name, encoding="utf-8") as stream:
                    report = verify_export(stream, expected)
        except (OSError, UnreadableExport) as error:
            raise CommandError(f"{name or 'checkpoint'}: {error}", returncode=2) from error
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

    def _prove(self, number: int) -> None:
        event = Event.objects.filter(pk=number).first()
        if event is None:
            raise CommandError(f"There is no event {number}.", returncode=2)
        self._print(proving.prove(event))

    def _print(self, proof: dict[str, object]) -> None:
        self.stdout.write(json.dumps(proof, ensure_ascii=False, indent=1))

    def _check_proof(self, name: str, given: list[str] | None, since: str | None) -> None:
        try:
            text, older = proofs.read(name), proofs.read(since) if since else ""
            trusted = proofs.trusted_keys(given) if given else keys.public_keys()
        except (OSError, ValueError) as error:
            raise CommandError(f"cannot be read: {error}", returncode=2) from error
        try:
            self.stdout.write(str(proofs.check(text, trusted, since=older)))
        except proofs.BadProof as error:
            raise CommandError(f"Not proved: {error}.", returncode=1) from error


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def describe(report: Report) -> list[str]:
    """The report as lines: every problem, then the figures."""
    lines = [describe_problem(problem) for problem in report.problems]
    if report.found > len(report.problems):
        lines.append(f"… and {report.found - len(report.problems)} more problems.")
    lines.append(f"{report.events} events, {report.sealed} of them sealed under {report.seals} seals.")
    if report.checkpoints:
        lines.append(
            f"{report.checkpoints} checkpoints compared; the newest that holds covers {report.checkpointed} events."
        )
    if report.sealed > report.checkpointed:
        lines.append(
            f"Not under a checkpoint: {report.sealed - report.checkpointed} sealed events; "
            "were all of them removed, seals included, it would not be noticed."
        )
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
    return f"{problem.code}: {', '.join(where) or problem.file or 'export'}: {MEANING[problem.code]}"
