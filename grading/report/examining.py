"""One file of this machine, examined as an upload would be, under rules that need no database."""

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from grading.declaring.declaration import facts_of, metadata_of
from grading.engine import confined
from grading.engine.examine import Examination, examine
from grading.engine.readers import UnreadableFile
from grading.engine.rules import RuleSet
from grading.reading import call_over
from grading.rules.elsewhere import counted
from grading.rules.level_schemes import shipped_schemes
from grading.services import EXAMINATION


class NoRegularFile(Exception):
    """The path leads to a folder, a pipe or a device, which are not examined."""


def examine_file(
    path: Path,
    *,
    declared: Mapping[str, Any],
    rules: RuleSet,
    today: date,
    confine: bool = True,
    report: Callable[[float, str], None] | None = None,
) -> Examination:
    """Profile, quality, sensitive columns, category and level of the file; `declared` is a checked declaration.

    In a confined child with the limits of the settings, or in this process where `confine` is false.
    Raises UnreadableFile, NoRegularFile, and confined.Killed where the child was ended from outside.
    """
    metadata, facts = metadata_of(declared), facts_of(declared)
    if facts.graded_elsewhere is not None:
        facts = replace(facts, graded_elsewhere=counted(facts.graded_elsewhere, shipped_schemes(), None))
    with _opened(path) as (source, size):
        if not confine:
            return examine(
                path, filename=path.name, metadata=metadata, facts=facts, rules=rules, today=today, progress=report
            )
        order = confined.order(filename=path.name, metadata=metadata, facts=facts, rules=rules, today=today)
        return confined.result(call_over(EXAMINATION, order, source=source, byte_size=size, report=report))


@contextmanager
def _opened(path: Path) -> Iterator[tuple[int, int]]:
    """The descriptor and the size in bytes. Opening must not wait, as it would for a pipe without a writer."""
    try:
        source = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        raise UnreadableFile("missing_file") from error
    try:
        status = os.fstat(source)
        if not stat.S_ISREG(status.st_mode):
            raise NoRegularFile
        yield source, status.st_size
    finally:
        os.close(source)
