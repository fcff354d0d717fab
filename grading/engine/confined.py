"""The examination as a confined child runs it: plain data in, plain data out."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any, Final

from grading.engine.examine import Examination, Large, examine, examine_parts
from grading.engine.headless import LEXICONS
from grading.engine.levels import Facts
from grading.engine.outline import Column, outline
from grading.engine.plain import from_plain, to_plain
from grading.engine.profile.carry import BadPart, from_bytes, to_bytes
from grading.engine.profile.gather import RowRange, Section
from grading.engine.profile.model import INFERRED_TYPES
from grading.engine.profile.parts import TablePart
from grading.engine.profile.split import MOST_PARTS, Apart, Piece, gather_piece
from grading.engine.quality import Metadata
from grading.engine.readers import UNREADABLE, UnreadableFile, open_table
from grading.engine.readers.table import LONGEST_NAME, MAX_COLUMNS
from grading.engine.rules import RuleSet
from grading.engine.sensitivity import Taxonomy

LONGEST_PARAMETER: Final = 200
"""Of a parser's message no more is said (`readers.errors.parser_detail`)."""
_PLACEHOLDER: Final = re.compile(r"%\((\w+)\)s")


def order(
    *,
    filename: str,
    metadata: Metadata,
    facts: Facts,
    rules: RuleSet,
    today: date,
    part_bytes: int | None = None,
    sizes: Sequence[int] = (),
) -> dict[str, Any]:
    """The request of `examine_confined`, or of `merge_confined` with the `sizes` of its parts.

    The rules travel with it, so that the child needs no other source of them.
    """
    return {
        "filename": filename,
        "metadata": to_plain(metadata),
        "facts": to_plain(facts),
        "rules": {part.name: _plain_once(getattr(rules, part.name)) for part in fields(rules)},
        "today": today.isoformat(),
        "part_bytes": part_bytes,
        "sizes": list(sizes),
    }


_PLAIN: Final[dict[int, tuple[object, Any]]] = {}


def _plain_once(part: object) -> Any:
    """The plain form of a part of the rules, made once for each object: the same go with one file after another."""
    found = _PLAIN.get(id(part))
    if found is None or found[0] is not part:
        if len(_PLAIN) >= 16:
            _PLAIN.clear()
        found = _PLAIN[id(part)] = (part, to_plain(part))
    return found[1]


def examine_confined(
    request: Mapping[str, Any],
    *,
    files: Mapping[str, Path],
    scratch: Path,
    report: Callable[[float, str], None],
) -> dict[str, Any]:
    """`{"examination": …}`, `{"unreadable": {"code": …, "params": …}}` for what is no table, or `{"pieces": […]}`.

    The latter where the order has `part_bytes` and the file is longer and can be cut.
    """
    try:
        found = examine(
            files["source"],
            **_subject(request),
            progress=report,
            scratch=scratch,
            part_bytes=request["part_bytes"],
        )
    except Large as large:
        return {"pieces": [to_plain(piece) for piece in large.pieces]}
    except UnreadableFile as problem:
        return _unreadable(problem)
    return {"examination": found.to_dict()}


def gather_confined(
    request: Mapping[str, Any],
    *,
    files: Mapping[str, Path],
    scratch: Path,
    report: Callable[[float, str], None],
) -> dict[str, Any]:
    """Gather the `piece` of a file of `size` bytes into `files["sink"]`: `{"rows": …}`, or `{"unreadable": …}`."""
    piece = pieces([request["piece"]], request["size"])[0]
    try:
        with open_table(files["source"], filename=request["filename"], scratch=scratch, trusting=True) as table:
            part = gather_piece(table, piece, size=request["size"], progress=lambda share: report(share, "reading"))
    except UnreadableFile as problem:
        return _unreadable(problem)
    files["sink"].write_bytes(to_bytes(part))
    return {"rows": part.rows}


def merge_confined(
    request: Mapping[str, Any],
    *,
    files: Mapping[str, Path],
    scratch: Path,
    report: Callable[[float, str], None],
) -> dict[str, Any]:
    """As `examine_confined`, from what `gather_confined` wrote of the parts, one after the other in `files["parts"]`.

    `{"apart": code}` where they do not make the file.
    """
    try:
        found = examine_parts(
            files["source"],
            _carried(files["parts"], request["sizes"], report),
            **_subject(request),
            progress=report,
            scratch=scratch,
        )
    except (Apart, BadPart) as apart:
        return {"apart": str(apart)}
    except UnreadableFile as problem:
        return _unreadable(problem)
    return {"examination": found.to_dict()}


def outline_order(*, filename: str, taxonomy: Taxonomy, today: date) -> dict[str, Any]:
    """The request of `outline_confined`: of the taxonomy the word lists that it needs."""
    lexicons = {name: sorted(taxonomy.lexicons[name]) for name in LEXICONS}
    return {"filename": filename, "today": today.isoformat(), "lexicons": lexicons}


