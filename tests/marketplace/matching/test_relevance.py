"""The semantic stage through the database: embedded by jobs, blended, explained; off, it leaves no trace."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from foundation.jobs.models import Job
from foundation.rulebooks.in_force import shipped
from marketplace.catalog import services as catalog
from marketplace.catalog.models import ListingVersion
from marketplace.matching import relevance, semantic, services, tasks
from marketplace.matching.models import Demand, DemandEmbedding, ListingEmbedding
from marketplace.matching.rulebook import MATCHING_WEIGHTS
from marketplace.matching.services import embedding, rematching
from marketplace.matching.wording import explanation
from tests import releasing
from tests.factories import World, published_listing
from tests.marketplace.matching.demands import found, matched, opened, picture
from tests.marketplace.matching.tiny import Tiny

pytestmark = pytest.mark.django_db

TINY = "tests.marketplace.matching.tiny.Tiny"
STAGES = ["lexical", "semantic:tiny@1"]


@pytest.fixture
def tiny(settings) -> None:
    settings.SEMANTIC_MODEL = TINY


class Unhurried:
    """A run whose lease lasts for so many commits; then its worker is killed."""

    def __init__(self, commits: int = 1_000) -> None:
        self.left = commits
        self.reports = 0

    def commit(self):
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1
        return transaction.atomic()

    def progress(self, share: float, note: str = "") -> None:
        assert 0 <= share <= 1
        self.reports += 1


def publish(world: World, title: str, **changes: Any) -> ListingVersion:
    said: dict[str, Any] = {"title": title, "title_zh": "", "description": title, "tags": []}
    return published_listing(world, **{**said, **changes})


def embed(commits: int = 1_000) -> dict[str, Any]:
    return dict(tasks.embed_listings(Unhurried(commits)))  # type: ignore[arg-type]


def stages(demand: Any) -> dict[int, list[str]]:
    return {row.listing_id: row.stages for row in found(demand) if row.state == "proposed"}


def test_what_says_it_in_other_words_is_found_and_told_apart(world: World, tiny) -> None:
    worded, meant = publish(world, "Flights table"), publish(world, "Aviation punctuality")
    publish(world, "Hospitals")
    demand = opened(world.buyer, text="flights late", sector="")
    matched(demand)
    assert stages(demand) == {worded.listing_id: ["lexical"]}
    assert embed() == {"embedded": 3, "demands": 1}
    assert stages(demand) == {worded.listing_id: STAGES, meant.listing_id: STAGES}
    best, second = found(demand)
    # cosines: 2 * 1 + 0.25 over the norms for both concepts, 1 + 0.25 for one; the words: one of two stands in one
    vectors = Tiny().embed(
        ["flights late", "Flights table. Flights table", "Aviation punctuality. Aviation punctuality"]
    )
    cosines = (vectors[1:] @ vectors[0]).tolist()
    by_id = {row.listing_id: row for row in (best, second)}
    top = by_id[worded.listing_id].features["relevance"] / 0.6
    assert by_id[meant.listing_id].features["relevance"] == 0
    assert by_id[meant.listing_id].features["meaning"] == pytest.approx(0.4 * top)
    assert by_id[worded.listing_id].features["meaning"] == pytest.approx(0.4 * top * cosines[0] / cosines[1], abs=1e-3)
    assert all(sum(row.features.values()) == pytest.approx(row.score) for row in (best, second))
    assert best.listing_id == worded.listing_id
    english = explanation(second, "en")
    assert english.startswith("It has none of the words that are asked for. What it is about is near to what is asked")
    assert "by the model tiny@1." in english
    answer = world.buyer.client.get(f"/api/v1/demands/{demand.pk}/matches").json()
    rows = answer["results"] if isinstance(answer, dict) else answer
    assert [row["stages"] for row in rows] == [STAGES, STAGES]


def test_a_listing_without_a_vector_is_ranked_by_its_words_at_their_full_share(world: World, tiny) -> None:
    first = publish(world, "Flights table")
    demand = opened(world.buyer, text="flights", sector="")
    embed()
    alone = found(demand)[0].score
    late = publish(world, "Flights table")
    matched(demand)
    assert stages(demand) == {first.listing_id: STAGES, late.listing_id: ["lexical"]}
    scores = {row.listing_id: row.score for row in found(demand)}
    assert scores[late.listing_id] == pytest.approx(scores[first.listing_id])  # as near as it is worded: no difference
    assert alone == pytest.approx(scores[first.listing_id])


def test_other_words_or_another_model_are_embedded_anew_and_nothing_else_is(world: World, settings, tiny) -> None:
    version, other = publish(world, "Flights table"), publish(world, "Hospitals")
    assert embed()["embedded"] == 2
    before = {row.listing_id: row.pk for row in ListingEmbedding.objects.all()}
    assert embed() == {"embedded": 0}
    ListingVersion.objects.filter(pk=version.pk).update(title="Rain")
    services.index_listings([version.listing_id])
    assert embed()["embedded"] == 1
    after = {row.listing_id: row.pk for row in ListingEmbedding.objects.all()}
    assert after[other.listing_id] == before[other.listing_id]
    assert after[version.listing_id] != before[version.listing_id]
    settings.SEMANTIC_MODEL = "tests.marketplace.matching.tiny.Newer"
    assert embed()["embedded"] == 2
    assert set(ListingEmbedding.objects.values_list("label", "matched")) == {("tiny@2", True)}


def test_a_killed_job_goes_on_where_it_was_and_demands_are_matched_all_the_same(
    world: World, tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "TOGETHER", 2)
    versions = [publish(world, title) for title in ("Aviation", "Aircraft", "Airports")]
    demand = opened(world.buyer, text="flights", sector="")
    with pytest.raises(KeyboardInterrupt):
        embed(commits=1)
    assert ListingEmbedding.objects.count() == 2
    with pytest.raises(KeyboardInterrupt):
        embed(commits=1)  # the last one is embedded, nobody is matched
    assert (ListingEmbedding.objects.count(), found(demand)) == (3, [])
    assert embed() == {"embedded": 0, "demands": 1}
    assert set(stages(demand)) == {version.listing_id for version in versions}
    assert embed() == {"embedded": 0}


def test_a_demand_that_cannot_be_matched_has_no_vector_matched_again_and_again(
    world: World, tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(world, "Aviation")
    demand = opened(world.buyer, text="flights", sector="")
    matched(demand)

    def broken(**_which: Any) -> None:
        raise ValueError("broken")

    with monkeypatch.context() as patch:
        patch.setattr(services, "rematch_demand", broken)
        with pytest.raises(ValueError, match="broken"):
            embed()
    assert (ListingEmbedding.objects.get().matched, embed()) == (True, {"embedded": 0})
    Demand.objects.update(failed_at=timezone.now() - timedelta(hours=1))
    assert services.due_demands() == [demand.pk]  # which finds what it lacks


def test_chinese_is_left_to_the_words(world: World, tiny) -> None:
    chinese, english = publish(world, "航班准点统计"), publish(world, "Flights 航班")
    embed()
    assert {row.listing_id: len(bytes(row.vector)) for row in ListingEmbedding.objects.all()} == {
        chinese.listing_id: 0,
        english.listing_id: 2 * Tiny.dimensions,
    }
    demand = opened(world.buyer, text="航班", sector="")
    matched(demand)
    assert stages(demand) == {chinese.listing_id: ["lexical"], english.listing_id: ["lexical"]}
    demand = opened(world.buyer, text="flights 航班", sector="")
    matched(demand)
    assert stages(demand) == {chinese.listing_id: ["lexical"], english.listing_id: STAGES}


def test_constraints_are_not_traded_for_meaning(world: World, tiny) -> None:
    publish(world, "Aviation punctuality", sector="health")
    demand = opened(world.buyer, text="flights late", sector="transport")
    embed()
    (row,) = found(demand)
    assert (row.eligible, [entry["code"] for entry in row.constraints_report if not entry["met"]]) == (
        False,
        ["sector"],
    )


def test_constraints_come_first_and_the_nearest_are_counted_off_after_them(
    world: World, tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relevance, "MOST_NEAR", 3)
    monkeypatch.setattr(rematching, "MOST_MATCHES", 1)
    for _number in range(4):
        publish(world, "Aviation punctuality", sector="health")
    wanted = publish(world, "Aviation punctuality rain", sector="transport")
    embed()
    demand = opened(world.buyer, text="flights late", sector="transport")
    matched(demand)
    assert [row.listing_id for row in found(demand) if row.eligible] == [wanted.listing_id]


def test_names_of_columns_are_neither_a_language_nor_a_sentence(world: World, tiny) -> None:
    publish(world, "Flights hospital table")
    embed()
    names = [f"hospital_{number}" for number in range(20)]
    for said in ({"columns": names}, {}):
        demand = opened(world.buyer, text="医院床位历史数据", sector="", **said)
        if not said:
            Demand.objects.filter(pk=demand.pk).update(sample_columns=[{"name": name, "type": ""} for name in names])
        matched(demand)
        assert list(stages(demand).values()) == [["lexical"]]
    distant = publish(world, "Rain")
    embed()
    demand = opened(world.buyer, text="flights", sector="", columns=[*names, "climate"])
    matched(demand)
    (row,) = found(demand)
    assert row.listing_id != distant.listing_id  # not near to the text, whatever the columns are called
    share = row.features["meaning"] / (row.features["meaning"] + row.features["relevance"])
    assert share == pytest.approx(0.4)  # it is the nearest and says most: both count by their shares


def test_what_is_withdrawn_is_not_found_by_its_vector(world: World, tiny) -> None:
    version = publish(world, "Aviation")
    demand = opened(world.buyer, text="flights", sector="")
    embed()
    assert [row.state for row in found(demand)] == ["proposed"]
    catalog.withdraw_version(actor=world.provider.actor, version_id=version.pk)
    matched(demand)
    assert [row.state for row in found(demand)] == ["lapsed"]


def test_off_nothing_is_queued_and_vectors_of_before_say_nothing(world: World, settings, tiny) -> None:
    publish(world, "Flights table"), publish(world, "Aviation")
    demand = opened(world.buyer, text="flights", sector="")
    settings.SEMANTIC_MODEL = "off"
    matched(demand)
    plain = picture(demand)
    tasks.sweep_index()
    assert not Job.objects.filter(kind="matching.embed_listings").exists()
    assert embed() == {}
    settings.SEMANTIC_MODEL = TINY
    tasks.sweep_index()
    assert tasks.match_listing(Unhurried(), subject_id=ListingVersion.objects.earliest("pk").pk)
    assert Job.objects.filter(kind="matching.embed_listings").count() == 1  # one that waits does for both
    embed()
    assert picture(demand) != plain
    with transaction.atomic():
        assert not services.queue_embedding()
    settings.SEMANTIC_MODEL = "off"
    matched(demand)
    assert picture(demand) == plain
    assert list(stages(demand).values()) == [["lexical"]]


def test_weights_without_meaning_leave_no_vector_and_no_job(world: World, tiny) -> None:
    before, after = re.split(r"^\[meaning\]$", shipped(MATCHING_WEIGHTS).content.text, flags=re.MULTILINE)
    rules = re.sub("^version = .*", 'version = "9.0.0"', before + after[after.index("\n[bonus]") :], flags=re.MULTILINE)
    releasing.release(world, releasing.proposed(world, MATCHING_WEIGHTS, rules))
    version = publish(world, "Flights table")
    tasks.sweep_index()
    with transaction.atomic():
        assert not services.queue_embedding()
        assert not services.queue_embedding([version.listing_id])
    assert embed() == {}
    assert not ListingEmbedding.objects.exists()
    assert not Job.objects.filter(kind="matching.embed_listings").exists()


def test_a_vector_that_comes_while_demands_are_matched_is_matched_by_another_job(
    world: World, tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = publish(world, "Hospitals")
    demand = opened(world.buyer, text="hospitals flights", sector="")
    plain = services.rematch_demand

    def overtaken(**given: Any) -> dict[str, int]:
        """Another job embeds new words in between."""
        monkeypatch.setattr(services, "rematch_demand", plain)
        ListingVersion.objects.filter(pk=version.pk).update(title="Aviation")
        services.index_listings([version.listing_id])
        services.embed_listings(Unhurried(), model=Tiny())  # type: ignore[arg-type]
        return dict(plain(**given))

    monkeypatch.setattr(services, "rematch_demand", overtaken)
    assert embed() == {"embedded": 1, "demands": 1}
    assert list(ListingEmbedding.objects.values_list("matched", flat=True)) == [False]
    assert embed() == {"embedded": 0, "demands": 1}
    assert list(ListingEmbedding.objects.values_list("matched", flat=True)) == [True]
    assert [row.listing_id for row in found(demand)] == [version.listing_id]


def test_after_a_change_only_what_changed_is_asked_for_and_the_sweep_asks_for_all(world: World, tiny) -> None:
    known = publish(world, "Flights table")
    embed()
    waiting = publish(world, "Hospitals")
    services.index_listings([waiting.listing_id])
    with transaction.atomic():
        assert not services.queue_embedding([known.listing_id])
    assert not Job.objects.filter(kind="matching.embed_listings").exists()
    with transaction.atomic():
        assert services.queue_embedding([waiting.listing_id])
    Job.objects.filter(kind="matching.embed_listings").delete()
    with transaction.atomic():
        assert services.queue_embedding()
    assert "Anti Join" in embedding._waiting("tiny@1").explain()  # NOT IN compares each listing with a list of all


def test_a_demand_is_embedded_once_by_its_matching_and_compared_from_what_is_stored(
    world: World, settings, tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    near, far, chinese = (opened(world.buyer, text=text, sector="") for text in ("flights late", "hospitals", "医院"))
    for demand in (near, far, chinese):
        matched(demand)
    version = publish(world, "Aviation punctuality")
    assert embed() == {"embedded": 1, "demands": 1}
    plain = picture(near)

    with monkeypatch.context() as without:
        without.setattr(semantic, "_loaded", None)  # no model is at hand
        without.setattr(embedding, "LOADED_TOGETHER", 1)
        assert services.affected_by([version.listing_id]) == [near.pk]
        matched(near)
        assert picture(near) == plain
        assert plain[0][5]["meaning"] > 0
    services.close_demand(actor=world.buyer.actor, demand_id=near.pk)
    assert {row.pk: bool(row.vector) for row in DemandEmbedding.objects.all()} == {far.pk: True, chinese.pk: False}
    assert services.demands_near([version.listing_id]) == set()

    settings.SEMANTIC_MODEL = "tests.marketplace.matching.tiny.Newer"
    assert embed() == {"embedded": 1, "demands": 3}  # with what shows it, those of which this model knows nothing yet
    assert set(DemandEmbedding.objects.values_list("pk", "label")) == {(far.pk, "tiny@2"), (chinese.pk, "tiny@2")}
    assert services.demands_near([version.listing_id]) == set()


def test_whom_many_vectors_concern_is_looked_for_with_a_report_for_each(world: World, tiny) -> None:
    for title in ("Aviation", "Aircraft", "Airports"):
        publish(world, title)
    run = Unhurried()
    assert tasks.embed_listings(run) == {"embedded": 3, "demands": 0}
    assert run.reports == 1 + 3
