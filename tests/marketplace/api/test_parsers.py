"""JSON bodies that mean one thing only: everything else is a 400 that says where, and never a failure of the server."""

import pytest

from foundation.participants.models import Organisation
from tests.factories import World, send

URL = "/api/v1/organisations"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "line 1 column 2"),
        (b"\xff\xfe", "utf-8"),
        (b"\xef\xbb\xbf{}", "BOM"),
        (b'{"name": NaN}', "NaN is not JSON"),
        (b'{"name": -Infinity}', "-Infinity is not JSON"),
        (b'{"name": "A", "name": "B"}', "a name appears twice"),
        (b'{"member": {"username": "a", "username": "b"}}', "a name appears twice"),
        (b"[" * 100_000, "recursion"),
        (b'{"kind": "\\ud800"}', "surrogates"),
        (b'{"\\uDFFF": 1}', "surrogates"),
        (b'{"name": ' + b"1" * 5_000 + b"}", "digits"),
    ],
)
def test_what_is_no_json_is_a_problem(world: World, body: bytes, said: str) -> None:
    before = Organisation.objects.count()
    answer = send(world.anonymous, URL, body, "application/json")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["type"] == "/api/problems/parse_error"
    assert said in answer.json()["detail"]
    assert Organisation.objects.count() == before


def test_pairs_of_surrogates_are_letters(world: World) -> None:
    answer = send(world.anonymous, URL, b'{"kind": "\\ud83d\\ude00"}', "application/json")
    assert (answer.status_code, "\U0001f600" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'"x"', b"1", b"{}"])
def test_json_that_is_no_registration_names_what_is_missing(world: World, body: bytes) -> None:
    answer = send(world.anonymous, URL, body, "application/json")
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")


def test_a_body_beyond_the_limit_is_too_large(world: World, settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000
    answer = send(world.anonymous, URL, b'{"name": "' + b"a" * 1_000 + b'"}', "application/json")
    assert (answer.status_code, answer["Content-Type"]) == (413, "application/problem+json")
    assert (answer.json()["type"], "1000" in answer.json()["detail"]) == ("/api/problems/too_large", True)
