"""The form of the evaluation set in bench/categories: what the figures measured on it rely on."""

import json
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TABLES: list[dict[str, Any]] = [
    json.loads(line) for line in (ROOT / "bench/categories/tables.jsonl").read_text(encoding="utf-8").splitlines()
]
KINDS = {
    "plain",
    "misleading title",
    "coded headers",
    "columns only",
    "two sectors",
    "public administration",
    "no domain",
    "outside the scheme",
}
COVERED = {
    "health": 14,
    "transport": 14,
    "meteorology": 15,
    "finance": 14,
    "government": 21,
    "industry": 15,
    "commerce": 15,
    "education": 14,
    "energy": 15,
    "telecom": 15,
}
DOMAINS_COVERED = dict.fromkeys(COVERED, 2) | {"education": 1, "energy": 1, "telecom": 1}


def _scheme_codes() -> dict[str, set[str]]:
    """Domain codes by sector code. Only codes are read: the set must not depend on the scheme's keywords."""
    scheme = tomllib.loads((ROOT / "grading/schemes/categories.toml").read_text(encoding="utf-8"))
    return {sector["code"]: {domain["code"] for domain in sector.get("domains", [])} for sector in scheme["sectors"]}


def test_size_languages_and_unique_identifiers() -> None:
    assert len(TABLES) >= 130
    identifiers = [table["id"] for table in TABLES]
    assert [code for code, count in Counter(identifiers).items() if count > 1] == []
    languages = Counter(identifier.split("-")[0] for identifier in identifiers)
    assert set(languages) == {"en", "zh"}
    assert languages["en"] == languages["zh"]


def test_labels_are_codes_of_the_scheme() -> None:
    domains = _scheme_codes()
    for table in TABLES:
        assert table["sector"] in domains, table["id"]
        assert table["domain"] is None or table["domain"] in domains[table["sector"]], table["id"]
        assert set(table["also"]) <= set(domains) - {table["sector"]}, table["id"]
        assert len(set(table["also"])) == len(table["also"]), table["id"]


def test_the_sectors_and_domains_of_its_day_are_covered() -> None:
    """The set is frozen: sectors that the scheme has learnt since have no tables in it."""
    assert Counter(table["sector"] for table in TABLES) == COVERED
    labelled = {(table["sector"], table["domain"]) for table in TABLES if table["domain"]}
    assert Counter(sector for sector, _ in labelled) == DOMAINS_COVERED


def test_form_of_every_table() -> None:
    for table in TABLES:
        assert list(table) == [
            "id",
            "title",
            "description",
            "keywords",
            "columns",
            "sector",
            "domain",
            "also",
            "note",
        ], table["id"]
        assert table["title"], table["id"]
        assert table["note"].split(":")[0] in KINDS, table["id"]
        assert all(isinstance(keyword, str) and keyword for keyword in table["keywords"]), table["id"]
        assert 3 <= len(table["columns"]) <= 12, table["id"]
        names = [column["name"] for column in table["columns"]]
        assert all(names), table["id"]
        assert len(set(names)) == len(names), table["id"]
        rows = {len(column["values"]) for column in table["columns"]}
        assert len(rows) == 1, table["id"]
        assert rows <= {4, 5, 6, 7, 8}, table["id"]
        assert all(isinstance(value, str) for column in table["columns"] for value in column["values"]), table["id"]
