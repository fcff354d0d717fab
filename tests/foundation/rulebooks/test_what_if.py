"""What a proposed version would change: exact counts, stored with it, never for a text that is another by now."""

from foundation.audit.selectors import timeline
from foundation.jobs import services as jobs
from foundation.jobs.models import Job
from foundation.rulebooks import registry, services
from foundation.rulebooks.admin_page import compared
from foundation.rulebooks.comparison import Comparison
from foundation.rulebooks.models import RulebookVersion
from tests.foundation.rulebooks.pricing import KIND, Prices, drafted, proposed, text


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
        "also": {},
    }
    assert row.what_if_at is not None
    job = Job.objects.get(kind=services.WHAT_IF)
    assert (job.state, job.result, job.progress) == ("succeeded", {"examined": 3, "changed": 1, "undecidable": 1}, 1.0)
    event = timeline(("rulebook_version", row.pk)).get(action="rulebook.compared")
    assert {name: event.data[name] for name in ("examined", "changed", "undecidable")} == job.result


def bills_of_others(rules: Prices, report: registry.Report) -> Comparison:
    """Two bills of another room, of a page and of none."""
    found = Comparison()
    for number, pages in enumerate((1, 0)):
        new = pages * rules.per_page
        found.add(("other_bill", number), before="paid", after="paid" if new else "free", changes={"sum": (2, new)})
        report((number + 1) / 2)
    return found


def test_rooms_that_build_on_a_kind_have_comparisons_of_their_own(world, author, monkeypatch) -> None:
    monkeypatch.setattr(registry, "_also", {})
    registry.compare_also(KIND, "others", bills_of_others, title="listings")
    row = proposed(author, text(1))
    assert row.what_if is not None
    also = row.what_if["also"]["others"]
    assert (row.what_if["examined"], row.what_if["changed"]) == (3, 1)
    assert [(also[name]) for name in ("examined", "changed", "undecidable")] == [2, 2, 0]
    assert {case["subject_type"] for case in row.what_if["cases"]} == {"bill"}
    assert [case["subject_type"] for case in also["cases"]] == ["other_bill", "other_bill"]
    job = Job.objects.get(kind=services.WHAT_IF)
    assert job.result == {
        "examined": 3, "changed": 1, "undecidable": 1,
        "also": {"others": {"examined": 2, "changed": 2, "undecidable": 0}},
    }  # fmt: skip
    assert [(room["title"], room["examined"]) for room in compared(KIND, row.what_if)] == [
        ("Cases", 3),
        ("listings", 2),
    ]
    of_before = {name: value for name, value in row.what_if.items() if name != "also"}
    assert [room["title"] for room in compared(KIND, of_before)] == ["Cases"]
    page = world.exchange.admin.get(f"/admin/rulebooks/rulebookversion/{row.pk}/change/", follow=True).content.decode()
    assert "<h3>Cases</h3>" in page
    assert "<h3>Listings</h3>" in page
    assert "2 stored cases decided again" in page


def test_progress_grows_over_all_rooms(kind, monkeypatch) -> None:
    monkeypatch.setattr(registry, "_also", {})
    registry.compare_also(KIND, "others", bills_of_others, title="listings")
    heard: list[float] = []
    registry.what_if(kind, Prices(3), heard.append)
    assert [round(share, 3) for share in heard] == [0.167, 0.333, 0.5, 0.5, 0.75, 1.0]


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
