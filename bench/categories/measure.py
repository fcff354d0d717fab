"""How often the recommended sector and domain are right, and whether confidence means what it says.

DATA is a `.jsonl` as the README beside describes it. Strict: the recommended sector is the labelled one; lenient: it is
that or one of `also`. The labels know ten sectors and their domains of then. Where the scheme knows more, a table may
rightly go to a sector that no label can name: `of the labels' sectors` counts the best recommended sector among those
that occur as labels. Domains are counted over tables whose labelled domain is not null.
"""

import argparse
import itertools
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from grading.engine.categories import Category, categorise
from grading.engine.rules import RuleSet, load_rules
from grading.engine.sensitivity.detect import ColumnVerdict, judge
from grading.engine.sensitivity.evidence import look_of

TODAY: Final = date(2026, 11, 1)
OUTSIDE: Final = "outside the scheme"
BOUNDS: Final = (0.0, 0.3, 0.5, 0.7, 0.85, 0.95, 1.01)


@dataclass(frozen=True, slots=True)
class Table:
    """A described table with its truth."""

    language: str
    kind: str
    title: str
    description: str
    keywords: tuple[str, ...]
    columns: dict[str, tuple[str, ...]]
    sector: str
    domain: str | None
    also: frozenset[str]


@dataclass(frozen=True, slots=True)
class Judged:
    """A table with what was recommended for it, and the sector that was thought best of those the labels know."""

    table: Table
    found: Category
    known: str | None

    @property
    def strict(self) -> bool:
        """The labelled sector was found."""
        return self.found.sector == self.table.sector

    @property
    def lenient(self) -> bool:
        """A sector was found that a careful person may choose."""
        return self.strict or self.found.sector in self.table.also

    @property
    def in_known(self) -> bool:
        """As lenient, among the sectors that the labels know."""
        return self.known == self.table.sector or self.known in self.table.also


