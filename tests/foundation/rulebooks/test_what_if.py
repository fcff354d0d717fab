"""What a proposed version would change: exact counts, stored with it, never for a text that is another by now."""

from foundation.audit.selectors import timeline
from foundation.jobs import services as jobs
from foundation.jobs.models import Job
from foundation.rulebooks import services
from foundation.rulebooks.comparison import Comparison
from foundation.rulebooks.models import RulebookVersion
from tests.foundation.rulebooks.pricing import drafted, proposed, text


def test_the_comparison_is_stored_with_the_version(world, author) -> None:
    row = proposed(author, text(0))
    assert row.what_if == {
        "examined": 3,
        "changed": 1,
        "undecidable": 1,
        "moves": [
            {"before": "free", "after": "free", "count": 1, "changed": 0},
            {"before": "paid", "after": "free", "count": 1, "changed": 1},
        ],
        "cases": [
            {"subject_type": "bill", "subject_id": 7, "before": "paid", "after": "free", "changes": {"sum": [6, 0]}}
        ],
        "cases_left_off": 0,
    }
    assert row.what_if_at is not None
    job = Job.objects.get(kind=services.WHAT_IF)
    assert (job.state, job.result, job.progress) == ("succeeded", {"examined": 3, "changed": 1, "undecidable": 1}, 1.0)
    event = timeline(("rulebook_version", row.pk)).get(action="rulebook.compared")
    assert {name: event.data[name] for name in ("examined", "changed", "undecidable")} == job.result


def test_a_version_that_was_returned_meanwhile_gets_no_comparison(world, author) -> None:
    row = services.propose_version(actor=author.actor, version_id=drafted(author).pk)
    services.return_version(actor=author.actor, version_id=row.pk, reason="Wait.")
    job = Job.objects.get(kind=services.WHAT_IF)
    jobs.execute(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result) == ("succeeded", {"outdated": True})
    assert RulebookVersion.objects.get(pk=row.pk).what_if is None


def test_changed_cases_beyond_the_limit_are_counted() -> None:
    found = Comparison(most_cases=2)
    for number in range(5):
        found.add(("grant", number), before="a", after="b", changes={"mode": ("a", "b")})
    found.add(("grant", 9), before="a", after="a")
    record = found.as_record()
    assert (record["examined"], record["changed"], record["cases_left_off"]) == (6, 5, 3)
    assert [case["subject_id"] for case in record["cases"]] == [0, 1]
    assert record["moves"] == [
        {"before": "a", "after": "b", "count": 5, "changed": 5},
        {"before": "a", "after": "a", "count": 1, "changed": 0},
    ]
