"""From verdicts and facts to a recommended category and level, with every reason (GB/T 43697-2024).

The highest item decides (就高从严). The machine recommends within general 1 to 4; that data is important or core it
only flags: people decide.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grading.engine.categories.classify import Category, categorise
from grading.engine.categories.scheme import Categories
from grading.engine.levels.elements import Elements, Facts, elements_of
from grading.engine.levels.place import Flag, Reason, place
from grading.engine.levels.scheme import Scheme
from grading.engine.plain import from_plain, to_plain
from grading.engine.sensitivity import ColumnVerdict


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A recommended category and level with what they rest on.

    `level` is general_1 … general_4; `harmed_object` and `degree` (none, general, serious, especially_serious)
    name the matrix cell behind it. `elements` is what it rests on beside the columns; None where a version of before
    did not store it.
    """

    category: Category
    level: str
    flags: tuple[Flag, ...]
    harmed_object: str
    degree: str
    reasons: tuple[Reason, ...]
    scheme_code: str
    scheme_version: str
    categories_version: str
    elements: Elements | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe plain data."""
        plain: dict[str, Any] = to_plain(self)
        return plain

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Recommendation":
        """The recommendation that `to_dict` came from."""
        return from_plain(cls, data)


def recommend(
    *,
    verdicts: tuple[ColumnVerdict, ...],
    facts: Facts,
    scheme: Scheme,
    categories: Categories,
    values: Mapping[str, Sequence[str]] | None = None,
) -> Recommendation:
    """Category and level. `values`: distinct values by column, which the category is recommended from."""
    found = place(verdicts=verdicts, facts=facts, scheme=scheme)
    category = categorise(
        categories,
        columns=[verdict.column for verdict in verdicts],
        texts=(),
        sector=facts.sector,
        verdicts=verdicts,
        title=facts.title,
        description=facts.description,
        keywords=facts.keywords,
        values=values,
    )
    return Recommendation(
        category=category,
        level=found.level,
        flags=found.flags,
        harmed_object=found.harmed_object,
        degree=found.degree,
        reasons=found.reasons,
        scheme_code=scheme.code,
        scheme_version=scheme.version,
        categories_version=categories.version,
        elements=elements_of(facts, verdicts),
    )
