"""A reader that goes wrong over certain files, as the fuzzer's child runs it."""

import ctypes
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


def examine_many(
    request: Mapping[str, Any], *, files: Mapping[str, Path], scratch: Path, report: Callable[[float, str], None]
) -> None:
    for number in range(request["first"], request["files"]):
        report(0.0, f"{number} begun")
        if number == 1:
            ctypes.string_at(0)
        if number == 3:
            time.sleep(60)
        report(1.0, f"{number} " + ("!ZeroDivisionError" if number == 4 else "csv_examined"))
