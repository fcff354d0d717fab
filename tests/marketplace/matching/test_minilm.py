"""The shipped model, where it is installed: what it is for, and that its files are the ones it is made of."""

from importlib.util import find_spec

import numpy as np
import pytest

from marketplace.matching import semantic

if not all(find_spec(name) for name in semantic.NEEDED):
    pytest.skip("requirements-semantic.txt is not installed", allow_module_level=True)

from marketplace.matching import minilm


@pytest.fixture(scope="module")
def model() -> minilm.MiniLM:
    return minilm.MiniLM()


def test_what_means_the_same_is_nearer_than_what_shares_a_word(model: minilm.MiniLM) -> None:
    asked, same, other = model.embed(
        ["how punctual are airlines", "Flight delays at New York airports", "Airline meals: how to cook them"]
    )
    assert asked @ same > asked @ other > 0


def test_a_text_has_one_vector_whatever_it_is_asked_with(model: minilm.MiniLM) -> None:
    texts = ["Hourly air quality", "x", "word " * 5_000]
    together = model.embed(texts)
    assert together.shape == (3, model.dimensions)
    assert np.array_equal(together, np.concatenate([model.embed([text]) for text in texts]))
    assert np.linalg.norm(together, axis=1) == pytest.approx(1, abs=1e-6)
    assert np.array_equal(together[2], model.embed(["word " * 6_000])[0])
    assert model.embed([]).shape == (0, model.dimensions)


def test_another_file_is_refused() -> None:
    package, name, digest = minilm.VOCABULARY
    with pytest.raises(RuntimeError, match="is not the file"):
        minilm._checked(package, name, digest[::-1])
    with pytest.raises(RuntimeError, match="not installed"):
        minilm._checked("no_such_package_here", name, digest)


def test_it_is_chosen_where_it_is_installed(settings) -> None:
    settings.SEMANTIC_MODEL = "auto"
    assert semantic.label() == minilm.LABEL
    settings.SEMANTIC_MODEL = "off"
    assert (semantic.label(), semantic.model(), semantic.kind()) == (None, None, None)
