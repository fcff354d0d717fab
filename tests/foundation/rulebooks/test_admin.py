"""Rules in the admin: one person writes and proposes, another compares and releases, both by buttons."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone

from foundation.jobs import services as jobs
from foundation.jobs.models import Job
from foundation.rulebooks import registry, services
from foundation.rulebooks.admin_page import _rules, comparison, what_if
from foundation.rulebooks.comparison import Comparison
from foundation.rulebooks.in_force import in_force
from foundation.rulebooks.models import RulebookVersion
from tests.foundation.rulebooks.pricing import KIND, drafted, load, proposed, released, text

LIST = "/admin/rulebooks/rulebookversion/"


def read(party, address: str, status: int = 200) -> str:
    answer = party.admin.get(f"{LIST}{address}")
    assert answer.status_code == status
    return str(answer.content.decode())


def press(party, row: RulebookVersion, event: str, **typed: str) -> str:
    """What the admin says after the button."""
    answer = party.admin.post(f"{LIST}{row.pk}/actions/{event}", typed)
    assert (answer.status_code, answer.url) == (302, f"{LIST}{row.pk}/change/")
    row.refresh_from_db()
    return str(list(get_messages(answer.wsgi_request))[-1])


def test_two_people_bring_a_version_in_force(world, author) -> None:
    assert "Price list" in read(author, "")
    assert "per_page = 2" in read(author, f"write/{KIND}/")  # begins with what is in force
    typed = {"content": text(5).replace("\n", "\r\n"), "note": "Dearer."}
    answer = author.admin.post(f"{LIST}write/{KIND}/", typed)
    row = RulebookVersion.objects.get()
    assert (answer.status_code, answer.url) == (302, f"{LIST}{row.pk}/change/")
    assert (row.content, row.author_id) == (text(5), author.user.pk)
    revised = {"content": text(0), "note": "Free.", "seen": row.sha256}
    assert author.admin.post(f"{LIST}{row.pk}/revise/", revised).status_code == 302
    assert press(author, row, "propose") == "The version is proposed; what it would change is computed."
    assert "finds it out: queued" in read(world.approver, f"{row.pk}/change/")
    jobs.execute(Job.objects.get(kind=services.WHAT_IF).pk)
    seen = read(world.approver, f"{row.pk}/change/")
    assert "3 stored cases decided again" in seen
    assert "1 would change, 1 could not be decided." in seen
    assert "sum: 6 → 0" in seen
    assert "<td>per_page = 2</td>" in seen  # removed
    assert "<td>per_page = 0</td>" in seen  # added
    assert press(author, row, "release", against="0") == "Only the exchange may do this."
    assert row.state == "proposed"
    assert press(world.approver, row, "release", against="0", valid_from="") == "The version is released."
    assert (row.state, row.releaser_id, in_force(KIND).version_id) == ("released", world.approver.user.pk, row.pk)


def test_the_author_is_told_before_pressing(world) -> None:
    row = proposed(world.exchange)
    assert "another person has to release it" in read(world.exchange, f"{row.pk}/change/")
    assert (
        press(world.exchange, row, "release", against="0")
        == "You wrote this version: another person has to release it."
    )
    assert row.state == "proposed"
    assert "another person has to release it" not in read(world.approver, f"{row.pk}/change/")


def test_a_date_to_come_is_read_in_the_exchanges_time_zone(world, author) -> None:
    row = proposed(author)
    assert (
        press(world.approver, row, "release", against="0", valid_from="soon")
        == "Give a date and a time, or nothing for now."
    )
    at = (timezone.localtime() + timedelta(days=2)).replace(microsecond=0)
    assert (
        press(world.approver, row, "release", against="0", valid_from=f"{at:%Y-%m-%dT%H:%M:%S}")
        == "The version is released."
    )
    assert row.valid_from == at
    assert press(world.approver, row, "withdraw", reason="Too soon.") == "The version is withdrawn."
    assert row.state == "withdrawn"


def test_unusable_rules_stay_in_the_form(world, author) -> None:
    answer = author.admin.post(f"{LIST}write/{KIND}/", {"content": text(-7), "note": "Gifts."})
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "These rules cannot be used: per_page must be a whole number, not -7" in shown
    assert "per_page = -7" in shown
    row = drafted(author)
    stale = {"content": text(9), "note": "Late.", "seen": "0" * 64}
    assert "has changed since you read it" in author.admin.post(f"{LIST}{row.pk}/revise/", stale).content.decode()
    row.refresh_from_db()
    assert row.data["per_page"] == 3


def test_a_version_can_be_compared_with_any_released_one(world, author) -> None:
    first = released(author, world.approver, text(3))
    second = released(author, world.approver, text(4, label="3"), against=1)
    row = drafted(author, text(5, label="4"))
    assert "<td>per_page = 4</td>" in read(author, f"{row.pk}/change/")
    assert "<td>per_page = 2</td>" in read(author, f"{row.pk}/change/?against=0")
    assert "<td>per_page = 3</td>" in read(author, f"{row.pk}/change/?against={first.number}")
    assert "<td>per_page = 3</td>" in read(author, f"{second.pk}/change/")  # in force: with the one before it
    for wrong in ("99", "-1", "x"):
        read(author, f"{row.pk}/change/?against={wrong}", status=404)


@pytest.fixture
def shown_as_table(tmp_path, settings, monkeypatch) -> None:
    """Bills are shown by templates of their room."""
    (tmp_path / "price.html").write_text("<i>{{ shown.price }} a page</i>")
    (tmp_path / "dearer.html").write_text("<i>{{ shown.more }} more</i>")
    (engine,) = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [*engine.get("DIRS", []), tmp_path]}]
    presenter = registry.Presenter(
        "price.html",
        lambda prices: {"price": f"<{prices.per_page}>"},
        "dearer.html",
        lambda before, after: {"more": after.per_page - before.per_page},
    )
    monkeypatch.setitem(registry._presenters, KIND, presenter)


def test_a_room_shows_its_rules_in_its_own_way(world, author, shown_as_table) -> None:
    first = released(author, world.approver, text(3))
    row = drafted(author, text(5, label="4"))
    seen = read(author, f"{row.pk}/change/")
    assert "<i>&lt;5&gt; a page</i>" in seen
    assert "<i>2 more</i>" in seen
    assert "<i>3 more</i>" in read(author, f"{row.pk}/change/?against=0")
    assert "more</i>" not in read(author, f"{row.pk}/change/?against={row.number}")  # with itself
    assert "<i>1 more</i>" in read(author, f"{first.pk}/change/")


def test_a_text_that_loaders_refuse_by_now_is_still_shown(world, author, shown_as_table, monkeypatch) -> None:
    released(author, world.approver, text(3))
    row = drafted(author, text(5, label="4"))

    def stricter(data):
        if data["per_page"] in refused:
            raise ValueError(f"<{data['per_page']}> is unlucky")
        return load(data)

    monkeypatch.setitem(registry._kinds, KIND, replace(registry.kind(KIND), load=stricter))
    refused = {2}
    _rules.cache_clear()
    seen = read(author, f"{row.pk}/change/?against=0")
    assert "<i>&lt;5&gt; a page</i>" in seen
    assert "cannot read the other text: &lt;2&gt; is unlucky" in seen
    refused = {5}
    _rules.cache_clear()
    seen = read(author, f"{row.pk}/change/?against=0")
    assert "cannot read the text: &lt;5&gt; is unlucky" in seen
    assert "<td>per_page = 5</td>" in seen
    assert "a page</i>" not in seen


def test_only_the_exchange_gets_in(world, author) -> None:
    row = drafted(author)
    for party in (world.buyer, world.authority):
        for answer in (
            party.admin.get(f"{LIST}{row.pk}/change/"),
            party.admin.get(f"{LIST}write/{KIND}/"),
            party.admin.post(f"{LIST}write/{KIND}/", {"content": text(), "note": "Mine."}),
            party.admin.post(f"{LIST}{row.pk}/actions/withdraw", {"reason": "No."}),
        ):
            assert answer.status_code in (302, 403)
            assert "/login/" in answer.headers.get("Location", "/login/")
    assert RulebookVersion.objects.get().state == "draft"


@pytest.mark.parametrize("address", ["write/laws/", "999/change/", "999/revise/", "x/change/"])
def test_what_is_not_there(world, author, address) -> None:
    read(author, address, status=404)
    assert not RulebookVersion.objects.exists()


def test_buttons_are_pressed_not_followed(world, author) -> None:
    row = drafted(author)
    assert author.admin.get(f"{LIST}{row.pk}/actions/propose").status_code == 405
    assert author.admin.post(f"{LIST}{row.pk}/change/", {"state": "released"}).status_code == 405
    assert author.admin.post(f"{LIST}{row.pk}/actions/explode").status_code == 404
    assert RulebookVersion.objects.get().state == "draft"


def test_a_comparison_of_texts() -> None:
    assert comparison("a\nb\n", "a\nb\n") == []
    assert [(line.kind, line.text) for line in comparison("a\n-- b\n", "a\n++ c\n") or ()] == [
        ("place", "@@ -1,2 +1,2 @@"), ("kept", "a"), ("removed", "-- b"), ("added", "++ c"),
    ]  # fmt: skip
    assert comparison("a\n" * 10_001, "b") is None


def test_bars_are_drawn_to_scale() -> None:
    found = Comparison()
    for number in range(400):
        found.add(("grant", number), before="open", after="open" if number else "refused", changes={"mode": (1, 2)})
    drawn = what_if(found.as_record())
    assert [move["bar"] for move in drawn["moves"]] == [200, 1]
    assert (len(drawn["cases"]), drawn["more"]) == (100, 300)
    assert what_if(Comparison().as_record())["moves"] == []
