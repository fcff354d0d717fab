"""Errors as problem documents: one form for all, in the reader's language, and every type explained."""

import importlib
import pkgutil
from importlib.util import find_spec
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override
from rest_framework.exceptions import APIException, Throttled, ValidationError

import marketplace
from foundation.errors import (
    Conflict,
    DomainError,
    FieldError,
    Forbidden,
    Gone,
    IllegalTransition,
    InvalidInput,
    NotFound,
    StaleVersion,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from foundation.vault.errors import Tampered
from marketplace.api.problem_types import BY_CODE
from marketplace.api.problems import body_of, handle
from marketplace.matching import semantic
from tests.factories import World, send

ERRORS: list[tuple[DomainError, int, str, str]] = [
    (NotFound(), 404, "not_found", "Not found."),
    (Forbidden("No: %(why)s.", rule="room.rule", why="so"), 403, "forbidden", "No: so."),
    (Unauthenticated(), 401, "unauthenticated", "Authenticate with an API key or sign in."),
    (
        IllegalTransition(machine="Demand", event="open", state="closed"),
        409,
        "illegal_transition",
        "Demand: 'open' is not possible in state 'closed'.",
    ),
    (Conflict("Taken."), 409, "conflict", "Taken."),
    (StaleVersion(), 412, "stale_version", StaleVersion.title),
    (TooLarge(limit=5), 413, "too_large", "The upload is larger than the limit of 5 bytes."),
    (Gone(), 410, "gone", "This is no longer available."),
    (Unavailable(), 503, "unavailable", Unavailable.title),
    (DomainError("100 % sure"), 400, "domain_error", "100 % sure"),
]


@pytest.mark.parametrize(("error", "status", "code", "detail"), ERRORS, ids=[row[2] for row in ERRORS])
def test_each_error_has_its_status_and_type(error: DomainError, status: int, code: str, detail: str) -> None:
    with override("en"):
        response = handle(error, {})
    assert response is not None
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert (response.data["type"], response.data["status"], response.data["detail"]) == (
        f"/api/problems/{code}",
        status,
        detail,
    )
    assert "%(" not in response.data["title"]
    assert response.data.get("rule") == ("room.rule" if code == "forbidden" else None)
    assert response.headers.get("WWW-Authenticate") == ("Bearer" if status == 401 else None)


def test_wrong_fields_have_pointers_and_parameters() -> None:
    error = InvalidInput([FieldError("/a/0", "At most %(n)s.", {"n": 3}), FieldError("/b", "50 % is no number.")])
    assert body_of(error)["errors"] == [
        {"pointer": "/a/0", "detail": "At most 3."},
        {"pointer": "/b", "detail": "50 % is no number."},
    ]


def test_nested_validation_becomes_json_pointers() -> None:
    detail: Any = {
        "rights": [{}, {"holder": ["A valid integer is required."]}],
        "tags": {0: ["Too long."]},
        "a/b~c": ["Odd."],
        "non_field_errors": ["Both."],
    }
    response = handle(ValidationError(detail), {})
    assert response is not None
    assert response.status_code == 422
    assert [e["pointer"] for e in response.data["errors"]] == ["/rights/1/holder", "/tags/0", "/a~1b~0c", "/"]


def test_a_throttled_client_hears_when_to_come_back() -> None:
    response = handle(Throttled(wait=4.2), {})
    assert response is not None
    assert (response.status_code, response["Retry-After"]) == (429, "5")


def test_a_damaged_file_is_the_exchanges_fault_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    response = handle(Tampered(), {})
    assert response is not None
    assert (response.status_code, response.data["type"]) == (500, "/api/problems/tampered")
    assert [(record.levelname, record.name) for record in caplog.records] == [("ERROR", "marketplace.api.problems")]


def test_what_is_nobodys_input_is_no_problem_document() -> None:
    assert handle(ZeroDivisionError(), {}) is None


def _subclasses(cls: type[Any]) -> set[type[Any]]:
    return {cls}.union(*(_subclasses(one) for one in cls.__subclasses__()))


def test_every_error_of_the_project_is_explained(client: Client) -> None:
    absent = set() if all(find_spec(name) for name in semantic.NEEDED) else {semantic.SHIPPED.rpartition(".")[0]}
    for module in pkgutil.walk_packages(marketplace.__path__, "marketplace."):
        if ".migrations" not in module.name and ".management" not in module.name and module.name not in absent:
            importlib.import_module(module.name)
    own = [e for e in _subclasses(APIException) if e.__module__.startswith(("marketplace", "grading", "foundation"))]
    assert {e.__name__ for e in own} >= {"PreconditionRequired", "LengthRequired"}
    raised = {e.code for e in _subclasses(DomainError) if not e.__module__.startswith("tests")}
    raised |= {e.default_code for e in own}
    assert raised - set(BY_CODE) == set()
    for code in raised:
        page = client.get(f"/api/problems/{code}")
        assert page.status_code == 200
        assert code in page.content.decode()
    assert client.get("/api/problems/nonsense").status_code == 404


# -- over the wire ---------------------------------------------------------------------------------------------------


def test_unknown_callers_and_false_keys_are_told_so(world: World) -> None:
    anonymous = world.anonymous
    refused = anonymous.get("/api/v1/jobs")
    assert (refused.status_code, refused["WWW-Authenticate"]) == (401, "Bearer")
    assert refused.json()["type"] == "/api/problems/unauthenticated"
    for header in ("Bearer dx_000000000000_nothing", "Bearer x", "Bearer dx_é_x"):
        answer = anonymous.get("/api/v1/listings", headers={"Authorization": header})
        assert answer.status_code == 401, header
        assert answer["Content-Type"] == "application/problem+json"


def test_wrong_methods_and_media_types_are_problems_too(world: World) -> None:
    client = world.provider.client
    for answer, status in (
        (client.delete("/api/v1/listings"), 405),
        (send(client, "/api/v1/listings", b"<a/>", "text/xml"), 415),
        (send(client, "/api/v1/listings", b"{", "application/json"), 400),
    ):
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
        assert answer.json()["type"].removeprefix("/api/problems/") in BY_CODE
