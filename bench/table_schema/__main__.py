"""`python -m bench.table_schema --peer PYTHON`: where our verdicts on cells differ from those of frictionless-py.

PYTHON is an interpreter of an environment of its own that has `frictionless` (5.x). The texts are values of each type,
written as its field says, and the same with a character lost, doubled, swapped or put in: fixed by a seed. Differences
are counted by field with their reason; one without a reason in EXPECTED ends the command with 1.
"""

import json
import random
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final

import polars as pl

from grading.engine.quality.declared import parse_schema
from grading.engine.quality.declared.columns import ColumnCheck

SEEDS: Final[dict[str, tuple[dict[str, Any], list[str]]]] = {
    "integer": ({"type": "integer"}, ["0", "-7", "+12", "007", "123456789012345678901"]),
    "integer minimum": ({"type": "integer", "constraints": {"minimum": 2, "maximum": 12}}, ["1", "2", "12", "13"]),
    "integer bare": ({"type": "integer", "bareNumber": False}, ["95%", "EUR 95", "-5 kg"]),
    "number": ({"type": "number"}, ["1.5", "-0.25", "1e3", "NaN", "INF", "-INF", ".5", "5."]),
    "number limits": (
        {"type": "number", "constraints": {"exclusiveMinimum": 0.1, "maximum": "1e3"}},
        ["0.1", "0.10000000001", "1000", "NaN"],
    ),
    "number German": ({"type": "number", "decimalChar": ",", "groupChar": "."}, ["1.234,5", "1234,5", "-0,5"]),
    "boolean": ({"type": "boolean"}, ["true", "True", "TRUE", "1", "false", "0"]),
    "boolean Chinese": ({"type": "boolean", "trueValues": ["是"], "falseValues": ["否"]}, ["是", "否", "true"]),
    "date": ({"type": "date"}, ["2024-02-29", "2023-12-31", "0001-01-01"]),
    "date pattern": ({"type": "date", "format": "%d/%m/%Y"}, ["29/02/2024", "1/2/2023", "31/12/1999"]),
    "date months": ({"type": "date", "format": "%d %b %Y"}, ["29 Feb 2024", "1 mar 2023"]),
    "date limits": (
        {"type": "date", "constraints": {"minimum": "2024-01-01", "exclusiveMaximum": "2025-01-01"}},
        ["2023-12-31", "2024-01-01", "2025-01-01"],
    ),
    "time": ({"type": "time"}, ["15:00:00", "00:00:59", "23:59:59"]),
    "datetime": (
        {"type": "datetime"}, ["2024-01-26T15:00:00", "2024-01-26T15:00:00.300-05:00", "2024-02-29T24:00:00Z"],
    ),
    "datetime pattern": ({"type": "datetime", "format": "%Y%m%d %H:%M:%S%z"}, ["20240229 10:11:12+0800"]),
    "year": ({"type": "year"}, ["2024", "1999", "0001"]),
    "yearmonth": ({"type": "yearmonth"}, ["2024-01", "1999-12"]),
    "duration": ({"type": "duration"}, ["P1Y2M3DT5H6M7.5S", "-PT5M", "P10D"]),
    "string lengths": ({"type": "string", "constraints": {"minLength": 2, "maxLength": 4}}, ["ab", "数据交易", "a"]),
    "string pattern": ({"type": "string", "constraints": {"pattern": "[A-Z]{2}[0-9]+|x"}}, ["AB12", "x", "ABx"]),
    "string enum": ({"type": "string", "constraints": {"enum": ["a", "b"]}}, ["a", "b", "A"]),
    "integer enum": ({"type": "integer", "constraints": {"enum": [1, "2"]}}, ["1", "2", "02", "3"]),
    "uuid": ({"type": "string", "format": "uuid"}, ["123e4567-e89b-12d3-a456-426614174000"]),
    "email": ({"type": "string", "format": "email"}, ["a.b+c@example.org", "x@y-z.cn"]),
    "uri": ({"type": "string", "format": "uri"}, ["https://a.cn/b?c=d#e", "urn:isbn:123", "mailto:a@b.cn"]),
    "binary": ({"type": "string", "format": "binary"}, ["YWJj", "YWI=", "YQ=="]),
    "object": ({"type": "object", "constraints": {"maxLength": 1}}, ['{"a": [1, null]}', "{}", '{"a": 1, "b": 2}']),
    "array": ({"type": "array", "constraints": {"minLength": 1}}, ['[1, "a"]', "[]", "[{}]"]),
    "list": ({"type": "list", "itemType": "integer", "constraints": {"maxLength": 2}}, ["1,2", "7", "1,2,3"]),
    "geopoint": ({"type": "geopoint"}, ["90.50, 45.50", "-180,90"]),
    "geopoint array": ({"type": "geopoint", "format": "array"}, ["[90.5, 45]"]),
    "geojson": ({"type": "geojson"}, ['{"type": "Point", "coordinates": [1, 2]}']),
    "missing": ({"type": "integer", "missingValues": ["", "-"], "constraints": {"required": True}}, ["-", "1", ""]),
}  # fmt: skip
"""Name → field, and texts that the others are made of."""
SIGNS: Final = '0123456789-+.,:/ eETZPx"[]{}%年'
CHARACTERS: Final = "only the characters of the standard that defines the form, and its padding"
DIGITS: Final = "as many digits as the form has"
WHOLE: Final = "a pattern speaks of the whole value, each of its alternatives too"
PYTHON: Final = "no underscores between digits, no digits of other scripts: they are Python's"
EXPECTED: Final[dict[tuple[str, bool], str]] = {
    ("integer", False): PYTHON,
    ("integer minimum", False): PYTHON,
    ("integer bare", True): "a sign that does not touch the number is stripped with the rest",
    ("integer bare", False): "a sign alone is no part of the number that follows other signs",
    ("number", False): PYTHON,
    ("number limits", False): PYTHON,
    ("number German", False): "groups of digits stand between digits",
    ("date", False): DIGITS,
    ("date limits", False): DIGITS,
    ("time", False): "hh:mm:ss, without fractions and zones",
    ("datetime", False): "the form of XML Schema: T between date and time, zones with a colon",
    ("year", True): "years of XML Schema may have more than four digits, a minus and a zone",
    ("year", False): DIGITS,
    ("yearmonth", True): "years of XML Schema may have more than four digits, a minus and a zone",
    ("yearmonth", False): DIGITS,
    ("duration", False): "the form of XML Schema: no weeks, whole numbers but for seconds",
    ("string pattern", False): WHOLE,
    ("uuid", False): "hyphens where RFC 9562 has them",
    ("email", True): "what follows the last point is not held against rules for names of countries",
    ("uri", False): CHARACTERS,
    ("uri", True): "the parts of an authority are not looked into",
    ("binary", False): CHARACTERS,
    ("geopoint", False): "numbers are written as numbers are",
}
"""(Field, whether our verdict is the milder) → why it differs from theirs."""


