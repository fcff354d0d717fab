"""In which language an answer speaks: what a program asks for, else a person's own setting, else English."""

import pytest

from foundation.participants.models import User
from tests.factories import World

ENGLISH, CHINESE = "Not found.", "未找到。"


def said(client: object, **headers: str) -> str:
    answer = client.get("/api/v1/jobs/999999999999", headers={n.replace("_", "-"): v for n, v in headers.items()})  # type: ignore[attr-defined]
    assert answer.status_code == 404
    return str(answer.json()["detail"])


@pytest.mark.parametrize(
    ("own", "asked", "expected"),
    [
        ("", "", ENGLISH),
        ("", "zh-CN,zh;q=0.9", CHINESE),
        ("", "fr", ENGLISH),
        ("zh-hans", "", CHINESE),
        ("zh-hans", "en", ENGLISH),
        ("en", "zh-hans", CHINESE),
    ],
)
def test_a_program_means_what_it_asks_for(world: World, own: str, asked: str, expected: str) -> None:
    User.objects.filter(pk=world.buyer.user.pk).update(language=own)
    headers = {"Accept_Language": asked} if asked else {}
    assert said(world.buyer.client, **headers) == expected


@pytest.mark.parametrize(("own", "expected"), [("zh-hans", CHINESE), ("en", ENGLISH), ("", ENGLISH)])
def test_a_persons_setting_counts_more_than_what_the_browser_always_says(world: World, own: str, expected: str) -> None:
    user = world.buyer.user
    User.objects.filter(pk=user.pk).update(language=own)
    assert said(world.buyer.admin, Accept_Language="en") == expected


def test_the_next_request_does_not_inherit_it(world: World) -> None:
    User.objects.filter(pk=world.buyer.user.pk).update(language="zh-hans")
    assert said(world.buyer.client) == CHINESE
    assert said(world.exchange.client) == ENGLISH
