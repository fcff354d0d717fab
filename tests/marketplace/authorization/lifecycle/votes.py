"""What stands in the product's own tables of every chain, whatever the model says."""

from collections.abc import Collection, Sequence

from marketplace.authorization.models import ApprovalVote
from tests.marketplace.authorization.lifecycle import model
from tests.marketplace.authorization.lifecycle.cast import Cast


def approved_by_all(cast: Cast, requests: Sequence[tuple[int, model.Request]], granted: Collection[int]) -> None:
    """Every grant has the votes that its row demands, of as many people of each body; nobody is a party's, or twice."""
    votes: dict[int, dict[str, set[int]]] = {}
    took_part: set[tuple[int, int]] = set()
    names = {pk: name for name, pk in cast.bodies.items()}
    of_a_party = cast.actors["e5"].user_id
    for vote in ApprovalVote.objects.filter(request__in=[pk for pk, _one in requests]).select_related("step"):
        for person in {vote.voter_id, vote.seat_id}:
            assert (vote.request_id, person) not in took_part, "took part twice"
            took_part.add((vote.request_id, person))
            assert person != of_a_party, "decided for a party they belong to"
        if vote.verdict == "approve":
            body = names[vote.step.organisation_id]
            votes.setdefault(vote.request_id, {}).setdefault(body, set()).add(vote.voter_id)
    for pk, request in requests:
        if pk in granted:
            for body, _stage, quorum in model.DEMANDED[request.kind]:
                assert len(votes.get(pk, {}).get(body, ())) >= quorum, f"granted without {body}"
