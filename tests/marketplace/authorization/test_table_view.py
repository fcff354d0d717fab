"""The decision table as people read it, in both languages, and what is new against another version."""

from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from marketplace.authorization.engine.loading import DEFAULT_TABLE, load_table
from marketplace.authorization.models import Scenario
from marketplace.authorization.rulebook import DECISION_TABLE
from marketplace.authorization.table_view import Cell, Line, compare, show
from tests import releasing
from tests.factories import World

pytestmark = pytest.mark.django_db
SHIPPED = DEFAULT_TABLE.read_text(encoding="utf-8")
ROWS = SHIPPED.count("\n[[rows]]")
LEGEND = "A dash in a condition: whatever it is. A dash in an outcome: nothing."
HOSTILE = "<script>alert(1)</script><b onclick='x'>{{ 7|add:7 }}%(level)s"


def edited(*edits: tuple[str, str]) -> str:
    """The shipped table under another version, with the first occurrence of each text replaced."""
    text = SHIPPED.replace('version = "1.1.0"', 'version = "1.2.0"', 1)
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def block(row_id: str) -> str:
    """The text of one row of the shipped table."""
    start = SHIPPED.index(f'[[rows]]\nid = "{row_id}"')
    return (
        SHIPPED[start : SHIPPED.index("_zh", start)] + SHIPPED[SHIPPED.index("_zh", start) :].partition("\n")[0] + "\n"
    )


def said(cell: Cell) -> list[str]:
    return [word.text for word in cell.now]


def changes(line: Line, shown: Any) -> dict[str, tuple[list[str], list[str]]]:
    """Heading → (was, now) of the cells that were something else."""
    names = [*(column.code for column in shown["columns"]), *shown["outputs"], "reason"]
    cells = [*line.conditions, *line.outputs, line.reason]
    pairs = zip(names, cells, strict=True)
    return {name: ([w.text for w in cell.was], said(cell)) for name, cell in pairs if cell.was is not None}


