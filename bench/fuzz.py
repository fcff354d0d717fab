"""`make fuzz`: mutated data files are examined in confined children; none may crash, hang or surprise the engine.

Each file is made from a small well-formed one by a few seeded changes that know the structure (bytes, lines, fields,
the Parquet footer). A child works through many; the parent notices which file it was at when it died or fell silent,
counts it, and starts another behind it. Prints one JSON object of figures; exits with 1 if anything went wrong.
"""

import argparse
import io
import json
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl

from foundation.confined import Broken, Exceeded, Killed, Limits, call
from grading.engine.examine import examine
from grading.engine.levels import Facts
from grading.engine.quality import Metadata
from grading.engine.readers import UnreadableFile
from grading.engine.rules import load_rules

SAMPLE: Final = Path(__file__).resolve().parent.parent / "examples" / "data" / "us_employment.csv"
LIMITS: Final = Limits(memory_bytes=1 << 30, cpu_seconds=3600, wall_seconds=7200, scratch_bytes=64 << 20)
SECONDS_A_FILE: Final = 30.0
PROGRAM: Final = "bench.fuzz:examine_many"
TOKENS: Final = tuple(
    token.encode()
    for token in (
        *(
            '"',
            '""',
            ",",
            "\t",
            ";",
            "\n",
            "\r",
            "\r\n",
            "\x00",
            "\ufeff",
            "\ufffd",
            "{",
            "}",
            "[",
            "]",
            '{"a":',
            "null",
        ),
        *(
            "null",
            "1e999",
            "-0",
            "nan",
            "=1+1",
            "9" * 40,
            "2024-02-30",
            "0000-00-00",
            "张三",
            "\u202e",
            "PAR1",
            "[" * 3000,
        ),
    )
)
Rows = list[list[str]]


class Silent(Exception):
    """A file took longer than a file may."""


@dataclass
class Figures:
    """What came of the files: by outcome, and the numbers of those that went wrong, with how."""

    seed: int
    files: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    wrong: list[tuple[int, str]] = field(default_factory=list)
    children: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    slowest_seconds: float = 0.0


def seeds() -> list[tuple[str, bytes]]:
    """(file name, content) of the well-formed files: a column of figures, a table of persons, in eight forms each."""
    lines = [line.split(",") for line in SAMPLE.read_text(encoding="utf-8").splitlines()]
    work = [[line[1]] for line in lines[:18]]
    people = [["姓名", "mobile"], *([f"王{'芳敏静丽'[n % 4]}", f"139{n:08}"] for n in range(12))]
    found: list[tuple[str, bytes]] = []
    for rows in (work, people):
        text = "".join(",".join(row) + "\n" for row in rows)
        quoted = "".join(",".join(f'"{cell}"' for cell in row) + "\r\n" for row in rows)
        objects = "".join(
            json.dumps(dict(zip(rows[0], row, strict=True)), ensure_ascii=False) + "\n" for row in rows[1:]
        )
        found += [("t.csv", text.encode()), ("t.csv", quoted.encode("utf-8-sig")), ("t.csv", text.encode("utf-16"))]
        found += [("t.csv", text.encode("gb18030")), ("t.tsv", text.replace(",", "\t").encode())]
        found += [("t.jsonl", objects.encode()), ("t.parquet", _parquet(rows, "zstd"))]
        found += [("t.parquet", _parquet(rows, "uncompressed"))]
    return found


def mutated(seed: int, number: int, originals: list[tuple[str, bytes]]) -> tuple[str, bytes]:
    """File `number` of a run: the same for the same seed, whatever came before it."""
    source = random.Random(f"{seed}:{number}")  # noqa: S311 - reproducible, not secret
    name, content = originals[number % len(originals)]
    other = originals[source.randrange(len(originals))][1]
    for _change in range(source.choice((1, 1, 2, 3, 8))):
        if content:
            content = source.choice(PARQUET if name == "t.parquet" else TEXT)(source, content, other)
    return name, content


def _parquet(rows: Rows, compression: Any) -> bytes:
    columns = dict(zip(rows[0], zip(*rows[1:], strict=True), strict=True))
    frame = pl.DataFrame(columns).with_columns(pl.last().cast(pl.Float64))
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression=compression)
    return buffer.getvalue()


def _place(source: random.Random, content: bytes) -> int:
    return source.randrange(len(content))


def _flip_bytes(source: random.Random, content: bytes, _other: bytes) -> bytes:
    changed = bytearray(content)
    for _byte in range(source.randint(1, 4)):
        changed[_place(source, content)] ^= 1 << source.randrange(8)
    return bytes(changed)


def _set_byte(source: random.Random, content: bytes, _other: bytes) -> bytes:
    place = _place(source, content)
    return content[:place] + bytes([source.choice((0, 1, 9, 10, 13, 34, 44, 127, 128, 255))]) + content[place + 1 :]


def _cut(source: random.Random, content: bytes, _other: bytes) -> bytes:
    return content[: _place(source, content)]


def _leave_out(source: random.Random, content: bytes, _other: bytes) -> bytes:
    start = _place(source, content)
    return content[:start] + content[start + source.randint(1, 40) :]


def _repeat(source: random.Random, content: bytes, _other: bytes) -> bytes:
    start = _place(source, content)
    return content[:start] + content[start : start + source.randint(1, 60)] * source.randint(2, 30) + content[start:]


def _insert(source: random.Random, content: bytes, _other: bytes) -> bytes:
    place = _place(source, content)
    return content[:place] + source.choice(TOKENS) + content[place:]


def _join(source: random.Random, content: bytes, other: bytes) -> bytes:
    return content[: _place(source, content)] + other[_place(source, other) :]


