"""Kinds that have a rulebook for every code: the code is the scope, and the rulebooks are checked together."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from foundation.errors import Conflict, InvalidInput, NotFound
from foundation.rulebooks import in_force, registry, selectors, services
from foundation.rulebooks.admin_page import page
from foundation.rulebooks.checking import broken
from foundation.rulebooks.errors import UnusableRules
from foundation.rulebooks.models import RulebookVersion
from tests.factories import World

pytestmark = pytest.mark.django_db
KIND = "tariff"


def text(code: str, label: str = "1", *, needs: str = "") -> str:
    return f'code = "{code}"\nversion = "{label}"\ntitle = "A tariff"\nneeds = "{needs}"\n'


def load(data: Any) -> dict[str, str]:
    return {"code": data["code"], "needs": data["needs"]}


def together(rules: dict[str, str] | None, at: datetime | None) -> list[str]:
    """Each tariff needs another one that is there."""
    known = {
        code: found.rules
        for code, found in in_force.all_in_force(KIND, at=at).items()
        if isinstance(found, in_force.InForce)
    }
    if rules is not None:
        known[rules["code"]] = rules
    return [
        f"{code}/needs: there is no '{one['needs']}'"
        for code, one in sorted(known.items())
        if one["needs"] not in {"", *known}
    ]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    for code in ("base", "north"):
        (tmp_path / f"{code}.toml").write_text(text(code), encoding="utf-8")
    files = {path.stem: path for path in tmp_path.glob("*.toml")}
    kind = registry.Kind(KIND, "Tariffs", files["base"], load, None, files, together)
    monkeypatch.setitem(registry._kinds, KIND, kind)
    in_force.shipped.cache_clear()
    yield World()
    in_force.shipped.cache_clear()


def draft(world: World, content: str, **more: str) -> RulebookVersion:
    return services.draft_version(actor=world.exchange.actor, kind=KIND, content=content, note="For a test.", **more)


def release(world: World, content: str, *, against: int = 0, days: int = 0) -> RulebookVersion:
    row = services.propose_version(actor=world.exchange.actor, version_id=draft(world, content).pk)
    begins = timezone.now() + timedelta(days=days) if days else None
    return services.release_version(actor=world.approver.actor, version_id=row.pk, against=against, valid_from=begins)


def test_a_code_has_its_file_its_release_or_nothing(world: World) -> None:
    assert in_force.in_force(KIND).content.code == "base"
    assert in_force.in_force(KIND, scope="north").content.code == "north"
    with pytest.raises(NotFound, match="'tariff' for 'south'"):
        in_force.in_force(KIND, scope="south")
    row = release(world, text("south"))
    assert (row.rulebook.scope, row.number) == ("south", 1)
    assert in_force.in_force(KIND, scope="south").version_id == row.pk
    again = release(world, text("base", "2"))
    found = in_force.all_in_force(KIND)
    assert {code: one.number for code, one in found.items() if isinstance(one, in_force.InForce)} == {
        "base": 1, "north": 0, "south": 1,
    }  # fmt: skip
    assert in_force.in_force(KIND).version_id == again.pk
    assert set(in_force.all_in_force(KIND, at=timezone.now() - timedelta(days=1))) == {"base", "north"}
    assert selectors.shipped_rules(KIND, scope="north").content.code == "north"


def test_a_text_is_kept_in_the_rulebook_of_its_code(world: World) -> None:
    with pytest.raises(
        InvalidInput, match="/scope: This is the rulebook of 'north', and the text has the code 'south'"
    ):
        draft(world, text("south"), scope="north")
    with pytest.raises(InvalidInput, match="at most 40"):
        draft(world, text("s" * 41))
    row = draft(world, text("south"), scope="south")
    with pytest.raises(InvalidInput, match="/content: This is the rulebook of 'south'"):
        services.revise_draft(actor=world.exchange.actor, version_id=row.pk, content=text("north"), note="Moved.")
    row.refresh_from_db()
    assert (row.code, row.rulebook.scope) == ("south", "south")


def test_a_shipped_label_stands_for_the_file_of_its_code_alone(world: World) -> None:
    with pytest.raises(Conflict, match="'north@1' stands for another text"):
        release(world, text("north", needs="base"))
    assert release(world, text("south", needs="base")).state == "released"


def test_a_draft_that_contradicts_the_others_is_refused(world: World) -> None:
    with pytest.raises(InvalidInput, match="south/needs: there is no 'west'"):
        draft(world, text("south", needs="west"))
    assert not RulebookVersion.objects.exists()
    release(world, text("west"))
    assert draft(world, text("south", needs="west")).state == "draft"


def test_a_release_never_begins_before_what_it_needs(world: World) -> None:
    """The draft was right when it was written, and is refused where it would stand alone."""
    west = release(world, text("west"), days=3)
    with pytest.raises(InvalidInput, match="there is no 'west'"):
        draft(world, text("south", needs="west"))
    south = draft(world, text("south"))
    RulebookVersion.objects.filter(pk=south.pk).update(content=text("south", needs="west"))
    services.propose_version(actor=world.exchange.actor, version_id=south.pk)
    named: dict[str, Any] = {"actor": world.approver.actor, "version_id": south.pk, "against": 0}
    with pytest.raises(Conflict, match="contradict each other: south/needs: there is no 'west'"):
        services.release_version(**named)
    south.refresh_from_db()
    assert (south.state, south.valid_from) == ("proposed", None)
    later = timezone.now() + timedelta(days=5)
    assert services.release_version(**named, valid_from=later).state == "released"
    with pytest.raises(Conflict, match="south/needs: there is no 'west'"):
        services.withdraw_version(actor=world.approver.actor, version_id=west.pk, reason="No.")
    west.refresh_from_db()
    assert west.state == "released"
    services.withdraw_version(actor=world.approver.actor, version_id=south.pk, reason="First this.")
    services.withdraw_version(actor=world.approver.actor, version_id=west.pk, reason="Then that.")


def test_what_this_release_cannot_read_takes_nothing_with_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    release(world, text("south"))

    def stricter(data: Any) -> dict[str, str]:
        if data["code"] == "south":
            raise UnusableRules(["code: south is no name"])
        return load(data)

    monkeypatch.setitem(registry._kinds, KIND, replace(registry.kind(KIND), load=stricter))
    in_force._released.cache_clear()
    found = in_force.all_in_force(KIND)
    assert isinstance(found["south"], UnusableRules)
    assert isinstance(found["base"], in_force.InForce)
    assert "tariff (south) #1: code: south is no name" in broken()


def test_contradictions_are_found_before_an_upgrade(world: World) -> None:
    release(world, text("west"))
    row = release(world, text("south", needs="west"))
    assert broken() == []
    RulebookVersion.objects.filter(code="west").update(valid_to=timezone.now())
    assert broken() == ["tariff: south/needs: there is no 'west'"]
    assert row.state == "released"


def test_the_page_of_a_code_without_rules_shows_the_whole_text_as_new(world: World) -> None:
    row = draft(world, text("south"))
    found = page(row, world.reviewer.actor)
    assert found["against"] == 0
    assert {line.kind for line in found["lines"]} == {"place", "added"}


def test_the_admin_begins_with_the_text_of_the_code(world: World) -> None:
    address = "/admin/rulebooks/rulebookversion/"
    listed = world.exchange.admin.get(address).content.decode()
    assert f"{address}write/{KIND}/?code=north" in listed
    for query, code in (("?code=north", "north"), ("", "base")):
        page_text = world.exchange.admin.get(f"{address}write/{KIND}/{query}").content.decode()
        assert f"code = &quot;{code}&quot;" in page_text
    assert world.exchange.admin.get(f"{address}write/{KIND}/?code=west").status_code == 404
