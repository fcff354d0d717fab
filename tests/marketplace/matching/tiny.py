"""A model of meaning in six concepts: what it says of a text can be worked out by hand."""

from collections.abc import Sequence

import numpy as np

from marketplace.matching.engine.meaning import Array, in_english
from marketplace.matching.engine.text import surface

CONCEPTS = (
    ("flight", "flights", "aviation", "airports", "aircraft"),
    ("hospital", "hospitals", "clinics", "wards"),
    ("weather", "climate", "rain"),
    ("price", "prices", "cost"),
    ("late", "delays", "punctuality"),
)


class Tiny:
    """How often each concept occurs; the last number says that there is a text at all."""

    label = "tiny@1"
    dimensions = len(CONCEPTS) + 1

    def spoken(self, text: str) -> str:
        return in_english(text)

    def embed(self, texts: Sequence[str]) -> Array:
        rows = np.array([[*(self._count(text, words) for words in CONCEPTS), 0.5] for text in texts], np.float32)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))

    def _count(self, text: str, words: tuple[str, ...]) -> int:
        return sum(word in words for word in surface(text))


class Newer(Tiny):
    """The same, released anew."""

    label = "tiny@2"
