"""The kernel's memory as Polars frames."""

from typing import Final

import numpy as np
import polars as pl

from grading.engine.kernel import Chosen, Held
from grading.engine.kernel.kernel import unmixed
from grading.engine.kernel.library import LONGEST_VALUE
from grading.engine.profile.parts import ALL, DrawnRows

SHOWN_OF_LONG: Final = 160
"""Characters shown of a value that was cut; what tells it from others follows."""


def text_values(*stores: Held) -> pl.DataFrame:
    """`value`, `hash`, `count`, `row`, `size`, `characters` of text values; those that were cut end in their hash."""
    values = np.concatenate([held.values for held in stores]) if len(stores) > 1 else stores[0].values
    kept = np.minimum(values["size"], LONGEST_VALUE)
    texts = [text for held in stores for text in _held_texts(held)]
    return pl.DataFrame(
        {
            "value": pl.Series(texts, dtype=pl.String),
            "hash": np.ascontiguousarray(values["hash"]),
            "count": values["count"].astype(np.int64),
            "row": np.ascontiguousarray(values["row"]),
            "size": kept.astype(np.uint32),
            "characters": values["characters"].astype(np.int64),
        }
    )


def _held_texts(held: Held) -> list[str]:
    values = held.values
    ends = values["place"] + np.minimum(values["size"], LONGEST_VALUE)
    texts = _texts(_decoded(held.text), values["place"].tolist(), ends.tolist())
    for place in np.flatnonzero(values["size"] > LONGEST_VALUE).tolist():
        texts[place] = f"{texts[place][:SHOWN_OF_LONG]}…#{values['hash'][place]}"
    return texts


def number_values(held: Held, dtype: pl.DataType) -> pl.DataFrame:
    """The same of values of a type; their bits are their hashes, unmixed."""
    values = held.values
    bits = unmixed(np.ascontiguousarray(values["hash"]))
    if dtype.is_float():
        series = pl.Series(bits.view(np.float64)).cast(dtype)
    elif dtype.is_unsigned_integer():
        series = pl.Series(bits).cast(dtype)
    else:
        series = pl.Series(bits.view(np.int64)).cast(dtype)
    return pl.DataFrame(
        {
            "value": series,
            "hash": np.ascontiguousarray(values["hash"]),
            "count": values["count"].astype(np.int64),
            "row": np.ascontiguousarray(values["row"]),
            "size": np.zeros(len(values), np.uint32),
            "characters": np.zeros(len(values), np.int64),
        }
    )


def chosen_rows(chosen: Chosen, names: list[str]) -> DrawnRows:
    """The sampled rows of a delimited file. Each is written as the sizes of its cells (-1: empty), then their bytes."""
    count, width = len(chosen.rows), len(names)
    places = chosen.rows["place"].astype(np.int64)
    raw = np.frombuffer(chosen.cells, np.uint8)
    sizes = raw[places[:, None] + np.arange(4 * width)].view(np.int32) if count else np.empty((0, width), np.int32)
    filled = np.maximum(sizes, 0)
    ends = np.cumsum(filled, axis=1, dtype=np.int64) + places[:, None] + 4 * width
    begins = ends - filled
    columns = {}
    source = _decoded(chosen.cells)
    for place, name in enumerate(names):
        texts: list[str | None] = list(_texts(source, begins[:, place].tolist(), ends[:, place].tolist()))
        for empty in np.flatnonzero(sizes[:, place] < 0).tolist():
            texts[empty] = None
        columns[name] = pl.Series(texts, dtype=pl.String)
    rows = pl.DataFrame(
        {
            "hash": np.ascontiguousarray(chosen.rows["hash"]),
            "row": np.ascontiguousarray(chosen.rows["row"]),
            "size": np.ascontiguousarray(chosen.rows["size"]),
            **columns,
        }
    )
    return DrawnRows(rows, min(chosen.threshold, ALL))


def _decoded(data: bytes) -> str | bytes:
    """As text where a place in it is the same place in the bytes: slices of it need not be decoded one by one."""
    return data.decode("ascii") if data.isascii() else data


def _texts(data: str | bytes, begins: list[int], ends: list[int]) -> list[str]:
    """UTF-8 slices as text; a character that was cut in two is left out."""
    if isinstance(data, str):
        return [data[begin:end] for begin, end in zip(begins, ends, strict=True)]
    return [data[begin:end].decode("utf-8", "ignore") for begin, end in zip(begins, ends, strict=True)]
