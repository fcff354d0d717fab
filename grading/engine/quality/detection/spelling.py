"""Rare values and words that are one slip from a common one of their column.

Nearness alone shows nothing: AL and AK, Meier and Meyer are near and right. What shows a slip is that rare texts of the
column are near a common one more often than established texts are near each other: the local false discovery rate of
Efron (2008), with counts of pairs for densities. Where established texts of a column are near each other as often, or
where half of the rare ones would be near by chance, as with short texts, nothing is said.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from typing import Final

from grading.engine.quality.detection.spelling_edits import Neighbours, masked, meant

LEAST_COMMON: Final = 3
"""Cells with a text that others may be slips of."""
MOST: Final = 4_000
"""The most texts of a column that are compared; the common ones and the rare ones each."""
NEAR: Final = (200, 0.6)
"""After so many common texts, of which this share is near another that is right, nothing can be told of the column."""
PRIOR: Final = 3.0
"""How many established texts the prior of nearness by chance weighs."""
ENDED: Final = 4
"""Signs of the shorter of two texts, from which on a sign more at the end may be an ending."""
MASKS: Final = 5
"""Different signs that one and the same sign stands for, from which on it may be a mask."""
HIGHEST: Final = 0.97
BY_CHANCE_FOREIGN: Final = 0.2
"""How often, of right texts that are near a common one by chance, one has a class of signs that no common one has."""


@dataclass(frozen=True, slots=True)
class Slip:
    """`text` (in `count` cells) looks like a slip of `model` (in `model_count` cells). Word or value of `column`."""

    text: str
    count: int
    model: str
    model_count: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Pair:
    """A text (place) and the most frequent one, as frequent as itself or more, that it is one slip from.

    `one` stands where the model has `other`; `ending` says that the texts end there, `established` that
    the text's counts are not all that speaks for it.
    """

    text: int
    model: int
    one: str
    other: str
    ending: bool
    established: bool = False

    @property
    def exchanged(self) -> bool:
        """Whether one sign stands for one other."""
        return len(self.one) == len(self.other) == 1


@dataclass(frozen=True, eq=False)
class Texts:
    """The different texts of a column, their counts of cells, and which are near which.

    `common`: places of those that others may be slips of, the most frequent first. `foreign`: of those with a class of
    signs that common texts hardly have.
    """

    texts: Sequence[str]
    counts: Sequence[int]
    common: Sequence[int]
    pairs: Sequence[Pair]
    foreign: Set[int] = frozenset()

    def typical(self, pair: Pair, masks: Set[str]) -> bool:
        """Whether the counts are those of a slip, which is seldom made twice in the same way.

        The longer the text the more ways there are, and the more when a letter comes in that was not there.
        """
        return not pair.established and seldom(
            self.counts[pair.text], self.counts[pair.model], len(self.texts[pair.text]), pair.one, pair.other, masks
        )


def seldom(count: int, model_count: int, length: int, one: str, other: str, masks: Set[str]) -> bool:
    """Whether a text in so many cells may be a slip of another."""
    new = set(one) - set(other) - masks
    return model_count >= 4 * count and count <= 2 + (0.01 if new else 0.12) * model_count / length


def compared(texts: Sequence[str], counts: Sequence[int], most: int = MOST) -> Texts:
    """The texts with their neighbours among the common ones."""
    order = sorted(range(len(texts)), key=lambda place: (-counts[place], texts[place]))
    common = [place for place in order if counts[place] >= LEAST_COMMON][:most]
    held = Texts(texts, counts, common, [])
    pairs: list[Pair] = []
    for pair in _pairs(texts, counts, common, most) if len(texts) > 1 else ():
        pairs.append(pair)
        if len(pairs) == int(NEAR[0] * NEAR[1]):
            usual = sum(1 for found in pairs if not held.typical(found, frozenset()))
            if usual == len(pairs) and common.index(pair.text) < NEAR[0]:
                return held
    return replace(held, pairs=pairs)


def _pairs(texts: Sequence[str], counts: Sequence[int], common: Sequence[int], most: int) -> Iterator[Pair]:
    models = [texts[place] for place in common]
    neighbours = Neighbours(models)
    for place in (*common, *[place for place in range(len(texts)) if counts[place] < LEAST_COMMON][:most]):
        text = texts[place]
        for at, change in neighbours.of(text):  # the most frequent first
            if (counts[common[at]], models[at]) > (counts[place], text) and not meant(text, models[at], change):
                one, other, start = change
                ending = len(one) + len(other) == 1 and start == min(len(text), len(models[at])) >= ENDED
                yield Pair(place, common[at], one, other, ending)
                break


def mask_signs(columns: Iterable[Texts]) -> Set[str]:
    """The sign that stands for letters of all kinds, as where they could not be read; mostly there is none."""
    seen: dict[str, list[str]] = {}
    for held in columns:
        for pair in held.pairs:
            if pair.exchanged and 4 * held.counts[pair.text] <= held.counts[pair.model]:
                seen.setdefault(pair.one, []).append(pair.other)
    total = sum(map(len, seen.values()))
    return frozenset(sign for sign, others in seen.items() if len(set(others)) >= MASKS and len(others) >= 0.4 * total)


def slips(held: Texts, masks: Set[str]) -> dict[str, Slip]:
    """By text, those that look like slips of a more frequent one."""
    pairs = [(pair, _kind(pair, masks), held.typical(pair, masks)) for pair in held.pairs]
    unreadable = _unreadable(held, masks)
    likely = {pair.text for pair, _, typical in pairs if typical} | set(unreadable)
    rare = sum(1 for place, count in enumerate(held.counts) if count < LEAST_COMMON or place in likely)
    settled = len(held.common) - len(likely & set(held.common))
    near = Counter(kind for _, kind, typical in pairs if typical) + Counter({"mask": len(unreadable)})
    usual = {
        kind: len(
            {place for pair, its, typical in pairs if its == kind and not typical for place in (pair.text, pair.model)}
        )
        for kind in ("inside", "end", "mask")
    }
    close = {place for pair, _, typical in pairs if not typical for place in (pair.text, pair.model)}
    found: dict[str, Slip] = {}
    for text, model, kind in (
        *((pair.text, pair.model, kind) for pair, kind, typical in pairs if typical),
        *((text, model, "mask") for text, model in unreadable.items()),
    ):
        # Where texts are near in one way they are near in others, and half as often at least.
        by_chance = (max(usual[kind], len(close) / 2) + PRIOR * _chance(held.texts[model], kind)) / (settled + PRIOR)
        by_chance *= BY_CHANCE_FOREIGN if text in held.foreign else 1.0
        share = (near[kind] + 2.0 * (by_chance + 0.1)) / (rare + 2.0)
        confidence = min(HIGHEST, 1.0 - by_chance / share)
        if confidence > 0:
            name = held.texts[text]
            found[name] = Slip(name, held.counts[text], held.texts[model], held.counts[model], confidence)
    return found


def _unreadable(held: Texts, masks: Set[str]) -> dict[int, int]:
    """Texts that are a common one but for several masked letters, with that text."""
    if not masks:
        return {}
    paired = {pair.text for pair in held.pairs}
    alone = [
        place
        for place, text in enumerate(held.texts)
        if held.counts[place] < LEAST_COMMON and place not in paired and any(text.count(sign) > 1 for sign in masks)
    ]
    found = masked([held.texts[place] for place in alone], [held.texts[place] for place in held.common], masks)
    return {alone[text]: held.common[model] for text, model in found.items()}


def _kind(pair: Pair, masks: Set[str]) -> str:
    """Words have endings: a change there shows less. Each kind is judged by how often it is met in right texts."""
    if pair.exchanged and pair.one in masks:
        return "mask"
    return "end" if pair.ending else "inside"


def _chance(model: str, kind: str) -> float:
    """How often a right text is near another, before the column's own texts are asked: by length, from many tables."""
    chinese = sum(1 for sign in model if "\u3400" <= sign <= "\u9fff")
    length = len(model) + chinese if chinese < len(model) or chinese > 2 else 2
    chance = {1: 0.9, 2: 0.4, 3: 0.25, 4: 0.15, 5: 0.1, 6: 0.06, 7: 0.04}.get(length, 0.03)
    if kind == "mask":
        return chance / 5
    return min(0.9, 2 * chance) if kind == "end" else chance
