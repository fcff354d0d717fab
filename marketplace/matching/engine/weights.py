"""The weights of matching, as a versioned rulebook of data."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

DEFAULT_WEIGHTS = Path(__file__).resolve().parent.parent / "rules" / "weights.toml"

TEXT_FIELDS: Final = ("title", "tags", "description", "category", "columns")
QUALITY: Final = "quality"
PRICE: Final = "price"
FRESHNESS: Final = "freshness"
COLUMNS: Final = "columns"
RECORD: Final = "record"
SOFT_FEATURES: Final = (QUALITY, PRICE, FRESHNESS, COLUMNS, RECORD)


@dataclass(frozen=True, slots=True)
class FieldWeight:
    """`weight` multiplies a field's term frequency; `b` (0 to 1) says how much a long field is discounted."""

    weight: float
    b: float


@dataclass(frozen=True, slots=True)
class TextWeights:
    """Parameters of BM25F. `stem_share` (0 to 1) is the share of the stemmed stream in the blend.

    `k1` bounds what a term can say however often a listing has it, `k3` the same of the demand's own repetitions (None:
    each counts in full). `idf_power` above 1 leans further to rare words than BM25 does.
    """

    k1: float
    stem_share: float
    fields: Mapping[str, FieldWeight]
    k3: float | None = None
    idf_power: float = 1.0

    def rarity(self, matching: int, size: int) -> float:
        """How much a term says that `matching` of `size` documents have; always positive."""
        return math.pow(math.log1p((size - matching + 0.5) / (matching + 0.5)), self.idf_power)

    def repeated(self, count: int) -> float:
        """What `count` occurrences of a term in the demand count, in terms of one."""
        if self.k3 is None or count == 0:
            return float(count)
        return (self.k3 + 1) * count / (self.k3 + count)


@dataclass(frozen=True, slots=True)
class RecordPrior:
    """Of a provider without a record `share` (0 to 1) is expected, which weighs as much as so many `requests`."""

    share: float
    requests: float


@dataclass(frozen=True, slots=True)
class MeaningWeights:
    """How much the semantic stage counts in the blend, as a share of it.

    `keywords` of a demand of `keyword_words` words or fewer, `sentences` of one of `sentence_words` or more, and in
    proportion between. A cosine below `least` brings no listing in.
    """

    keywords: float
    sentences: float
    keyword_words: float
    sentence_words: float
    least: float


@dataclass(frozen=True, slots=True)
class Weights:
    """One version of the weights. `bonus` has the most that each soft feature can add, as a share of relevance.

    A version without `meaning` ranks by words alone, whatever model is installed.
    """

    code: str
    version: str
    title_en: str
    title_zh: str
    standard: str
    source: str
    certainty: str
    text: TextWeights
    bonus: Mapping[str, float]
    record: RecordPrior
    freshness_half_life_days: float
    meaning: MeaningWeights | None = None


def load_weights(source: str | Path = DEFAULT_WEIGHTS) -> Weights:
    """Weights from TOML text, or from the file at a path. ValueError names the entry that is wrong."""
    text = source.read_text(encoding="utf-8") if isinstance(source, Path) else source
    return weights_from_data(tomllib.loads(text))


def weights_from_data(data: Mapping[str, Any]) -> Weights:
    """The same from the parsed mapping, as a rulebook version stores it."""
    texts = {name: _text(data, name) for name in _TEXTS}
    text = _table(data, "text")
    fields = _table(text, "fields")
    bonus, record = _table(data, "bonus"), _table(data, "record")
    _only(fields, TEXT_FIELDS, "text.fields")
    _only(bonus, SOFT_FEATURES, "bonus")
    _only(record, ("share", "requests"), "record")
    return Weights(
        text=TextWeights(
            k1=_number(text, "k1", 0, 10),
            stem_share=_number(text, "stem_share", 0, 1),
            k3=_number(text, "k3", 0, 1000) if "k3" in text else None,
            idf_power=_number(text, "idf_power", 0.5, 3) if "idf_power" in text else 1.0,
            fields={
                name: FieldWeight(_number(_table(fields, name), "weight", 0, 100), _number(fields[name], "b", 0, 1))
                for name in TEXT_FIELDS
            },
        ),
        bonus={name: _number(bonus, name, 0, 1) for name in SOFT_FEATURES},
        record=RecordPrior(_number(record, "share", 0, 1), _number(record, "requests", 1, 10_000)),
        freshness_half_life_days=_number(data, "freshness_half_life_days", 1, 36500),
        meaning=_meaning(_table(data, "meaning")) if "meaning" in data else None,
        **texts,
    )


def _meaning(data: Mapping[str, Any]) -> MeaningWeights:
    _only(data, ("keywords", "sentences", "keyword_words", "sentence_words", "least"), "meaning")
    few = _number(data, "keyword_words", 0, 1000)
    return MeaningWeights(
        keywords=_number(data, "keywords", 0, 0.9),
        sentences=_number(data, "sentences", 0, 0.9),
        keyword_words=few,
        sentence_words=_number(data, "sentence_words", few + 1, 1001),
        least=_number(data, "least", 0.01, 0.99),
    )


_TEXTS = ("code", "version", "title_en", "title_zh", "standard", "source", "certainty")


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str):
        raise ValueError(f"weights: {name} must be a text")
    return value


def _table(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = data.get(name)
    if not isinstance(value, dict):
        raise ValueError(f"weights: {name} must be a table")
    return value


def _only(data: Mapping[str, Any], known: tuple[str, ...], place: str) -> None:
    unknown = sorted(set(data) - set(known))
    if unknown:
        raise ValueError(f"weights: {place} has unknown entries: {', '.join(unknown)}")


def _number(data: Mapping[str, Any], name: str, low: float, high: float) -> float:
    value = data.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError(f"weights: {name} must be a number from {low} to {high}, not {value!r}")
    return float(value)