class Tables(HTMLParser):
    """The cells of the tables of a class in a page: what stands in them, with blanks made one."""

    def __init__(self, page: str, wanted: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._wanted, self._inside, self._cell = wanted, False, False
        self.feed(page)
        self.rows = [[" ".join(cell.split()) for cell in row] for row in self.rows]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._inside = self._wanted in (dict(attrs).get("class") or "")
        elif self._inside and tag == "tr":
            self.rows.append([])
        elif self._inside and tag in ("td", "th"):
            self._cell = True
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self._inside = False
        elif tag in ("td", "th"):
            self._cell = False

    def handle_data(self, data: str) -> None:
        if self._inside and self._cell:
            self.rows[-1][-1] += data


def test_the_default_table_in_words() -> None:
    shown = show(load_table(SHIPPED))
    assert [column.code for column in shown["columns"]] == [
        "level", "origin", "consent_basis", "sector", "scenario", "supply_mode",
        "data_security_capability", "classified_protection", "data_security_training",
    ]  # fmt: skip
    assert [row.number for row in shown["rows"]] == list(range(1, ROWS + 1))
    rows = {row.id: row for row in shown["rows"]}
    sector = rows["scenario_sector_protected"]
    assert [said(cell) for cell in sector.conditions] == [
        ["general 3", "general 4"], [], [], ["health", "finance"], ["a named scenario"], [], [], [], [],
    ]  # fmt: skip
    assert [said(cell) for cell in sector.outputs] == [
        ["by scenario, multi-level"],
        ["every level of the scenario", "sector authority"],
        ["masked", "aggregate", "query"],
        ["use for the stated purpose alone", "no onward transfer", "a mark in each copy",
         "deletion when the term is over", "masking of sensitive columns", "report of the deletion"],
        ["180 days"],
    ]  # fmt: skip
    assert said(sector.reason) == [
        "Sensitive medical or financial data of a named scenario: the scenario's levels and the sector's authority "
        "approve; masked."
    ]
    refused = rows["core_refused"]
    assert (said(refused.conditions[0]), [said(cell) for cell in refused.outputs]) == (
        ["core"], [["refused"], [], [], [], []],
    )  # fmt: skip
    assert [word.code for word in rows["personal_without_basis"].conditions[2].now] == ["none"]
    assert said(rows["personal_without_basis"].conditions[2]) == ["no basis"]
    assert said(rows["untrained"].conditions[8]) == ["none held"]
    assert said(rows["important_capability_too_low"].conditions[6]) == ["2 planned and tracked"]
    facts = {fact.name: said(fact.cell) for fact in shown["facts"]}
    assert facts["Forms left where the supply mode is: data service"] == ["aggregate", "query"]
    assert facts["Anything else counts as: sector"] == ["other"]
    capability = next(name for name in facts if "capability" in name)
    assert facts[capability] == ["none held", "2 planned and tracked", "3 well defined or higher"]
    (training,) = (value for name, value in facts.items() if "training" in name)
    assert training == ["none held", "held"]


def test_readers_of_chinese_have_their_reasons() -> None:
    with override("zh-hans"):
        rows = {row.id: row for row in show(load_table(SHIPPED))["rows"]}
        assert said(rows["core_refused"].reason) == ["核心数据不得交易流通。"]
        assert said(rows["core_refused"].conditions[0]) == ["核心"]


def test_scenarios_have_their_names_by_one_query() -> None:
    Scenario.objects.create(code="flood_relief", name="Flood relief", name_zh="防汛救灾")
    text = edited(
        ('values = ["none", "named"]', 'values = ["none", "named", "flood_relief"]'),
        *[('scenario = ["named"]', 'scenario = ["flood_relief", "nAmed"]')] * SHIPPED.count('scenario = ["named"]'),
    ).replace("nAmed", "named")
    table = load_table(text)
    with (
        CaptureQueriesContext(
            connection,
        ) as queries,
        override("zh-hans"),
    ):
        rows = {row.id: row for row in show(table)["rows"]}
        assert said(rows["scenario_general"].conditions[4])[1] == "防汛救灾"
    assert len(queries) == 1
    with CaptureQueriesContext(connection) as queries:
        shown = compare(load_table(SHIPPED), table)
    assert len(queries) == 1
    (line,) = (row for row in shown["rows"] if row.id == "scenario_general")
    assert changes(line, shown) == {"scenario": (["a named scenario"], ["a named scenario", "Flood relief"])}
    assert {fact.name for fact in shown["facts"]} == {"Told apart: scenario"}


def test_what_is_new_cell_by_cell() -> None:
    untrained, companies = block("untrained"), block("open_statistics").replace("open_statistics", "open_companies")
    text = edited(
        (untrained, untrained.replace('["general_4"', '["general_3", "general_4"').replace("须经", "应经")),
        (block("sector_general"), block("sector_general").replace("730", "700")),
        (block("important_unprotected"), ""),
        (block("open_statistics"), companies.replace('"public", ', "") + block("open_statistics")),
        ("[supply_mode_forms]", '[supply_mode_forms]\nlicensed = ["aggregate", "masked"]'),
    )
    text = text.replace('origin = ["public", "enterprise"]', 'origin = ["enterprise", "public"]')  # the same
    text = text.replace('forms = ["masked", "aggregate", "query"]', 'forms = ["query", "masked", "aggregate"]')
    shown = compare(load_table(SHIPPED), load_table(text))
    assert shown["counts"] == {"added": 1, "removed": 1, "changed": 2, "moved": 0}
    lines = {row.id: row for row in shown["rows"]}
    assert [(row.id, row.number, row.changes) for row in shown["rows"]] == [
        ("untrained", 4, ("changed",)),
        ("open_companies", 9, ("added",)),
        ("sector_general", 20, ("changed",)),
        ("important_unprotected", 7, ("removed",)),
    ]
    english = "Highly sensitive and important data is handed to people who are trained in data security."
    assert changes(lines["untrained"], shown) == {
        "level": (["general 4", "important"], ["general 3", "general 4", "important"]),
        "reason": (  # what a reader of English sees is the same: the Chinese is told, too
            [english, "高敏感数据和重要数据，申请人须经数据安全培训。"],
            [english, "高敏感数据和重要数据，申请人应经数据安全培训。"],
        ),
    }
    assert changes(lines["sector_general"], shown) == {"longest term": (["730 days"], ["700 days"])}
    assert changes(lines["open_companies"], shown) == changes(lines["important_unprotected"], shown) == {}
    assert [(fact.name, [w.text for w in fact.cell.was or ()], said(fact.cell)) for fact in shown["facts"]] == [
        (
            "Forms left where the supply mode is: licensed",
            ["original", "masked", "aggregate", "query"],
            ["masked", "aggregate"],
        )
    ]
    assert [column.code for column in shown["columns"]] == [
        "level", "origin", "sector", "supply_mode", "classified_protection", "data_security_training",
    ]  # fmt: skip


def test_only_what_was_really_moved_counts_as_moved() -> None:
    first, second = block("untrained"), block("capability_too_low")
    text = edited((first, ""), (second, second + "\n" + first), ('["scenario_levels", "sector_authority", "exchange"]',
                  '["sector_authority", "scenario_levels", "exchange"]'))  # fmt: skip
    shown = compare(load_table(SHIPPED), load_table(text))
    assert shown["counts"] == {"added": 0, "removed": 0, "changed": 1, "moved": 1}
    approvals, moved = sorted(shown["rows"], key=lambda row: row.id == "untrained" or row.id == "capability_too_low")
    assert list(changes(approvals, shown)) == ["approvals, in order"]
    assert (moved.id, moved.number, moved.changes) in [
        ("untrained", 5, ("moved; it was number 4",)),
        ("capability_too_low", 4, ("moved; it was number 5",)),
    ]
    unchanged = compare(load_table(SHIPPED), load_table(edited()))
    assert (unchanged["rows"], unchanged["facts"], set(unchanged["counts"].values())) == ([], [], {0})


def page(world: World, address: str, language: str = "en") -> str:
    answer = world.approver.admin.get(
        f"/admin/rulebooks/rulebookversion/{address}", headers={"accept-language": language}
    )
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_page_of_a_version_with_hostile_words() -> None:
    world = World()
    reason = 'reason_en = "Core data is not traded."'
    row = releasing.proposed(world, DECISION_TABLE, edited((reason, f'reason_en = "{HOSTILE}"')))
    seen = page(world, f"{row.pk}/change/")
    assert "<script>alert" not in seen
    assert "<b onclick" not in seen
    assert LEGEND in seen
    assert "The topmost row whose conditions all hold decides" in seen
    whole, difference = (found for found in _split(Tables(seen, "decision-table").rows))
    assert whole[0][:3] == ["No.", "Level", "Origin"]
    assert whole[1] == ["1", "core", *["–"] * 8, "refused", *["–"] * 4, HOSTILE]
    assert len(whole) == 1 + ROWS
    assert difference == [
        ["No.", "Change", "Level", "Authorization mode", "Approvals, in order", "Forms", "Obligations",
         "Longest term", "Reason"],
        ["1", "changed", "core", "refused", "–", "–", "–", "–",
         f"Was: Core data is not traded. Now: {HOSTILE}"],
    ]  # fmt: skip
    assert '<span title="refused">refused</span>' in seen
    releasing.release(world, row)
    other = releasing.proposed(world, DECISION_TABLE, edited(("730", "700")).replace("1.2.0", "1.3.0"))
    in_force = _split(Tables(page(world, f"{other.pk}/change/"), "decision-table").rows)[1]
    assert [line[1] for line in in_force[1:]] == ["changed", "changed"]
    assert {line[-1] for line in in_force[1:]} >= {f"Was: {HOSTILE} Now: Core data is not traded."}
    shipped = _split(Tables(page(world, f"{other.pk}/change/?against=0"), "decision-table").rows)[1]
    assert [line[0] for line in shipped[1:]] == ["13"]
    assert "Was: 730 days Now: 700 days" in shipped[1]
    with CaptureQueriesContext(connection) as few:
        page(world, f"{other.pk}/change/?against=0")
    with CaptureQueriesContext(connection) as many:
        page(world, f"{other.pk}/change/?against=1")
    assert len(few) <= len(many) <= len(few) + 1  # the other text is a row, not a file
    assert "核心数据不得交易流通。" in page(world, f"{other.pk}/change/", "zh-hans")


def _split(rows: list[list[str]]) -> tuple[list[list[str]], list[list[str]]]:
    """The whole table and the difference, both with their headings."""
    second = [number for number, row in enumerate(rows) if row[0] == "No."][1]
    return rows[:second], rows[second:]
