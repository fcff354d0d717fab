"""The database itself refuses what the services never do: two in force at once, one person, edits of what is final."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from foundation.rulebooks.in_force import in_force
from foundation.rulebooks.models import RulebookVersion
from tests.foundation.rulebooks.pricing import KIND, backdate, drafted, proposed, released, text


def refused(row: RulebookVersion, sqlstate: str, **changes: Any) -> str:
    """The complaint of the database about an UPDATE past the services; it must have this SQLSTATE."""
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        RulebookVersion.objects.filter(pk=row.pk).update(**changes)
    assert getattr(error.value.__cause__, "sqlstate", "") == sqlstate
    return str(error.value)


@pytest.mark.parametrize("state", ["proposed", "released"])
@pytest.mark.parametrize(
    "changes",
    [
        {"content": "x"}, {"data": {}}, {"sha256": "0" * 64}, {"code": "x"}, {"label": "9"}, {"title": "x"},
        {"title_zh": "x"}, {"standard": "x"}, {"source": "x"}, {"certainty": "x"}, {"note": "x"},
    ],
    ids=lambda changes: next(iter(changes)),
)  # fmt: skip
def test_a_text_is_final_once_proposed(world, author, state, changes) -> None:
    row = proposed(author) if state == "proposed" else released(author, world.approver)
    assert "make a new version" in refused(row, "23001", **changes)


def test_number_author_and_rulebook_never_change(world, author) -> None:
    row = drafted(author)
    attempts: list[dict[str, Any]] = [{"number": 9}, {"author": world.approver.user}, {"created_at": timezone.now()}]
    for changes in attempts:
        assert "keeps its number and its author" in refused(row, "23001", **changes)


def test_a_release_is_not_edited(world, author) -> None:
    row = released(author, world.approver)
    later = timezone.now() + timedelta(days=1)
    attempts: list[dict[str, Any]] = [
        {"releaser": world.second_reviewer.user}, {"released_at": later}, {"valid_from": later}, {"what_if": {}},
    ]  # fmt: skip
    for changes in attempts:
        assert "a release is not edited" in refused(row, "23001", **changes)
    assert "not withdrawn" in refused(row, "23001", state="withdrawn")


def test_the_end_of_validity_cannot_be_moved_in_the_past(world, author) -> None:
    row = released(author, world.approver)
    backdate(row, valid_from="2026-01-01T00:00Z")
    past = timezone.now() - timedelta(days=1)
    assert "what was in force in the past stays so" in refused(row, "23001", valid_to=past)
    RulebookVersion.objects.filter(pk=row.pk).update(valid_to=timezone.now() + timedelta(days=1))
    backdate(row, valid_to="2026-02-01T00:00Z")
    assert "what was in force in the past stays so" in refused(row, "23001", valid_to=None)


def test_versions_are_kept(world, author) -> None:
    row = drafted(author)
    with pytest.raises(IntegrityError, match="versions of rules are kept"), transaction.atomic():
        row.delete()
    assert RulebookVersion.objects.filter(pk=row.pk).exists()


def test_author_and_releaser_are_two_people(world, author) -> None:
    row = proposed(author)
    now = timezone.now()
    complaint = refused(
        row, "23514", state="released", releaser=author.user, released_at=now, valid_from=now + timedelta(days=1)
    )
    assert "rulebook_version_two_people" in complaint
    assert "rulebook_version_released_by_somebody" in refused(row, "23514", state="released")


def test_two_versions_cannot_be_in_force_at_once(world, author) -> None:
    first = released(author, world.approver)
    row = proposed(author, text(4, label="3"))
    now = timezone.now() + timedelta(days=1)
    one: dict[str, Any] = {"state": "released", "releaser": world.approver.user, "released_at": now, "valid_from": now}
    assert "rulebook_version_one_in_force" in refused(row, "23P01", **one)
    RulebookVersion.objects.filter(pk=first.pk).update(valid_to=now)
    RulebookVersion.objects.filter(pk=row.pk).update(**one)  # half-open: they may touch
    assert (in_force(KIND, at=now).number, in_force(KIND, at=now - timedelta(microseconds=1)).number) == (2, 1)


def test_an_answer_costs_one_query_and_none_of_the_loading(world, author, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        shipped = in_force(KIND)
    row = released(author, world.approver)
    assert in_force(KIND).rules.per_page == 3
    with django_assert_num_queries(1):
        again = in_force(KIND)
    assert again.rules is in_force(KIND).rules
    assert again.as_record() == {"kind": KIND, "version": row.pk, "number": 1, "sha256": row.sha256}
    assert shipped.as_record() == {"kind": KIND, "version": None, "number": 0, "sha256": shipped.content.sha256}
