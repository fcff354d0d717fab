"""A test collection on disk, a run over it, and what the run is worth by its judgments. Standard library alone."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Ranking = Sequence[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class Document:
    """A listing of a collection."""

    id: str
    title: str
    description: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Collection:
    """`judgments` has for each demand the grade of the listings that somebody looked at; 0 is not relevant."""

    listings: tuple[Document, ...]
    demands: Mapping[str, str]
    judgments: Mapping[str, Mapping[str, int]]


def read(folder: Path, listings: Path | None = None) -> Collection:
    """`listings.jsonl`, `demands.tsv` and `qrels.txt` of a folder.

    A folder of demands alone shares the listings of another: `listings`, else the folder beside it whose name is the
    same without a number at its end (acordar2: acordar). OSError where there is none.
    """
    path = listings or folder / "listings.jsonl"
    if not path.exists():
        path = folder.resolve().parent / folder.resolve().name.rstrip("0123456789") / "listings.jsonl"
    with path.open(encoding="utf-8") as lines:
        documents = tuple(_document(json.loads(line)) for line in lines if line.strip())
    demands = dict(
        line.split("\t", 1) for line in (folder / "demands.tsv").read_text(encoding="utf-8").splitlines() if line
    )
    judgments: dict[str, dict[str, int]] = {}
    for line in (folder / "qrels.txt").read_text(encoding="utf-8").splitlines():
        if line.strip():
            demand, _iteration, listing, grade = line.split()
            judgments.setdefault(demand, {})[listing] = int(grade)
    return Collection(documents, demands, judgments)


def _document(data: Mapping[str, Any]) -> Document:
    tags = data.get("tags") or ()
    return Document(str(data["id"]), data.get("title") or "", data.get("description") or "", tuple(map(str, tags)))


def write_run(path: Path, rankings: Mapping[str, Ranking], tag: str) -> None:
    """In TREC's format: demand, Q0, listing, rank from 1 on, score, tag."""
    with path.open("w", encoding="utf-8") as file:
        for demand, ranking in rankings.items():
            for rank, (listing, score) in enumerate(ranking, start=1):
                file.write(f"{demand} Q0 {listing} {rank} {score:.9g} {tag}\n")


def ndcg(ranking: Ranking, judged: Mapping[str, int], depth: int) -> float:
    """Normalised discounted cumulative gain as trec_eval has it: the grade is the gain."""
    gains = [max(0, judged.get(listing, 0)) for listing, _score in ranking[:depth]]
    ideal = sorted((grade for grade in judged.values() if grade > 0), reverse=True)[:depth]
    return _discounted(gains) / _discounted(ideal)


def _discounted(gains: Iterable[int]) -> float:
    return math.fsum(gain / math.log2(place + 2) for place, gain in enumerate(gains))


def average_precision(ranking: Ranking, judged: Mapping[str, int], depth: int) -> float:
    """As trec_eval's map_cut: precision at each relevant listing down to `depth`, over all that are relevant."""
    relevant = {listing for listing, grade in judged.items() if grade > 0}
    hits = [place for place, (listing, _score) in enumerate(ranking[:depth], start=1) if listing in relevant]
    return math.fsum(found / place for found, place in enumerate(hits, start=1)) / len(relevant)


def worth(rankings: Mapping[str, Ranking], collection: Collection) -> tuple[float, float, float]:
    """NDCG@5, NDCG@10 and MAP@10, means over the demands that anything is relevant for; nothing found counts 0."""
    judged = {
        demand: grades
        for demand, grades in collection.judgments.items()
        if demand in collection.demands and any(grade > 0 for grade in grades.values())
    }
    figures = [
        (ndcg(found, grades, 5), ndcg(found, grades, 10), average_precision(found, grades, 10))
        for demand, grades in judged.items()
        for found in [rankings.get(demand, ())]
    ]
    first, second, third = (math.fsum(column) / len(figures) for column in zip(*figures, strict=True))
    return first, second, third
