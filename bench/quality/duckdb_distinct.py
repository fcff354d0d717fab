"""`python -m bench.quality.duckdb_distinct FILE`: DuckDB's approx_count_distinct of every column, as JSON."""

import json
import sys

import duckdb


def main(path: str) -> None:
    """Needs DuckDB's environment."""
    source = f"read_parquet('{path}')"
    names = [name for name, *_ in duckdb.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]  # noqa: S608
    wanted = ", ".join(f'approx_count_distinct("{name}")' for name in names)
    found = duckdb.execute(f"SELECT {wanted} FROM {source}").fetchone()  # noqa: S608 - our own names
    print(json.dumps(dict(zip(names, found, strict=True))))


if __name__ == "__main__":
    main(sys.argv[1])
