"""Schemes by code: shipped, released, from their instant on; what is not known is refused with what is."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from foundation.errors import Conflict, InvalidInput, NotFound
from foundation.rulebooks import services as rulebooks
from foundation.rulebooks.checking import broken
from foundation.rulebooks.errors import UnusableRules
from foundation.rulebooks.in_force import all_in_force
from foundation.rulebooks.models import RulebookVersion
from grading import services
from grading.engine.ladders.crosswalk import REASONS
from grading.engine.ladders.library import library
from grading.models import Grade
from grading.rules import level_schemes
from grading.rules.level_schemes import FILES, LEVEL_SCHEME, Standing
from grading.wording.level_schemes import CROSSING
from tests import releasing
from tests.factories import CSV, World, decided, examined
from tests.grading.engine.ladders.ladders import as_toml, changed, row, scheme

pytestmark = pytest.mark.django_db
HANGZHOU = {**scheme("hangzhou"), "regions": ["3301"]}
OWN = ("code", "version", "standard", "title", "title_zh", "source", "certainty")
XIHU = {**{key: value for key, value in scheme("xihu").items() if key in OWN}, "extends": "hangzhou"}
"""A scheme that takes everything from its base."""


@pytest.fixture
def world() -> World:
    return World()


def released(world: World, data: dict[str, Any], *, against: int = 0) -> RulebookVersion:
    return releasing.release(world, releasing.proposed(world, LEVEL_SCHEME, as_toml(data)), against=against)


def test_the_shipped_schemes_count_until_a_release() -> None:
    assert level_schemes.schemes().codes == ("national", *sorted(set(FILES) - {"national"}))
    assert level_schemes.schemes().problems == ()
    assert broken() == []
    assert level_schemes.scheme("finance").codes == ("level_1", "level_2", "level_3", "level_4", "level_5")


def test_a_regions_new_scheme_is_one_text_and_counts_at_once(world: World) -> None:
    before = timezone.now()
    with pytest.raises(NotFound, match=r"no grading scheme 'hangzhou'. Known: national, finance"):
        level_schemes.scheme("hangzhou")
    version = released(world, HANGZHOU)
    assert (version.rulebook.kind, version.rulebook.scope) == ("level_scheme", "hangzhou")
    assert level_schemes.scheme("hangzhou").codes == ("l1", "l2")
    found = level_schemes.across(Standing("hangzhou", "l1"), Standing("zhejiang", "level_3"))
    assert (found.national, [side.counted for side in found.sides]) == ("general_3", ["general_2", "general_3"])
    assert [one.code for one in level_schemes.schemes_for(region="330106")] == ["hangzhou", "zhejiang"]
    assert [one.code for one in level_schemes.schemes_for(region="33")] == ["zhejiang"]
    assert [one.code for one in level_schemes.schemes_for(region="52", sector="finance")] == ["finance", "guizhou"]
    assert level_schemes.schemes_for() == []
    with pytest.raises(NotFound):
        level_schemes.scheme("hangzhou", at=before)


def test_another_version_replaces_the_shipped_one_from_its_day(world: World) -> None:
    text = FILES["zhejiang"].read_text(encoding="utf-8")
    text = text.replace('version = "1.0"', 'version = "1.1"').replace('to = "general_2"', 'to = "general_3"')
    day = timezone.now() + timedelta(days=7)
    row = releasing.proposed(world, LEVEL_SCHEME, text)
    rulebooks.release_version(actor=world.approver.actor, version_id=row.pk, against=0, valid_from=day)
    standing = Standing("zhejiang", "level_2")
    assert level_schemes.to_national(standing).counted == "general_2"
    later = level_schemes.to_national(standing, at=day)
    assert (later.lowest, later.counted, later.version) == ("general_2", "general_3", "1.1")
    assert level_schemes.translate(Standing("finance", "level_3"), "zhejiang", at=day).level == "level_2"
    assert level_schemes.translate(Standing("finance", "level_3"), "zhejiang").level == "level_3"


@pytest.mark.parametrize(
    ("one", "other", "pointer", "said"),
    [
        (("finanz", "level_1"), ("finance", "level_1"), "/from", "There is no grading scheme 'finanz'"),
        (("finance", "level_1"), ("zhejiang", "L1"), "/to_level", "'zhejiang' has no level 'L1'. Known: level_1"),
        (("finance", "general_1"), ("zhejiang", "level_1"), "/level", "'finance' has no level 'general_1'"),
        (("national", ""), ("zhejiang", "level_1"), "/level", "'national' has no level ''"),
    ],
)
def test_the_unknown_is_refused_where_it_was_given(
    one: tuple[str, str], other: tuple[str, str], pointer: str, said: str
) -> None:
    with pytest.raises(InvalidInput) as error:
        level_schemes.across(Standing(*one, "/from", "/level"), Standing(*other, "/to", "/to_level"))
    assert error.value.fields[0].pointer == pointer
    assert said in str(error.value)


def test_a_scheme_that_lost_its_base_is_no_other_scheme(world: World) -> None:
    base = released(world, HANGZHOU)
    released(world, XIHU)
    assert level_schemes.to_national(Standing("xihu", "l2")).counted == "important"
    with pytest.raises(InvalidInput, match="hangzhou → xihu → hangzhou"):
        releasing.proposed(
            world, LEVEL_SCHEME, as_toml({**XIHU, "code": "hangzhou", "version": "2", "extends": "xihu"})
        )
    RulebookVersion.objects.filter(pk=base.pk).update(valid_to=timezone.now())
    with pytest.raises(Conflict, match="'xihu' cannot be used: xihu/extends: there is no scheme 'hangzhou'"):
        level_schemes.scheme("xihu")
    with pytest.raises(Conflict):
        level_schemes.across(Standing("finance", "level_1"), Standing("xihu", "l1"))
    assert level_schemes.scheme("finance").code == "finance"


def test_the_words_are_those_of_the_engine() -> None:
    assert dict(CROSSING) == dict(REASONS)


def graded(world: World, level: str, **declared: Any) -> Grade:
    asset = services.receive_file(
        actor=world.provider.actor,
        organisation_id=world.provider.organisation_id,
        filename="records.csv",
        chunks=[CSV],
        declared=declared,
    )
    return decided(examined(asset), world, level=level, category="transport")


def what_if(world: World, data: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] | None = releasing.proposed(world, LEVEL_SCHEME, as_toml(data)).what_if
    assert found is not None
    return found


def test_what_if_names_the_files_that_would_stand_differently(world: World) -> None:
    released(world, HANGZHOU)
    low = graded(world, "general_1", graded_elsewhere={"scheme": "hangzhou", "level": "l1"})
    high = graded(world, "general_4", graded_elsewhere={"scheme": "hangzhou", "level": "l1"})
    here = graded(world, "general_3", region="330106")
    plain = graded(world, "general_2", region="520100", sector="transport")
    other = graded(world, "general_1", graded_elsewhere={"scheme": "finance", "level": "level_2"})
    stricter = changed(
        changed({**HANGZHOU, "version": "2"}, "crosswalk/0", row("l1", "general_3")),
        "crosswalk/1",
        row("l2", "important"),
    )
    found = what_if(world, stricter)
    assert (found["examined"], found["changed"], found["undecidable"]) == (5, 3, 0)
    assert {case["subject_id"]: (case["before"], case["after"], case["changes"]) for case in found["cases"]} == {
        low.pk: (
            "general_2", "general_3",
            {"level": ["general_2", "general_3"], "counterpart": ["general_2", "general_3"]},
        ),
        high.pk: ("general_4", "general_4", {"counterpart": ["general_2", "general_3"]}),
        here.pk: ("general_3", "general_3", {"in_scheme": ["l2", "l1"]}),
    }  # fmt: skip
    moves = [(move["before"], move["after"], move["count"], move["changed"]) for move in found["moves"]]
    assert moves == [
        ("general_2", "general_2", 2, 0), ("general_2", "general_3", 1, 1), ("general_3", "general_3", 1, 1),
        ("general_4", "general_4", 1, 1),
    ]  # fmt: skip
    assert {plain.pk, other.pk}.isdisjoint(case["subject_id"] for case in found["cases"])


def test_a_file_whose_decided_grade_is_looked_at_again_is_counted_once(world: World) -> None:
    released(world, HANGZHOU)
    elsewhere = {"graded_elsewhere": {"scheme": "hangzhou", "level": "l1"}}
    stood = graded(world, "general_1", **elsewhere)
    examined(stood.asset, recommended="general_4")
    waiting = examined(
        services.receive_file(
            actor=world.provider.actor,
            organisation_id=world.provider.organisation_id,
            filename="records.csv",
            chunks=[CSV],
            declared=elsewhere,
        ),
        recommended="general_3",
    )
    stricter = changed({**HANGZHOU, "version": "2"}, "crosswalk/0", row("l1", "general_3"))
    found = what_if(world, stricter)
    assert found["examined"] == 2
    assert [(case["subject_id"], case["before"], case["after"], [*case["changes"]]) for case in found["cases"]] == [
        (stood.pk, "general_2", "general_3", ["level", "counterpart"]),
        (waiting.pk, "general_3", "general_3", ["counterpart"]),
    ]  # fmt: skip


def test_what_if_a_level_went_away(world: World) -> None:
    released(world, HANGZHOU)
    grade = graded(world, "general_1", graded_elsewhere={"scheme": "hangzhou", "level": "l2"})
    smaller = scheme("hangzhou", (("general_1", "general_3"),))
    (case,) = what_if(world, {**smaller, "version": "2"})["cases"]
    assert (case["subject_id"], case["before"], case["after"]) == (grade.pk, "important", "unknown_level")


def test_what_if_of_a_base_reaches_those_that_extend_it(world: World) -> None:
    released(world, HANGZHOU)
    released(world, XIHU)
    grade = graded(world, "general_1", graded_elsewhere={"scheme": "xihu", "level": "l1"})
    stricter = changed({**HANGZHOU, "version": "2"}, "crosswalk/0", row("l1", "general_3"))
    (case,) = what_if(world, stricter)["cases"]
    assert (case["subject_id"], case["changes"]["level"]) == (grade.pk, ["general_2", "general_3"])


def test_it_is_known_for_which_regions_a_scheme_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert level_schemes.unusable_for(level_schemes.schemes(), "520100") == []
    stand = dict(all_in_force(LEVEL_SCHEME))
    unreadable = {code: UnusableRules([f"{code}: no level"]) for code in ("finance", "guizhou", "elsewhere")}
    monkeypatch.setattr(level_schemes, "all_in_force", lambda kind, at: {**stand, **unreadable})
    known = level_schemes.schemes()
    assert "guizhou" not in known.schemes
    assert level_schemes.unusable_for(known, "520100") == ["elsewhere", "guizhou"]  # of elsewhere nobody knows where
    assert level_schemes.unusable_for(known, "210200") == ["elsewhere"]
    baseless = library([level_schemes.load({**XIHU, "regions": ["3301"]})])
    assert dict(baseless.unusable) == {"xihu": ("3301",)}
    assert level_schemes.unusable_for(baseless, "330100") == ["xihu"]
    assert level_schemes.unusable_for(baseless, "330200") == []
