"""The agreement of a grant: an ODRL 2.2 Agreement (JSON-LD) with the terms in words beside it.

Plain data in, JSON-ready data out. What a holder may, must and must not is stored once, when the grant is issued,
and never edited: years later it still says what was agreed.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

OBLIGATIONS: Final = Path(__file__).resolve().parent / "rules" / "obligations.toml"
URN: Final = "urn:data-exchange"
CONTEXT: Final = ["http://www.w3.org/ns/odrl.jsonld", {"dx": f"{URN}:vocabulary:"}]

HOLDER: Final = "holder"
EXCHANGE: Final = "exchange"


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation by number and name."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class AgreementFacts:
    """What is agreed. The term includes `starts_at` and excludes `ends_at`; `terms` are the provider's, in words.

    `exclusive`: within the term the provider lets nobody else use the listing, in any version.
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


@cache
def obligation_rules() -> Mapping[str, Any]:
    """The shipped table of obligations, with its version."""
    return tomllib.loads(OBLIGATIONS.read_text(encoding="utf-8"))


def agreement(facts: AgreementFacts) -> dict[str, Any]:
    """The agreement as JSON-LD.

    KeyError for an obligation that the table has no words for: a grant must not be issued with a duty that nobody can
    state.
    """
    rules = obligation_rules()
    bound = {code: rules["obligations"][code] for code in facts.obligations}
    licence = "exclusive" if facts.exclusive else "non_exclusive"
    target = _target(facts)
    document: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "Agreement",
        "uid": f"{URN}:agreement:{facts.request_id}",
        "assigner": _party(facts.provider),
        "assignee": _party(facts.holder),
        "permission": [{"target": target, "action": "use", "constraint": list(_constraints(facts))}],
        "prohibition": [
            {"target": target["uid"], "action": action, "assignee": _uid(facts.holder)}
            for rule in bound.values()
            if rule["rule"] == "prohibition"
            for action in rule["actions"]
        ]
        + _alone(facts, rules["licences"][licence]),
        "obligation": [duty for code, rule in bound.items() for duty in _duties(facts, code, rule)],
        "dx:licence": {
            "code": licence,
            "en": rules["licences"][licence]["words_en"],
            "zh-hans": rules["licences"][licence]["words_zh"],
        },
        "dx:terms": dict(facts.terms),
        "dx:obligations": [
            {"code": code, "by": rule["by"], "en": rule["words_en"], "zh-hans": rule["words_zh"]}
            for code, rule in bound.items()
        ],
        "dx:rules": {"code": rules["code"], "version": rules["version"]},
    }
    return {name: value for name, value in document.items() if value != []}


def _uid(party: Party) -> str:
    return f"{URN}:organisation:{party.id}"


def _party(party: Party) -> dict[str, str]:
    return {"@type": "Party", "uid": _uid(party), "dx:name": party.name}


def _target(facts: AgreementFacts) -> dict[str, Any]:
    return {
        "@type": "Asset",
        "uid": f"{URN}:listing:{facts.listing_id}:version:{facts.version_number}",
        "dx:version": facts.version_id,
        "dx:title": facts.title,
        "dx:form": facts.form,
    }


def _instant(at: datetime) -> dict[str, str]:
    return {"@value": at.isoformat(), "@type": "xsd:dateTime"}


def _constraint(left: str, operator: str, right: object) -> dict[str, object]:
    return {"leftOperand": left, "operator": operator, "rightOperand": right}


def _constraints(facts: AgreementFacts) -> Iterator[dict[str, object]]:
    yield _constraint("purpose", "eq", {"@id": f"dx:purpose:{facts.purpose}"})
    yield _constraint("dateTime", "gteq", _instant(facts.starts_at))
    yield _constraint("dateTime", "lt", _instant(facts.ends_at))
    if facts.download_limit is not None:
        yield _constraint("count", "lteq", facts.download_limit)


def _alone(facts: AgreementFacts, rule: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What an exclusive licence forbids the provider, within its term and of every version; nothing for another."""
    within = [
        _constraint("dateTime", "gteq", _instant(facts.starts_at)),
        _constraint("dateTime", "lt", _instant(facts.ends_at)),
    ]
    return [
        {
            "target": f"{URN}:listing:{facts.listing_id}",
            "action": action,
            "assignee": _uid(facts.provider),
            "constraint": within,
        }
        for action in rule["actions"]
    ]


def _duties(facts: AgreementFacts, code: str, rule: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if rule["rule"] != "obligation":
        return
    bound = facts.holder if rule["by"] == HOLDER else facts.exchange
    for action in rule["actions"]:
        duty: dict[str, Any] = {"dx:code": code, "action": action, "target": _target(facts)["uid"]}
        duty["assignee"] = _uid(bound) if bound is not None else f"{URN}:exchange"
        if rule.get("after_end", False):
            duty["constraint"] = [_constraint("dateTime", "gteq", _instant(facts.ends_at))]
        yield duty
