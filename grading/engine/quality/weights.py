"""Quality profiles: how much each dimension and sub-indicator counts. Versioned data, checked when loaded."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
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
    """Weights of the six dimensions and their sub-indicators (GB/T 36344-2018), and what a frequency allows.

    `severity`: a sub-indicator of which the share X is right scores X ** severity, 1 where none is given.
    `concentration`: exponent of a dimension's means over columns; 1, where none is given, pools all cells, more lets a
    bad column stand out.
    `metrics_apart`: cells are pooled within a metric only, and the metrics of a sub-indicator count alike.
    `minimum_judged`: share of the values that must let errors be told from right values for there to be a score.
    """

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
    severity: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    concentration: Mapping[str, float] = field(default_factory=dict)
    minimum_judged: float = 0.0
    metrics_apart: bool = False

    def severity_of(self, dimension: str, indicator: str) -> float:
        """The exponent of a sub-indicator's score."""
        return self.severity.get(dimension, {}).get(indicator, 1.0)

    def concentration_of(self, dimension: str) -> float:
        """The exponent of a dimension's means over columns."""
        return self.concentration.get(dimension, 1.0)


def load_quality_profile(path: Path | str) -> QualityProfile:
    """Read a quality profile file. Raises InvalidRules naming what is missing or negative."""
    return parse_quality_profile(tomllib.loads(Path(path).read_text(encoding="utf-8")))


def parse_quality_profile(data: Mapping[str, Any]) -> QualityProfile:
    """Check plain data (as of the TOML file) and make a QualityProfile of it."""
    for key in ("code", "version", "standard", "title", "title_zh", "source", "certainty"):
        if not isinstance(data.get(key), str) or not data[key].strip():
            raise InvalidRules(f"{key} is missing or no text")
    given = _table(data, "dimensions", "dimensions", tuple(DIMENSIONS))
    indicators: dict[str, dict[str, float]] = {}
    dimensions: dict[str, float] = {}
    severity: dict[str, dict[str, float]] = {}
    concentration: dict[str, float] = {}
    for dimension, names in DIMENSIONS.items():
        place = f"dimensions.{dimension}"
        weights = _table(_table(given, dimension, place), "indicators", f"{place}.indicators", names)
        indicators[dimension] = {name: _number(weights, name, f"{place}.indicators") for name in names}
        if sum(indicators[dimension].values()) <= 0:
            raise InvalidRules(f"{place}.indicators must not be all zero")
        dimensions[dimension] = _number(given[dimension], "weight", place)
        severity[dimension] = _severity(given[dimension], place, names)
        concentration[dimension] = _exponent(given[dimension], "concentration", place)
    if sum(dimensions.values()) <= 0:
        raise InvalidRules("dimension weights must not be all zero")
    minimum, judged = _share(data, "minimum_coverage"), _share(data, "minimum_judged")
    days = dict(_table(data, "update_days", "update_days")) if "update_days" in data else {}
    if any(isinstance(number, bool) or not isinstance(number, int) or number < 1 for number in days.values()):
        raise InvalidRules("update_days must be whole numbers of at least 1")
    apart = data.get("metrics_apart", False)
    if not isinstance(apart, bool):
        raise InvalidRules("metrics_apart must be true or false")
    return QualityProfile(
        code=data["code"],
        version=data["version"],
        standard=data["standard"],
        title=data["title"],
        title_zh=data["title_zh"],
        source=data["source"],
        certainty=data["certainty"],
        dimensions=dimensions,
        indicators=indicators,
        update_days=days,
        minimum_coverage=minimum,
        severity=severity,
        concentration=concentration,
        minimum_judged=judged,
        metrics_apart=apart,
    )


def _severity(dimension: Mapping[str, Any], place: str, names: tuple[str, ...]) -> dict[str, float]:
    """Of some sub-indicators, or of none."""
    given = _table(dimension, "severity", f"{place}.severity") if "severity" in dimension else {}
    if unknown := sorted(set(given) - set(names)):
        raise InvalidRules(f"{place}.severity knows no {', '.join(unknown)}")
    return {name: _exponent(given, name, f"{place}.severity") for name in given}


def _exponent(data: Mapping[str, Any], key: str, place: str) -> float:
    """A number of at least 1; 1 where none is given."""
    found = _number(data, key, place) if key in data else 1.0
    if found < 1.0:
        raise InvalidRules(f"{place}: {key} must be at least 1")
    return found


def _share(data: Mapping[str, Any], key: str) -> float:
    """A share from 0 to 1; 0 where none is given."""
    found = _number(data, key, "the file") if key in data else 0.0
    if found > 1.0:
        raise InvalidRules(f"{key} must be between 0 and 1")
    return found


def _table(data: Mapping[str, Any], key: str, place: str, names: tuple[str, ...] = ()) -> Mapping[str, Any]:
    """The table under `key`, which has exactly `names` where some are given."""
    found = data.get(key)
    if not isinstance(found, Mapping) or (names and set(found) != set(names)):
        raise InvalidRules(f"{place} must be exactly {', '.join(names)}" if names else f"{place} must be a table")
    return found


def _number(data: Mapping[str, Any], key: str, place: str) -> float:
    """A finite number that is not negative."""
    value = data.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise InvalidRules(f"{place}: {key} must be a number that is not negative, not {value!r}")
    return float(value)
