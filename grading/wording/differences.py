"""What differs from a decided grade, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, ngettext

from grading.wording.words import category_name, level_name, name, sensitive_type_name


def difference_lines(difference: Mapping[str, Any] | None) -> list[str]:
    """A sentence for each thing that `reviewing.differences` found; none without a decided grade."""
    if difference is None:
        return []
    lines = []
    if pair := difference.get("level"):
        words = {"then": level_name(pair[0]), "now": level_name(pair[1])}
        lines.append(gettext("Recommended level: %(now)s; it was %(then)s.") % words)
    if pair := difference.get("category"):
        words = {"then": category_name(pair[0]), "now": category_name(pair[1])}
        lines.append(gettext("Recommended category: %(now)s; it was %(then)s.") % words)
    lines += [gettext("New flag: %(flag)s.") % {"flag": name(code)} for code in difference["flags_added"]]
    lines += [gettext("No flag any more: %(flag)s.") % {"flag": name(code)} for code in difference["flags_removed"]]
    for kind, columns in difference["types_added"].items():
        more = ngettext("%(columns)s more column: %(type)s.", "%(columns)s more columns: %(type)s.", columns)
        lines.append(more % {"columns": columns, "type": sensitive_type_name(kind)})
    for kind, columns in difference["types_removed"].items():
        fewer = ngettext("%(columns)s column less: %(type)s.", "%(columns)s columns less: %(type)s.", columns)
        lines.append(fewer % {"columns": columns, "type": sensitive_type_name(kind)})
    if pair := difference.get("scheme_version"):
        lines.append(gettext("Scheme: %(now)s; it was %(then)s.") % {"then": pair[0], "now": pair[1]})
    if pair := difference.get("engine_version"):
        lines.append(gettext("Detectors: %(now)s; they were %(then)s.") % {"then": pair[0], "now": pair[1]})
    return lines
