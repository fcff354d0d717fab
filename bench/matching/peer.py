"""Another engine on the same listings and demands, in an interpreter of an environment of its own.

    PYTHON peer.py bm25s|tantivy GIVEN.jsonl

The first line of GIVEN is an object: `demands`, their `constraints` (or null) and `depth`. Each
further line is a document: title, tags and description, Chinese already cut into characters and pairs, for neither
engine cuts it, and where there are constraints sector, region, supply mode and price. Printed is one JSON object:
seconds of indexing, seconds of each demand, and for each demand the numbers of the documents with their scores. Both
engines as they come: bm25s with its English stop words, tantivy with its default tokenizer and the title counted
double; constraints are required terms of it. tantivy reads the documents by batches, however many there are.
"""

import json
import re
import sys
import time
from collections.abc import Iterator
from itertools import count, islice, repeat
from typing import Any

BATCH = 2_000
Documents = Iterator[list[Any]]


def bm25s_search(given: dict[str, Any], documents: Documents) -> Iterator[Any]:
    """One text a document, Robertson's BM25 with the parameters of the library."""
    import bm25s  # noqa: PLC0415

    texts, depth = ["\n".join(fields[:3]) for fields in documents], given["depth"]
    begun = time.perf_counter()
    tokens = bm25s.tokenize(texts, stopwords="en", show_progress=False)
    engine = bm25s.BM25()
    engine.index(tokens, show_progress=False)
    yield time.perf_counter() - begun
    for demand in given["demands"]:
        begun = time.perf_counter()
        asked = bm25s.tokenize([demand], stopwords="en", show_progress=False, return_ids=False)
        if asked[0]:
            found, scores = engine.retrieve(asked, k=min(depth, len(texts)), show_progress=False)
            pairs = list(zip(found[0].tolist(), scores[0].tolist(), strict=True))
        else:
            pairs = []
        yield time.perf_counter() - begun, [(number, score) for number, score in pairs if score > 0]


def tantivy_search(given: dict[str, Any], documents: Documents) -> Iterator[Any]:
    """Three fields, the sum of their scores."""
    import tantivy  # noqa: PLC0415

    begun = time.perf_counter()
    builder = tantivy.SchemaBuilder()
    for name in ("title", "tags", "description"):
        builder.add_text_field(name, stored=False)
    builder.add_unsigned_field("number", stored=True, fast=True)
    for name in ("sector", "region", "mode"):
        builder.add_text_field(name, stored=False, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("price", indexed=True, fast=True)
    index = tantivy.Index(builder.build())
    writer = index.writer(200_000_000, 1)
    added, numbers = time.perf_counter() - begun, count()
    while batch := list(islice(documents, BATCH)):  # reading them is not what is timed
        begun = time.perf_counter()
        for (title, tags, description, *columns), number in zip(batch, numbers, strict=False):
            document = tantivy.Document(title=title, tags=tags, description=description)
            document.add_unsigned("number", number)
            if columns:
                for name, value in zip(("sector", "region", "mode"), columns, strict=False):
                    document.add_text(name, value)
                document.add_unsigned("price", columns[3])
            writer.add_document(document)
        added += time.perf_counter() - begun
    begun = time.perf_counter()
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()
    yield added + time.perf_counter() - begun
    fields = ["title", "tags", "description"]
    for demand, limits in zip(given["demands"], given["constraints"] or repeat(None), strict=False):
        begun = time.perf_counter()
        words = " ".join(re.findall(r"\w+", demand)).lower()
        pairs = []
        if words:
            if limits:
                sector, region, modes, budget = limits
                either = " OR ".join(f"mode:{mode}" for mode in modes)
                words = f"+({words}) +sector:{sector} +region:{region} +({either}) +price:[0 TO {budget}]"
            asked = index.parse_query(words, fields, field_boosts={"title": 2.0})
            for score, address in searcher.search(asked, given["depth"]).hits:
                pairs.append((searcher.doc(address)["number"][0], score))
        yield time.perf_counter() - begun, pairs


def main() -> None:
    """Index, search, print."""
    with open(sys.argv[2], encoding="utf-8") as lines:
        given = json.loads(lines.readline())
        engine = {"bm25s": bm25s_search, "tantivy": tantivy_search}[sys.argv[1]]
        results = engine(given, map(json.loads, lines))
        indexed = next(results)
        answers = list(results)
    print(json.dumps({"indexed": indexed, "seconds": [a[0] for a in answers], "found": [a[1] for a in answers]}))


if __name__ == "__main__":
    main()
