"""The files that are measured, and what is known of their columns. Standard library alone: see `processes`.

`flights` is a published table, many of whose columns repeat themselves; `mixed` is generated and has what `flights`
has not: identifiers that never repeat, random fractions, timestamps, free text, Chinese names, stand-ins for absence.
The large file of `flights` is the small one twenty times over, that of `mixed` twenty times as many other rows.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

TIMES: Final = 20
SIZES: Final = ("small", "large")
FORMATS: Final = ("csv", "parquet")


@dataclass(frozen=True, slots=True)
class Column:
    """What a schema or a suite of checks would say. `kind`: integer, decimal, text, boolean, date, datetime."""

    name: str
    kind: str
    nullable: bool = False
    low: float | None = None
    high: float | None = None
    unique: bool = False


@dataclass(frozen=True, slots=True)
class Dataset:
    """A table, the rows of its small file, and the text that stands for null in its CSV."""

    name: str
    rows: int
    null_text: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file of a data set. `key` names it in reports and on the command line."""

    dataset: Dataset
    size: str
    format: str

    @property
    def key(self) -> str:
        """For instance `flights.large.csv`."""
        return f"{self.dataset.name}.{self.size}.{self.format}"

    @property
    def rows(self) -> int:
        """Rows the file must have."""
        return self.dataset.rows * (TIMES if self.size == "large" else 1)

    def path(self, folder: Path) -> Path:
        """Where it is or will be."""
        return folder / self.key


FLIGHTS: Final = Dataset(
    "flights",
    336_776,
    "NA",
    (
        Column("year", "integer", low=2013, high=2013),
        Column("month", "integer", low=1, high=12),
        Column("day", "integer", low=1, high=31),
        Column("dep_time", "integer", nullable=True, low=1, high=2400),
        Column("sched_dep_time", "integer", low=0, high=2400),
        Column("dep_delay", "integer", nullable=True, low=-120, high=2000),
        Column("arr_time", "integer", nullable=True, low=1, high=2400),
        Column("sched_arr_time", "integer", low=0, high=2400),
        Column("arr_delay", "integer", nullable=True, low=-120, high=2000),
        Column("carrier", "text"),
        Column("flight", "integer", low=1, high=9999),
        Column("tailnum", "text", nullable=True),
        Column("origin", "text"),
        Column("dest", "text"),
        Column("air_time", "integer", nullable=True, low=10, high=1000),
        Column("distance", "integer", low=10, high=6000),
        Column("hour", "integer", low=0, high=24),
        Column("minute", "integer", low=0, high=59),
        Column("time_hour", "datetime"),
    ),
)

MIXED: Final = Dataset(
    "mixed",
    130_000,
    "",
    (
        Column("order_id", "integer", low=10**11, high=10**12, unique=True),
        Column("token", "text", unique=True),
        Column("customer", "integer", low=1, high=2_000_000),
        Column("name", "text"),
        Column("mobile", "text"),
        Column("city", "text"),
        Column("amount", "decimal", low=0, high=1e9),
        Column("reading", "decimal", nullable=True, low=-100, high=100),
        Column("latitude", "decimal", low=18, high=54),
        Column("score", "integer", nullable=True, low=0, high=100),
        Column("paid", "boolean"),
        Column("ordered_on", "date"),
        Column("created_at", "datetime"),
        Column("product", "text"),
        Column("note", "text", nullable=True),
        Column("remark", "text"),
    ),
)

DATASETS: Final = {dataset.name: dataset for dataset in (FLIGHTS, MIXED)}


def data_file(key: str) -> DataFile:
    """The file of a key; KeyError or ValueError if there is none."""
    name, size, form = key.split(".")
    if size not in SIZES or form not in FORMATS:
        raise ValueError(key)
    return DataFile(DATASETS[name], size, form)


def files(sizes: tuple[str, ...] = SIZES) -> list[DataFile]:
    """All files of the given sizes, the small ones first."""
    return [
        DataFile(dataset, size, form)
        for size in SIZES
        if size in sizes
        for dataset in DATASETS.values()
        for form in FORMATS
    ]
