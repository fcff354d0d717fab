"""What the page of a grant shows: what may be had, how much of it was, under which terms, and what happened."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import get_language, gettext

from foundation.actors import Actor
from grading import wording as grading_words
from marketplace.authorization import selectors, table_words
from marketplace.authorization.admin.timeline import lines
from marketplace.authorization.models import Grant, Mode
from marketplace.authorization.wording import cause_in_words
from marketplace.catalog import selectors as catalog


def page(grant: Grant, actor: Actor) -> dict[str, Any]:
    """The template's context."""
    agreement = grant.agreement
    language = "zh-hans" if (get_language() or "").startswith("zh") else "en"
    today = catalog.level_of(grant.version)
    return {
        "grant": grant,
        "mode": Mode(grant.mode).label,
        "level": grading_words.level_name(grant.level),
        "level_today": grading_words.level_name(today) if today else gettext("being decided anew"),
        "level_changed": today != grant.level,
        "forms": [word.text for word in table_words.forms(grant.forms)],
        "columns": ", ".join(grant.columns) or gettext("all"),
        "why": cause_in_words(grant.state_cause) or grant.state_reason,
        "meters": list(_meters(grant)),
        "terms": [(_term_name(code), _words(said, language)) for code, said in agreement.get("dx:terms", {}).items()],
        "duties": [one[language] for one in agreement.get("dx:obligations", ())],
        "licence": agreement.get("dx:licence", {}).get(language, ""),
        "agreement": json.dumps(agreement, ensure_ascii=False, indent=2),
        "timeline": lines(selectors.recorded(grant.request), actor),
    }


def _meters(grant: Grant) -> Iterator[dict[str, Any]]:
    """What was used of each limit, in words and as a share; without a limit in words alone."""
    for name, used, most, written in (
        (gettext("Downloads"), grant.downloads_used, grant.download_limit, lambda count: f"{count:,}"),
        (gettext("Rows"), grant.rows_sent, grant.row_limit, lambda count: f"{count:,}"),
        (gettext("Bytes"), grant.bytes_sent, grant.byte_limit, filesizeformat),
    ):
        limit = gettext("no limit") if most is None else written(most)
        yield {"name": name, "used": used, "most": most, "words": f"{written(used)} / {limit}"}


def _words(said: Mapping[str, str] | str, language: str) -> str:
    """A part of the terms, and the provider's own words on it; former agreements have the provider's alone."""
    if isinstance(said, str):
        return said
    return "\n".join(said[key] for key in (language, "provider") if said.get(key))


def _term_name(code: str) -> str:
    names = {
        "purpose": gettext("Purpose"),
        "scope": gettext("Scope"),
        "duties": gettext("Duties"),
        "liability": gettext("Liability"),
    }
    return names.get(code, code)
