"""What buyers decide is kept as judgments, and weights are measured on them before they are released."""

import re
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from foundation.audit.selectors import timeline
from foundation.errors import InvalidInput
from foundation.rulebooks.in_force import in_force, shipped
from marketplace.catalog import services as catalog
from marketplace.matching import services
from marketplace.matching.finding import Finder
from marketplace.matching.models import Demand, Judgment, Match
from marketplace.matching.rulebook import MATCHING_WEIGHTS
from tests import releasing
from tests.factories import World, published_listing
from tests.marketplace.authorization.asking import BY_SECTOR
from tests.marketplace.matching.demands import found, matched, opened

pytestmark = pytest.mark.django_db


def kept() -> list[tuple[int, int, str, str]]:
    return list(Judgment.objects.order_by("pk").values_list("listing", "grade", "source", "reason"))


@pytest.mark.parametrize(
    ("code", "grade"),
    [("irrelevant", 0), ("partly", 1), ("quality", 1), ("price", 2), ("terms", 2), ("other", None)],
)
def test_a_dismissal_is_a_judgment_by_its_code(world: World, code: str, grade: int | None) -> None:
    published_listing(world)
    demand = opened(world.buyer)
    matched(demand)
    (match,) = found(demand)
    services.dismiss_match(actor=world.buyer.actor, match_id=match.pk, reason="So it is.", code=code)
    assert kept() == ([] if grade is None else [(match.listing_id, grade, "dismissed", code)])
    assert timeline(("match", match.pk)).get().data["code"] == code


def test_a_match_that_is_taken_up_is_one_and_an_unknown_code_is_none(world: World) -> None:
    published_listing(world)
    demand = opened(world.buyer)
    matched(demand)
    (match,) = found(demand)
    with pytest.raises(InvalidInput) as refused:
        services.dismiss_match(actor=world.buyer.actor, match_id=match.pk, reason="No.", code="rubbish")
    assert [field.pointer for field in refused.value.fields] == ["/code"]
    assert (kept(), Match.objects.get().state) == ([], "proposed")
    services.accept_match(actor=world.buyer.actor, match_id=match.pk)
    assert kept() == [(match.listing_id, 3, "accepted", "")]
    assert Judgment.objects.get().weights_version == match.weights_version


@pytest.fixture
def judged(world: World) -> Demand:
    """The buyer takes what has the word in its tags, and finds what has it in its title to be about something else."""
    for title, tags in (("Flight delays", []), ("Weather", ["flights"])):
        published_listing(world, title=title, description="Hourly records.", tags=tags, title_zh="")
    demand = opened(world.buyer, text="flight")
    matched(demand)
    by_title = {match.version.title: match.pk for match in found(demand)}
    services.accept_match(actor=world.buyer.actor, match_id=by_title["Weather"])
    services.dismiss_match(
        actor=world.buyer.actor, match_id=by_title["Flight delays"], reason="Not that.", code="irrelevant"
    )
    return demand


def tags_first() -> str:
    """The shipped weights with words in tags far above words in titles."""
    text = shipped(MATCHING_WEIGHTS).content.text
    for line, instead in (
        ("version = .*", 'version = "9.0.0"'),
        ("title = { weight = [0-9.]+", "title = { weight = 0.1"),
        ("tags = { weight = [0-9.]+", "tags = { weight = 9"),
    ):
        text, count = re.subn(f"^{line}", instead, text, flags=re.MULTILINE)
        assert count == 1
    return text


def evaluated(*options: str) -> list[str]:
    out = StringIO()
    call_command("evaluate_matching", *options, stdout=out)
    return out.getvalue().splitlines()


