"""The terms of an agreement in words: purpose, scope, duties and liability (P21), in English and Chinese.

Written once, when the grant is issued, from the same facts as the ODRL beside it; what the provider says of each part
in its own words stands with it as it was written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

PARTS: Final = ("purpose", "scope", "duties", "liability")
LANGUAGES: Final = {"en": "en", "zh": "zh-hans"}
"""Ending of a text in the table → language tag (BCP 47) in the agreement."""


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation by number and name."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class AgreementFacts:
    """What is agreed. The term includes `starts_at` and excludes `ends_at`; `terms` are the provider's, in words.

    `exclusive`: within the term the provider lets nobody else use the listing, in any version. `columns` are empty for
    all of them; limits are None for none.
    """

    request_id: int
    listing_id: int
    version_id: int
    version_number: int
    title: str
    provider: Party
    holder: Party
    exchange: Party | None
    purpose: str
    form: str
    obligations: Sequence[str]
    starts_at: datetime
    ends_at: datetime
    download_limit: int | None
    terms: Mapping[str, Any]
    exclusive: bool = False
    columns: Sequence[str] = ()
    row_limit: int | None = None
    byte_limit: int | None = None


def words_of(
    facts: AgreementFacts,
    rules: Mapping[str, Any],
    obligations: Sequence[Mapping[str, Any]],
    licence: Mapping[str, Any],
) -> dict[str, dict[str, str]]:
    """Part → its words by language, and under `provider` the provider's own where there are any.

    KeyError for a purpose or a form that the table has no words for.
    """
    found: dict[str, dict[str, str]] = {part: {} for part in PARTS}
    for ending, language in LANGUAGES.items():
        said = _said(facts, rules, obligations, licence, ending)
        for part in PARTS:
            found[part][language] = rules["terms"][f"{part}_{ending}"].format_map(said)
    for part in PARTS:
        own = str(facts.terms.get(part, "")).strip()
        if own:
            found[part]["provider"] = own
    return found


def _said(
    facts: AgreementFacts,
    rules: Mapping[str, Any],
    obligations: Sequence[Mapping[str, Any]],
    licence: Mapping[str, Any],
    ending: str,
) -> dict[str, object]:
    texts, comma, space = rules["terms"], "、" if ending == "zh" else ", ", "" if ending == "zh" else " "

    def most(limit: int | None) -> object:
        return texts[f"no_limit_{ending}"] if limit is None else limit

    return {
        "purpose": rules["purposes"][facts.purpose][ending],
        "title": facts.title,
        "version": facts.version_number,
        "form": rules["forms"][facts.form][ending],
        "columns": comma.join(facts.columns) or texts[f"all_columns_{ending}"],
        "starts_at": facts.starts_at.isoformat(" ", "seconds"),
        "ends_at": facts.ends_at.isoformat(" ", "seconds"),
        "downloads": most(facts.download_limit),
        "rows": most(facts.row_limit),
        "bytes": most(facts.byte_limit),
        "licence": licence[f"words_{ending}"],
        "duties": space.join(rule[f"words_{ending}"] for rule in obligations) or texts[f"no_duties_{ending}"],
    }
