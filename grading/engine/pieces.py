"""Words that are written as one (`dateofbirth`), taken apart at known words."""

from collections.abc import Set as AbstractSet


def fewest_pieces(word: str, known: AbstractSet[str], *, longest: int) -> tuple[str, ...] | None:
    """The fewest known words that make the word, each of 2 to `longest` signs; None where there are none."""
    best: list[tuple[str, ...] | None] = [()] + [None] * len(word)
    for end in range(2, len(word) + 1):
        for start in range(max(0, end - longest), end - 1):
            before, piece = best[start], word[start:end]
            if before is not None and piece in known:
                current = best[end]
                if current is None or len(before) + 1 < len(current):
                    best[end] = (*before, piece)
    return best[-1]