def outline_confined(
    request: Mapping[str, Any],
    *,
    files: Mapping[str, Path],
    scratch: Path,
    report: Callable[[float, str], None],
) -> dict[str, Any]:
    """`{"columns": [[name, type], …]}` of the `filename` as of `today`, or `{"unreadable": …}`."""
    try:
        found = outline(
            files["source"],
            filename=request["filename"],
            today=date.fromisoformat(request["today"]),
            lexicons={name: frozenset(words) for name, words in request["lexicons"].items()},
            scratch=scratch,
            report=report,
        )
    except UnreadableFile as problem:
        return _unreadable(problem)
    return {"columns": [[column.name, column.type] for column in found]}


def require_read(answer: Any) -> None:
    """Raise UnreadableFile where that is the answer of any of these functions, or where it is none: it is checked.

    A child that a hostile file led astray may say anything: only codes of the readers are taken, and only the
    parameters of their sentences, short texts and numbers that can be stored.
    """
    if not isinstance(answer, Mapping):
        raise UnreadableFile("parser_broken")
    if "unreadable" not in answer:
        return
    try:
        code, said = answer["unreadable"]["code"], answer["unreadable"]["params"]
        named = dict.fromkeys(_PLACEHOLDER.findall(UNREADABLE[code]))
        problem = UnreadableFile(code, **{name: _parameter(said[name]) for name in named})
    except (LookupError, TypeError, ValueError) as error:
        raise UnreadableFile("parser_broken") from error
    raise problem


def columns_in(answer: Mapping[str, Any]) -> tuple[Column, ...]:
    """What `outline_confined` answered, checked. UnreadableFile where that is the answer, and for what is none."""
    require_read(answer)
    try:
        found = tuple(Column(name, kind) for name, kind in answer["columns"])
        names = {column.name for column in found if 0 < len(column.name) <= LONGEST_NAME + len(f"_{MAX_COLUMNS}")}
        sound = len(names) == len(found) <= MAX_COLUMNS and {column.type for column in found} <= set(INFERRED_TYPES)
        sound = sound and all(_storable(name) for name in names)
    except (LookupError, TypeError, ValueError) as error:
        raise UnreadableFile("parser_broken") from error
    if not sound:
        raise UnreadableFile("parser_broken")
    return found


def result(answer: Mapping[str, Any]) -> Examination:
    """What `examine_confined` or `merge_confined` answered.

    Raises UnreadableFile, Apart where that is the answer; UnreadableFile for what is none.
    """
    require_read(answer)
    if "apart" in answer:
        why = str(answer["apart"])[:60]
        raise Apart(why if _storable(why) else "")
    try:
        return Examination.from_dict(answer["examination"])
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise UnreadableFile("parser_broken") from error


def pieces(plain: Any, size: int) -> tuple[Piece, ...]:
    """The pieces of a file of `size` bytes, checked. UnreadableFile for what are none: the child was led astray."""
    try:
        found = tuple(_piece(one, size) for one in plain)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise UnreadableFile("parser_broken") from error
    if not 1 <= len(found) <= MOST_PARTS:
        raise UnreadableFile("parser_broken")
    return found


def _piece(plain: Mapping[str, Any], size: int) -> Piece:
    section = plain["section"]
    places = [*section.values(), *plain["content"], *(place for ends in plain["opening"] for place in ends)]
    ranges = [(begin, end) for begin, end in (*plain["opening"], plain["content"])]
    if not all(type(place) is int and 0 <= place < 1 << 62 for place in places) or len(ranges) > 4:
        raise ValueError("no piece")
    if not all(begin < end <= size for begin, end in ranges):
        raise ValueError("a piece of another file")
    kind = Section if "begin" in section else RowRange
    return Piece(kind(**section), tuple(ranges[:-1]), ranges[-1])


def _subject(request: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "filename": request["filename"],
        "metadata": from_plain(Metadata, request["metadata"]),
        "facts": from_plain(Facts, request["facts"]),
        "rules": from_plain(RuleSet, request["rules"]),
        "today": date.fromisoformat(request["today"]),
    }


def _parameter(value: Any) -> str | int:
    """A parameter of a problem's sentence. ValueError for what the database would not take, or nobody would read."""
    if type(value) is int and abs(value) < 1 << 62:
        return value
    if type(value) is str and len(value) <= LONGEST_PARAMETER and _storable(value):
        return value
    raise ValueError("no parameter")


def _storable(text: str) -> bool:
    """Whether the database takes it. UnicodeEncodeError, a ValueError, for half a sign."""
    return b"\x00" not in text.encode()


def _unreadable(problem: UnreadableFile) -> dict[str, Any]:
    return {"unreadable": {"code": problem.code, "params": to_plain(problem.params)}}


def _carried(path: Path, sizes: Sequence[int], report: Callable[[float, str], None]) -> Iterator[TablePart]:
    with path.open("rb") as file:
        for place, size in enumerate(sizes):
            report(0.5 * place / len(sizes), "merging")
            yield from_bytes(file.read(size))
