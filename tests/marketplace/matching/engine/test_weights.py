"""The shipped weights, and what the loader refuses."""

import math
import tomllib
from copy import deepcopy
from typing import Any

import pytest

from marketplace.matching.engine.weights import DEFAULT_WEIGHTS, load_weights, weights_from_data

DATA = tomllib.loads(DEFAULT_WEIGHTS.read_text(encoding="utf-8"))


def test_the_shipped_weights() -> None:
    weights = load_weights()
    assert (weights.code, weights.version) == ("matching_default", "1.3.0")
    assert {name: field.weight for name, field in weights.text.fields.items()} == {
        "title": 2.0,
        "tags": 1.0,
        "description": 1.0,
        "category": 0.5,
        "columns": 0.5,
    }
    assert sum(weights.bonus.values()) == pytest.approx(0.35)
    assert weights == load_weights(DEFAULT_WEIGHTS.read_text(encoding="utf-8"))


def test_what_older_versions_do_not_say_is_as_it_was() -> None:
    older = {**DATA, "text": {name: value for name, value in DATA["text"].items() if name not in ("k3", "idf_power")}}
    text = weights_from_data(older).text
    assert (text.k3, text.idf_power) == (None, 1.0)
    assert text.repeated(3) == 3.0
    assert text.rarity(1, 3) == pytest.approx(math.log(1 + 2.5 / 1.5))
    assert weights_from_data({name: value for name, value in DATA.items() if name != "meaning"}).meaning is None


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (lambda data: data.pop("version"), "version"),
        (lambda data: data.pop("text"), "text"),
        (lambda data: data["text"].update(k1=-1), "k1"),
        (lambda data: data["text"].update(k3=-1), "k3"),
        (lambda data: data["text"].update(idf_power=0), "idf_power"),
        (lambda data: data["text"].update(stem_share=1.1), "stem_share"),
        (lambda data: data["text"].update(stem_share=True), "stem_share"),
        (lambda data: data["text"]["fields"].pop("tags"), "tags"),
        (lambda data: data["text"]["fields"].update(colour={"weight": 1, "b": 0}), "colour"),
        (lambda data: data["text"]["fields"]["tags"].update(b=2), "b"),
        (lambda data: data["bonus"].update(provider_fame=1), "provider_fame"),
        (lambda data: data["bonus"].update(quality="much"), "quality"),
        (lambda data: data["record"].update(share=2), "share"),
        (lambda data: data["record"].update(size=1), "size"),
        (lambda data: data["meaning"].update(keywords=1), "keywords"),
        (lambda data: data["meaning"].update(sentence_words=3), "sentence_words"),
        (lambda data: data["meaning"].pop("least"), "least"),
        (lambda data: data["meaning"].update(model="x"), "model"),
        (lambda data: data.update(freshness_half_life_days=0), "freshness_half_life_days"),
        (lambda data: data.update(freshness_half_life_days=float("nan")), "freshness_half_life_days"),
    ],
)
def test_a_faulty_entry_is_named(spoil: Any, named: str) -> None:
    data = deepcopy(DATA)
    spoil(data)
    with pytest.raises(ValueError, match=named):
        weights_from_data(data)
