"""Requests and grants whose data has a higher level by now than the one that they were decided for."""

from dataclasses import dataclass
from typing import Any

from marketplace.authorization.decisions import Ruling, rule_on_request
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
        """Today's, as it was decided."""
        return self.ruling.readings.decided

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


def decided_level(request: AccessRequest) -> str:
    """The decided level that a request was answered for; its facts have it as the stricter of two regions reads it.

    What is decided is compared with what is decided: a stricter reading would cover a rise that nobody was asked about.
    """
    readings = request.decision.get("readings")
    return str(readings["decided"] if readings else request.decision["inputs"]["level"])


def held_by(request: AccessRequest) -> Held:
    """What the request asks for and its grant gives, with mode, approvals and duties of the answer it rests on."""
    return Held(
        mode=request.mode,
        approvals=request.decision["approvals"],
        forms=[request.form],
        obligations=request.decision["obligations"],
        term_days=request.term_days,
        quorum=request.decision.get("quorum", {}),
    )


def rise_of_request(request: AccessRequest, level: str | None) -> Rise | None:
    """None where `level`, today's of its version, is not above the one that it was decided for, or not decided."""
    return _rise(request, decided_level(request), level)


def rise_of_grant(grant: Grant, level: str | None) -> Rise | None:
    """None where `level`, today's of its version, is not above the one that the grant covers, or not decided."""
    return _rise(grant.request, grant.level, level)


def _rise(request: AccessRequest, former_level: str, level: str | None) -> Rise | None:
    today, former = level_rank(level), level_rank(former_level)
    if level is None or today is None or (former is not None and today <= former):
        return None
    ruling = rule_on_request(request, level=level)
    return Rise(former_level, ruling, stricter(held_by(request), ruling.decision))