def main() -> None:
    """Print accuracy by language and kind, domains, reliability and seconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="?", default=Path(__file__).with_name("tables.jsonl"))
    options = parser.parse_args()
    tables = read(options.data)
    rules = load_rules()
    verdicts = [sensitive(table, rules) for table in tables]
    categories = [recommended(table, found, rules) for table, found in zip(tables, verdicts, strict=True)]
    begun = time.process_time()
    for table, found in zip(tables, verdicts, strict=True):
        recommended(table, found, rules)
    seconds = time.process_time() - begun
    labels = {table.sector for table in tables}
    judged = [Judged(table, found, best_known(found, labels)) for table, found in zip(tables, categories, strict=True)]
    columns = sum(len(table.columns) for table in tables)
    print(f"{rules.categories.code}@{rules.categories.version}: {len(tables)} tables, {columns} columns, ", end="")
    print(f"{seconds:.2f} s of CPU time ({1000 * seconds / len(tables):.1f} ms a table)\n")
    print(f"{'sector':<28} tables  strict lenient  of the labels' sectors, lenient")
    line("all", judged)
    line("all but outside the scheme", [item for item in judged if item.table.kind != OUTSIDE])
    groups("language", judged, lambda item: item.table.language)
    groups("kind", judged, lambda item: item.table.kind)
    groups("labelled sector", judged, lambda item: item.table.sector)
    print(f"\nno sector: {sum(item.found.sector is None for item in judged)}; a sector that no label names: ", end="")
    print(sum(item.found.sector not in {*labels, None} for item in judged))
    domains(judged, rules)
    reliability(judged)


def read(path: Path) -> list[Table]:
    """The tables of a file."""
    return [_table(json.loads(text)) for text in path.read_text(encoding="utf-8").splitlines() if text]


def _table(given: dict[str, Any]) -> Table:
    return Table(
        language=given["id"].partition("-")[0],
        kind=given["note"].partition(":")[0].strip(),
        title=given["title"],
        description=given["description"],
        keywords=tuple(given["keywords"]),
        columns={column["name"]: tuple(column["values"]) for column in given["columns"]},
        sector=given["sector"],
        domain=given["domain"],
        also=frozenset(given["also"]),
    )


def sensitive(table: Table, rules: RuleSet) -> tuple[ColumnVerdict, ...]:
    """What the detectors say of the columns."""
    return judge(
        [
            look_of(name, [(value, 1) for value in values if value], rules.taxonomy, TODAY)
            for name, values in table.columns.items()
        ]
    )


def recommended(table: Table, verdicts: tuple[ColumnVerdict, ...], rules: RuleSet) -> Category:
    """The recommendation, made of everything but the labels."""
    return categorise(
        rules.categories,
        columns=table.columns,
        texts=(),
        sector=None,
        verdicts=verdicts,
        title=table.title,
        description=table.description,
        keywords=table.keywords,
        values={name: tuple(dict.fromkeys(filter(None, values))) for name, values in table.columns.items()},
    )


def best_known(found: Category, labels: set[str]) -> str | None:
    """The first of recommendation and alternatives whose sector occurs as a label."""
    options = [found.sector, *(option.sector for option in found.alternatives)]
    return next((sector for sector in options if sector in labels), None)


def line(name: str, judged: Sequence[Judged]) -> None:
    """One line of the table of accuracies."""
    count = len(judged)
    strict, lenient, known = (
        sum(right) / max(1, count)
        for right in (
            [item.strict for item in judged],
            [item.lenient for item in judged],
            [item.in_known for item in judged],
        )
    )
    print(f"{name:<28} {count:6} {strict:7.3f} {lenient:7.3f} {known:7.3f}")


def groups(name: str, judged: Sequence[Judged], key: Callable[[Judged], str]) -> None:
    """A line for each group."""
    parts: dict[str, list[Judged]] = defaultdict(list)
    for item in judged:
        parts[key(item)].append(item)
    print(f"by {name}")
    for group, items in sorted(parts.items()):
        line(f"  {group}", items)


def domains(judged: Sequence[Judged], rules: RuleSet) -> None:
    """How many labelled domains were found, of all and where the sector was right."""
    labelled = {(item.table.sector, item.table.domain) for item in judged if item.table.domain is not None}
    asked = [item for item in judged if item.table.domain is not None]
    reached = [item for item in asked if item.strict]
    right = sum(item.found.domain == item.table.domain for item in reached)
    open_ones = [item for item in judged if item.table.domain is None and item.strict]
    left = sum((item.table.sector, item.found.domain) not in labelled for item in open_ones)
    new = sum(len(sector.domains) for sector in rules.categories.sectors) - len(labelled)
    print(f"\ndomains: {right} of {len(asked)} right ({right / max(1, len(asked)):.3f}), ", end="")
    print(f"of {len(reached)} in the right sector ({right / max(1, len(reached)):.3f})")
    print(f"{new} domains of the scheme occur in no label; of {len(open_ones)} tables without a domain, ", end="")
    print(f"{left} got none of the labelled ones")


def reliability(judged: Sequence[Judged]) -> None:
    """Confidence against accuracy, and the expected calibration error."""
    print("\nreliability: confidence, tables, mean confidence, strict, lenient")
    errors = {"strict": 0.0, "lenient": 0.0}
    for low, high in itertools.pairwise(BOUNDS):
        inside = [item for item in judged if low <= item.found.confidence < high]
        if not inside:
            continue
        mean = _mean(item.found.confidence for item in inside)
        strict, lenient = _mean(item.strict for item in inside), _mean(item.lenient for item in inside)
        errors["strict"] += abs(mean - strict) * len(inside) / len(judged)
        errors["lenient"] += abs(mean - lenient) * len(inside) / len(judged)
        print(f"  {low:.2f} to {min(high, 1.0):.2f} {len(inside):6} {mean:7.3f} {strict:7.3f} {lenient:7.3f}")
    brier = _mean((item.found.confidence - item.lenient) ** 2 for item in judged)
    print(f"expected calibration error: strict {errors['strict']:.3f}, lenient {errors['lenient']:.3f}", end="")
    print(f"; Brier score (lenient) {brier:.3f}")


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / max(1, len(found))


if __name__ == "__main__":
    main()
