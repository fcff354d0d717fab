"""Schemes from the command line: tried without leaving anything, kept as a draft, never further than a proposal."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from foundation.audit.models import Event
from foundation.jobs.models import Job
from foundation.rulebooks.models import Rulebook, RulebookVersion
from tests.factories import Party, World
from tests.grading.engine.ladders.ladders import as_toml, changed, row, scheme

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def author(world: World) -> Party:
    return world.colleague(world.exchange, "operator")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "hangzhou.toml"
    path.write_text(as_toml(scheme("hangzhou")), encoding="utf-8")
    return path


def run(*args: str) -> str:
    out = StringIO()
    with translation.override("en"):
        call_command("schemes", *args, stdout=out)
    return out.getvalue()


def test_every_scheme_is_listed_with_its_counterparts(db: None) -> None:
    lines = run("list").splitlines()
    assert lines[0] == "national@1.0: GB/T 43697-2024, 数据安全技术 数据分类分级规则 [R]"
    assert "  level_4: Level 4 / 4级: general_3 to general_4 [R]" in lines
    assert sum(not line.startswith(" ") for line in lines) == 6
    assert len(lines) == 6 + 25


def test_schemes_of_a_region_or_a_sector_are_listed(db: None) -> None:
    def codes(*asked: str) -> list[str]:
        return [line.partition("@")[0] for line in run("list", *asked).splitlines() if not line.startswith(" ")]

    assert codes("--region", "330106") == ["zhejiang"]
    assert codes("--region", "52", "--sector", "finance") == ["finance", "guizhou"]
    assert codes("--sector", "astronomy") == []


def test_a_schemes_own_criteria_are_applied(db: None) -> None:
    """JR/T 0197-2020: personal privacy, seriously harmed, is level 4; national security, however slightly, level 5."""
    assert run("judge", "finance", "personal_privacy=general", "public_rights=slight", "enterprise_rights=slight") == (
        "level_3 (national general_3): personal_privacy=general, public_rights=slight\n"
    )
    assert run("judge", "finance", "national_security=slight").startswith("level_5 (national core)")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            ("finance", "climate=serious"),
            "no criterion for climate, serious; objects: .*personal_privacy.*; degrees: none",
        ),
        (("finance", "public_rights"), "no criterion for public_rights, ;"),
        (("telecom", "public_rights=serious"), "^telecom/criteria: "),
        (("mars", "public_rights=serious"), "no grading scheme 'mars'"),
    ],
)
def test_what_the_criteria_do_not_know_is_refused(db: None, asked: tuple[str, ...], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        run("judge", *asked)


def test_a_dry_run_says_what_would_change_and_keeps_nothing(world: World, file: Path) -> None:
    events = Event.objects.count()
    for more in ([], ["--dry-run", "--author", world.exchange.user.get_username(), "--note", "New."]):
        said = run("load", str(file), *more)
        assert said.splitlines() == [
            "0 grades, 0 would stand differently.",
            "0 listings, 0 would stand differently.",
            "Nothing was kept: give --author and --note to make a draft of it.",
        ]
    assert (Rulebook.objects.count(), RulebookVersion.objects.count(), Job.objects.count()) == (0, 0, 0)
    assert Event.objects.count() == events


def test_a_file_becomes_a_draft_or_a_proposal_of_a_person(author: Party, file: Path) -> None:
    named = ["--author", author.user.get_username(), "--note", "The city's new scheme."]
    assert run("load", str(file), *named).splitlines()[-1] == "level_scheme (hangzhou) #1 hangzhou@1.0: draft"
    kept = RulebookVersion.objects.get()
    assert (kept.content, kept.author_id, kept.state) == (file.read_text(), author.user.pk, "draft")
    said = run("load", str(file), *named, "--for-release")
    assert said.splitlines()[-1] == "level_scheme (hangzhou) #2 hangzhou@1.0: proposed"
    assert Job.objects.get().kind == "rulebooks.what_if"


def test_all_problems_are_named_with_file_and_path(db: None, file: Path) -> None:
    data = changed(
        changed(scheme("hangzhou"), "crosswalk/0", row("l1", "general_9", "general_2")), "levels/1/title_zh", None
    )
    file.write_text(as_toml(data), encoding="utf-8")
    with pytest.raises(CommandError) as error:
        run("load", str(file))
    first, second = str(error.value).splitlines()
    assert first == "hangzhou.toml: levels/1/title_zh: is missing"
    assert second.startswith("hangzhou.toml: crosswalk/0/from: 'general_9' is no national level; known: general_1, ")
    file.write_text(
        as_toml(
            {
                **{
                    key: data[key]
                    for key in ("code", "version", "standard", "title", "title_zh", "source", "certainty")
                },
                "extends": "jiaxing",
            }
        )
    )
    with pytest.raises(CommandError, match=r"hangzhou\.toml: hangzhou/extends: there is no scheme 'jiaxing'"):
        run("load", str(file))


def test_what_cannot_be_loaded(world: World, file: Path, tmp_path: Path) -> None:
    author = ["--author", world.exchange.user.get_username()]
    attempts = [
        ([str(tmp_path / "none.toml")], "cannot be read"),
        ([str(file), "--for-release"], "A proposal has an author"),
        ([str(file), *author, "--note", "New.", "--for-release", "--dry-run"], "A proposal has an author"),
        ([str(file), *author], "--note"),
        ([str(file), "--author", "nobody", "--note", "New."], "no active member of that name"),
        ([str(file), "--author", world.buyer.user.get_username(), "--note", "New."], "Only the exchange may do this"),
    ]
    for args, complaint in attempts:
        with pytest.raises(CommandError, match=complaint):
            run("load", *args)
    assert not RulebookVersion.objects.exists()


def test_two_levels_are_compared(db: None) -> None:
    assert run("across", "finance", "level_4", "zhejiang", "level_3").splitlines()[:4] == [
        "general_4",
        "  finance level_4 may be national general 3 to general 4: the strictest counts.",
        "  zhejiang level_3 is national general 3.",
        "  finance level_4 is the stricter: national general 4 counts.",
    ]
    with pytest.raises(CommandError, match=r"'zhejiang' has no level 'level_9'\. Known: level_1"):
        run("across", "finance", "level_4", "zhejiang", "level_9")
