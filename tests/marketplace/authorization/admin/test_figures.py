"""The page of requests in figures: what it counts, of which period, in both languages, and who reads it."""

from datetime import timedelta
from html import unescape

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import World
from tests.marketplace.authorization.asking import UNIFIED, listing
from tests.marketplace.authorization.figures.histories import BEGUN, History, refused

PAGE = "/admin/authorization/accessrequest/figures/"


def written(world: World) -> None:
    """Two granted, one of them by two steps; one refused, one rejected, one withdrawn; one open."""
    history = History(world, listing(world, UNIFIED), world.buyer)
    buyer = world.other_buyer.organisation
    now = (timezone.now() - BEGUN) / timedelta(hours=1)
    sector = history.request(buyer, "by_sector", "approved", now - 72, now - 2)
    history.step(sector, "sector_authority", "approved", now - 72, now - 48)
    history.step(sector, "exchange", "approved", now - 48, now - 2)
    history.request(buyer, "open", "approved", now - 1, now - 1)
    history.request(buyer, "refused", "rejected", now - 1, now - 1, decision=refused("core_refused"))
    history.request(buyer, "centralized_unified", "rejected", now - 4, now - 1)
    history.request(buyer, "centralized_unified", "withdrawn", now - 24 * 60, now - 24 * 50)
    waits = history.request(buyer, "by_sector", "in_approval", now - 24 * 8)
    history.step(waits, "sector_authority", "open", now - 24 * 8)
    history.write()


def read(world: World, **asked: str) -> str:
    answer = world.auditor.admin.get(PAGE, asked)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_outcomes_refusals_times_and_ages(world: World) -> None:
    written(world)
    text = read(world)
    for said in (
        "<dt>Submitted</dt><dd>6</dd>",
        "<dt>Ended</dt><dd>5</dd>",
        "<dt>Granted at once</dt><dd>1 (20.0%)</dd>",
        "<dt>Refused by the decision table</dt><dd>1 (20.0%)</dd>",
        "<dt>Withdrawn</dt><dd>1 (20.0%)</dd>",
        'aria-label="Outcomes by authorization mode"',
        "centralized and unified: granted 0, refused or rejected 1, withdrawn, expired or lapsed 1",
        "by sector: half within 3 days, nine of ten within 3 days (1)",
        'aria-label="Time of a step: by sector"',
        "sector authority: half within 24 hours, nine of ten within 24 hours (1)",
        "the exchange: half within 46 hours, nine of ten within 46 hours (1)",
        '<th scope="row">core_refused</th><td>core_refused in English</td><td>1</td><td>50.0%</td>',
        '<th scope="row">not stated</th><td>–</td><td>1</td><td>50.0%</td>',
        '<th scope="row">Requests (1)</th><td>0</td><td>1</td><td>0</td><td>0</td>',
        '<th scope="row">Steps of: sector authority</th><td>0</td><td>1</td><td>0</td><td>0</td>',
        "fewer than 3 buyers",
    ):
        assert said in text, said
    assert "<dt>Ended</dt><dd>4</dd>" in read(world, days="30")


def test_the_reason_of_a_row_in_chinese(world: World) -> None:
    written(world)
    world.auditor.admin.cookies["django_language"] = "zh-hans"
    assert '<th scope="row">core_refused</th><td>中文</td>' in read(world)


def test_it_costs_the_same_for_much_as_for_nothing(world: World) -> None:
    counts = []
    read(world)  # signs in
    for _round in range(2):
        with CaptureQueriesContext(connection) as seen:
            read(world)
        counts.append(len(seen))
        written(world)
    assert counts[0] == counts[1]


def test_only_people_of_the_exchange_read_it(world: World) -> None:
    assert world.provider.admin.get(PAGE).status_code == 302
    assert world.anonymous.get(PAGE).status_code == 302
