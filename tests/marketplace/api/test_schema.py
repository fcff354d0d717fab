"""The OpenAPI document: committed as the code says it, complete, and served to everybody."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import yaml
from django.conf import settings

from marketplace.api.problem_types import BY_CODE
from marketplace.api.schema import ERRORS
from marketplace.api.views.schema import rendered
from tests.factories import World

YAML = "application/vnd.oai.openapi"
DOCUMENT = settings.BASE_DIR / "docs" / "openapi.yaml"


@cache
def document() -> Any:
    return yaml.load(DOCUMENT.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def headers(operation: dict[str, Any]) -> dict[str, Any]:
    return {p["name"]: p for p in operation.get("parameters", ()) if p["in"] == "header"}


def test_the_committed_document_is_what_the_code_says() -> None:
    """`make openapi` writes it."""
    assert DOCUMENT.read_bytes().rstrip() == rendered(YAML).rstrip()


def test_every_operation_says_what_it_does_and_how_it_fails() -> None:
    count = 0
    for method, path, operation in operations():
        count += 1
        where = f"{method} {path}"
        assert operation["summary"], where
        assert len(operation["tags"]) == 1, where
        assert {"406", "422", "429", "503"} <= set(operation["responses"]), where
        assert "{" not in path or "404" in operation["responses"], where
        assert any(int(code) < 400 for code in operation["responses"]), where
        if method != "get":
            assert {"403", "409"} <= set(operation["responses"]), where
    assert count > 80


def test_every_referred_answer_is_described_and_its_type_explained() -> None:
    assert {f"Problem{status}" for status in ERRORS} == set(document()["components"]["responses"])
    assert set(ERRORS) <= {problem.status for problem in BY_CODE.values()}


def test_edits_ask_what_they_start_from() -> None:
    binding = {"versions_update", "versions_submit", "versions_publish", "versions_files_declare"}
    for method, path, operation in operations():
        asked = headers(operation)
        if operation["operationId"] in binding:
            assert asked["If-Match"]["required"], path
            assert {"412", "428"} <= set(operation["responses"]), path
        elif method == "put":
            assert asked["If-Match"]["required"], path
        elif "If-Match" in asked:
            assert "412" in operation["responses"], path


def test_creations_take_keys() -> None:
    takes = {operation["operationId"] for _, _, operation in operations() if "Idempotency-Key" in headers(operation)}
    assert takes >= {"organisations_create", "listings_create", "demands_create", "access_requests_create"}


def test_lists_are_described_as_pages() -> None:
    for _method, path, operation in operations():
        paged = "cursor" in {parameter["name"] for parameter in operation.get("parameters", ())}
        content = operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
        assert paged == ("Paginated" in content.get("schema", {}).get("$ref", "")), path


@pytest.mark.django_db
def test_everybody_may_read_it(world: World) -> None:
    answer = world.anonymous.get("/api/v1/schema")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/vnd.oai.openapi; charset=utf-8")
    assert answer.content == rendered(YAML)
    as_json = world.anonymous.get("/api/v1/schema", headers={"Accept": "application/vnd.oai.openapi+json"})
    assert as_json.json()["info"]["title"] == "Data Exchange API"
    neither = world.anonymous.get("/api/v1/schema", headers={"Accept": "text/csv"})
    assert (neither.status_code, neither["Content-Type"]) == (406, "application/problem+json")
    assert neither.json()["type"] == "/api/problems/not_acceptable"
    assert world.anonymous.get("/api/docs").status_code == 200
