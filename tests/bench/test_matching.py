"""What a run is worth, by hand; reading a collection and writing a run."""

import json
import math
from pathlib import Path

import pytest

from bench.matching.judged import Collection, average_precision, ndcg, read, worth, write_run

JUDGED = {"a": 2, "b": 1, "c": 0, "d": 1}
RANKING = [("b", 3.0), ("c", 2.0), ("a", 1.0), ("x", 0.5)]


def test_gains_are_grades_discounted_by_rank() -> None:
    ideal = 2 + 1 / math.log2(3) + 1 / math.log2(4)
    assert ndcg(RANKING, JUDGED, 10) == pytest.approx((1 + 2 / math.log2(4)) / ideal)
    assert ndcg(RANKING, JUDGED, 2) == pytest.approx(1 / (2 + 1 / math.log2(3)))


def test_precision_is_averaged_over_all_that_is_relevant() -> None:
    assert average_precision(RANKING, JUDGED, 10) == pytest.approx((1 / 1 + 2 / 3) / 3)
    assert average_precision(RANKING, JUDGED, 1) == pytest.approx(1 / 3)


def test_demands_without_anything_relevant_do_not_count_and_nothing_found_counts_nothing() -> None:
    collection = Collection((), {"1": "x", "2": "y", "3": "z"}, {"1": {"a": 1}, "2": {"a": 1}, "3": {"a": 0}})
    assert worth({"1": [("a", 1.0)], "3": [("a", 1.0)]}, collection) == (0.5, 0.5, 0.5)


def test_a_folder_of_demands_shares_the_listings_beside_it(tmp_path: Path) -> None:
    for name in ("pool", "pool2"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "demands.tsv").write_text("7\tclean air\n", encoding="utf-8")
        (tmp_path / name / "qrels.txt").write_text("7 0 x 1\n", encoding="utf-8")
    listing = {"id": "x", "title": "Air", "description": None, "tags": ["clean"]}
    (tmp_path / "pool" / "listings.jsonl").write_text(json.dumps(listing) + "\n", encoding="utf-8")
    assert read(tmp_path / "pool2") == read(tmp_path / "pool")
    (document,) = read(tmp_path / "pool").listings
    assert (document.id, document.title, document.description, document.tags) == ("x", "Air", "", ("clean",))


def test_a_run_is_in_the_format_of_trec(tmp_path: Path) -> None:
    write_run(tmp_path / "run", {"7": [("x", 1.25), ("y", 0.5)]}, "exchange")
    assert (tmp_path / "run").read_text(encoding="utf-8") == "7 Q0 x 1 1.25 exchange\n7 Q0 y 2 0.5 exchange\n"
