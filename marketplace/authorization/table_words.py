"""The codes of a decision table in the words of whoever reads it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as _

from foundation.participants import accreditation_kinds
from grading.models import Level
from grading.wording.words import category_name
from marketplace.authorization.engine.table import FIRST, UNIQUE, InputSpec, Row
from marketplace.authorization.engine.vocabulary import CATEGORY, NOT_ACCREDITED, SCENARIO
from marketplace.authorization.models import Form, Mode
from marketplace.catalog.models import ConsentKind, Origin, Purpose, Sector, SupplyMode


@dataclass(frozen=True, slots=True)
class Word:
    """A code with its words; the code is empty where there is none."""

    code: str
    text: str


INPUTS: Final[Mapping[str, str]] = {
    "category": _("category"),
    "level": _("level"),
    "purpose": _("purpose"),
    "provider_region": _("provider's province"),
    "buyer_region": _("buyer's province"),
    "region": _("provider and buyer"),
    "origin": _("origin"),
    "consent_basis": _("basis of consent"),
    "sector": _("sector"),
    "scenario": _("scenario"),
    "supply_mode": _("supply mode"),
}
_CHOICES: Final[Mapping[str, type[TextChoices]]] = {
    "level": Level,
    "purpose": Purpose,
    "origin": Origin,
    "consent_basis": ConsentKind,
    "sector": Sector,
    "supply_mode": SupplyMode,
}
_VALUES: Final[Mapping[tuple[str, str], str]] = {
    ("category", "none"): _("no category"),
    ("category", "several"): _("several categories"),
    ("purpose", "unstated"): _("not stated"),
    ("region", "same"): _("in the same province"),
    ("region", "cross"): _("in different provinces"),
    ("region", "unknown"): _("province of one unknown"),
    ("consent_basis", "none"): _("no basis"),
    ("consent_basis", "stated"): _("stated in words alone"),
    ("scenario", "none"): _("no scenario"),
    ("scenario", "named"): _("a named scenario"),
}
APPROVALS: Final[Mapping[str, str]] = {
    "scenario_levels": _("every level of the scenario"),
    "sector_authority": _("sector authority"),
    "exchange": _("the exchange"),
}
APPROVERS: Final[Mapping[str, str]] = {
    **APPROVALS,
    "scenario_level": _("level of the scenario"),
    "appeal": _("others of the same body, on appeal"),
}
"""Kinds of approvers of steps, where each level of a scenario is a step of its own."""
OBLIGATIONS: Final[Mapping[str, str]] = {
    "purpose_limit": _("use for the stated purpose alone"),
    "no_onward_transfer": _("no onward transfer"),
    "fingerprint": _("a mark in each copy"),
    "retention": _("deletion when the term is over"),
    "masking": _("masking of sensitive columns"),
    "deletion_report": _("report of the deletion"),
}
HIT_POLICIES: Final[Mapping[str, str]] = {
    FIRST: _("The topmost row whose conditions all hold decides: the exception stands above the rule."),
    UNIQUE: _("At most one row holds for any case: the order of the rows means nothing."),
}


def input_name(code: str) -> str:
    """An input's name, or that of the kind of accreditation that it is."""
    return gettext(INPUTS[code]) if code in INPUTS else accreditation_kinds.name_of(code)


def value(column: str, spec: InputSpec, code: str, scenarios: Mapping[str, str]) -> Word:
    """A value of an input; what has no words of its own (provinces, codes of a table's own) stays a code."""
    return Word(code, _value(column, spec, code, scenarios))


def fact(name: str, code: str) -> str:
    """A stored fact of a decision, whatever its table was: an input's value, or the level of an accreditation."""
    if (name, code) in _VALUES:
        return gettext(_VALUES[name, code])
    if name == CATEGORY:
        return category_name(code)
    if name in INPUTS or not code.isdecimal():
        return _label(_CHOICES[name], code) if name in _CHOICES else code
    known = accreditation_kinds.known().get(name)
    return accreditation_kinds.level_name(name, int(code)) if known is not None and known.levels else gettext("held")


def _value(column: str, spec: InputSpec, code: str, scenarios: Mapping[str, str]) -> str:
    if spec.graded:
        return _level_held(column, spec, code)
    if column == SCENARIO and code in scenarios:
        return scenarios[code]
    if (column, code) in _VALUES:
        return gettext(_VALUES[column, code])
    if column == CATEGORY:
        return category_name(code)
    return _label(_CHOICES[column], code) if column in _CHOICES else code


def _level_held(kind: str, spec: InputSpec, code: str) -> str:
    """What the level of an accreditation stands for: those between it and the next one listed are read as it."""
    if code == NOT_ACCREDITED:
        return gettext("none held")
    known = accreditation_kinds.known().get(kind)
    if known is None or not known.levels:
        return gettext("held")
    lowest = accreditation_kinds.level_name(kind, int(code))
    above = [int(level) for level in spec.values[1:] if int(level) > int(code)]
    highest = min(above) - 1 if above else known.levels[-1].level
    if highest <= int(code):
        return lowest
    if not above:
        return gettext("%(level)s or higher") % {"level": lowest}
    params = {"lowest": lowest, "highest": accreditation_kinds.level_name(kind, highest)}
    return gettext("%(lowest)s to %(highest)s") % params


def mode(code: str) -> Word:
    """A mode of authorization."""
    return Word(code, _label(Mode, code))


def approver_name(code: str) -> str:
    """Who decides on a step: a kind of approver."""
    return gettext(APPROVERS[code]) if code in APPROVERS else code


def forms(codes: Iterable[str]) -> tuple[Word, ...]:
    """Forms of delivery."""
    return tuple(Word(code, _label(Form, code)) for code in codes)


def listed(names: Mapping[str, str], codes: Iterable[str]) -> tuple[Word, ...]:
    """Codes that have their words in a mapping of msgids."""
    return tuple(Word(code, gettext(names[code]) if code in names else code) for code in codes)


def approvals(row: Row) -> tuple[Word, ...]:
    """Who approves, with how many people where more than one is asked; last whether all are asked at once."""
    found = []
    for word in listed(APPROVALS, row.approvals):
        votes = row.quorum.get(word.code, 1)
        text = ngettext("%(approver)s: %(votes)s person", "%(approver)s: %(votes)s people", votes)
        found.append(Word(word.code, text % {"approver": word.text, "votes": votes}) if votes > 1 else word)
    return (*found, Word("", gettext("all asked at once"))) if row.together else tuple(found)


def term(days: int) -> tuple[Word, ...]:
    """A term in days; nothing for none."""
    if not days:
        return ()
    return (Word("", ngettext("%(days)s day", "%(days)s days", days) % {"days": days}),)


def _label(choices: type[TextChoices], code: str) -> str:
    return str(choices(code).label) if code in choices.values else code
