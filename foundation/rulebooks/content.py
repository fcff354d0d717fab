"""A text of rules: TOML 1.0, with the particulars that every kind of rules states about itself."""

import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from foundation.rulebooks.errors import UnusableRules

LONGEST: Final = 1024 * 1024
"""Most bytes of a text (UTF-8): a decision table of a few hundred rows takes 200 KiB."""
LONGEST_CODE: Final = 80
LONGEST_PARTICULAR: Final = 2000


@dataclass(frozen=True, slots=True)
class Content:
    """A parsed text. `label` is the version that the text gives itself; `sha256` is of the exact UTF-8 text."""

    text: str
    data: Mapping[str, Any]
    sha256: str
    code: str
    label: str
    title: str
    title_zh: str
    standard: str
    source: str
    certainty: str


def parse(text: str) -> Content:
    """Read a text of rules. UnusableRules for what is no TOML, cannot be stored as JSON, or does not say what it is."""
    encoded = text.encode("utf-8", errors="surrogatepass")
    if len(encoded) > LONGEST:
        raise UnusableRules([f"the text has {len(encoded)} bytes, at most {LONGEST} are read"])
    try:
        text.encode("utf-8")
        data = tomllib.loads(text)
        if problems := list(_not_json(data, "")):
            raise UnusableRules(problems)
    except (tomllib.TOMLDecodeError, UnicodeEncodeError) as error:
        raise UnusableRules([f"not TOML: {error}"]) from error
    except RecursionError as error:
        raise UnusableRules(["nested too deeply"]) from error
    problems = [
        *(
            f"{name} is missing or longer than {LONGEST_CODE} characters"
            for name in ("code", "version")
            if _bad(data, name)
        ),
        *(
            f"{name} must be a text of at most {LONGEST_PARTICULAR} characters"
            for name in ("title", "title_en", "title_zh", "standard", "source", "certainty")
            if not isinstance(data.get(name, ""), str) or len(data.get(name, "")) > LONGEST_PARTICULAR
        ),
    ]
    if not data.get("title_en") and not data.get("title"):
        problems.append("title_en is missing")
    if problems:
        raise UnusableRules(problems)
    return Content(
        text=text,
        data=data,
        sha256=sha256(encoded).hexdigest(),
        code=data["code"],
        label=data["version"],
        title=data.get("title_en") or data["title"],
        title_zh=data.get("title_zh", ""),
        standard=data.get("standard", ""),
        source=data.get("source", ""),
        certainty=data.get("certainty", ""),
    )


def _bad(data: Mapping[str, Any], name: str) -> bool:
    value = data.get(name)
    return not isinstance(value, str) or not value.strip() or len(value) > LONGEST_CODE


def _not_json(value: object, place: str) -> Iterator[str]:
    """What the database's jsonb could not hold or would change: NaN, infinities, NUL characters, dates."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _not_json(key, f"{place}/{key!r}")
            yield from _not_json(item, f"{place}/{key}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _not_json(item, f"{place}/{number}")
    elif isinstance(value, float):
        if not math.isfinite(value):
            yield f"{place}: {value} is not a number to work with"
    elif isinstance(value, str):
        if "\x00" in value:
            yield f"{place}: has NUL characters"
    elif not isinstance(value, bool | int):
        yield f"{place}: write dates and times as text in quotes"
