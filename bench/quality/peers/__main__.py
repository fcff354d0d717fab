"""`python -m bench.quality.peers MODULE KEY FOLDER`: one contestant on one file, in the environment that it needs."""

import importlib
import json
import sys
from pathlib import Path

from bench.quality.datasets import data_file


def main(module: str, key: str, folder: str) -> None:
    """Print what was seen as one JSON object on the last line: `rows`, and `nulls` where the contestant counts them."""
    file = data_file(key)
    run = importlib.import_module(f"bench.quality.peers.{module}").run
    seen = run(str(file.path(Path(folder))), file)
    print(f"\n{json.dumps(seen)}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
