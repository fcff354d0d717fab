"""Quality profiles: how much each dimension and sub-indicator counts. Versioned data, checked when loaded."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    "conformance": (
        "data_standards",
        "data_model",
        "metadata",
        "business_rules",
        "authoritative_reference",
        "security_norms",
    ),
    "completeness": ("data_elements", "data_records"),
    "accuracy": ("content_correctness", "format_compliance", "duplication_rate", "uniqueness", "dirty_data_rate"),
    "consistency": ("same_data", "related_data"),
    "timeliness": ("within_period", "point_in_time", "order_in_time"),
    "accessibility": ("accessible", "usable"),
}


class InvalidRules(ValueError):
    """A rule file that cannot be used; the message names the file's key and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class QualityProfile:
    """Weights of the six dimensions and their sub-indicators (GB/T 36344-2018), and what a frequency allows."""

    code: str
    version: str
    standard: str
    title: str
    title_zh: str
    source: str
    certainty: str
    dimensions: Mapping[str, float]
    indicators: Mapping[str, Mapping[str, float]]
    update_days: Mapping[str, int]
    minimum_coverage: float


def load_quality_profile(path: Path | str) -> QualityProfile:
    """Read a quality profile file. Raises InvalidRules naming what is missing or negative."""
    return parse_quality_profile(tomllib.loads(Path(path).read_text(encoding="utf-8")))


def parse_quality_profile(data: Mapping[str, Any]) -> QualityProfile:
    """Check plain data (as of the TOML file) and make a QualityProfile of it."""
    for key in ("code", "version", "standard", "title", "title_zh", "source", "certainty", "dimensions"):
        if not data.get(key):
            raise InvalidRules(f"{key} is missing")
    given = data["dimensions"]
    if set(given) != set(DIMENSIONS):
        raise InvalidRules(f"dimensions must be exactly {', '.join(DIMENSIONS)}")
    indicators: dict[str, dict[str, float]] = {}
    for dimension, names in DIMENSIONS.items():
        weights = given[dimension].get("indicators", {})
        if set(weights) != set(names):
            raise InvalidRules(f"dimensions.{dimension}.indicators must be exactly {', '.join(names)}")
        indicators[dimension] = {name: float(weights[name]) for name in names}
        if min(indicators[dimension].values()) < 0 or sum(indicators[dimension].values()) <= 0:
            raise InvalidRules(f"dimensions.{dimension}.indicators must not be negative nor all zero")
    dimensions = {dimension: float(given[dimension].get("weight", -1)) for dimension in DIMENSIONS}
    if min(dimensions.values()) < 0 or sum(dimensions.values()) <= 0:
        raise InvalidRules("dimension weights must not be negative nor all zero")
    minimum = float(data.get("minimum_coverage", 0.0))
    if not 0.0 <= minimum <= 1.0:
        raise InvalidRules("minimum_coverage must be between 0 and 1")
    days = {str(name): int(number) for name, number in data.get("update_days", {}).items()}
    if any(number < 1 for number in days.values()):
        raise InvalidRules("update_days must be at least 1")
    return QualityProfile(
        code=data["code"],
        version=str(data["version"]),
        standard=data["standard"],
        title=data["title"],
        title_zh=data["title_zh"],
        source=data["source"],
        certainty=data["certainty"],
        dimensions=dimensions,
        indicators=indicators,
        update_days=days,
        minimum_coverage=minimum,
    )