def _lines(source: random.Random, content: bytes, _other: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    source.shuffle(lines)
    return b"".join(lines[: source.randint(1, len(lines))])


def _fields(source: random.Random, content: bytes, _other: bytes) -> bytes:
    lines = content.split(b"\n")
    place = source.randrange(len(lines))
    cells = lines[place].split(b",")
    cells[source.randrange(len(cells))] = source.choice(TOKENS) * source.randint(1, 3)
    lines[place] = b",".join(cells * source.randint(1, 3))
    return b"\n".join(lines)


def _without_header(source: random.Random, content: bytes, other: bytes) -> bytes:
    header = source.choice((b"", other.split(b"\n", 1)[0] + b"\n", b"\n"))
    return header + content.partition(b"\n")[2]


def _footer(source: random.Random, content: bytes, _other: bytes) -> bytes:
    """Bytes of the Thrift footer, which says where everything is and how large."""
    size = int.from_bytes(content[-8:-4], "little")
    start = max(4, len(content) - 8 - size) if size < len(content) else len(content) // 2
    if start >= len(content):
        return content
    changed = bytearray(content)
    for _byte in range(source.randint(1, 6)):
        changed[source.randrange(start, len(content))] = source.randrange(256)
    return bytes(changed)


def _footer_size(source: random.Random, content: bytes, _other: bytes) -> bytes:
    size = source.choice((0, 1, 2**31 - 1, 2**32 - 1, source.randrange(2**16)))
    return content[:-8] + size.to_bytes(4, "little") + content[-4:]


def _keep_ends(source: random.Random, content: bytes, _other: bytes) -> bytes:
    """The middle gone, magic and footer still there."""
    start = source.randrange(4, max(5, len(content) // 2))
    return content[:start] + content[start + source.randint(1, 60) :]


Change = Callable[[random.Random, bytes, bytes], bytes]
ANY: Final[tuple[Change, ...]] = (_flip_bytes, _set_byte, _cut, _leave_out, _repeat, _insert, _join)
TEXT: Final[tuple[Change, ...]] = (*ANY, _lines, _fields, _without_header)
PARQUET: Final[tuple[Change, ...]] = (_flip_bytes, _set_byte, _cut, _join, _footer, _footer, _footer_size, _keep_ends)


def examine_many(
    request: Mapping[str, Any], *, files: Mapping[str, Path], scratch: Path, report: Callable[[float, str], None]
) -> None:
    """In the child: examine files `first` to `files` - 1; say before each its number, after each what came of it."""
    del files
    originals, rules = seeds(), load_rules()
    for number in range(request["first"], request["files"]):
        report(0.0, f"{number} begun")
        name, content = mutated(request["seed"], number, originals)
        with tempfile.NamedTemporaryFile(dir=scratch) as file:
            file.write(content)
            file.flush()
            report(1.0, f"{number} {_outcome(file.name, name, rules, scratch)}")


def _outcome(path: str, name: str, rules: Any, scratch: Path) -> str:
    day = date(2026, 1, 1)
    try:
        found = examine(
            path, filename=name, metadata=Metadata(), facts=Facts(), rules=rules, today=day, scratch=scratch
        )
        json.dumps(found.to_dict(), allow_nan=False)
    except UnreadableFile as problem:
        return problem.code
    except BaseException as error:  # panics of native code are no Exceptions
        return f"!{type(error).__name__}"
    return f"{found.profile.format}_examined"


def run(*, seed: int, files: int, scratch: Path, told: Callable[[Figures], None] | None = None) -> Figures:
    """Examine `files` mutated files. What went wrong stands in `wrong`: an unforeseen error, a death, a silence."""
    figures, outcomes, began = Figures(seed), Counter[str](), time.monotonic()
    first, number, since, spent = 0, -1, began, _cpu()

    def listen(_share: float, note: str) -> None:
        nonlocal number, since
        place, _, outcome = note.partition(" ")
        if outcome == "begun":
            if int(place) != number:
                number, since = int(place), time.monotonic()
            elif time.monotonic() - since > SECONDS_A_FILE:
                raise Silent
        elif figures.files == int(place):
            settle(outcome)

    def settle(outcome: str) -> None:
        figures.files += 1
        figures.slowest_seconds = max(figures.slowest_seconds, round(time.monotonic() - since, 2))
        outcomes[outcome.removeprefix("!")] += 1
        if outcome.startswith("!"):
            figures.wrong.append((number, outcome[1:]))
        if told is not None and figures.files % 500 == 0:
            told(figures)

    while first < files:
        figures.children += 1
        order = {"seed": seed, "first": first, "files": files}
        try:
            call(PROGRAM, order, inputs={}, outputs={},
                 limits=LIMITS, scratch=scratch, report=listen)  # fmt: skip
        except Silent:
            settle("!silent")
        except (Exceeded, Broken, Killed) as error:
            settle(f"!{type(error).__name__}: {error}")
        first = figures.files
    figures.outcomes = dict(sorted(outcomes.items()))
    figures.seconds, figures.cpu_seconds = round(time.monotonic() - began, 1), round(_cpu() - spent, 1)
    return figures


def _cpu() -> float:
    """Processor seconds of the children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    """Run with the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=None, help="default: a new one, which is printed")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(2**32)
    with tempfile.TemporaryDirectory() as folder:
        figures = run(
            seed=seed,
            files=options.files,
            scratch=Path(folder),
            told=lambda so_far: print(f"{so_far.files} files, {len(so_far.wrong)} wrong", file=sys.stderr),
        )
    print(json.dumps(asdict(figures), indent=2))
    return 1 if figures.wrong or figures.files != options.files else 0


if __name__ == "__main__":
    sys.exit(main())
