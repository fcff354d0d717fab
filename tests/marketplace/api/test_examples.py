"""The examples of the document are true: sent again, one after another, they are answered with the same form."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from foundation.participants.models import Accreditation
from marketplace.api.examples import recorded
from marketplace.authorization.models import ApprovalStep, Grant
from marketplace.catalog import services as catalog
from marketplace.catalog.models import Distribution, ListingVersion
from marketplace.delivery.models import Delivery
from marketplace.matching.models import Demand
from tests.factories import CSV, World, decided, examined
from tests.foundation.participants.certified import day
from tests.marketplace.api.test_schema import document, operations

API = "/api/v1"


@dataclass(frozen=True)
class Step:
    """One request of the journey: what was sent, and what came back."""

    operation: str
    status: int
    sent: Any
    answer: Any


def journey(world: World) -> Iterator[Step]:
    """Every example as its request says, with the numbers of this world in place of the recorded ones."""

    def sent(operation: str, client: Any, path: str, **numbers: Any) -> Step:
        example = recorded()[operation]
        body = {**example["request"], **numbers} if "request" in example else None
        answer = client.post(f"{API}/{path}", body, format="json")
        return Step(operation, answer.status_code, body, answer.json())

    provider, buyer = world.provider, world.buyer
    meeting = {"from": "finance", "level": "level_4", "to": "zhejiang", "to_level": "level_3"}
    answer = world.anonymous.get(f"{API}/schemes/crosswalk", meeting)
    yield Step("schemes_crosswalk_between", answer.status_code, None, answer.json())
    yield sent("organisations_create", world.anonymous, "organisations")
    days = {"valid_from": str(day(-30)), "valid_until": str(day(335))}
    yield sent(
        "organisations_accreditations_create",
        provider.client,
        f"organisations/{provider.organisation_id}/accreditations",
        **days,
    )
    claim = Accreditation.objects.get()
    yield sent("accreditations_confirm", world.exchange.client, f"accreditations/{claim.pk}/actions/confirm")
    rights = [{**one, "holder": provider.organisation_id} for one in recorded()["listings_create"]["request"]["rights"]]
    yield sent("listings_create", provider.client, "listings", rights=rights)
    version = ListingVersion.objects.get()
    answer = provider.client.post(
        f"{API}/versions/{version.pk}/files?filename=departures.csv", CSV, content_type="application/octet-stream"
    )
    yield Step("versions_files_create", answer.status_code, None, answer.json())
    file = Distribution.objects.get()
    decided(examined(file.asset), world, level="general_1", category="transport")
    revision = provider.client.get(f"{API}/versions/{version.pk}")["ETag"]
    answer = provider.client.post(f"{API}/versions/{version.pk}/actions/submit", headers={"If-Match": revision})
    yield Step("versions_submit", answer.status_code, None, answer.json())
    catalog.publish_version(actor=world.reviewer.actor, version_id=version.pk)
    yield sent("demands_create", buyer.client, "demands")
    answer = buyer.client.post(
        f"{API}/demands/{Demand.objects.get().pk}/sample?filename=departures-2012.csv",
        CSV,
        content_type="application/octet-stream",
    )
    yield Step("demands_sample_create", answer.status_code, None, answer.json())
    yield sent("access_requests_create", buyer.client, "access-requests", listing=version.listing_id)
    approval = ApprovalStep.objects.get()
    yield sent("approval_steps_approve", world.approver.client, f"approval-steps/{approval.pk}/actions/approve")
    grant = Grant.objects.get()
    answer = buyer.client.get(f"{API}/grants/{grant.pk}")
    yield Step("grants_retrieve", answer.status_code, None, answer.json())
    digest = answer.json()["agreement_sha256"]
    yield sent("grants_accept_terms", buyer.client, f"grants/{grant.pk}/actions/accept-terms", sha256=digest)
    yield sent("grants_deliveries_create", buyer.client, f"grants/{grant.pk}/deliveries", distribution=file.pk)
    yield sent("deliveries_link_create", buyer.client, f"deliveries/{Delivery.objects.get().pk}/link")


def form(value: Any) -> Any:
    """Names and kinds of what a document holds; of a list, each different form of its members once."""
    match value:
        case dict():
            return {name: form(part) for name, part in value.items()}
        case list():
            return sorted({str(form(part)) for part in value})
        case _:
            return type(value).__name__


def as_json_schema(schema: Any) -> Any:
    """OpenAPI 3.0 says `nullable` where JSON Schema has a type `null`."""
    match schema:
        case dict():
            plain = {name: as_json_schema(part) for name, part in schema.items() if name != "nullable"}
            return {"anyOf": [plain, {"type": "null"}]} if schema.get("nullable") is True else plain
        case list():
            return [as_json_schema(part) for part in schema]
        case _:
            return schema


@cache
def components() -> Any:
    return as_json_schema(document()["components"])


def wrong_with(value: Any, content: dict[str, Any]) -> list[str]:
    """What a document does not have as the schema of this content says."""
    schema = as_json_schema(content["application/json"]["schema"])
    return [error.message for error in Draft202012Validator({**schema, "components": components()}).iter_errors(value)]


@pytest.mark.django_db
def test_the_journey_of_the_examples_can_be_made() -> None:
    described = {operation["operationId"]: operation for _method, _path, operation in operations()}
    made = []
    for step in journey(World()):
        example, operation = recorded()[step.operation], described[step.operation]
        assert step.status == example["status"], (step.operation, step.answer)
        content = operation["responses"][str(step.status)]["content"]
        assert form(step.answer) == form(example["response"]), step.operation
        for answer in (step.answer, example["response"]):
            assert wrong_with(answer, content) == [], step.operation
        if "request" in example:
            assert form(step.sent) == form(example["request"]), step.operation
            assert wrong_with(example["request"], operation["requestBody"]["content"]) == [], step.operation
        made.append(step.operation)
    assert made == list(recorded())


def test_the_document_shows_them_and_no_others() -> None:
    for _method, path, operation in operations():
        example = recorded().get(operation["operationId"], {})
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        shown = [said["value"] for said in body.get("examples", {}).values()]
        assert shown == ([example["request"]] if "request" in example else []), path
        for status, answer in operation["responses"].items():
            content = answer.get("content", {}).get("application/json", {})
            shown = [said["value"] for said in content.get("examples", {}).values()]
            assert shown == ([example["response"]] if status == str(example.get("status")) else []), path


def test_a_wrong_example_would_be_noticed() -> None:
    (operation,) = [o for _method, _path, o in operations() if o["operationId"] == "demands_create"]
    answer, content = recorded()["demands_create"]["response"], operation["responses"]["201"]["content"]
    assert wrong_with({**answer, "state": "waiting"}, content)
    assert wrong_with({name: value for name, value in answer.items() if name != "text"}, content)
    assert form({**answer, "more": 1}) != form(answer)
