"""The table of problem types, its page and its document agree with what is answered."""

import re

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from foundation.errors import DomainError
from marketplace.api import problems
from marketplace.api.problem_types import BY_CODE, PROBLEM_TYPES, all_errors, document


def test_docs_errors_is_what_the_table_says() -> None:
    """`manage.py document_errors` writes it."""
    assert (settings.BASE_DIR / "docs" / "errors.md").read_text(encoding="utf-8") == document()


def test_the_command_writes_the_page(settings, tmp_path) -> None:
    settings.BASE_DIR = tmp_path
    call_command("document_errors")
    assert (tmp_path / "docs" / "errors.md").read_text(encoding="utf-8") == document()


def test_each_code_once() -> None:
    assert len(BY_CODE) == len(PROBLEM_TYPES)
    assert re.findall(r"^## `(\w+)` \((\d+)\)$", document(), re.M) == [(p.code, str(p.status)) for p in PROBLEM_TYPES]


@pytest.mark.parametrize("error", sorted(set(all_errors()), key=str), ids=str)
def test_the_status_is_the_one_answered(error: type[DomainError]) -> None:
    assert problems._status_of(error.__new__(error)) == BY_CODE[error.code].status


@pytest.mark.parametrize("code", BY_CODE)
def test_each_page_is_public_and_speaks_both_languages(client: Client, code: str) -> None:
    page = client.get(f"/api/problems/{code}")
    assert (page.status_code, page["Content-Type"]) == (200, "text/html; charset=utf-8")
    text = page.content.decode()
    assert re.findall(r'<section lang="([\w-]+)">', text) == ["en", "zh-hans"]
    assert f"HTTP {BY_CODE[code].status}" in text


def test_other_codes_have_no_page(client: Client) -> None:
    assert client.get("/api/problems/nonsense").status_code == 404
    assert client.get("/api/problems/../../etc").status_code == 404
