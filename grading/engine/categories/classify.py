"""From column names, values, sensitive types and the listing's words to sector, domain and attribute, with reasons.

Evidence (see gathering.py) is summed by sector. A word counts once, wherever it is said again; evidence of one place
counts less the more there is of it, since words of one text are not independent. Sums become shares by a softmax over
all sectors and the possibility that none fits, whose temperature was fitted so that confidence means what it says.
Domains are compared only within the sector that won.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from grading.engine.categories.gathering import Piece, gathered
from grading.engine.categories.lexicon import lexicon_of
from grading.engine.categories.scheme import Categories
from grading.engine.sensitivity import ColumnVerdict

#: Codes of reasons with their English message templates.
CATEGORY_REASONS: Final[Mapping[str, str]] = {
    "category_title": "The title says %(words)s.",
    "category_keywords": "The keywords say %(words)s.",
    "category_description": "The description says %(words)s.",
    "category_column": "Column %(column)s says %(words)s.",
    "category_values": "Values of %(column)s say %(words)s.",
    "category_system": "Values of %(column)s are %(system)s.",
    "category_unit": "Column %(column)s is measured in %(words)s.",
    "category_type": "Column %(column)s: %(type)s.",
    "category_publisher": "A publisher is named after %(words)s, which says little.",
}
DECLARED_CONFIDENCE: Final = 0.95
MOST_CONFIDENT: Final = 0.97
TEMPERATURE: Final = 1.0
NOTHING: Final = 0.5
"""What speaks for no sector of the scheme, in nats."""
LEAST: Final = 0.3
"""Evidence below this is none."""
LEAST_OF_DOMAIN: Final = 0.5
MOST_REASONS: Final = 8
MOST_ALTERNATIVES: Final = 3
_FADE: Final = {"title": 0.75, "keywords": 0.65, "description": 0.85, "column": 0.84, "values": 0.7, "publisher": 0.5}
_MOST: Final = {"title": 3.0, "keywords": 2.5, "description": 4.5, "column": 7.0, "values": 4.0, "publisher": 0.6}
"""What one place can say at most, in nats: a title alone never makes sure."""
_AGAIN: Final = 0.35
"""What a word said once more adds, each time."""


@dataclass(frozen=True, slots=True)
class CategoryOption:
    """Another category that the evidence allows."""

    sector: str
    domain: str | None
    confidence: float


@dataclass(frozen=True, slots=True)
class CategoryReason:
    """What spoke for the recommended sector. `code` is a key of CATEGORY_REASONS; `weight` in nats.

    Words are those of the scheme, never values of the data.
    """

    code: str
    params: Mapping[str, str]
    weight: float


@dataclass(frozen=True, slots=True)
class Category:
    """Sector, domain and attribute. `sector` is None where nothing speaks for any; `declared`: the provider said it.

    `reasons` speak for `sector`, the weightiest first.
    """

    sector: str | None
    domain: str | None
    attribute: str
    confidence: float
    declared: bool
    alternatives: tuple[CategoryOption, ...] = ()
    reasons: tuple[CategoryReason, ...] = ()


def categorise(
    categories: Categories,
    *,
    columns: Iterable[str],
    texts: Iterable[str],
    sector: str | None,
    verdicts: tuple[ColumnVerdict, ...],
    title: str | None = None,
    description: str | None = None,
    keywords: Iterable[str] = (),
    values: Mapping[str, Sequence[str]] | None = None,
) -> Category:
    """Recommend a category.

    `texts` are further words of the listing, read as titles are; `values`: distinct values by column, of which those of
    personal columns are not looked at. A declared `sector` is taken as it is, known to the scheme or not, unless it is
    another name of one (`aliases`); the evidence then chooses the domain within it. A name of none declares nothing.
    """
    pieces = gathered(
        lexicon_of(categories),
        titles=[text for text in (title, *texts) if text],
        description=description or "",
        keywords=keywords,
        columns=columns,
        verdicts=verdicts,
        values=values or {},
    )
    return _decided(categories, pieces, categories.sector_of(sector), verdicts)


def _without_repeats(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """A word said again, in whatever place, is hardly more evidence than said once: its weightiest place counts."""
    same: dict[tuple[str, str, str | None], list[Piece]] = {}
    for piece in pieces:
        same.setdefault((piece.word, piece.meaning.sector, piece.meaning.domain), []).append(piece)
    for _, said in sorted(same.items(), key=lambda item: (item[0][0], item[0][1], item[0][2] or "")):
        said.sort(key=lambda piece: (-piece.weight, piece.place, piece.subject))
        for rank, piece in enumerate(said):
            yield replace(piece, weight=piece.weight * _AGAIN**rank) if rank else piece


def _total(pieces: Iterable[Piece]) -> float:
    """The sum of evidence, that of each place fading."""
    by_place: dict[str, list[float]] = {}
    for piece in pieces:
        by_place.setdefault(piece.place, []).append(piece.weight)
    total = []
    for place, weights in by_place.items():
        faded = [weight * _FADE[place] ** rank for rank, weight in enumerate(sorted(weights, reverse=True))]
        total.append(_MOST[place] * (1 - math.exp(-math.fsum(faded) / _MOST[place])))
    return math.fsum(sorted(total))


def _decided(
    categories: Categories, pieces: Sequence[Piece], sector: str | None, verdicts: tuple[ColumnVerdict, ...]
) -> Category:
    attribute = next(code for code, condition in categories.attributes if _holds(condition, verdicts))
    own: dict[str, list[Piece]] = {}
    for piece in _without_repeats(pieces):
        own.setdefault(piece.meaning.sector, []).append(piece)
    scores = {code: _total(said) for code, said in own.items()}
    scores = {code: score for code, score in scores.items() if score >= LEAST}
    shares = _shares(scores)
    ranked = sorted(shares, key=lambda code: (-scores[code], code))
    options = [CategoryOption(code, _domain(own[code]), shares[code]) for code in ranked]
    if sector is not None:
        others = tuple(option for option in options if option.sector != sector)[:MOST_ALTERNATIVES]
        said = own.get(sector, [])
        return Category(sector, _domain(said), attribute, DECLARED_CONFIDENCE, True, others, _reasons(said))
    if not options:
        return Category(None, None, attribute, 0.0, False)
    first = options[0]
    others = tuple(options[1 : 1 + MOST_ALTERNATIVES])
    return Category(first.sector, first.domain, attribute, first.confidence, False, others, _reasons(own[first.sector]))


def _shares(scores: Mapping[str, float]) -> dict[str, float]:
    """Scores as shares of certainty that leave something to the possibility that no sector fits."""
    if not scores:
        return {}
    highest = max(*scores.values(), NOTHING)
    powers = {code: math.exp((score - highest) / TEMPERATURE) for code, score in scores.items()}
    whole = math.fsum(sorted(powers.values())) + math.exp((NOTHING - highest) / TEMPERATURE)
    return {code: round(min(power / whole, MOST_CONFIDENT), 2) for code, power in powers.items()}


def _domain(pieces: Sequence[Piece]) -> str | None:
    inside: dict[str, list[Piece]] = {}
    for piece in pieces:
        if piece.meaning.domain is not None:
            inside.setdefault(piece.meaning.domain, []).append(piece)
    scores = {code: _total(said) for code, said in inside.items()}
    best = min(scores, key=lambda code: (-scores[code], code), default=None)
    return best if best is not None and scores[best] >= LEAST_OF_DOMAIN else None


def _reasons(pieces: Sequence[Piece]) -> tuple[CategoryReason, ...]:
    """The weightiest evidence, that of a text or a column together."""
    grouped: dict[tuple[str, str], dict[str, float]] = {}
    for piece in pieces:
        words = grouped.setdefault((piece.code, piece.subject), {})
        words[piece.word] = max(piece.weight, words.get(piece.word, 0.0))
    reasons = []
    for (code, subject), words in grouped.items():
        named = sorted(words, key=lambda word: (-words[word], word))
        weight = round(math.fsum(sorted(words.values())), 2)
        params = {"column": subject} if subject else {}
        key = {"category_system": "system", "category_type": "type"}.get(code, "words")
        params[key] = named[0] if key != "words" else ", ".join(named[:6])
        reasons.append(CategoryReason(code, params, weight))
    reasons.sort(key=lambda reason: (-reason.weight, reason.code, sorted(reason.params.items())))
    return tuple(reasons[:MOST_REASONS])


def _holds(condition: str, verdicts: tuple[ColumnVerdict, ...]) -> bool:
    if condition == "always":
        return True
    if condition == "personal":
        return any(verdict.personal for verdict in verdicts)
    if condition == "sensitive_personal":
        return any(verdict.sensitive_personal for verdict in verdicts)
    return any(verdict.nature == condition for verdict in verdicts)
