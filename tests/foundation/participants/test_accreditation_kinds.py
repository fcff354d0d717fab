"""The kinds of accreditation: what the shipped file says, and what a file cannot say."""

import pytest
from django.utils.translation import override

from foundation.participants import accreditation_kinds
from foundation.participants.models import Accreditation

GOOD = """
[[kinds]]
code = "a"
name = "A"
name_zh = "甲"
holder = "person"
standard = "S"
title = "T"
title_zh = "题"
source = "known"
certainty = "R"
longest_years = 2
term_source = "rule"
term_certainty = "U"
levels = [{ level = 1, name = "one", name_zh = "一" }, { level = 2, name = "two", name_zh = "二" }]
"""


def test_the_shipped_kinds() -> None:
    found = {
        kind.code: (kind.holder, len(kind.levels), kind.scope_needed, kind.certainty, kind.longest_years)
        for kind in accreditation_kinds.known().values()
    }
    assert found == {
        "data_security_capability": ("organisation", 5, False, "R", 3),
        "classified_protection": ("organisation", 5, True, "R", 3),
        "information_security_management": ("organisation", 0, True, "R", 3),
        "personal_information_protection": ("organisation", 0, False, "R", 3),
        "data_security_management": ("organisation", 0, False, "R", 3),
        "data_security_training": ("person", 0, False, "R", 2),
        "personal_information_training": ("person", 0, False, "R", 2),
    }
    longest = Accreditation._meta.get_field("kind").max_length
    assert longest is not None
    assert max(map(len, found)) <= longest
    assert accreditation_kinds.DATA_SECURITY_TRAINING in found


def test_names_are_said_in_the_readers_language() -> None:
    with override("zh-hans"):
        assert accreditation_kinds.name_of("classified_protection") == "网络安全等级保护"
        assert accreditation_kinds.level_name("data_security_capability", 3) == "3 充分定义"
    with override("en"):
        assert accreditation_kinds.name_of("data_security_training") == "Data security training"
        assert accreditation_kinds.level_name("data_security_capability", 3) == "3 well defined"
    assert accreditation_kinds.name_of("of_tomorrow") == "of_tomorrow"
    assert accreditation_kinds.level_name("of_tomorrow", 3) == "3"
    assert accreditation_kinds.level_name("data_security_capability", 7) == "7"
    assert accreditation_kinds.level_name("data_security_training", None) == ""


def test_a_kind_allows_its_levels_only() -> None:
    kind = accreditation_kinds.parse(GOOD)["a"]
    assert [kind.allows(level) for level in (None, 0, 1, 2, 3)] == [False, False, True, True, False]
    plain = accreditation_kinds.known()["data_security_training"]
    assert [plain.allows(level) for level in (None, 1)] == [True, False]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (GOOD + GOOD, "a: twice"),
        (GOOD.replace('name_zh = "甲"\n', ""), "a: without name_zh"),
        (GOOD.replace('"person"', '"machine"'), "a: held by 'machine'"),
        (GOOD.replace('certainty = "R"', 'certainty = "sure"'), "a: a certainty is one of S, R, U"),
        (GOOD.replace("longest_years = 2", "longest_years = 0"), "a: longest_years"),
        (GOOD.replace("level = 2", "level = 3"), "a: levels are not 1, 2, 3 …"),
        (GOOD.replace("longest_years = 2", ""), "a: .*longest_years"),
        (GOOD + 'grade = "x"', "a: .*grade"),
    ],
)
def test_a_wrong_file_names_the_kind_and_what_is_wrong(wrong: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        accreditation_kinds.parse(wrong)
