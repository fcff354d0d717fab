"""Nothing in a stranger's text acts on a terminal, and every line of JSON is whole, whatever carries it."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.report.plaintext import json_line, printable


def test_what_acts_is_shown_instead():
    assert printable("a\x1b[31mb\n\u202ec\x9bd\ud800") == "a\\x1b[31mb\\n\\u202ec\\x9bd\\ud800"
    assert printable("姓名\té\U0001f600") == "姓名 é\U0001f600"


def test_long_text_ends_in_an_ellipsis():
    assert printable("x" * 120) == "x" * 120
    assert printable("x" * 121, 5) == "xxxxx…"


@settings(max_examples=40)
@given(
    st.dictionaries(st.text(st.characters()), st.text(st.characters())), st.sampled_from(["utf-8", "ascii", "gb18030"])
)
def test_lines_are_one_line_and_say_the_same(record, encoding):
    line = json_line(record, encoding)
    assert line.encode(encoding).decode(encoding).splitlines() == [line]
    assert json.loads(line) == record


@pytest.mark.parametrize("character", ["\x1b", "\x7f", "\x9b", "\u200f", "\u202e", "\u2066", "\u2028", "\ufeff"])
def test_lines_hold_nothing_that_acts(character):
    assert json_line({"name": f"a{character}b"}) == f'{{"name": "a\\u{ord(character):04x}b"}}'


def test_chinese_stays_readable_where_it_can_be_written():
    assert json_line({"姓名": "李"}) == '{"姓名": "李"}'
    assert json_line({"姓名": "李"}, "ascii") == r'{"\u59d3\u540d": "\u674e"}'
