"""The examination as a confined child runs it: plain data in, plain data out."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from grading.engine.examine import Examination, examine
from grading.engine.levels import Facts
from grading.engine.plain import from_plain, to_plain
from grading.engine.quality import Metadata
from grading.engine.readers import UnreadableFile
from grading.engine.rules import RuleSet


def order(*, filename: str, metadata: Metadata, facts: Facts, rules: RuleSet, today: date) -> dict[str, Any]:
    """The request of `examine_confined`: the rules travel with it, so that the child needs no other source of them."""
    return {
        "filename": filename,
        "metadata": to_plain(metadata),
        "facts": to_plain(facts),
        "rules": to_plain(rules),
        "today": today.isoformat(),
    }


def examine_confined(
    request: Mapping[str, Any],
    *,
    files: Mapping[str, Path],
    scratch: Path,
    report: Callable[[float, str], None],
) -> dict[str, Any]:
    """`{"examination": …}`, or `{"unreadable": {"code": …, "params": …}}` for what is no table."""
    try:
        found = examine(
            files["source"],
            filename=request["filename"],
            metadata=from_plain(Metadata, request["metadata"]),
            facts=from_plain(Facts, request["facts"]),
            rules=from_plain(RuleSet, request["rules"]),
            today=date.fromisoformat(request["today"]),
            progress=report,
            scratch=scratch,
        )
    except UnreadableFile as problem:
        return {"unreadable": {"code": problem.code, "params": to_plain(problem.params)}}
    return {"examination": found.to_dict()}


def result(answer: Mapping[str, Any]) -> Examination:
    """What `examine_confined` answered. Raises UnreadableFile where that is the answer."""
    if "unreadable" in answer:
        raise UnreadableFile(answer["unreadable"]["code"], **answer["unreadable"]["params"])
    return Examination.from_dict(answer["examination"])