def texts_of(seeds: list[str], count: int, draw: random.Random) -> list[str]:
    """The seeds and as many of their neighbours, each once."""
    found = dict.fromkeys(seeds)
    while len(found) < count:
        text = draw.choice(list(found)[: 4 * len(seeds) + 200])
        place = draw.randrange(len(text) + 1)
        kind = draw.randrange(4)
        if kind == 0:
            text = text[:place] + draw.choice(SIGNS) + text[place:]
        elif kind == 1:
            text = text[:place] + text[place + 1 :]
        elif kind == 2:
            text = text[:place] + draw.choice(SIGNS) + text[place + 1 :]
        else:
            text = text[:place] + text[place : place + 1] + text[place:]
        found[text] = None
    return list(found)


def ours(field: dict[str, Any], texts: list[str]) -> list[bool]:
    """Whether each text keeps to the field."""
    (declared,) = parse_schema({"fields": [{"name": "x", **field}]}).fields
    check, before, verdicts = ColumnCheck(declared, "x", native=False), 0, []
    schema = {"value": pl.String, "count": pl.Int64, "row": pl.Int64}
    for row, text in enumerate(texts):
        check.add(pl.DataFrame({"value": [text], "count": [1], "row": [row]}, schema=schema))
        broken = sum(tally.broken for tally in check.tallies())
        verdicts.append(broken == before)
        before = broken
    return verdicts


def main() -> int:
    """Compare, and print what differs."""
    parser = ArgumentParser(prog="python -m bench.table_schema", description=__doc__)
    parser.add_argument("--peer", required=True, metavar="PYTHON", help="an interpreter that has frictionless")
    parser.add_argument("--texts", type=int, default=400, help="of each field (default: %(default)s)")
    parser.add_argument("--show", type=int, default=3, metavar="N", help="of differences listed (default: %(default)s)")
    options = parser.parse_args()
    draw = random.Random(36344)  # noqa: S311 - the same texts each time
    asked: list[dict[str, Any]] = [
        {"name": name, "field": {"name": "x", **field}, "texts": texts_of(seeds, options.texts, draw)}
        for name, (field, seeds) in SEEDS.items()
    ]
    said = subprocess.run(  # noqa: S603 - the caller names the interpreter
        [options.peer, str(Path(__file__).with_name("peer.py"))], input=json.dumps(asked), capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    strange = 0
    for one, theirs in zip(asked, json.loads(said.stdout), strict=True):
        name = str(one["name"])
        mine = ours(SEEDS[name][0], one["texts"])
        both = zip(one["texts"], mine, theirs, strict=True)
        differ = [(text, own, other) for text, own, other in both if own != (other == "ok")]
        print(f"{name:18} {len(mine)} texts, {sum(mine)} keep to it, {len(differ)} verdicts differ")
        for milder in (True, False):
            some = [(text, other) for text, own, other in differ if own is milder]
            if some:
                why = EXPECTED.get((name, milder), "NOT EXPECTED")
                strange += len(some) * ((name, milder) not in EXPECTED)
                print(f"    {len(some)} where ours is the {'milder' if milder else 'stricter'}: {why}")
            for text, other in some[: options.show]:
                print(f"        {text!r} (theirs: {other})")
    return 1 if strange else 0


if __name__ == "__main__":
    sys.exit(main())
