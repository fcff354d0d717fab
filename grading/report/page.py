"""A record as a page for people: tables that know how wide Chinese characters are, in the active language."""

import io
from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grading import wording
from grading.report.plaintext import printable
from grading.report.record import Record
from grading.wording.element_words import element_lines

PIPED_WIDTH: Final = 160
"""Columns of a page that nobody's terminal bounds."""
BAR: Final = 20


def page(record: Record, *, width: int | None, colours: bool) -> str:
    """The text; `width` is that of the terminal, None where there is none."""
    text = io.StringIO()
    console = Console(
        file=text,
        width=width or PIPED_WIDTH,
        force_terminal=colours,
        color_system="standard" if colours else None,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    console.print(Text(printable(record["file"], 1000), style="bold underline"), soft_wrap=True)
    console.print(_facts(record))
    for title, part in (
        (_("Columns"), _columns(record)),
        (_("Quality (GB/T 36344-2018)"), _quality(record)),
        (_("Sensitive columns"), _sensitive(record)),
        (_("Category and level (GB/T 43697-2024)"), _level(record)),
        (_("Findings"), _findings(record)),
        (_("Rules"), _rules(record)),
    ):
        console.print(Text(title, style="bold"))
        for block in part:
            console.print(Padding(block, (0, 0, 0, 2), expand=False))
        console.print()
    return "".join(f"{line.rstrip()}\n" for line in text.getvalue().splitlines())


def _facts(record: Record) -> Padding:
    facts = [(_("Format"), record["format"]), (_("Size"), filesizeformat(record["size_bytes"]).replace("\xa0", " "))]
    if record["encoding"]:
        facts.insert(1, (_("Encoding"), record["encoding"]))
    if record["delimiter"]:
        facts.insert(
            2,
            (
                _("Separator"),
                {"\t": _("tab"), " ": _("space")}.get(record["delimiter"], printable(record["delimiter"])),
            ),
        )
    facts.append((_("Rows"), _number(record["rows"])))
    facts.append((_("Repeated rows"), _number(record["duplicate_rows"])))
    if record["candidate_keys"]:
        facts.append(
            (_("Possible keys"), ", ".join(printable("+".join(key), 40) for key in record["candidate_keys"][:5]))
        )
    return Padding(_pairs(facts), (0, 0, 1, 2), expand=False)


def _columns(record: Record) -> Iterable[Any]:
    table = _table(
        _("Column"), _("Type"), _("Missing"), _("Distinct"), _("Sensitive"), _("Most frequent"), right={2, 3}
    )
    for column in record["columns"]:
        table.add_row(
            printable(column["read_as"], 60),
            wording.name(column["type"]),
            _share(column["nulls"] + column["placeholders"], record["rows"]),
            ("" if column["distinct_exact"] else "≈ ") + _number(column["distinct"]),
            wording.sensitive_type_name(column["sensitive_type"]) if column["sensitive_type"] else "",
            _frequent(column),
        )
    yield table


def _frequent(column: Record) -> str:
    """The most frequent value; of personal columns values are shapes already."""
    for top in column["top_values"]:
        if top["value"] not in column["placeholder_values"]:
            return f"{printable(top['value'], 40)} ({_share(top['count'], column['values'])})"
    return ""


def _quality(record: Record) -> Iterable[Any]:
    found = record["quality"]
    if found["overall"] is None:
        yield Text(_("Insufficient evidence for an overall score."))
        if found["reason_detail"]:
            yield Text(found["reason_detail"])
    else:
        yield Text(f"{_('Overall')}: {found['overall']:.1f}{_interval(found)}", style="bold")
    yield Text(_("%(share)s of the weights were assessed.") % {"share": f"{found['coverage']:.0%}"})
    table = _table(_("Dimension"), "", _("Score"), _("Interval"), _("Assessed"), _("Weight"), right={2, 4, 5})
    for code, item in found["dimensions"].items():
        score = item["score"]
        table.add_row(
            wording.name(code),
            "" if score is None else "█" * round(score / 100 * BAR) + "░" * (BAR - round(score / 100 * BAR)),
            "–" if score is None else f"{score:.1f}",
            _interval(item).strip(),
            f"{item['coverage']:.0%}",
            f"{item['weight']:g}",
        )
    yield table
    missing = found["not_assessed"]
    if missing:
        yield Text(_("Not assessed:"))
        yield _pairs([(wording.name(item["indicator"]), item["detail"]) for item in missing])


def _interval(item: Record) -> str:
    return "" if item["interval"] is None else " ({:.1f} – {:.1f})".format(*item["interval"])


def _sensitive(record: Record) -> Iterable[Any]:
    columns = [column for column in record["columns"] if column["sensitive_type"]]
    if not columns:
        yield Text(_("None was found."))
        return
    table = _table(_("Column"), _("Type"), _("Personal"), _("Confidence"), _("Evidence"), right={3})
    for column in columns:
        personal = _("sensitive") if column["sensitive_personal"] else _("yes") if column["personal"] else "–"
        table.add_row(
            printable(column["read_as"], 60),
            wording.sensitive_type_name(column["sensitive_type"]),
            personal,
            f"{column['sensitive_confidence']:.2f}",
            printable(" ".join(column["sensitive_reasons"]), 1000),
        )
    yield table


def _level(record: Record) -> Iterable[Any]:
    confidence = _("declared") if record["category_declared"] else f"{record['category_confidence']:.2f}"
    facts = [(_("Category"), f"{wording.category_name(record['category'])} ({confidence})")]
    if record["category_alternatives"]:
        others = [
            f"{wording.category_name(item['category'])} ({item['confidence']:.2f})"
            for item in record["category_alternatives"]
        ]
        facts.append((_("Or else"), "; ".join(others)))
    facts.append((_("Recommended level"), wording.level_name(record["level"])))
    facts.append((_("Matrix"), _cell(record)))
    yield _pairs(facts)
    for reason in record["category_reasons"]:
        yield Text(f"· {printable(reason['detail'], 400)}", style="dim")
    for reason in record["level_reasons"]:
        yield Text(f"• {printable(reason['detail'], 1000)}{_source(reason)}")
    for flag in record["flags"]:
        yield Text(
            f"! {wording.name(flag['code'])}. {printable(flag['detail'], 1000)}{_source(flag)}", style="bold red"
        )
        yield Text(f"  {_cell(flag)}")
    if lines := element_lines(record["elements"]):
        yield Text(_("Elements of grading:"))
        yield _pairs([(name, printable(words, 1000)) for name, words in lines])


def _cell(found: Record) -> str:
    """Who is harmed how badly, and what the matrix says of it; without harm nobody is."""
    harmed = f"{wording.name(found['harmed_object'])} · " if found["harmed_object"] else ""
    return f"{harmed}{wording.name(found['degree'])} → {wording.cell_name(found['matrix_cell'])}"


def _source(reason: Record) -> str:
    """Where the rule is from, and how certain that is."""
    return f" [{printable(reason['source'], 300)}; {printable(reason['certainty'])}]" if reason["source"] else ""


def _findings(record: Record) -> Iterable[Any]:
    if not record["findings"]:
        yield Text(_("None is listed.") if record["findings_left_out"] else _("None."))
    else:
        table = _table(_("Row"), _("Column"), _("Finding"), _("Confidence"), right={0, 3})
        for item in record["findings"]:
            table.add_row(
                "" if item["row"] is None else str(item["row"] + 1),
                printable(item["read_as"] or "", 60),
                printable(item["evidence"], 400),
                f"{item['confidence']:.2f}",
            )
        yield table
        yield Text(_("Rows are counted from 1, the header not among them."))
    if more := record["findings_left_out"]:
        yield Text(
            ngettext(
                "%(count)s more finding: --findings all lists it.",
                "%(count)s more findings: --findings all lists them.",
                more,
            )
            % {"count": _number(more)}
        )


def _rules(record: Record) -> Iterable[Any]:
    yield Text(", ".join(f"{kind} {printable(version)}" for kind, version in record["versions"].items()))
    files = record["rules"]
    given = [f"{kind}: {printable(path, 300)}" for kind, path in files.items() if path is not None]
    if given:
        yield Text(
            _("Given by you: %(files)s. All others are the files shipped with this version.")
            % {"files": "; ".join(given)}
        )
    else:
        yield Text(_("The rule files shipped with this version; an exchange may have released others."))


def _table(*headings: str, right: set[int]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="right" if place in right else "left", overflow="fold")
    return table


def _pairs(facts: Sequence[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts:
        table.add_row(Text(name, style="dim"), Text(value))
    return table


def _number(value: int) -> str:
    return f"{value:,}"


def _share(part: int, whole: int) -> str:
    """A percentage that says neither 0 nor 100 of what is not quite that."""
    if not whole or part in (0, whole):
        return "100%" if part and part == whole else "0%"
    return f"{min(max(100 * part / whole, 0.1), 99.9):.1f}%"
