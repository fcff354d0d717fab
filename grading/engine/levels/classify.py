"""From column names, values, sensitive types and the listing's words to sector, domain and attribute, with reasons.

Each word, code system, unit or type is a piece of evidence in nats (see lexicon.py), weighed by where it stands. What
a table is about outweighs who publishes it (Ministry of …, …局) and in what form it comes (list of …, …统计表).
Evidence of one place counts less the more there is of it, since words of one text are not independent. Sums become
shares by a softmax over all sectors and the possibility that none fits, whose temperature was fitted so that confidence
means what it says. Domains are compared only within the sector that won.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from grading.engine.levels.categories import Categories
from grading.engine.levels.codesystems import VALUES_EXAMINED, systems_in
from grading.engine.levels.lexicon import WEAK, Hit, Lexicon, Meaning, lexicon_of
from grading.engine.levels.tokens import fold, unit, units_in_brackets
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
LONGEST_TEXT: Final = 2_000
COLUMNS_WITH_VALUES: Final = 200
VALUES_READ: Final = 30

_FIELD: Final = {"title": 1.0, "keywords": 0.55, "description": 0.75, "column": 1.1, "values": 0.7}
_FADE: Final = {"title": 0.75, "keywords": 0.65, "description": 0.85, "column": 0.84, "values": 0.7, "publisher": 0.5}
_MOST: Final = {"title": 3.0, "keywords": 2.5, "description": 4.5, "column": 7.0, "values": 4.0, "publisher": 0.6}
"""What one place can say at most, in nats: a title alone never makes sure."""
_HEAD, _BESIDE_HEAD, _AFTER_HEAD, _BY, _CONTAINER, _PUBLISHER, _AGAIN, _ACTOR = 1.2, 0.9, 0.7, 0.6, 0.4, 0.25, 0.35, 0.6

_AGENCY: Final = r"(?:ministry|department|dept|bureau|office|agency|authority|commission|administration|directorate)"
_PUBLISHER_EN: Final = re.compile(
    rf"\b{_AGENCY} (?:of|for) (?:the )?(?:[a-z&-]+(?:, [a-z-]+)*,? (?:and|&) [a-z-]+(?: [a-z-]+)?"
    r"(?=$|[^\w ,]| (?:of|for|in|has|is|on|to|by|the)\b)|[a-z&-]+)"
    rf"|\b(?:published|provided|maintained|collected|issued|compiled|released|supplied) by\b[^.;\n]*"
    r"|\bsources?\s*:[^.;\n]*"
)
_AGENCY_ZH: Final = re.compile(
    "(?:和|与|及|、)?(?:局(?!部|域|面|势)|委员会|委(?!托|派|任)|部门|部(?!分|件|位|署|队|落|长)|厅(?!堂)|署(?!名)|办公室|主管)"
)
_PUBLISHED_ZH: Final = re.compile("(?:来源|发布单位|提供单位|发布机构|数据提供方)[::][^。;;\n]*")
_BREAK: Final = re.compile(r"[,;:|()\[\]–—/]| - |\b(?:in|at|for|from|across|with|within|among|near|on|to|under)\b")
_BREAK_BY: Final = re.compile(r"\b(?:by|per|vs|versus)\b")
_BREAK_ZH: Final = re.compile("[,;:、()()—·\\- |/]|的")


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


@dataclass(frozen=True, slots=True)
class _Piece:
    """Evidence: `place` fades (title, column …), `code` is the reason's, `subject` the column's name or nothing."""

    place: str
    code: str
    subject: str
    word: str
    meaning: Meaning
    weight: float


@dataclass(slots=True)
class _Gathered:
    pieces: list[_Piece] = field(default_factory=list)

    def add(self, place: str, code: str, subject: str, word: str, meanings: Iterable[Meaning], factor: float) -> None:
        for meaning in meanings:
            self.pieces.append(_Piece(place, code, subject, word, meaning, meaning.weight * factor))


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
    personal columns are not looked at. A declared `sector` is taken as it is, known to the scheme or not; the evidence
    then chooses the domain within it.
    """
    lexicon = lexicon_of(categories)
    found = _Gathered()
    for text in sorted({text for text in (title, *texts) if text}):
        _read_title(found, lexicon, text)
    _read_text(found, lexicon, "keywords", "\n".join(sorted(set(keywords))))
    _read_text(found, lexicon, "description", description or "")
    names = sorted(set(columns))
    _read_names(found, lexicon, names)
    _read_types(found, lexicon, verdicts)
    personal = {verdict.column for verdict in verdicts if verdict.personal}
    seen = {name: values[name] for name in names if name in values and name not in personal} if values else {}
    _read_values(found, lexicon, seen)
    return _decided(categories, found.pieces, sector, verdicts)