def test_the_command_measures_and_compares(judged: Demand, tmp_path: Path) -> None:
    now = f"matching_default@{shipped(MATCHING_WEIGHTS).content.label}"
    second = "0.6309"  # 1 / log2(3): what is relevant stands second of two
    assert evaluated() == [
        "1 demands with judgments of listings that are published; 10 places count",
        f"in force: {now}",
        f"NDCG  {second}  over 1 demands",
        "MAP   0.5000  over 1 demands",
    ]
    file = tmp_path / "weights.toml"
    file.write_text(tags_first())
    assert evaluated("--file", str(file))[1:] == [
        f"in force: {now}; beside it: matching_default@9.0.0",
        f"NDCG  {second} → 1.0000  difference +0.3691 (95 %: +0.3691 to +0.3691), better 1, worse 0  over 1 demands",
        "MAP   0.5000 → 1.0000  difference +0.5000 (95 %: +0.5000 to +0.5000), better 1, worse 0  over 1 demands",
    ]
    assert "difference +0.0000" in evaluated("--number", "0")[2]
    assert evaluated("-k", "1")[2:] == ["NDCG  0.0000  over 1 demands", "MAP   0.0000  over 1 demands"]


@pytest.mark.parametrize("options", [("--number", "7"), ("--file", "/nowhere"), ("-k", "0")])
def test_the_command_refuses_what_is_not_there(options: tuple[str, str]) -> None:
    with pytest.raises(CommandError):
        evaluated(*options)


def test_what_is_measured_is_the_order_in_which_matches_are_shown(world: World) -> None:
    said: dict[str, Any] = {**BY_SECTOR, "title": "Flights"}  # refused by the decision table
    refused, dear = published_listing(world, **said), published_listing(world, title="Flight delays")
    cheap = published_listing(world, title="Weather at airports", price=Decimal(10))
    published_listing(world, title="Flights", title_zh="", description="All flights.", tags=[])
    demand = opened(world.buyer, text="flights", sector="", budget=Decimal(500))
    matched(demand)
    shown = [match.listing_id for match in found(demand)]
    assert shown[0] == cheap.listing_id
    judged = {version.listing_id for version in (refused, dear, cheap)}
    ranking = [result.listing_id for result in Finder(demand, in_force(MATCHING_WEIGHTS).rules).in_order(judged)]
    assert ranking == [listing_id for listing_id in shown if listing_id in judged]
    assert len(ranking) == 3


def test_the_newest_judgment_counts_and_only_of_what_is_published(world: World, judged: Demand) -> None:
    weather, flights = (Judgment.objects.get(grade=grade) for grade in (3, 0))
    Judgment.objects.create(demand=judged, listing=flights.listing, grade=3, source="accepted", weights_version="1")
    assert evaluated()[2] == "NDCG  1.0000  over 1 demands"
    version = Match.objects.get(listing=weather.listing).version_id
    catalog.withdraw_version(actor=world.provider.actor, version_id=version)
    assert evaluated()[0].startswith("1 demands")
    version = Match.objects.get(listing=flights.listing).version_id
    catalog.withdraw_version(actor=world.provider.actor, version_id=version)
    assert evaluated()[0].startswith("0 demands")
    assert evaluated()[2] == "NDCG  no demand has what it takes"


def test_what_a_release_would_do_is_shown_before(world: World, judged: Demand) -> None:
    row = releasing.proposed(world, MATCHING_WEIGHTS, tags_first())
    assert row.what_if is not None
    assert row.what_if["moves"] == [{"before": "fair", "after": "good", "count": 1, "changed": 1}]
    assert row.what_if["cases"] == [
        {
            "subject_type": "demand",
            "subject_id": judged.pk,
            "before": "fair",
            "after": "good",
            "changes": {"ndcg": [0.6309, 1.0]},
        }
    ]
    gain, precision = row.what_if["figures"]
    assert (gain["name"], gain["count"], gain["after"]) == ("NDCG@10", 1, 1.0)
    assert (precision["name"], precision["before"], precision["low"], precision["high"]) == ("MAP@10", 0.5, 0.5, 0.5)
    page = world.exchange.admin.get(f"/admin/rulebooks/rulebookversion/{row.pk}/change/").content.decode()
    assert "NDCG@10" in page
    assert "0.6309" in page
