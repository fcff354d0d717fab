"""Domain errors in the reader's language."""

import pytest
from django.utils import translation

from foundation.errors import Conflict, FieldError, IllegalTransition, InvalidInput
from foundation.wording import detail, said, sentences

WRONG_STATE = IllegalTransition(machine="Grade", event="decide", state="returned")


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Grade: 'decide' is not possible in state 'returned'."),
        ("zh-hans", "定级处于“returned”状态，不能执行“decide”。"),
    ],
)
def test_an_illegal_transition_names_its_machine_in_the_readers_language(language: str, sentence: str) -> None:
    with translation.override(language):
        assert detail(WRONG_STATE) == sentence
        assert sentences(WRONG_STATE) == [sentence]


def test_a_percent_sign_without_parameters_is_a_percent_sign() -> None:
    assert said("100 % of the cells", {}) == "100 % of the cells"
    assert detail(Conflict("100 % of the cells")) == "100 % of the cells"


def test_wrong_fields_are_told_one_by_one() -> None:
    error = InvalidInput([FieldError("/a", "At most %(limit)s.", {"limit": 3}), FieldError("/b", "Say why.")])
    assert sentences(error) == ["At most 3.", "Say why."]
    assert detail(error) == "Some fields are not valid."
