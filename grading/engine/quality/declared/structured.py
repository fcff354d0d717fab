"""Values of several parts: JSON objects and arrays (RFC 8259), points, GeoJSON (RFC 7946), TopoJSON."""

import json
import re
from collections.abc import Callable
from typing import Any, Final

import polars as pl

from grading.engine.quality.declared.model import Field

NUMBER: Final = re.compile(r"\s*([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?)\s*")
DEPTHS: Final = {
    "Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3,
}  # fmt: skip
"""Geometries, with how deep their coordinates lie in lists of positions."""


def read_structure(field: Field, texts: pl.Series) -> pl.DataFrame:
    """As `reading.read`, for fields of these types; `size` counts members or items."""
    take: Callable[[Any], bool] = {
        "object": lambda value: isinstance(value, dict),
        "array": lambda value: isinstance(value, list),
        "geojson": is_topology if field.format == "topojson" else is_geojson,
        "geopoint": is_point,
    }[field.type]
    same: list[str | None] = []
    sizes: list[int | None] = []
    for text in texts.to_list():
        value = _pair(text) if field.type == "geopoint" and field.format == "default" else _json(text)
        if field.type == "geopoint":
            value = _lon_lat(value, field.format)
        if value is not None and take(value):
            same.append(json.dumps(value, sort_keys=True, separators=(",", ":")))
            sizes.append(len(value))
        else:
            same.append(None)
            sizes.append(None)
    frame = pl.DataFrame({"same": pl.Series(same, dtype=pl.String), "size": pl.Series(sizes, dtype=pl.Int64)})
    return frame.select(ok=pl.col("same").is_not_null(), same="same", order=pl.lit(None, dtype=pl.Float64), size="size")


def _json(text: str) -> Any:
    """The value, None for what is no JSON; `null` is no value either."""
    try:
        value = json.loads(text, parse_constant=_refuse)
        json.dumps(value)  # as deep as it can be written again
    except (ValueError, RecursionError):
        return None
    return value


def _refuse(word: str) -> Any:
    raise ValueError(word)


def _pair(text: str) -> list[float] | None:
    found = [NUMBER.fullmatch(part) for part in text.split(",", 2)]
    if len(found) != 2:
        return None
    numbers = [float(part[1]) for part in found if part is not None]
    return numbers if len(numbers) == 2 else None


def _lon_lat(value: Any, written: str) -> Any:
    """[longitude, latitude] of a point in any form."""
    if written != "object":
        return value
    return [value["lon"], value["lat"]] if isinstance(value, dict) and set(value) == {"lon", "lat"} else None


def is_point(value: Any) -> bool:
    """Longitude and latitude in degrees."""
    if not isinstance(value, list) or len(value) != 2 or not all(map(_is_number, value)):
        return False
    return bool(-180 <= value[0] <= 180 and -90 <= value[1] <= 90)


def is_geojson(value: Any) -> bool:
    """Whether it is a geometry, a feature or a collection of either."""
    if not isinstance(value, dict):
        return False
    match value.get("type"):
        case "FeatureCollection":
            return _all(value.get("features"), _is_feature)
        case "Feature":
            return _is_feature(value)
    return _is_geometry(value)


def _is_feature(value: Any) -> bool:
    if not isinstance(value, dict) or value.get("type") != "Feature" or not {"geometry", "properties"} <= set(value):
        return False
    properties, geometry = value["properties"], value["geometry"]
    return (properties is None or isinstance(properties, dict)) and (geometry is None or _is_geometry(geometry))


def _is_geometry(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    kind = value.get("type")
    if kind == "GeometryCollection":
        return _all(value.get("geometries"), _is_geometry)
    return isinstance(kind, str) and kind in DEPTHS and _lie(value.get("coordinates"), DEPTHS[kind])


def _lie(value: Any, depth: int) -> bool:
    if depth:
        return _all(value, lambda inner: _lie(inner, depth - 1))
    return isinstance(value, list) and len(value) >= 2 and all(map(_is_number, value))


def is_topology(value: Any) -> bool:
    """Whether it has what each topology has: arcs of positions, and objects by name."""
    if not isinstance(value, dict) or value.get("type") != "Topology" or not isinstance(value.get("objects"), dict):
        return False
    objects = value["objects"].values()
    return _lie(value.get("arcs"), 2) and all(isinstance(item, dict) and "type" in item for item in objects)


def _all(value: Any, take: Callable[[Any], bool]) -> bool:
    return isinstance(value, list) and all(map(take, value))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
