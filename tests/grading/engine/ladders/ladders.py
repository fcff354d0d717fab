"""Texts of schemes for tests: the smallest that can be used, and ways to spoil one."""

import tomllib
from copy import deepcopy
from typing import Any

from grading.engine.ladders.library import Library, library, read_scheme
from grading.engine.rules import SHIPPED

NATIONAL = ("general_1", "general_2", "general_3", "general_4", "important", "core")


def shipped() -> Library:
    """The schemes of this version."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((SHIPPED / "levels").glob("*.toml"))]
    found = library(read_scheme(tomllib.loads(text)) for text in texts)
    assert found.problems == ()
    return found


def row(level: str, lowest: str, strictest: str = "") -> dict[str, Any]:
    return {
        "level": level,
        "from": lowest,
        "to": strictest or lowest,
        "rationale": "As a test has it.",
        "rationale_zh": "测试。",
        "source": "a test",
        "certainty": "U",
    }


def level(code: str) -> dict[str, Any]:
    return {"code": code, "title": f"Level {code}", "title_zh": f"{code} 级"}


def scheme(
    code: str = "city", spans: tuple[tuple[str, str], ...] = (("general_1", "general_2"), ("general_3", "important"))
) -> dict[str, Any]:
    """A scheme with levels `l1`, `l2` … of these national spans."""
    codes = [f"l{number}" for number, _ in enumerate(spans, 1)]
    return {
        "code": code,
        "version": "1.0",
        "standard": "DB00/T 1-2026",
        "title": "Public data of a city",
        "title_zh": "某市公共数据",
        "source": "a test",
        "certainty": "R",
        "criteria_unknown": "Only the order is known.",
        "criteria_unknown_zh": "仅知次序。",
        "levels": [level(one) for one in codes],
        "crosswalk": [row(one, *span) for one, span in zip(codes, spans, strict=True)],
    }


def with_criteria() -> dict[str, Any]:
    data = scheme()
    del data["criteria_unknown"], data["criteria_unknown_zh"]
    named = {"title": "A name", "title_zh": "名"}
    data["criteria"] = {
        "source": "a test",
        "certainty": "R",
        "objects": [{"code": "persons", **named}, {"code": "public", **named}],
        "degrees": [{"code": "none", **named}, {"code": "some", **named}],
        "table": {"persons": {"none": "l1", "some": "l1"}, "public": {"none": "l1", "some": "l2"}},
    }
    return data


def changed(data: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy with the value at a path such as `levels/0/code`; None takes the key away."""
    copy = deepcopy(data)
    place: Any = copy
    *parents, last = path.split("/")
    for part in parents:
        place = place[int(part)] if isinstance(place, list) else place[part]
    key: Any = int(last) if isinstance(place, list) else last
    if value is None:
        del place[key]
    else:
        place[key] = value
    return copy


def as_toml(data: dict[str, Any]) -> str:
    """A scheme without criteria as a text."""
    plain = [
        (key, value)
        for key, value in data.items()
        if not (isinstance(value, list) and value and isinstance(value[0], dict))
    ]
    lines = [f"{key} = {_toml(value)}" for key, value in plain]
    for table in ("levels", "crosswalk"):
        for entry in data.get(table, ()):
            lines += ["", f"[[{table}]]", *(f"{key} = {_toml(value)}" for key, value in entry.items())]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    return "[" + ", ".join(map(_toml, value)) + "]" if isinstance(value, list) else f'"{value}"'
