"""The whole examination of a file: profile, quality, sensitive columns, category and level."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from grading.engine import ENGINE_VERSION
from grading.engine.levels import Facts, Recommendation, recommend
from grading.engine.plain import from_plain, to_plain
from grading.engine.profile import Profile, study_table
from grading.engine.quality import Assessment, Metadata, assess
from grading.engine.readers import UnreadableFile, open_table
from grading.engine.redact import redact_assessment, redact_profile
from grading.engine.rules import RuleSet
from grading.engine.sensitivity import ColumnVerdict, detect, names_a_person


@dataclass(frozen=True, slots=True)
class Examination:
    """Everything that was found out about a file, with the versions that found it. Holds no personal values."""

    profile: Profile
    assessment: Assessment
    verdicts: tuple[ColumnVerdict, ...]
    recommendation: Recommendation
    versions: dict[str, str]

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe; the same file, metadata, facts, rules and day give the same dictionary."""
        plain: dict[str, Any] = to_plain(self)
        return plain

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Examination":
        """The examination that `to_dict` came from."""
        return from_plain(cls, data)


def examine(
    path: Path | str,
    *,
    filename: str,
    metadata: Metadata,
    facts: Facts,
    rules: RuleSet,
    today: date,
    progress: Callable[[float, str], None] | None = None,
    scratch: Path | None = None,
) -> Examination:
    """Read the file once and judge it. `facts.rows` below the file's own rows is raised to them.

    `progress` gets a share from 0 to 1 and a stage (`unpacking`, `reading`, `describing`, `sensitivity`, `quality`,
    `level`). Raises UnreadableFile.
    """

    def report(share: float, stage: str) -> None:
        if progress is not None:
            progress(share, stage)

    report(0.0, "opening")
    packed = 0.1  # a packed file's share of the work that goes before its reading

    def unpacking(share: float, stage: str) -> None:
        report(packed * share, stage)

    with open_table(path, filename=filename, scratch=scratch, progress=unpacking, trusting=True) as table:
        if any(names_a_person(name, today) for name in table.names):
            raise UnreadableFile("no_header")  # the first record stands in its place, and names are shown to everybody
        begun = packed if table.packing else 0.0
        study = study_table(table, progress=lambda share, stage: report(begun + (0.8 - begun) * share, stage))
    report(0.8, "sensitivity")
    verdicts = detect(study, taxonomy=rules.taxonomy, today=today)
    report(0.87, "quality")
    births = frozenset(verdict.column for verdict in verdicts if verdict.sensitive_type == "birth_date")
    assessment = assess(study, metadata=metadata, weights=rules.quality, today=today, not_of_the_period=births)
    report(0.97, "level")
    stated = replace(
        facts,
        rows=max(facts.rows, study.profile.rows),
        title=facts.title or metadata.title,
        description=facts.description or metadata.description,
        keywords=facts.keywords or metadata.keywords,
    )
    recommendation = recommend(verdicts=verdicts, facts=stated, scheme=rules.scheme, categories=rules.categories)
    report(1.0, "done")
    return Examination(
        profile=redact_profile(study.profile, verdicts),
        assessment=redact_assessment(assessment, study.profile, verdicts),
        verdicts=verdicts,
        recommendation=recommendation,
        versions={"engine": ENGINE_VERSION, "polars": pl.__version__, **rules.versions()},
    )
