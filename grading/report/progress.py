"""How far an examination is, on the terminal of who waits for it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from grading.report.plaintext import printable

STAGES: Final[Mapping[str, str]] = {
    "opening": _("opening"),
    "reading": _("reading"),
    "describing": _("describing the columns"),
    "sensitivity": _("looking for sensitive data"),
    "quality": _("assessing the quality"),
    "level": _("recommending a level"),
    "done": _("done"),
}


@contextmanager
def progress_bar(name: str, *, wanted: bool) -> Iterator[Callable[[float, str], None] | None]:
    """What to report share and stage to: a bar on standard error, gone in the end. None where it is not `wanted`."""
    if not wanted:
        yield None
        return
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(printable(name, 40), total=1.0)

        def report(share: float, stage: str) -> None:
            words = gettext(STAGES[stage]) if stage in STAGES else printable(stage, 40)
            bar.update(task, completed=share, description=f"{printable(name, 40)}: {words}")

        yield report
