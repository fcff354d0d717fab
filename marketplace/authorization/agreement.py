"""The agreement of a grant: an ODRL 2.2 Agreement (JSON-LD) with the terms in words, in both languages, beside it.

Plain data in, JSON-ready data out. What a holder may, must and must not is stored once, when the grant is issued,
and never edited: years later it still says what was agreed. What ODRL has no word for (rows, bytes, columns) are left
operands of our own, so the policy names a profile (ODRL Information Model 2.2, section 3).
"""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from foundation.audit import canonical
from marketplace.authorization.terms import AgreementFacts, Party, words_of

__all__ = ["AgreementFacts", "Party", "agreement", "obligation_rules", "terms_digest"]

OBLIGATIONS: Final = Path(__file__).resolve().parent / "rules" / "obligations.toml"
URN: Final = "urn:data-exchange"
CONTEXT: Final = ["http://www.w3.org/ns/odrl.jsonld", {"dx": f"{URN}:vocabulary:"}]
PROFILE: Final = f"{URN}:odrl-profile:1"

HOLDER: Final = "holder"
EXCHANGE: Final = "exchange"


@cache
def obligation_rules() -> Mapping[str, Any]:
    """The shipped table of obligations, with its version."""
    return tomllib.loads(OBLIGATIONS.read_text(encoding="utf-8"))


def terms_digest(document: Mapping[str, Any]) -> str:
    """SHA-256 of an agreement in its canonical form (RFC 8785), in hex: what a holder accepts is named by it."""
    return canonical.digest(document).hex()


def agreement(facts: AgreementFacts) -> dict[str, Any]:
    """The agreement as JSON-LD.

    KeyError for an obligation, a purpose or a form that the tables have no words for: a grant must not be issued with
    a duty that nobody can state.
    """
    rules = obligation_rules()
    bound = {code: rules["obligations"][code] for code in facts.obligations}
    licence = rules["licences"]["exclusive" if facts.exclusive else "non_exclusive"]
    document: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "Agreement",
        "uid": f"{URN}:agreement:{facts.request_id}",
        "profile": PROFILE,
        "conflict": "prohibit",
        "assigner": _party(facts.provider),
        "assignee": _party(facts.holder),
        "permission": [_permission(facts, bound)],
        "prohibition": [
            {"target": _uid_of_version(facts), "action": action, "assignee": _uid(facts.holder)}
            for rule in bound.values()
            if rule["rule"] == "prohibition"
            for action in rule["actions"]
        ]
        + _alone(facts, licence),
        "obligation": [duty for code, rule in bound.items() for duty in _duties(facts, code, rule, "obligation")],
        "dx:licence": {
            "code": "exclusive" if facts.exclusive else "non_exclusive",
            "en": licence["words_en"],
            "zh-hans": licence["words_zh"],
        },
        "dx:terms": words_of(facts, rules, list(bound.values()), licence),
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


def _uid_of_version(facts: AgreementFacts) -> str:
    return f"{URN}:listing:{facts.listing_id}:version:{facts.version_number}"


def _permission(facts: AgreementFacts, bound: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What may be used, within which limits, and what has to be done before (ODRL: the duties of a permission)."""
    before = [duty for code, rule in bound.items() for duty in _duties(facts, code, rule, "duty")]
    permission = {"target": _target(facts), "action": "use", "constraint": list(_constraints(facts))}
    return {**permission, "duty": before} if before else permission


def _target(facts: AgreementFacts) -> dict[str, Any]:
    """The version; where not all its columns are granted, what is left of it (ODRL: refinement of a collection)."""
    said = {"dx:version": facts.version_id, "dx:title": facts.title, "dx:form": facts.form}
    if not facts.columns:
        return {"@type": "Asset", "uid": _uid_of_version(facts), **said}
    columns = {"leftOperand": "dx:column", "operator": "isAnyOf", "rightOperand": list(facts.columns)}
    return {"@type": "AssetCollection", "source": _uid_of_version(facts), "refinement": [columns], **said}


def _instant(at: datetime) -> dict[str, str]:
    return {"@value": at.isoformat(), "@type": "xsd:dateTime"}


def _constraint(left: str, operator: str, right: object) -> dict[str, object]:
    return {"leftOperand": left, "operator": operator, "rightOperand": right}


def _constraints(facts: AgreementFacts) -> Iterator[dict[str, object]]:
    yield _constraint("purpose", "eq", {"@id": f"dx:purpose:{facts.purpose}"})
    yield _constraint("dateTime", "gteq", _instant(facts.starts_at))
    yield _constraint("dateTime", "lt", _instant(facts.ends_at))
    limits = {"count": facts.download_limit, "dx:rows": facts.row_limit, "dx:bytes": facts.byte_limit}
    for operand, most in limits.items():
        if most is not None:
            yield _constraint(operand, "lteq", most)


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


def _duties(facts: AgreementFacts, code: str, rule: Mapping[str, Any], kind: str) -> Iterator[dict[str, Any]]:
    if rule["rule"] != kind:
        return
    bound = facts.holder if rule["by"] == HOLDER else facts.exchange
    for action in rule["actions"]:
        duty: dict[str, Any] = {"dx:code": code, "action": action, "target": _uid_of_version(facts)}
        duty["assignee"] = _uid(bound) if bound is not None else f"{URN}:exchange"
        if rule.get("after_end", False):
            duty["constraint"] = [_constraint("dateTime", "gteq", _instant(facts.ends_at))]
        yield duty
