"""From codes and parameters to words in the reader's language."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from grading.engine.categories import SYSTEMS
from grading.models import Level
from grading.rules.shipped import shipped_rules
from grading.wording.element_names import ELEMENT_NAMES
from grading.wording.texts import COUNTED_TOGETHER, SENTENCES

NAMES: Final[Mapping[str, str]] = {
    # dimensions of GB/T 36344-2018
    "conformance": _("Conformance"),
    "completeness": _("Completeness"),
    "accuracy": _("Accuracy"),
    "consistency": _("Consistency"),
    "timeliness": _("Timeliness"),
    "accessibility": _("Accessibility"),
    # their sub-indicators
    "data_standards": _("data standards"),
    "data_model": _("data model"),
    "metadata": _("metadata"),
    "business_rules": _("business rules"),
    "authoritative_reference": _("authoritative reference data"),
    "security_norms": _("security norms"),
    "data_elements": _("completeness of data elements"),
    "data_records": _("completeness of data records"),
    "content_correctness": _("correctness of content"),
    "format_compliance": _("compliance with the format"),
    "duplication_rate": _("rate of duplicates"),
    "uniqueness": _("uniqueness"),
    "dirty_data_rate": _("rate of dirty data"),
    "same_data": _("consistency of the same data"),
    "related_data": _("consistency of related data"),
    "within_period": _("correctness within the period"),
    "point_in_time": _("timeliness at a point in time"),
    "order_in_time": _("order in time"),
    "accessible": _("accessible"),
    "usable": _("usable"),
    # the matrix of GB/T 43697-2024
    "national_security": _("national security"),
    "economic_operation": _("economic operation"),
    "social_order": _("social order"),
    "public_interest": _("public interest"),
    "organisation_rights": _("rights of organisations"),
    "individual_rights": _("rights of individuals"),
    "none": _("no harm"),
    "general": _("general harm"),
    "serious": _("serious harm"),
    "especially_serious": _("especially serious harm"),
    "possibly_important": _("possibly important data: people decide"),
    "possibly_core": _("possibly core data: people decide"),
    # attributes of a category
    "sensitive_personal_information": _("sensitive personal information"),
    "personal_information": _("personal information"),
    "organisation_information": _("information on organisations"),
    "geographic_information": _("geographic information"),
    "object_information": _("observations, operations and statistics"),
    # what providers declare
    "public": _("public data"),
    "enterprise": _("enterprise data"),
    "public_service": _("public services"),
    "statistics": _("statistics"),
    "natural_resources": _("natural resources"),
    "science": _("science"),
    "agriculture": _("agriculture"),
    "other": _("other"),
    # types of columns
    "boolean": _("truth value"),
    "integer": _("whole number"),
    "decimal": _("decimal number"),
    "date": _("date"),
    "datetime": _("date and time"),
    "time": _("time"),
    "text": _("text"),
    "structure": _("nested structure"),
    "empty": _("empty"),
    **ELEMENT_NAMES,
}
CELLS: Final[Mapping[str, str]] = {
    "general": _("general data"),
    "important": _("important data"),
    "core": _("core data"),
}
"""What the matrix says of an object harmed and a degree of harm."""


LISTS: Final = frozenset({"groups", "areas", "processing", "extent", "unit"})
"""Parameters of sentences that are codes with commas between them."""


def names(codes: Iterable[str]) -> str:
    """The names of codes, one after the other."""
    return ", ".join(map(name, codes))


def name(code: str) -> str:
    """The name of a code, or the code where it has none."""
    return gettext(NAMES[code]) if code in NAMES else code


def origin_name(code: str) -> str:
    """The name of a declared origin, or the code where it has none."""
    return gettext("personal data") if code == "personal" else name(code)


def sentence(code: str, params: Mapping[str, Any]) -> str:
    """The sentence of an engine's code; the bare code where this version knows no words for it."""
    if code not in SENTENCES:
        return code
    try:
        known = {"persons": params["rows"], **params} if "rows" in params else params  # counted as one before
        worded = {key: _worded(key, value) for key, value in known.items()}
        said = gettext(SENTENCES[code]) % worded
        return f"{said} {gettext(COUNTED_TOGETHER) % worded}" if "other_files" in params else said
    except KeyError:  # recorded by a version that gave other parameters
        return code


def sentences(items: Iterable[Mapping[str, Any]]) -> list[str]:
    """The sentences of recorded `{"code": …, "params": …}` items."""
    return [sentence(str(item["code"]), item.get("params", {})) for item in items]


def level_name(level: str) -> str:
    """The name of a level, e.g. general 4."""
    return str(Level(level).label) if level in Level.values else level


def cell_name(cell: str | None) -> str:
    """What the matrix says; without harm it says nothing, and the data is general."""
    return gettext(CELLS[cell or "general"])


def sensitive_type_name(code: str) -> str:
    """The title of a sensitive type in the taxonomy, Chinese for readers of Chinese."""
    found = shipped_rules().taxonomy.types.get(code)
    return code if found is None else _title(found.title_en, found.title_zh)


def category_name(path: str) -> str:
    """The words of a category such as `health/clinical_records/personal_information`."""
    sectors = {sector.code: sector for sector in shipped_rules().categories.sectors}
    head, *rest = path.split("/")
    words = []
    if sector := sectors.get(head):
        words.append(_title(sector.title, sector.title_zh))
        domains = {domain.code: domain for domain in sector.domains}
        if rest and (domain := domains.get(rest[0])):
            words.append(_title(domain.title, domain.title_zh))
            rest = rest[1:]
    else:
        rest = [head, *rest]
    return " / ".join([*words, *map(name, rest)])


def _title(english: str, chinese: str) -> str:
    return chinese if (get_language() or "").startswith("zh") else english


def _worded(key: str, value: Any) -> Any:
    """Codes among the parameters as words."""
    if key in ("level", "source_level", "national_level"):
        return level_name(str(value))
    if key in LISTS:
        return names(str(value).split(", ")) if value else "–"
    if key == "row" and isinstance(value, int):  # the engine counts from 0, people from 1
        return value + 1
    if key == "type":
        return name(value) if value in NAMES else sensitive_type_name(str(value))
    if key == "system" and value in SYSTEMS:
        return _title(SYSTEMS[value].title, SYSTEMS[value].title_zh)
    return value
