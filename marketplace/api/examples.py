"""Examples of the OpenAPI document: one journey from a registration to a download link, as it was answered once.

`examples.json` holds request and answer by operation; a test sends every request again and compares the answers.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

FILE: Final = Path(__file__).with_name("examples.json")


@cache
def recorded() -> Mapping[str, Mapping[str, Any]]:
    """Operation → `status` and `response`, and `request` where it has a body of JSON."""
    found: Mapping[str, Mapping[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def examples_of(operation: str) -> list[OpenApiExample]:
    """The examples of one operation; none for most."""
    example = recorded().get(operation)
    if example is None:
        return []
    answer = OpenApiExample(
        "Answer", value=example["response"], response_only=True, status_codes=[str(example["status"])]
    )
    if "request" not in example:
        return [answer]
    return [OpenApiExample("Request", value=example["request"], request_only=True), answer]
