"""A match in words: why it is proposed, what it meets and what it fails, in the language that is active.

Every sentence is a gettext msgid filled with the stored codes and figures; nothing here decides anything.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_noop as _

from grading.wording import name
from marketplace.authorization.models import Mode
from marketplace.catalog.models import Purpose, Sector, SupplyMode
from marketplace.matching.engine.constraints import ALLOTTED, EXCLUSIVE
from marketplace.matching.engine.meaning import SEMANTIC
from marketplace.matching.engine.rank import MEANING, RELEVANCE
from marketplace.matching.engine.weights import COLUMNS
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


def _access(value: str) -> str:
    return str(Mode(value).label) if value in Mode.values else value


def _label(choices: type[Sector] | type[Purpose] | type[SupplyMode]) -> Labels:
    return lambda value: str(choices(value).label) if value in choices.values else value


MET: Final[Mapping[str, tuple[str, Labels]]] = {
    "grade_decided": (_("Its grade is decided."), _as_is),
    "not_own_listing": (_("It is another organisation's."), _as_is),
    "not_licensed_alone": (_("No exclusive licence of it stands."), _as_is),
    "authorization": (_("Access to it can be given: %(actual)s."), _access),
    "sector": (_("It is of the sector asked for: %(actual)s."), _label(Sector)),
    "region": (_("It covers a region asked for: %(actual)s."), _as_is),
    "time_span": (_("It covers the time asked for, %(wanted)s: %(actual)s."), _as_is),
    "format": (_("It comes in a format asked for: %(actual)s."), _as_is),
    "minimum_quality": (_("Its quality of %(actual)s is not below the least asked for, %(wanted)s."), _as_is),
    "freshness": (_("Its data is of %(actual)s, not before %(wanted)s."), _as_is),
    "supply_mode": (_("It is supplied as asked for: %(actual)s."), _label(SupplyMode)),
    "purpose": (_("Its terms allow the purpose: %(wanted)s."), _label(Purpose)),
    "scenario": (_("Its terms allow the scenario: %(wanted)s."), _as_is),
    "budget": (_("Its price of %(actual)s is within the budget of %(wanted)s."), _as_is),
    "exclusive": (_("An exclusive licence of it is free."), _as_is),
}
FAILED: Final[Mapping[str, tuple[str, Labels]]] = {
    "grade_decided": (_("Its grade is not decided."), _as_is),
    "not_own_listing": (_("It is the buyer's own."), _as_is),
    "not_licensed_alone": (_("An exclusive licence of it stands until %(actual)s."), _as_is),
    "authorization": (_("Access to it is refused: %(reason)s"), _access),
    "sector": (_("It is of another sector: %(actual)s; asked for is %(wanted)s."), _label(Sector)),
    "region": (_("It does not cover a region of %(wanted)s, but %(actual)s."), _as_is),
    "time_span": (_("It does not cover all of the time asked for, %(wanted)s, but %(actual)s."), _as_is),
    "format": (_("It does not come in %(wanted)s, but in %(actual)s."), _as_is),
    "minimum_quality": (_("Its quality of %(actual)s is below the least asked for, %(wanted)s."), _as_is),
    "freshness": (_("Its data is of %(actual)s, before %(wanted)s."), _as_is),
    "supply_mode": (_("It is supplied otherwise: %(actual)s; asked for is %(wanted)s."), _label(SupplyMode)),
    "purpose": (_("Its terms do not allow the purpose %(wanted)s, but %(actual)s."), _label(Purpose)),
    "scenario": (_("Its terms allow another scenario only: %(actual)s; asked for is %(wanted)s."), _as_is),
    "budget": (_("Its price of %(actual)s is not within the budget of %(wanted)s."), _as_is),
    "exclusive": (_("An exclusive licence of it is not free."), _as_is),
}
KEPT: Final = _("The right to an exclusive licence of it is kept for another buyer for the time being.")
SHORT: Final[Mapping[str, str]] = {
    "time_span": _("%(days)s days of it are missing."),
    "minimum_quality": _("%(points)s points are missing."),
    "freshness": _("It is %(days)s days too old."),
    "budget": _("The budget would have to be %(percent)s %% higher."),
}
"""How much is missing, where it is measured."""
UNKNOWN: Final = _("not known")
WORDS: Final = _("It says what is asked for: %(words)s. Relevance: %(points)s of 100.")
NO_WORDS: Final = _("It has none of the words that are asked for.")
MEANT: Final = _("What it is about is near to what is asked for: that adds %(points)s, by the model %(model)s.")
FEATURES: Final[Mapping[str, str]] = {
    "quality": _("The quality of its files adds %(points)s."),
    "price": _("A price below the budget adds %(points)s."),
    "freshness": _("Recent data add %(points)s."),
    "columns": _("Columns that are asked for add %(points)s: %(columns)s."),
    "record": _("Earlier requests for its provider's data add %(points)s; who is new counts as neutral."),
}
SAMPLED: Final = _("Columns like those of the sample add %(points)s: %(columns)s.")
"""Where none is found that was named by hand."""
UNSAID: Final = "—"
"""Columns of a sample that was removed: the match was scored by them, and not anew since."""
SAMPLED_TOO: Final = _("Like those of the sample: %(columns)s.")


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
    yield Reason("relevance", RELEVANCE, None, text if match.features[RELEVANCE] else gettext(NO_WORDS))
    if MEANING in match.features:
        model = next((stage.removeprefix(f"{SEMANTIC}:") for stage in match.stages if stage.startswith(SEMANTIC)), "")
        text = gettext(MEANT) % {"points": _points(match.features[MEANING]), "model": model}
        yield Reason("relevance", MEANING, None, text)
    for code, sentence in FEATURES.items():
        if match.features.get(code):
            points = {"points": _points(match.features[code])}
            yield Reason("feature", code, None, _of_columns(match) if code == COLUMNS else gettext(sentence) % points)


def _of_columns(match: Match) -> str:
    """Those that were named, then those of the sample with their types."""
    points = _points(match.features[COLUMNS])
    sampled = ", ".join(
        f"{column['name']} ({name(column['type'])})" if column["type"] else column["name"]
        for column in match.sample_found
    )
    if sampled and not match.columns_found:
        return gettext(SAMPLED) % {"points": points, "columns": sampled}
    said = gettext(FEATURES[COLUMNS]) % {"points": points, "columns": ", ".join(match.columns_found) or UNSAID}
    return f"{said} {gettext(SAMPLED_TOO) % {'columns': sampled}}" if sampled else said


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
    params = {name: in_reading(entry[name], label) for name in ("wanted", "actual")}
    text = gettext(KEPT if (entry["code"], entry["actual"]) == (EXCLUSIVE, ALLOTTED) else sentence) % {
        **params,
        "reason": _reason_of(entry),
    }
    short = entry.get("shortfall")
    if short is not None and entry["code"] in SHORT:
        text = f"{text} {gettext(SHORT[entry['code']]) % amounts(short)}"
    return Reason("constraint", entry["code"], entry["met"], text)


def _reason_of(entry: Mapping[str, Any]) -> str:
    """The decision table's own words, which it has in both languages."""
    chinese = (get_language() or "").startswith("zh")
    return str(entry.get("reason_zh" if chinese else "reason_en", ""))


def amounts(short: float) -> dict[str, str]:
    """A shortfall as days, points and percent, rounded up: what is said is enough."""
    exact = Fraction(repr(float(short)))  # as it is written: 0.2 is a fifth, its nearest binary number is more
    return {
        "days": f"{math.ceil(exact):,}",
        "points": f"{math.ceil(exact * 10) / 10:g}",
        "percent": f"{math.ceil(exact * 100):,}",
    }


def in_reading(value: Any, label: Labels) -> str:
    """A stored value as a reader wants it."""
    if value is None or value in ("", []):
        return gettext(UNKNOWN)
    if isinstance(value, list):
        return ", ".join(label(str(entry)) for entry in value)
    if isinstance(value, float | int):
        return f"{value:g}"
    return label(str(value))
