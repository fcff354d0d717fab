"""Who is measured, and the environments that they live in. Standard library alone: see `processes`.

Versions are pinned at the newest that installed together on Python 3.11; what came along with them is written down in
the report. Polars is the version that this project pins.
"""

import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
UV: Final = (sys.executable, "-m", "uv", "--quiet", "--no-progress")
#: The environment of this project, the only one that its own engine runs in.
OWN: Final = "own"
POLARS: Final = f"polars=={version('polars')}"
ENVIRONMENTS: Final[dict[str, tuple[str, ...]]] = {
    "polars": (POLARS,),
    "duckdb": ("duckdb==2.0.0",),
    "ydata": ("ydata-profiling==4.18.4", "setuptools==79.0.1", "pandas==2.3.3", "pyarrow==26.0.1"),
    "pandera": ("pandera[polars]==0.35.0", POLARS),
    "expectations": ("great-expectations==1.24.1", "pandas==2.3.3", "pyarrow==26.0.1"),
    "whylogs": ("whylogs==1.6.4", "pandas==2.3.3", "numpy==1.26.4", "pyarrow==20.0.0"),
}


@dataclass(frozen=True, slots=True)
class Contestant:
    """`key` is also the module in `peers`; `title` names it in the report; `slow`: it takes minutes on a large file."""

    key: str
    title: str
    environment: str
    slow: bool = False


CONTESTANTS: Final = tuple(
    Contestant(*row)
    for row in (
        ("own_profile", "this profile", OWN),
        ("own_examination", "this examination (profile, quality, sensitivity, level)", OWN),
        ("polars_parse", "Polars, bare parse", "polars"),
        ("duckdb_parse", "DuckDB, bare parse", "duckdb"),
        ("polars_profile", "Polars, lazy profile", "polars"),
        ("duckdb_profile", "DuckDB, lazy profile", "duckdb"),
        ("duckdb_summarize", "DuckDB, SUMMARIZE", "duckdb"),
        ("ydata_minimal", "ydata-profiling, minimal", "ydata", True),
        ("pandera_schema", "pandera, a schema", "pandera"),
        ("expectations", "Great Expectations, a suite", "expectations", True),
        ("whylogs_profile", "whylogs", "whylogs", True),
    )
)
BY_KEY: Final = {contestant.key: contestant for contestant in CONTESTANTS}


def program(environment: str, folder: Path) -> Path:
    """The Python of an environment that was made in `folder`."""
    return Path(sys.executable) if environment == OWN else folder / environment / "bin" / "python"


def install(environment: str, folder: Path) -> str | None:
    """Make the environment unless it is as pinned already; why it cannot be had, or None."""
    if environment == OWN:
        return None
    wanted, stamp = "\n".join(ENVIRONMENTS[environment]), folder / environment / "installed"
    if stamp.exists() and stamp.read_text() == wanted:
        return None
    print(f"making the environment {environment}", file=sys.stderr)
    python = program(environment, folder)
    for command in (
        (*UV, "venv", "--clear", "--no-project", "--python", sys.executable, str(folder / environment)),
        (*UV, "pip", "install", "--python", str(python), *ENVIRONMENTS[environment]),
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
        if done.returncode:
            return done.stderr.strip()[-500:] or f"exit {done.returncode}"
    stamp.write_text(wanted)
    return None


def installed(environment: str, folder: Path) -> list[str]:
    """All packages of an environment with their versions."""
    command = (*UV, "pip", "freeze", "--python", str(program(environment, folder)))
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()  # noqa: S603