def _read_title(found: _Gathered, lexicon: Lexicon, text: str) -> None:
    """The head of a title is what it is about: the last word before `in`, `at` or `for`, in Chinese the very last."""
    folded = fold(text[:LONGEST_TEXT])
    hits = lexicon.in_text(folded)
    publishers = _publishers(folded, hits)
    chinese = any("\u3400" <= sign <= "\u9fff" for sign in folded)
    heads = [hit for hit in hits if hit.meanings and not hit.container and hit not in publishers]
    after = _after_head_zh(folded, heads) if chinese else _after_head(folded, heads)
    within = [hit for hit in heads if after[hit.start] == 1.0]
    for hit in hits:
        if hit in publishers:
            found.add("publisher", "category_publisher", "", hit.word, hit.meanings, _PUBLISHER)
        elif hit.container:
            found.add("title", "category_title", "", hit.word, hit.meanings, _CONTAINER if heads else 2 * _CONTAINER)
        elif hit.meanings:
            factor = after[hit.start]
            if factor == 1.0:
                factor = _HEAD if hit is within[-1] else _BESIDE_HEAD
            found.add(
                "title",
                "category_title",
                "",
                hit.word,
                hit.meanings,
                factor * _FIELD["title"] * (_ACTOR if hit.actor else 1.0),
            )


def _after_head(folded: str, heads: Sequence[Hit]) -> dict[int, float]:
    """1 for words of the first part of an English title that says anything, less for those of later parts."""
    factors: dict[int, float] = {}
    for place, hit in enumerate(heads):
        between = folded[heads[0].end : hit.start] if place else ""
        by = _BREAK_BY.search(between)
        factors[hit.start] = _BY if by else _AFTER_HEAD if _BREAK.search(between) else 1.0
    return factors


def _after_head_zh(folded: str, heads: Sequence[Hit]) -> dict[int, float]:
    """1 for words of the last part of a Chinese title that says anything, less for those of earlier parts."""
    factors: dict[int, float] = {}
    for hit in heads:
        rest = folded[hit.end : heads[-1].start]
        factors[hit.start] = _AFTER_HEAD if _BREAK_ZH.search(rest) else 1.0
    return factors


def _read_text(found: _Gathered, lexicon: Lexicon, place: str, text: str) -> None:
    """Each word once."""
    folded = fold(text[:LONGEST_TEXT])
    hits = lexicon.in_text(folded)
    publishers = _publishers(folded, hits)
    seen: set[str] = set()
    for hit in hits:
        if hit.word in seen or not hit.meanings:
            continue
        seen.add(hit.word)
        if hit in publishers:
            found.add("publisher", "category_publisher", "", hit.word, hit.meanings, _PUBLISHER)
            continue
        factor = _FIELD[place] * (_CONTAINER if hit.container else 1.0) * (_ACTOR if hit.actor else 1.0)
        found.add(place, f"category_{place}", "", hit.word, hit.meanings, factor)


def _publishers(folded: str, hits: Sequence[Hit]) -> set[Hit]:
    """Words that name an authority or stand in a line about who published the data."""
    spans = [found.span() for pattern in (_PUBLISHER_EN, _PUBLISHED_ZH) for found in pattern.finditer(folded)]
    named = {hit for hit in hits if any(start <= hit.start and hit.end <= end for start, end in spans)}
    for place, hit in enumerate(hits):
        if "\u3400" <= hit.word[-1] <= "\u9fff" and _AGENCY_ZH.match(folded, hit.end):
            named.add(hit)
            while place and re.fullmatch("[和与及、]?", folded[hits[place - 1].end : hits[place].start]):
                place -= 1
                named.add(hits[place])
    return named


def _read_names(found: _Gathered, lexicon: Lexicon, names: Sequence[str]) -> None:
    """A column's best word for each sector, and a little of its best for each other domain of that sector."""
    for name in names:
        best: dict[tuple[str, str | None], tuple[float, str, Meaning]] = {}
        for hit in lexicon.in_name(name):
            for meaning in hit.meanings:
                key = (meaning.sector, meaning.domain)
                weight = meaning.weight * (_ACTOR if hit.actor else 1.0)
                if key not in best or (weight, hit.word) > (best[key][0], best[key][1]):
                    best[key] = (weight, hit.word, meaning)
        strongest: dict[str, float] = {}
        for (sector, _), (weight, _, _) in best.items():
            strongest[sector] = max(weight, strongest.get(sector, 0.0))
        for (sector, _), (weight, word, meaning) in sorted(
            best.items(), key=lambda item: (item[0][0], item[0][1] or "")
        ):
            factor = _FIELD["column"] * (1.0 if weight == strongest[sector] else 0.4)
            found.add("column", "category_column", name, word, (replace(meaning, weight=weight),), factor)
        for measure in units_in_brackets(name):
            found.add("column", "category_unit", name, measure, lexicon.units.get(measure, ()), _FIELD["column"])


