"""A file examined in one go: what it is judged by, the confined child that reads it, the results that are written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils import timezone

from foundation.jobs.services import Outcome, Run
from grading.declaring.declaration import metadata_of
from grading.engine import confined
from grading.engine.examine import Examination
from grading.engine.levels import Facts
from grading.engine.readers import UnreadableFile
from grading.engine.rules import RuleSet
from grading.models import DataAsset
from grading.origins import facts_now
from grading.reading import read_confined, seldom
from grading.rulebook import rules_in_force
from grading.services.recommend import Why
from grading.services.results import write_problem, write_results

EXAMINATION: Final = "grading.engine.confined:examine_confined"


@dataclass(frozen=True, slots=True)
class Subject:
    """An asset with what it is judged by at this moment."""

    asset: DataAsset
    rules: RuleSet
    rulebooks: Mapping[str, Mapping[str, Any]]
    today: date
    facts: Facts

    @classmethod
    def of(cls, asset: DataAsset) -> "Subject":
        """Under the rules that are in force, today."""
        rules, rulebooks = rules_in_force()
        return cls(asset, rules, rulebooks, timezone.localdate(), facts_now(asset))

    def order(self, *, part_bytes: int | None = None, sizes: Sequence[int] = ()) -> dict[str, Any]:
        """What the confined child is told."""
        return confined.order(
            filename=self.asset.filename,
            metadata=metadata_of(self.asset.declared),
            facts=self.facts,
            rules=self.rules,
            today=self.today,
            part_bytes=part_bytes,
            sizes=sizes,
        )


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found of a subject; `notes` go into the job's result."""

    subject: Subject
    found: Examination
    notes: Mapping[str, Any]


def ask(run: Run, subject: Subject, *, part_bytes: int | None, note: str = "") -> Mapping[str, Any]:
    """The answer of the child that reads all of the file, reported as the run's progress. Raises UnreadableFile."""
    report = run.progress if not note else lambda share, stage: run.progress(share, f"{stage} ({note})")
    with run.heartbeat():
        answer: Mapping[str, Any] = read_confined(
            EXAMINATION, subject.order(part_bytes=part_bytes), blob=subject.asset.blob, report=seldom(report)
        )
    return answer


def examine_whole(run: Run, asset: DataAsset, *, why: str) -> Examined:
    """The file read in one go although it is long, and why. Raises UnreadableFile."""
    subject = Subject.of(asset)
    answer = ask(run, subject, part_bytes=None, note=f"read whole: {why}")
    return Examined(subject, confined.result(answer), {"read_whole": why})


def write(
    run: Run,
    asset: DataAsset,
    examined: Callable[[], Examined],
    *,
    why: Why,
    besides: Callable[[], object] | None = None,
) -> Outcome:
    """Write what `examined` returns, or why the file cannot be read, with the end of the job.

    `why` it was examined; `besides` is called in the transaction that does so.
    """
    done: Examined | UnreadableFile
    try:
        done = examined()
    except UnreadableFile as problem:
        done = problem
    with run.commit():
        if besides is not None:
            besides()
        if isinstance(done, UnreadableFile):
            return write_problem(run, asset.pk, done)
        subject = done.subject
        return write_results(
            run,
            asset,
            done.found,
            rules=subject.rules,
            rulebooks=subject.rulebooks,
            today=subject.today,
            why=why,
            notes=done.notes,
        )
