"""`python -m bench.quality.accuracy FOLDER PYTHON`: how near this profile's estimates come to exact figures, as JSON.

A generated table of 2.5 million rows, most of whose columns have about 2 million distinct values of kinds that hashing
treats differently: random and sequential, fractions, whole numbers as fractions, multiples, texts that share a prefix.
Profiled as CSV and as Parquet; PYTHON is that of the environment with DuckDB. Exact figures are Polars' `n_unique` and
counts of the cells below a quantile.
"""

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from bench.quality.report import rank_error
from grading.engine.profile import Profile, profile_table
from grading.engine.readers import open_table

SEED: Final = 20240229
DISTINCT: Final = 2_000_000
REPEATS: Final = 500_000
SHARES: Final = (0.25, 0.5, 0.75)


def table() -> pl.DataFrame:
    """Each value once, and half a million repeats of random ones, shuffled."""
    source = np.random.default_rng(SEED)
    sequence = np.arange(DISTINCT, dtype=np.int64)
    random = source.integers(0, 2**62, DISTINCT)
    columns: dict[str, Any] = {
        "floats_uniform": source.random(DISTINCT) * 1e6,
        "floats_normal": source.normal(0, 1, DISTINCT),
        "floats_cents": np.round(source.integers(0, 10**10, DISTINCT) / 100, 2),
        "floats_whole": sequence.astype(np.float64),
        "ints_sequence": sequence,
        "ints_thousands": sequence * 1000,
        "ints_random": random,
        "ints_of_40_thousand": sequence % 40_000,
        "ints_of_300_thousand": sequence % 300_000,
        "texts_random": [f"{number:016x}" for number in random.tolist()],
        "texts_sequence": [f"ORDER-{number:09d}" for number in sequence.tolist()],
        "texts_chinese": [f"上海市浦东新区{number}号" for number in sequence.tolist()],
    }
    frame = pl.DataFrame(columns).with_columns(
        instants=pl.lit(datetime(2020, 1, 1)) + pl.duration(seconds="ints_sequence")  # noqa: DTZ001 - local times
    )
    places = source.permutation(np.concatenate([sequence, source.integers(0, DISTINCT, REPEATS)]))
    return frame[places]


def estimates(path: Path) -> Profile:
    """This profile of a file."""
    with open_table(path, filename=path.name, trusting=True) as opened:
        return profile_table(opened)


def quartile_errors(frame: pl.DataFrame, profile: Profile, name: str) -> list[float]:
    """Errors of rank of the quartiles that the profile gives; none where it gives none."""
    numbers = profile.column(name).numbers
    if numbers is None:
        return []
    errors = []
    for share, value in zip(SHARES, (numbers.q1, numbers.median, numbers.q3), strict=True):
        cell = pl.col(name)
        below, through = frame.select(
            (cell < value).mean().alias("below"), (cell <= value).mean().alias("through")
        ).row(0)
        errors.append(rank_error(below, through, share))
    return errors


def measure(folder: Path, duckdb: str) -> dict[str, Any]:
    """`distinct`: by column the exact count and everybody's estimate; `quartiles`: errors of rank by format."""
    parquet, csv = folder / "accuracy.parquet", folder / "accuracy.csv"
    if not parquet.exists() or not csv.exists():
        made = table()
        made.write_csv(csv)
        made.write_parquet(parquet)
        del made
    frame = pl.read_parquet(parquet)
    exact = frame.select(pl.all().n_unique()).row(0, named=True)
    polars = pl.scan_parquet(parquet).select(pl.all().approx_n_unique()).collect(engine="streaming").row(0, named=True)
    command = [duckdb, "-m", "bench.quality.duckdb_distinct", str(parquet)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    found = json.loads(done.stdout) if done.returncode == 0 else {}
    profiles = {"csv": estimates(csv), "parquet": estimates(parquet)}
    return {
        "distinct": {
            name: {
                "exact": exact[name],
                **{f"own_{form}": profile.column(name).distinct.value for form, profile in profiles.items()},
                "polars": polars[name],
                **({"duckdb": found[name]} if name in found else {}),
            }
            for name in frame.columns
        },
        "quartiles": {
            name: {form: quartile_errors(frame, profile, name) for form, profile in profiles.items()}
            for name, kind in frame.schema.items()
            if kind.is_numeric()
        },
    }


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), sys.argv[2])))