def _read_types(found: _Gathered, lexicon: Lexicon, verdicts: Iterable[ColumnVerdict]) -> None:
    """Each sensitive type once, by the column that holds it most surely."""
    surest: dict[str, ColumnVerdict] = {}
    for verdict in verdicts:
        kind = verdict.sensitive_type
        if kind is not None and kind in lexicon.types:
            rival = surest.get(kind)
            if rival is None or (-verdict.confidence, verdict.column) < (-rival.confidence, rival.column):
                surest[kind] = verdict
    for kind, verdict in sorted(surest.items()):
        found.add("column", "category_type", verdict.column, kind, lexicon.types[kind], verdict.confidence)


def _read_values(found: _Gathered, lexicon: Lexicon, values: Mapping[str, Sequence[str]]) -> None:
    """Code systems, units and known words that the distinct values of columns have in common."""
    for name in sorted(values)[:COLUMNS_WITH_VALUES]:
        texts = [text for value in values[name][:VALUES_EXAMINED] if (text := value.strip())]
        for system in systems_in(texts):
            found.add("values", "category_system", name, system, lexicon.systems.get(system, ()), 1.0)
        short = [text[:60] for text in texts[:VALUES_READ] if not text[0].isdigit()]
        measures = [unit(text.lstrip("+-.,0123456789 ")) for text in texts[:VALUES_READ]]
        for measure in sorted(set(measures) & lexicon.units.keys()):
            if sum(each == measure for each in measures) >= 0.25 * len(measures) and len(measure) > 1:
                found.add("values", "category_unit", name, measure, lexicon.units[measure], _FIELD["values"])
        spoken: dict[str, tuple[int, tuple[Meaning, ...]]] = {}
        for text in short:
            for word, meanings in {hit.word: hit.meanings for hit in lexicon.in_text(fold(text))}.items():
                spoken[word] = (spoken.get(word, (0, ()))[0] + 1, meanings)
        by_meaning: dict[tuple[str, str | None], list[tuple[int, str, Meaning]]] = {}
        for word, (count, meanings) in spoken.items():
            for meaning in meanings:
                if meaning.weight > WEAK:
                    by_meaning.setdefault((meaning.sector, meaning.domain), []).append((count, word, meaning))
        for _, said in sorted(by_meaning.items(), key=lambda item: (item[0][0], item[0][1] or "")):
            share = min(1.0, sum(count for count, _, _ in said) / len(short))
            if share >= 0.25:
                _, word, meaning = max(said, key=lambda item: (item[2].weight, item[0], item[1]))
                found.add("values", "category_values", name, word, (meaning,), _FIELD["values"] * share)


def _without_repeats(pieces: Iterable[_Piece]) -> Iterator[_Piece]:
    """A word said again, in whatever place, is hardly more evidence than said once: its weightiest place counts."""
    same: dict[tuple[str, str, str | None], list[_Piece]] = {}
    for piece in pieces:
        same.setdefault((piece.word, piece.meaning.sector, piece.meaning.domain), []).append(piece)
    for _, said in sorted(same.items(), key=lambda item: (item[0][0], item[0][1], item[0][2] or "")):
        said.sort(key=lambda piece: (-piece.weight, piece.place, piece.subject))
        for rank, piece in enumerate(said):
            yield replace(piece, weight=piece.weight * _AGAIN**rank) if rank else piece


def _total(pieces: Iterable[_Piece]) -> float:
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
    categories: Categories, pieces: Sequence[_Piece], sector: str | None, verdicts: tuple[ColumnVerdict, ...]
) -> Category:
    attribute = next(code for code, condition in categories.attributes if _holds(condition, verdicts))
    own: dict[str, list[_Piece]] = {}
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


def _domain(pieces: Sequence[_Piece]) -> str | None:
    inside: dict[str, list[_Piece]] = {}
    for piece in pieces:
        if piece.meaning.domain is not None:
            inside.setdefault(piece.meaning.domain, []).append(piece)
    scores = {code: _total(said) for code, said in inside.items()}
    best = min(scores, key=lambda code: (-scores[code], code), default=None)
    return best if best is not None and scores[best] >= LEAST_OF_DOMAIN else None


def _reasons(pieces: Sequence[_Piece]) -> tuple[CategoryReason, ...]:
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
