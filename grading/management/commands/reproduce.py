"""`manage.py reproduce ID ...`: whether stored assessments are what follows from their inputs, computed again."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet

from foundation.errors import DomainError
from foundation.wording import sentences
from grading.models import QualityAssessment
from grading.reproduction import differences
from grading.rulebook import QUALITY, UNDECIDABLE, assessments

SHOWN: Final = 20
"""Differences of one assessment that are printed."""
AT_ONCE: Final = 200


class Command(BaseCommand):
    """The command `reproduce`."""

    help = (
        "Compute stored quality assessments again from their measures, declaration, day and version of the rules, and "
        "say of each whether it comes out as it is stored, to the last digit. Exits with 1 where one does not, or "
        "cannot be computed. Nothing is written, and no file is read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which ones."""
        parser.add_argument("assessments", nargs="*", type=int, metavar="ID", help="numbers of assessments")
        parser.add_argument("--all", action="store_true", help="every assessment, those that newer ones replaced too")

    def handle(self, *args: Any, **options: Any) -> None:
        """A line for each; CommandError at the end where one is not the same."""
        chosen: list[int] = options["assessments"]
        if bool(chosen) == options["all"]:
            raise CommandError("Name assessments, or give --all.")
        rows = assessments().order_by("pk")
        found = set(rows.filter(pk__in=chosen).values_list("pk", flat=True))
        if missing := [number for number in chosen if number not in found]:
            raise CommandError(f"There is no assessment {', '.join(map(str, missing))}.")
        outcomes = [self._same(row) for row in _each(rows if options["all"] else rows.filter(pk__in=chosen))]
        if failed := outcomes.count(False):
            raise CommandError(f"{failed} of {len(outcomes)} assessments do not come out as they are stored.")

    def _same(self, row: QualityAssessment) -> bool:
        digest = row.inputs.get("rulebooks", {}).get(QUALITY, {}).get("sha256", "")[:12]
        name = f"{row.pk}: {row.rules_code} {row.rules_version} ({digest}), engine {row.engine_version}"
        try:
            found = differences(row)
        except DomainError as error:
            self.stdout.write(f"{name}: {' '.join(sentences(error))}")
            return False
        except UNDECIDABLE:
            self.stdout.write(f"{name}: stored in a form of before that this version cannot compute")
            return False
        self.stdout.write(f"{name}: {f'DIFFERS in {len(found)} places' if found else 'the same'}")
        for item in found[:SHOWN]:
            self.stdout.write(f"  {item.pointer}: stored {item.stored!r}, computed {item.computed!r}")
        return not found


def _each(rows: QuerySet[QualityAssessment]) -> Iterator[QualityAssessment]:
    """One after the other, whatever their number."""
    return rows.select_related(None).iterator(chunk_size=AT_ONCE)
