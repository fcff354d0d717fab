"""Kinds of job."""

import pytest

from foundation.jobs import registry
from tests.foundation.jobs import kinds


def test_a_kind_has_its_handler_and_attempts():
    assert registry.kind("tests.raise") == registry.Kind("tests.raise", kinds.fail, 3)


def test_a_name_has_one_handler():
    with pytest.raises(ValueError, match=r"tests\.return"):
        registry.job("tests.return")(kinds.fail)
    assert registry.kind("tests.return").handler is kinds.give


def test_registering_again_is_harmless():
    assert registry.job("tests.return")(kinds.give) is kinds.give


def test_every_process_knows_the_rooms_kinds():
    """Loaded with Django, so that a web process, which never imports `tasks` otherwise, can enqueue them."""
    assert {"matching.match_demand", "matching.match_listing"} <= registry.names()
