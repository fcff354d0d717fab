"""What no view answers: problem documents below /api/v1/, pages elsewhere, and nothing of the defect in either."""

import pytest
from django.db import OperationalError
from django.test import Client

from foundation.participants import selectors


@pytest.mark.parametrize("path", ["nonsense", "listings/", "listings/abc", "jobs/-1", "assets/1.5/profile", "jobs/%00"])
def test_addresses_that_are_none(client: Client, path: str) -> None:
    answer = client.get(f"/api/v1/{path}")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["type"] == "/api/problems/not_found"
    said = client.get(f"/api/v1/{path}", headers={"Accept-Language": "zh-hans"}).json()["detail"]
    assert said not in ("", answer.json()["detail"])


def test_pages_stay_pages(client: Client) -> None:
    assert client.get("/nonsense")["Content-Type"] == "text/html; charset=utf-8"


def test_a_host_that_is_not_ours_is_refused(client: Client) -> None:
    answer = client.get("/api/v1/listings", headers={"Host": "elsewhere.example"})
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    page = client.get("/admin/", headers={"Host": "elsewhere.example"})
    assert (page.status_code, "problem" in page["Content-Type"]) == (400, False)


def _fails(error: Exception):
    def selector(*arguments: object) -> None:
        raise error

    return selector


def test_a_defect_says_nothing_of_itself(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "visible_organisations", _fails(ZeroDivisionError("patient 21010219900101001X")))
    client.raise_request_exception = False
    answer = client.get("/api/v1/organisations")
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert answer.json()["type"] == "/api/problems/error"
    assert "2101" not in answer.content.decode()


def test_a_database_that_is_away_is_unavailable(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "visible_organisations", _fails(OperationalError("host=db password=hidden")))
    answer = client.get("/api/v1/organisations")
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert (answer.json()["type"], "hidden" in answer.content.decode()) == ("/api/problems/unavailable", False)
