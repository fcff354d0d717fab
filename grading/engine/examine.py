"""The whole examination of a file: profile, quality, sensitive columns, category and level."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl

from grading.engine import ENGINE_VERSION
from grading.engine.categories import COLUMNS_WITH_VALUES, VALUES_EXAMINED
from grading.engine.levels import Facts
from grading.engine.levels.precision import count_persons, measure_precision
from grading.engine.plain import from_plain, to_plain
from grading.engine.profile import Profile, Study, study_table
from grading.engine.profile.parts import TablePart
from grading.engine.profile.split import Piece, pieces_of, put_together
from grading.engine.profile.study import study_part
from grading.engine.quality import Assessment, Metadata, assess
from grading.engine.quality.declared import InvalidSchema, parse_schema
from grading.engine.quality.declared.check import Checked, check_table
from grading.engine.readers import Table, UnreadableFile, open_table
from grading.engine.recommend import Recommendation, recommend
from grading.engine.redact import redact_assessment, redact_profile
from grading.engine.rules import RuleSet
from grading.engine.sensitivity import ColumnVerdict, detect, names_a_person

Report = Callable[[float, str], None]
READ: Final = 0.8
"""The share of the work that is done when everything is read."""
UNPACKED: Final = 0.1
"""That of a packed file's unpacking, which goes before its reading."""
STUDIED: Final = 0.5
"""The share that is done when everything is read once, where declared rules are checked after that."""


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


class Large(Exception):
    """The file is long enough to be read in parts: `pieces` says which."""

    def __init__(self, pieces: tuple[Piece, ...]) -> None:
        self.pieces = pieces
        super().__init__(len(pieces))


def examine(
    path: Path | str,
    *,
    filename: str,
    metadata: Metadata,
    facts: Facts,
    rules: RuleSet,
    today: date,
    progress: Report | None = None,
    scratch: Path | None = None,
    part_bytes: int | None = None,
) -> Examination:
    """Read the file once and judge it. `facts.rows` below the file's own rows is raised to them.

    `progress` gets a share from 0 to 1 and a stage (`unpacking`, `reading`, `describing`, `sensitivity`, `quality`,
    `level`; `checking` where rules are declared). Raises UnreadableFile; Large, before anything is read, where
    `part_bytes` is given and the file is longer and can be cut.
    """
    report = progress or _unheard
    with opened(path, filename=filename, today=today, scratch=scratch, report=report) as table:
        if part_bytes is not None and (pieces := pieces_of(table, path, part_bytes)):
            raise Large(pieces)
        begun, until = UNPACKED if table.packing else 0.0, READ if metadata.table_schema is None else STUDIED
        study = study_table(table, progress=lambda share, stage: report(begun + (until - begun) * share, stage))
        checked = _checked(table, study, metadata, report)
    return _judge(study, checked, metadata=metadata, facts=facts, rules=rules, today=today, report=report)


def examine_parts(
    path: Path | str,
    parts: Iterable[TablePart],
    *,
    filename: str,
    metadata: Metadata,
    facts: Facts,
    rules: RuleSet,
    today: date,
    progress: Report | None = None,
    scratch: Path | None = None,
) -> Examination:
    """The same examination from what was gathered of the file's parts.

    Of the file itself only its opening is read, and all of it where the provider declares rules.

    Raises UnreadableFile; Apart where the parts do not make the file.
    """
    report = progress or _unheard
    with opened(path, filename=filename, today=today, scratch=scratch, report=report) as table:
        whole = put_together(table, parts)
        report(STUDIED, "describing")
        study = study_part(table, whole)
        checked = _checked(table, study, metadata, report)
    return _judge(study, checked, metadata=metadata, facts=facts, rules=rules, today=today, report=report)


@contextmanager
def opened(path: Path | str, *, filename: str, today: date, scratch: Path | None, report: Report) -> Iterator[Table]:
    """The table, to be read; its names are no person's. Raises UnreadableFile."""
    report(0.0, "opening")

    def unpacking(share: float, stage: str) -> None:
        report(UNPACKED * share, stage)

    with open_table(path, filename=filename, scratch=scratch, progress=unpacking, trusting=True) as table:
        if any(names_a_person(name, today) for name in table.names):
            raise UnreadableFile("no_header")  # the first record stands in its place, and names are shown to everybody
        yield table


def _checked(table: Table, study: Study, metadata: Metadata, report: Report) -> Checked | None:
    """What the rules that the provider declares say of the table, if there are any."""
    if metadata.table_schema is None:
        return None
    try:
        schema = parse_schema(metadata.table_schema)
    except InvalidSchema:  # it was good when it was declared; this version is stricter
        return Checked((), (), 0, ("schema_refused",))
    return check_table(
        table, study, schema, progress=lambda share: report(STUDIED + (READ - STUDIED) * share, "checking")
    )


def _judge(
    study: Study,
    checked: Checked | None,
    *,
    metadata: Metadata,
    facts: Facts,
    rules: RuleSet,
    today: date,
    report: Report,
) -> Examination:
    """All that follows from the study, whichever way it was made."""
    report(READ, "sensitivity")
    verdicts = detect(study, taxonomy=rules.taxonomy, today=today)
    report(0.87, "quality")
    births = frozenset(verdict.column for verdict in verdicts if verdict.sensitive_type == "birth_date")
    assessment = assess(
        study, metadata=metadata, weights=rules.quality, today=today, not_of_the_period=births, checked=checked
    )
    report(0.97, "level")
    stated = replace(
        facts,
        rows=max(facts.rows, study.profile.rows),
        title=facts.title or metadata.title,
        description=facts.description or metadata.description,
        keywords=facts.keywords or metadata.keywords,
        columns=len(study.profile.columns),
        precision=measure_precision(study, verdicts),
        persons_found=count_persons(study, verdicts),
    )
    recommendation = recommend(
        verdicts=verdicts,
        facts=stated,
        scheme=rules.scheme,
        categories=rules.categories,
        values=_values(study, verdicts),
    )
    report(1.0, "done")
    return Examination(
        profile=redact_profile(study.profile, verdicts),
        assessment=redact_assessment(assessment, study.profile, verdicts),
        verdicts=verdicts,
        recommendation=recommendation,
        versions={"engine": ENGINE_VERSION, "polars": pl.__version__, **rules.versions()},
    )


def _values(study: Study, verdicts: tuple[ColumnVerdict, ...]) -> dict[str, list[str]]:
    """The most frequent values of the columns that are not personal, for the category to be recommended from."""
    personal = {verdict.column for verdict in verdicts if verdict.personal}
    asked = [column for column in study.profile.columns if column.inferred_type in ("text", "integer")]
    names = sorted(column.name for column in asked if column.name not in personal)[:COLUMNS_WITH_VALUES]
    return {
        name: study.samples[name]
        .frame.filter((pl.col("kind") != "placeholder") & (pl.col("text") != ""))
        .sort(["count", "text"], descending=[True, False])
        .head(VALUES_EXAMINED)
        .get_column("text")
        .to_list()
        for name in names
    }


def _unheard(_share: float, _stage: str) -> None:
    """Nobody wants to know."""
