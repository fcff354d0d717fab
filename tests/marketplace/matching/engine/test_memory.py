"""What is known of words is kept as long as there is room."""

import numpy as np

from marketplace.matching.engine.memory import LEAST, Memory
from marketplace.matching.engine.postings import BOTH_ROW, Posting

ENTRIES = 100
SIZE = LEAST + 5 * ENTRIES


def streams() -> dict[str, Posting]:
    """One posting of a hundred entries: 4 bytes of place and 1 of count each."""
    return {BOTH_ROW: Posting(ENTRIES, ((np.arange(ENTRIES, dtype=np.int32), np.ones(ENTRIES, np.uint8)),))}


def test_what_was_asked_for_longest_ago_is_forgotten_first() -> None:
    memory = Memory(3 * SIZE)
    kept = {term: streams() for term in ("air", "water", "soil")}
    memory.keep(kept)
    assert memory.recall(["air", "fire"]) == {"air": kept["air"]}
    memory.keep({"fire": streams()})
    assert set(memory.recall(["air", "water", "soil", "fire"])) == {"air", "soil", "fire"}


def test_the_same_word_is_kept_once_and_no_more_than_there_is_room_for() -> None:
    memory = Memory(2 * SIZE)
    for _time in range(3):
        memory.keep({"air": streams(), "nowhere": {}})
    assert set(memory.recall(["air", "nowhere"])) == {"air", "nowhere"}
    memory.keep({term: streams() for term in "abc"})
    assert set(memory.recall(["air", "nowhere", *"abc"])) == {"b", "c"}
    Memory(SIZE - 1).keep({"air": streams()})
    assert Memory(SIZE - 1).recall(["air"]) == {}
