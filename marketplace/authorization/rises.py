"""Requests and grants whose data has a higher level by now than the one that they were decided for."""

from dataclasses import dataclass
from typing import Any

from marketplace.authorization.decisions import Ruling, rule_on
from marketplace.authorization.engine.stricter import Held, stricter
from marketplace.authorization.engine.vocabulary import level_rank
from marketplace.authorization.models import AccessRequest, Grant


@dataclass(frozen=True, slots=True)
class Rise:
    """What the table in force says at today's level; `short`: in what it does not bear what is held (`STRICTER`)."""

    former_level: str
    ruling: Ruling
    short: tuple[str, ...]

    @property
    def level(self) -> str:
        """Today's."""
        return self.ruling.facts.level

    def as_cause(self) -> dict[str, Any]:
        """What the row keeps, as JSON-ready data, to be put into words when it is read."""
        decision = self.ruling.decision
        return {
            "code": "level_rose",
            "former_level": self.former_level,
            "level": self.level,
            "short": list(self.short),
            "rule_id": decision.rule_id,
            "table_code": decision.table_code,
            "table_version": decision.table_version,
        }

    def as_record(self) -> dict[str, Any]:
        """The whole of it, for the audit log."""
        return {"former_level": self.former_level, "short": list(self.short), "decision": self.ruling.as_record()}


def rise_of_request(request: AccessRequest, level: str | None) -> Rise | None:
    """None where `level`, today's of its version, is not above the one that it was decided for, or not decided."""
    held = Held(
        mode=request.mode,
        approvals=request.decision["approvals"],
        forms=[request.form],
        obligations=request.decision["obligations"],
        term_days=request.term_days,
    )
    return _rise(request, request.decision["inputs"]["level"], level, held)


def rise_of_grant(grant: Grant, level: str | None) -> Rise | None:
    """None where `level`, today's of its version, is not above the one that the grant covers, or not decided."""
    held = Held(
        mode=grant.mode,
        approvals=grant.request.decision["approvals"],
        forms=grant.forms,
        obligations=grant.obligations,
        term_days=grant.request.term_days,
    )
    return _rise(grant.request, grant.level, level, held)


def _rise(request: AccessRequest, former_level: str, level: str | None, held: Held) -> Rise | None:
    if level is None:
        return None
    ruling = rule_on(
        request.version,
        level=level,
        buyer=request.organisation,
        purpose=request.purpose,
        person_id=request.requested_by_id,
    )
    today, former = level_rank(ruling.facts.level), level_rank(former_level)
    if today is None or (former is not None and today <= former):
        return None
    return Rise(former_level, ruling, stricter(held, ruling.decision))
