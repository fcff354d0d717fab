"""Elements of grading (GB/T 43697-2024) that a recommendation rests on, in the reader's language."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext

from grading import wording


def element_lines(elements: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """Stored elements of grading as pairs of a name and what is known; those that nothing is known of are left out.

    Empty for recommendations of before, which did not store any.
    """
    if not elements:
        return []
    precision, coverage = elements.get("precision") or {}, elements.get("coverage") or {}
    said = {
        "field": wording.category_name(elements["field"]) if elements.get("field") else "",
        "group": wording.names(elements.get("groups", ())),
        "region": ", ".join(filter(None, (elements.get("region"), wording.names(elements.get("areas", ()))))),
        "precision": _filled(
            (
                (precision.get("coordinates"), gettext("coordinates: %(value)s decimals of a degree")),
                (wording.name(precision["time"]) if precision.get("time") else None, gettext("times: %(value)s")),
                (precision.get("amounts"), gettext("amounts: %(value)s decimals")),
            )
        ),
        "scale": _filled(
            (
                (elements.get("rows"), gettext("%(value)s rows")),
                (elements.get("subjects"), gettext("%(value)s persons declared")),
                (elements.get("persons_found"), gettext("%(value)s persons told apart")),
                *_beside(elements.get("collected") or {}),
            )
        ),
        "depth": _filled(
            (
                (wording.name(elements["depth"]) if elements.get("depth") else None, "%(value)s"),
                (elements.get("personal_types") or None, gettext("%(value)s kinds of personal information")),
                (
                    f"{elements.get('sensitive_columns', 0)}/{elements.get('columns', 0)}",
                    gettext("%(value)s columns sensitive"),
                ),
            )
        ),
        "coverage": _filled(
            (
                (wording.name(coverage["extent"]) if coverage.get("extent") else None, "%(value)s"),
                (f"{coverage['share']:.0%}" if coverage.get("share") else None, "%(value)s"),
                (f"{coverage['area_km2']:g}" if coverage.get("area_km2") else None, "%(value)s km²"),
            )
        ),
        "importance": wording.names((*elements.get("importance", ()), *elements.get("declared", ()))),
        "derivation": _derivation(elements.get("derivation")),
        "graded_elsewhere": _elsewhere(elements.get("graded_elsewhere")),
    }
    return [(wording.name(code), words) for code, words in said.items() if words]


def _beside(collected: Mapping[str, Mapping[str, int]]) -> Iterator[tuple[int, str]]:
    """What other files of the same publication add: rows of them all, persons of those that are about persons."""
    if every := collected.get("always"):
        yield every["files"], gettext("%(value)s other files of the same publication")
        yield every["rows"], gettext("%(value)s rows in them")
    if personal := collected.get("personal"):
        yield personal["persons"], gettext("%(value)s persons in them")


def _elsewhere(found: Mapping[str, Any] | None) -> str:
    """The level in the other scheme and the national one that counts."""
    if not found:
        return ""
    counted = wording.level_name(found["strictest"]) if found.get("strictest") else gettext("no known level")
    if not found.get("known") and found.get("strictest"):
        counted = gettext("%(level)s, as it counted last") % {"level": counted}
    return "{} {} ({})".format(found["scheme"], found["level"], counted)


def _filled(parts: Iterable[tuple[Any, str]]) -> str:
    return ", ".join(template % {"value": value} for value, template in parts if value is not None)


def _derivation(found: Mapping[str, Any] | None) -> str:
    """The sources with their levels, what was done, and the reason that the provider states."""
    if not found:
        return ""
    sources = [
        "{} ({})".format(
            item.get("name") or (f"#{item['asset']}" if item.get("asset") else "–"),
            wording.level_name(item["level"]) if item.get("level") else gettext("no grade yet"),
        )
        for item in found.get("sources", ())
    ]
    return "; ".join(
        filter(None, (", ".join(sources), wording.names(found.get("processing", ())), found.get("reason")))
    )
