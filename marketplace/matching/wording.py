"""A match in words: why it is proposed, what it meets and what it fails, in the language that is active.

Every sentence is a gettext msgid filled with the stored codes and figures; nothing here decides anything.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext, override
from django.utils.translation import gettext_noop as _

from marketplace.catalog.models import Purpose, Sector, SupplyMode
from marketplace.matching.engine.rank import RELEVANCE
from marketplace.matching.models import Match

MOST_WORDS: Final = 6

Labels = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence. `kind` is relevance, feature or constraint; `met` is None where nothing is asked for."""

    kind: str
    code: str
    met: bool | None
    text: str


def _as_is(value: str) -> str:
    return value


def _label(choices: type[Sector] | type[Purpose] | type[SupplyMode]) -> Labels:
    return lambda value: str(choices(value).label) if value in choices.values else value


MET: Final[Mapping[str, tuple[str, Labels]]] = {
    "grade_decided": (_("Its grade is decided."), _as_is),
    "not_own_listing": (_("It is another organisation's."), _as_is),
    "sector": (_("It is of the sector asked for: %(actual)s."), _label(Sector)),
    "region": (_("It covers the region asked for: %(actual)s."), _as_is),
    "minimum_quality": (_("Its quality of %(actual)s is not below the least asked for, %(wanted)s."), _as_is),
    "supply_mode": (_("It is supplied as asked for: %(actual)s."), _label(SupplyMode)),
    "purpose": (_("Its terms allow the purpose: %(wanted)s."), _label(Purpose)),
    "scenario": (_("Its terms allow the scenario: %(wanted)s."), _as_is),
    "budget": (_("Its price of %(actual)s is within the budget of %(wanted)s."), _as_is),
}
FAILED: Final[Mapping[str, tuple[str, Labels]]] = {
    "grade_decided": (_("Its grade is not decided."), _as_is),
    "not_own_listing": (_("It is the buyer's own."), _as_is),
    "sector": (_("It is of another sector: %(actual)s; asked for is %(wanted)s."), _label(Sector)),
    "region": (_("It does not cover the region %(wanted)s, but %(actual)s."), _as_is),
    "minimum_quality": (_("Its quality of %(actual)s is below the least asked for, %(wanted)s."), _as_is),
    "supply_mode": (_("It is supplied otherwise: %(actual)s; asked for is %(wanted)s."), _label(SupplyMode)),
    "purpose": (_("Its terms do not allow the purpose %(wanted)s, but %(actual)s."), _label(Purpose)),
    "scenario": (_("Its terms allow another scenario only: %(actual)s; asked for is %(wanted)s."), _as_is),
    "budget": (_("Its price of %(actual)s is not within the budget of %(wanted)s."), _as_is),
}
UNKNOWN: Final = _("not known")
WORDS: Final = _("It says what is asked for: %(words)s. Relevance: %(points)s of 100.")
FEATURES: Final[Mapping[str, str]] = {
    "quality": _("The quality of its files adds %(points)s."),
    "price": _("A price below the budget adds %(points)s."),
    "freshness": _("Recent data add %(points)s."),
}


def reasons(match: Match) -> list[Reason]:
    """Why this listing for this demand: relevance first, then what adds to it, then each constraint."""
    return [*_of_features(match), *(_of_constraint(entry) for entry in match.constraints_report)]


def explanation(match: Match, language: str) -> str:
    """The reasons as one text in `language` (`en`, `zh-hans`)."""
    with override(language):
        return " ".join(reason.text for reason in reasons(match))


def _of_features(match: Match) -> Iterable[Reason]:
    words = ", ".join(shown_words(match.terms))
    text = gettext(WORDS) % {"words": words, "points": _points(match.features[RELEVANCE])}
    yield Reason("relevance", RELEVANCE, None, text)
    for code, sentence in FEATURES.items():
        if match.features.get(code):
            yield Reason("feature", code, None, gettext(sentence) % {"points": _points(match.features[code])})


def _points(share: float) -> str:
    """A share as points of a hundred, one decimal."""
    return f"{100 * share:.1f}"


def shown_words(terms: Iterable[Mapping[str, Any]]) -> list[str]:
    """The heaviest terms as a reader wants them: no stem of a word that is shown, no character of a pair that is."""
    shown: list[str] = []
    for term in (str(entry["term"]) for entry in terms):
        if not any(term in longer for longer in shown):
            shown = [shorter for shorter in shown if shorter not in term] + [term]
    return shown[:MOST_WORDS]


def _of_constraint(entry: Mapping[str, Any]) -> Reason:
    sentence, label = (MET if entry["met"] else FAILED)[entry["code"]]
    params = {name: _value(entry[name], label) for name in ("wanted", "actual")}
    return Reason("constraint", entry["code"], entry["met"], gettext(sentence) % params)


def _value(value: Any, label: Labels) -> str:
    if value is None or value in ("", []):
        return gettext(UNKNOWN)
    if isinstance(value, list):
        return ", ".join(label(str(entry)) for entry in value)
    if isinstance(value, float | int):
        return f"{value:g}"
    return label(str(value))
