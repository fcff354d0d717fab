"""Findings as they are listed: the surest first, or every known row, with no cell lost or counted twice."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from grading.engine.examine import Examination
from grading.report.examining import examine_file
from grading.report.findings import listed
from grading.rules.shipped import shipped_rules

DIRTY = """ id ,amount,id,when
1,10,a,2024-01-01
2,,b,2024-01-02
3,30,N/A,2024-01-03,more
4,,d,2024-01-04
5,x,e,2024-01-05
5,x,e,2024-01-05
5,x,e,2024-01-05
6,60,f
7,70,g,2024-01-07
8,80,h,2024-01-08
9,80,h,2024-01-08,more
10,90,i,2024-01-09
10,10,j,2024-01-10
11,10,k,2024-01-11
12,10,l,2024-01-12
13,10,m,2024-01-13
14,10,n,2024-01-14
15,10,o,2024-01-15
16,10,p,2024-01-16
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> Examination:
    path: Path = tmp_path_factory.mktemp("dirty") / "dirty.csv"
    path.write_text(DIRTY)
    return examine_file(path, declared={}, rules=shipped_rules(), today=date(2024, 6, 1), confine=False)


def lines(findings: list[Any], kind: str) -> list[tuple[int | None, str | None, int]]:
    return [(item["row"], item["column"], item["count"]) for item in findings if item["kind"] == kind]


def test_the_surest_come_first_and_the_rest_is_counted(found):
    everything = listed(found, 1000)
    some = listed(found, 2)
    assert some["findings"] == everything["findings"][:2]
    assert some["findings_left_out"] == len(everything["findings"]) - 2
    assert everything["findings_left_out"] == 0
    sure = [item["confidence"] for item in everything["findings"]]
    assert sure == sorted(sure, reverse=True)
    assert listed(found, 0)["findings"] == []


def test_grouped_findings_name_the_first_row(found):
    findings = listed(found, 1000)["findings"]
    assert lines(findings, "missing_values") == [(1, "amount", 2), (7, "when", 1)]
    assert lines(findings, "type_mismatch") == [(4, "amount", 3)]
    assert lines(findings, "ragged_row") == [(2, None, 2), (7, None, 1)]  # too long, too short


def test_all_means_every_row_that_is_known(found):
    everything = listed(found, None)
    findings = everything["findings"]
    assert everything["findings_left_out"] == 0
    assert lines(findings, "ragged_row") == [(2, None, 1), (10, None, 1), (7, None, 1)]
    # A record that stands there three times: its second place is known, the rest is counted.
    assert lines(findings, "duplicate_rows") == [(5, None, 1), (None, None, 1)]
    assert lines(findings, "missing_values") == [(1, "amount", 1), (None, "amount", 1), (7, "when", 1)]
    for kind, total in everything["finding_totals"].items():
        assert sum(count for _row, _column, count in lines(findings, kind)) == total


def test_columns_are_named_as_the_file_names_them(found):
    findings = listed(found, None)["findings"]
    assert [(item["column"], item["read_as"]) for item in findings if item["kind"] == "placeholder"] == [("id", "id_2")]
