"""What a text of rules must be before its kind's loader sees it."""

from hashlib import sha256

import pytest

from foundation.rulebooks import registry
from foundation.rulebooks.content import LONGEST, parse
from foundation.rulebooks.errors import UnusableRules
from tests.foundation.rulebooks.pricing import text

HEAD = 'code = "a"\nversion = "1"\ntitle_en = "A"\n'


def test_a_text_says_what_it_is() -> None:
    found = parse(text(3, title_zh="价目表", standard="GB/T 1", source="law", certainty="sure"))
    assert (found.code, found.label, found.title, found.title_zh) == ("prices", "2", "Price list", "价目表")
    assert (found.standard, found.source, found.certainty) == ("GB/T 1", "law", "sure")
    assert found.data["per_page"] == 3
    assert found.sha256 == sha256(found.text.encode()).hexdigest()


def test_a_title_without_a_language_is_english() -> None:
    assert parse('code = "a"\nversion = "1"\ntitle = "Rules"\n').title == "Rules"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("per_page = ", "not TOML: Invalid value (at end of document)"),
        (HEAD + "x = nan", "/x: nan is not a number to work with"),
        (HEAD + "[t]\nx = [1.0, 1e999]", "/t/x/1: inf is not a number to work with"),
        (HEAD + 'x = "\\u0000"', "/x: has NUL characters"),
        (HEAD + "x = 2026-01-01", "/x: write dates and times as text in quotes"),
        (HEAD + "x = 07:32:00", "/x: write dates and times as text in quotes"),
        (HEAD + 'x = "' + "y" * LONGEST + '"', f"the text has {LONGEST + 46} bytes, at most {LONGEST} are read"),
        ('version = "1"\ntitle_en = "A"', "code is missing or longer than 80 characters"),
        ('code = "a"\nversion = 1\ntitle_en = "A"', "version is missing or longer than 80 characters"),
        ('code = "a"\nversion = "1"', "title_en is missing"),
        (HEAD + "standard = 5", "standard must be a text of at most 2000 characters"),
    ],
)
def test_what_is_refused(content: str, problem: str) -> None:
    with pytest.raises(UnusableRules) as refused:
        parse(content)
    assert refused.value.problems == (problem,)


@pytest.mark.parametrize("content", ["x = " + "[" * 50_000, HEAD + "x = " + "[" * 5_000 + "]" * 5_000, "x = '\ud800'"])
def test_hostile_texts_are_refused(content: str) -> None:
    with pytest.raises(UnusableRules):
        parse(content)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (text(-1), "per_page must be a whole number, not -1"),
        (HEAD, "not the structure of these rules (KeyError('per_page'))"),
    ],
)
def test_what_the_loader_refuses(content: str, problem: str, kind: registry.Kind) -> None:
    with pytest.raises(UnusableRules) as refused:
        registry.checked(kind, content)
    assert refused.value.problems == (problem,)


def test_two_kinds_cannot_share_a_code(kind: registry.Kind) -> None:
    registry.register(kind.code, title=kind.title, shipped=kind.shipped, load=kind.load)
    with pytest.raises(ValueError, match="two kinds of rules are called 'price_list'"):
        registry.register(kind.code, title=kind.title, shipped=kind.shipped, load=dict)
