"""The same figures as `polars_profile` in one SELECT of DuckDB."""

import duckdb

from bench.quality.datasets import DataFile
from bench.quality.peers.duckdb_files import relation

NUMBERS = ("BIGINT", "INTEGER", "DOUBLE", "HUGEINT", "FLOAT", "DECIMAL")


def run(path: str, file: DataFile) -> dict[str, int]:
    """Extremes are fetched as text, which spares the instants their way into Python."""
    source = relation(path, file)
    wanted = ["count(*)"]
    for name, kind, *_ in duckdb.sql(f"DESCRIBE SELECT * FROM {source}").fetchall():  # noqa: S608 - our own names
        cell = f'"{name}"'
        wanted += [f"count(*) - count({cell})", f"approx_count_distinct({cell})"]
        wanted += [f"min({cell})::VARCHAR", f"max({cell})::VARCHAR"]
        if kind.startswith(NUMBERS):
            wanted += [f"avg({cell})", f"stddev_samp({cell})"]
        else:
            wanted += [f"{how}(length({cell}))" if kind == "VARCHAR" else "NULL" for how in ("min", "max")]
            wanted += [f"avg(length({cell}))"] if kind == "VARCHAR" else []
    found = duckdb.execute(f"SELECT {', '.join(wanted)} FROM {source}").fetchone()  # noqa: S608
    nulls = [place for place, what in enumerate(wanted) if what.startswith("count(*) - ")]
    return {"rows": found[0], "nulls": sum(found[place] for place in nulls)}
