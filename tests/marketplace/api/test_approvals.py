"""Delegations, questions and appeals over REST, from the first call to the last, with what is refused on the way."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from foundation.participants.models import Membership
from marketplace.authorization.models import AccessRequest, ApprovalDelegation, ApprovalVote
from tests.factories import Party, World
from tests.marketplace.authorization.asking import UNIFIED, ask, listing, states, steps

API = "/api/v1"


def post(party: Party, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
    """The status and the body; what is refused is a problem by RFC 9457 that says its own status."""
    answer = party.client.post(f"{API}/{path}", body, format="json")
    said: dict[str, Any] = answer.json()
    if answer.status_code >= 400:
        assert answer["Content-Type"] == "application/problem+json"
        assert said["status"] == answer.status_code
    return answer.status_code, said


def pointers(problem: dict[str, Any]) -> list[str]:
    return [error["pointer"] for error in problem["errors"]]


def step_path(request: AccessRequest, place: int = 0) -> str:
    return f"approval-steps/{steps(request)[place].pk}/actions"


def test_an_approver_lets_a_colleague_vote_and_takes_it_back(world: World) -> None:
    approver, clerk = world.approver, world.colleague(world.exchange, "auditor")
    request = ask(world, version := listing(world, UNIFIED))
    address = step_path(request)
    membership = Membership.objects.get(user=clerk.user).pk
    now = timezone.now()
    body = {"membership": membership, "ends_at": (now + timedelta(days=7)).isoformat(), "reason": "On leave."}
    status, problem = post(clerk, "approval-delegations", **body)
    assert (status, problem["rule"]) == (403, "authorization.approver_needed")
    elsewhere = Membership.objects.get(user=world.buyer.user).pk
    wrong = {**body, "membership": elsewhere, "ends_at": now.isoformat()}
    status, problem = post(approver, "approval-delegations", **wrong)
    assert (status, pointers(problem)) == (422, ["/membership", "/ends_at"])
    assert pointers(post(approver, "approval-delegations")[1]) == ["/membership", "/ends_at", "/reason"]
    assert not ApprovalDelegation.objects.exists()
    assert post(clerk, f"{address}/approve")[1]["rule"] == "authorization.not_the_approver"

    status, given = post(approver, "approval-delegations", **body)
    assert (status, given["delegator"], given["delegate"], given["revoked_at"]) == (
        201,
        approver.user.username,
        clerk.user.username,
        None,
    )
    assert [row["id"] for row in clerk.client.get(f"{API}/approval-delegations").json()["results"]] == [given["id"]]
    assert world.buyer.client.get(f"{API}/approval-delegations").json()["results"] == []
    assert pointers(post(clerk, f"{address}/approve", delegation=given["id"] + 1)[1]) == ["/delegation"]
    status, problem = post(world.buyer, f"{address}/approve", delegation=given["id"])
    assert (status, problem["rule"]) == (403, "authorization.not_the_approver")
    assert post(clerk, f"{address}/approve", delegation=given["id"])[0] == 200
    vote = ApprovalVote.objects.get()
    assert (vote.voter, vote.seat, vote.delegation_id) == (clerk.user, approver.user, given["id"])
    assert states(request) == ("approved", ["approved"], 1)

    second = ask(world, version, purpose="internal_use")
    revoke = f"approval-delegations/{given['id']}/actions/revoke"
    assert post(world.buyer, revoke)[0] == 404
    assert post(clerk, revoke)[1]["rule"] == "authorization.delegator_only"
    status, taken = post(approver, revoke)
    assert (status, taken["revoked_at"] is None) == (200, False)
    assert post(approver, revoke)[0] == 409
    status, problem = post(clerk, f"{step_path(second)}/approve", delegation=given["id"])
    assert (status, pointers(problem)) == (422, ["/delegation"])
    assert post(clerk, f"{step_path(second)}/approve")[1]["rule"] == "authorization.not_the_approver"
    assert states(second) == ("in_approval", ["open"], 0)


def test_a_question_and_its_answer(world: World) -> None:
    request = ask(world, listing(world, UNIFIED))
    answer = f"access-requests/{request.pk}/actions/answer"
    status, problem = post(world.buyer, answer, answer="All.")
    assert (status, problem["type"]) == (409, "/api/problems/illegal_transition")
    assert pointers(post(world.approver, f"{step_path(request)}/ask")[1]) == ["/question"]
    status, asked = post(world.approver, f"{step_path(request)}/ask", question="Which roads?")
    assert (status, asked["state"], [row["question"] for row in asked["rounds"]]) == (
        200,
        "more_information",
        ["Which roads?"],
    )
    assert post(world.approver, f"{step_path(request)}/approve")[0] == 409
    for party, refused in ((world.provider, 403), (world.approver, 403), (world.other_buyer, 404)):
        assert post(party, answer, answer="All.")[0] == refused
    assert pointers(post(world.buyer, answer, answer=" ")[1]) == ["/answer"]
    status, answered = post(world.buyer, answer, answer="All.")
    assert (status, answered["state"], answered["rounds"][0]["answer"]) == (200, "in_approval", "All.")
    seen = world.provider.client.get(f"{API}/access-requests/{request.pk}").json()
    assert (seen["rounds"], seen["answers"]) == (None, None)
    assert post(world.approver, f"{step_path(request)}/approve")[0] == 200


def test_a_refusal_is_appealed_to_others_once(world: World) -> None:
    request = ask(world, listing(world, UNIFIED))
    appeal = f"access-requests/{request.pk}/actions/appeal"
    status, problem = post(world.buyer, appeal, grounds="All is needed.")
    assert (status, problem["type"]) == (409, "/api/problems/illegal_transition")
    status, problem = post(world.approver, f"{step_path(request)}/reject", ground="mood", reason="No.")
    assert (status, pointers(problem)) == (422, ["/ground"])
    assert (
        post(world.approver, f"{step_path(request)}/reject", ground="scope_too_wide", reason="Less will do.")[0] == 200
    )
    for party, refused in ((world.provider, 403), (world.approver, 403), (world.other_buyer, 404)):
        assert post(party, appeal, grounds="All is needed.")[0] == refused
    assert pointers(post(world.buyer, appeal)[1]) == ["/grounds"]
    status, filed = post(world.buyer, appeal, grounds="All is needed.")
    refused_step, review = steps(request)
    assert (status, filed["state"], filed["appeal"]["refused_step"], filed["appeal"]["step"]) == (
        200,
        "in_approval",
        refused_step.pk,
        review.pk,
    )
    status, problem = post(world.approver, f"{step_path(request, 1)}/approve")
    assert (status, problem["rule"]) == (403, "authorization.decided_before")
    other = world.colleague(world.exchange, "approver")
    assert post(other, f"{step_path(request, 1)}/reject", ground="scope_too_wide", reason="Less will do.")[0] == 200
    status, problem = post(world.buyer, appeal, grounds="All is needed.")
    assert (status, problem["type"]) == (409, "/api/problems/conflict")
    assert states(request) == ("rejected", ["rejected", "rejected"], 0)
