"""Evidence for sectors in what a table is called and described as, in its column names, types and values.

Each word, code system, unit or type is a piece of evidence in nats (see lexicon.py), weighed by where it stands. What
a table is about outweighs who publishes it (Ministry of …, …局), who takes part (school, 司机) and in what form it
comes (list of …, …统计表).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from grading.engine.categories.codesystems import VALUES_EXAMINED, systems_in
from grading.engine.categories.lexicon import WEAK, Hit, Lexicon, Meaning
from grading.engine.categories.tokens import fold, unit, units_in_brackets
from grading.engine.sensitivity import ColumnVerdict

LONGEST_TEXT: Final = 2_000
COLUMNS_WITH_VALUES: Final = 200
VALUES_READ: Final = 30

_FIELD: Final = {"title": 1.0, "keywords": 0.55, "description": 0.75, "column": 1.1, "values": 0.7}
#: Factors of words in a title: its head, what stands beside the head, after `in` or `for`, after `by`.
_HEAD, _BESIDE_HEAD, _AFTER_HEAD, _BY = 1.2, 0.9, 0.7, 0.6
_CONTAINER, _PUBLISHER, _ACTOR = 0.4, 0.25, 0.6
_SHARE: Final = 0.25
"""Of a column's values must say a thing for it to count."""
_NAMED: Final = 0.4
"""What values add to a column's name that says the same."""

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
_PUBLISHED_ZH: Final = re.compile("(?:来源|发布单位|提供单位|发布机构|数据提供方)[:][^。;\n]*")
_BREAK: Final = re.compile(r"[,;:|()\[\]–—/]| - |\b(?:in|at|for|from|across|with|within|among|near|on|to|under)\b")
_BREAK_BY: Final = re.compile(r"\b(?:by|per|vs|versus)\b")
_BREAK_ZH: Final = re.compile("[,;:、()—·\\- |/]|的")


@dataclass(frozen=True, slots=True)
class Piece:
    """Evidence: `place` fades (title, column …), `code` is the reason's, `subject` the column's name or nothing."""

    place: str
    code: str
    subject: str
    word: str
    meaning: Meaning
    weight: float


@dataclass(slots=True)
class _Gathered:
    pieces: list[Piece] = field(default_factory=list)

    def add(self, place: str, code: str, subject: str, word: str, meanings: Iterable[Meaning], factor: float) -> None:
        for meaning in meanings:
            self.pieces.append(Piece(place, code, subject, word, meaning, meaning.weight * factor))


def gathered(
    lexicon: Lexicon,
    *,
    titles: Iterable[str],
    description: str,
    keywords: Iterable[str],
    columns: Iterable[str],
    verdicts: tuple[ColumnVerdict, ...],
    values: Mapping[str, Sequence[str]],
) -> tuple[Piece, ...]:
    """All evidence; the order of columns and keywords plays no part. Values of personal columns are not looked at."""
    found = _Gathered()
    for text in sorted(set(titles)):
        _read_title(found, lexicon, text)
    _read_text(found, lexicon, "keywords", "\n".join(sorted(set(keywords))))
    _read_text(found, lexicon, "description", description)
    names = sorted(set(columns))
    _read_names(found, lexicon, names)
    _read_types(found, lexicon, verdicts)
    personal = {verdict.column for verdict in verdicts if verdict.personal}
    _read_values(found, lexicon, {name: values[name] for name in names if name in values and name not in personal})
    return tuple(found.pieces)


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
    spoken_for = {(piece.subject, piece.meaning.sector) for piece in found.pieces if piece.code == "category_column"}
    for name in sorted(values)[:COLUMNS_WITH_VALUES]:
        texts = [text for value in values[name][:VALUES_EXAMINED] if (text := value.strip())]
        for system in systems_in(texts):
            found.add("values", "category_system", name, system, lexicon.systems.get(system, ()), 1.0)
        measures = [unit(text.lstrip("+-.,0123456789 ")) for text in texts[:VALUES_READ]]
        for measure in sorted(set(measures) & lexicon.units.keys()):
            if sum(each == measure for each in measures) >= _SHARE * len(measures) and len(measure) > 1:
                found.add("values", "category_unit", name, measure, lexicon.units[measure], _FIELD["values"])
        for word, meaning, share in _common(lexicon, [text[:60] for text in texts[:VALUES_READ]]):
            factor = _FIELD["values"] * (_NAMED if (name, meaning.sector) in spoken_for else 1.0)
            found.add("values", "category_values", name, word, (meaning,), factor * share)


def _common(lexicon: Lexicon, texts: Sequence[str]) -> Iterator[tuple[str, Meaning, float]]:
    """Known words that a quarter of the texts or more hold, by sector and domain: the most telling word, the share."""
    open_texts = [text for text in texts if not text[0].isdigit()]
    spoken: dict[str, tuple[int, tuple[Meaning, ...]]] = {}
    for text in open_texts:
        for word, meanings in {hit.word: hit.meanings for hit in lexicon.in_text(fold(text))}.items():
            spoken[word] = (spoken.get(word, (0, ()))[0] + 1, meanings)
    by_meaning: dict[tuple[str, str | None], list[tuple[int, str, Meaning]]] = {}
    for word, (count, meanings) in spoken.items():
        for meaning in meanings:
            if meaning.weight > WEAK:
                by_meaning.setdefault((meaning.sector, meaning.domain), []).append((count, word, meaning))
    for _, said in sorted(by_meaning.items(), key=lambda item: (item[0][0], item[0][1] or "")):
        share = min(1.0, sum(count for count, _, _ in said) / len(open_texts))
        if share >= _SHARE:
            _, word, meaning = max(said, key=lambda item: (item[2].weight, item[0], item[1]))
            yield word, meaning, share
