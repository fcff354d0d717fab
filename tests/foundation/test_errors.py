"""Errors carry a code, a message for people and where it concerns."""

import pytest

from foundation.errors import (
    Conflict,
    DomainError,
    FieldError,
    Forbidden,
    IllegalTransition,
    InvalidInput,
    NotFound,
    TooLarge,
    present,
    step,
)


def test_an_error_without_words_speaks_its_title():
    error = NotFound()
    assert (error.code, error.message, str(error), error.params) == ("not_found", "Not found.", "Not found.", {})


def test_what_is_not_there_is_not_found():
    row = object()
    assert present(row) is row
    assert present(0) == 0
    with pytest.raises(NotFound):
        present(None)


@pytest.mark.parametrize(("name", "pointed"), [("a/b~", "a~1b~0"), ("~1", "~01"), ("", ""), ("price", "price")])
def test_names_are_steps_of_a_json_pointer(name, pointed):
    """RFC 6901, section 5: `/a~1b` names the member `a/b`, `/m~0n` the member `m~n`."""
    assert step(name) == pointed
    assert step(name).replace("~1", "/").replace("~0", "~") == name


def test_parameters_fill_the_message_and_stay_apart_from_it():
    """The surface translates the message before it fills it."""
    error = Conflict("Name %(name)s is taken.", name="100 %")
    assert (error.message, str(error)) == ("Name %(name)s is taken.", "Name 100 % is taken.")
    assert error.params == {"name": "100 %"}


def test_a_message_without_parameters_may_hold_percent_signs():
    assert str(Conflict("20 % higher")) == "20 % higher"


def test_a_refusal_names_its_rule():
    error = Forbidden("Only %(who)s.", rule="room.rule", who="reviewers")
    assert (error.rule, str(error), error.params) == ("room.rule", "Only reviewers.", {"who": "reviewers"})
    assert (Forbidden().rule, str(Forbidden())) == ("", "You may not do this.")


def test_an_illegal_transition_names_machine_event_and_state():
    error = IllegalTransition(machine="Job", event="retry", state="queued")
    assert str(error) == "Job: 'retry' is not possible in state 'queued'."
    assert error.params == {"machine": "Job", "event": "retry", "state": "queued"}


def test_wrong_fields_are_all_named():
    error = InvalidInput([FieldError("/a/0", "Use at most %(limit)s.", {"limit": 3}), FieldError("/b", "Missing.")])
    assert [field.pointer for field in error.fields] == ["/a/0", "/b"]
    assert str(error) == "/a/0: Use at most 3.; /b: Missing."
    assert error.message == InvalidInput.title


def test_one_wrong_field():
    error = InvalidInput.of("/price", "At least %(least)s.", least=0)
    assert error.fields == (FieldError("/price", "At least %(least)s.", {"least": 0}),)


def test_a_limit_is_said():
    assert str(TooLarge(limit=5)) == "The upload is larger than the limit of 5 bytes."


@pytest.mark.parametrize("error", DomainError.__subclasses__())
def test_codes_are_stable_names_of_their_own(error):
    assert error.code.replace("_", "").isalnum()
    assert error.code == error.code.lower()
    assert [other for other in DomainError.__subclasses__() if other.code == error.code] == [error]
