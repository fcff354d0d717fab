"""`manage.py evaluate_matching`: how well the weights of matching serve what buyers judged, and others would."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from foundation.errors import DomainError
from foundation.rulebooks import registry, selectors
from foundation.rulebooks.in_force import in_force
from foundation.rulebooks.models import RulebookVersion
from marketplace.matching.engine.evaluation import Paired
from marketplace.matching.engine.weights import Weights
from marketplace.matching.evaluation import CUT, compare
from marketplace.matching.rulebook import MATCHING_WEIGHTS


class Command(BaseCommand):
    """The command `evaluate_matching`."""

    help = (
        "NDCG and MAP of the weights in force on the judgments that buyers' decisions are; with --number or --file "
        "also of other weights, compared demand by demand. Nothing is written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which weights, and how far down a ranking counts."""
        other = parser.add_mutually_exclusive_group()
        other.add_argument("--number", type=int, help="a version of the weights, drafts too; 0 is the shipped file")
        other.add_argument("--file", type=Path, help="a file of weights")
        parser.add_argument("-k", type=int, default=CUT, help=f"places of a ranking that count (default {CUT})")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the figures."""
        if options["k"] < 1:
            raise CommandError("-k begins at 1.")
        now = in_force(MATCHING_WEIGHTS)
        try:
            name, other = self._other(options)
        except (DomainError, OSError, UnicodeDecodeError) as error:
            raise CommandError(str(error)) from error
        found = compare(now.rules, now.rules if other is None else other, lambda share: None, k=options["k"])
        judged = len(found.before)
        self.stdout.write(
            f"{judged} demands with judgments of listings that are published; {options['k']} places count"
        )
        self.stdout.write(
            f"in force: {now.content.code}@{now.content.label}" + (f"; beside it: {name}" if other else "")
        )
        for title, pairs in (("NDCG", found.ndcg), ("MAP", found.mean_average_precision)):
            self.stdout.write(_line(title, pairs, compared=other is not None))

    def _other(self, options: dict[str, Any]) -> tuple[str, Weights | None]:
        if options["file"] is not None:
            text = options["file"].read_text(encoding="utf-8")
        elif options["number"] == 0:
            text = selectors.shipped_rules(MATCHING_WEIGHTS).content.text
        elif options["number"] is not None:
            rows = RulebookVersion.objects.filter(rulebook__kind=MATCHING_WEIGHTS, rulebook__scope="")
            row = rows.filter(number=options["number"]).first()
            if row is None:
                raise CommandError("There is no such version.")
            text = row.content
        else:
            return "", None
        content, rules = registry.checked(registry.kind(MATCHING_WEIGHTS), text)
        return f"{content.code}@{content.label}", rules


def _line(title: str, pairs: Paired, *, compared: bool) -> str:
    if not pairs.count:
        return f"{title:<5} no demand has what it takes"
    line = f"{title:<5} {pairs.before:.4f}"
    if compared:
        line += (
            f" → {pairs.after:.4f}  difference {pairs.difference:+.4f} (95 %: {pairs.low:+.4f} to {pairs.high:+.4f}), "
            f"better {pairs.better}, worse {pairs.worse}"
        )
    return f"{line}  over {pairs.count} demands"
