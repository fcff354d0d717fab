"""The confined process itself: `python -m foundation.confined.child`, started by `calling` and by nobody else.

It reads its order from standard input, gives up what it does not need, and only then imports the function and looks
at the files. It answers in lines of JSON: `["report", share, note]`, and as the last one `["answer", value]`,
`["exceeded", resource]`, `["broken", class]` or `["hindered", class]`.
"""

import errno
import gc
import importlib
import json
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from foundation.confined import limits, walls

Send = Callable[..., None]


def main() -> NoReturn:
    """Carry out one order. Ends without the interpreter's own ending: native threads may be in any state by then."""
    gc.set_threshold(50_000, 20, 20)  # the libraries stay: to go through them for garbage is a tenth of loading them
    order = json.loads(sys.stdin.buffer.read())
    walls.die_with(order["parent"])
    walls.limit(**order["limits"])
    walls.close_all_but({0, 1, 2, order["answers"], *order["inputs"].values(), *order["outputs"].values()})
    walls.raise_walls(
        readable=[Path(__file__).resolve().parents[2] / top for top in order["packages"]],
        writable=[Path(order["scratch"])],
        inputs=list(order["inputs"].values()),
        outputs=list(order["outputs"].values()),
    )
    with os.fdopen(order["answers"], "w", encoding="utf-8", errors="backslashreplace") as answers:

        def send(*message: Any) -> None:
            answers.write(json.dumps(message, ensure_ascii=False, allow_nan=False) + "\n")
            answers.flush()

        _carry_out(order, send)
        os._exit(0)


def _carry_out(order: dict[str, Any], send: Send) -> None:
    try:
        module, _, name = order["function"].partition(":")
        files = {key: Path(f"/proc/self/fd/{fd}") for key, fd in {**order["inputs"], **order["outputs"]}.items()}
        function = getattr(importlib.import_module(module), name)
        found = function(
            order["request"],
            files=files,
            scratch=Path(order["scratch"]),
            report=lambda share, note: send("report", share, note),
        )
        send("answer", found)
    except BaseException as error:  # panics of native code are no Exceptions
        _explain(error, send)


def _explain(error: BaseException, send: Send) -> None:
    """What the error means to the caller; the traceback goes to standard error, which the caller logs."""
    if isinstance(error, MemoryError):
        send("exceeded", limits.MEMORY)
    elif isinstance(error, OSError) and error.errno == errno.EFBIG:
        send("exceeded", limits.SCRATCH)
    else:
        traceback.print_exception(error)
        send("hindered" if isinstance(error, OSError | ImportError) else "broken", type(error).__name__)


if __name__ == "__main__":
    main()
