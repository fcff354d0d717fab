"""Words written as one are taken apart at known words, the fewest."""

import pytest

from grading.engine.pieces import fewest_pieces

KNOWN = {"date", "of", "birth", "dateof", "da", "te"}


@pytest.mark.parametrize(
    ("word", "longest", "pieces"),
    [
        ("dateofbirth", 14, ("dateof", "birth")),
        ("dateofbirth", 5, ("date", "of", "birth")),
        ("date", 14, ("date",)),
        ("date", 3, ("da", "te")),
        ("dates", 14, None),
        ("", 14, ()),
    ],
)
def test_the_fewest_known_words(word: str, longest: int, pieces: tuple[str, ...] | None) -> None:
    assert fewest_pieces(word, KNOWN, longest=longest) == pieces
