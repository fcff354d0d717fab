"""What a confined child is asked to do, done in the process of the test: the same order, answer and errors, no walls.

A child takes a second of processor time to load its libraries, many times what most tests have it read. Its walls and
limits, and what is said of a child that dies, are the subject of tests that ask for `children`; everything else comes
to the same: order and answer are text on their way, and what the function raises is explained by the child's own code.
"""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from foundation.confined import Broken, Exceeded, Killed, Limits, child
from foundation.confined.calling import Report
from foundation.confined.limits import MEMORY
from grading.engine.plain import from_plain
from grading.engine.rules import RuleSet

T = TypeVar("T")
_RULES: list[tuple[Mapping[str, Any], RuleSet]] = []
"""Rules that travelled already, and what was rebuilt of them: the engine makes its lexicon once for each object."""


def call(
    function: str,
    request: Mapping[str, Any],
    *,
    inputs: Mapping[str, int],
    outputs: Mapping[str, int],
    limits: Limits,
    scratch: Path,
    report: Report | None = None,
) -> Any:
    """As `foundation.confined.call`."""
    scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
    order = {"function": function, "request": request, "inputs": dict(inputs), "outputs": dict(outputs)}
    words: list[Any] = []
    raised: list[BaseException] = []

    def send(*message: Any) -> None:
        text = json.dumps(message, ensure_ascii=False, allow_nan=False).encode("utf-8", "backslashreplace")
        kind, *said = json.loads(text)
        if kind != "report":
            words.extend([kind, *said])
        elif report is not None:
            try:
                report(*said)
            except BaseException as error:  # which ends the child, and passes through
                raised.append(error)
                raise

    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        text = json.dumps({**order, "scratch": folder}, ensure_ascii=False).encode("utf-8", "surrogatepass")
        child._carry_out(json.loads(text), send)
    if raised:
        raise raised[0]
    return _outcome(words[0], words[1], limits)


def rebuilt(cls: type[T], data: Mapping[str, Any]) -> T:
    """As `from_plain`; rules that are equal to earlier ones are rebuilt once."""
    if cls is not RuleSet:
        return from_plain(cls, data)
    for known, rules in _RULES:
        if known == data:
            return rules  # type: ignore[return-value]  # cls is RuleSet
    if len(_RULES) == 4:
        _RULES.pop()
    made = from_plain(RuleSet, data)
    _RULES.insert(0, (data, made))
    return made  # type: ignore[return-value]


def _outcome(kind: str, said: Any, most: Limits) -> Any:
    if kind == "answer":
        return said
    if kind == "exceeded":
        raise Exceeded(said, most.memory_bytes if said == MEMORY else most.scratch_bytes)
    raise (Broken if kind == "broken" else Killed)(said)
