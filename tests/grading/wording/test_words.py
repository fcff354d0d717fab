"""Words for every code: none of the engine's is without a sentence, and records of other versions break no page."""

import pytest
from django.utils import translation

from grading import wording
from grading.engine.categories import CATEGORY_REASONS
from grading.engine.levels import REASONS
from grading.engine.profile.model import INFERRED_TYPES
from grading.engine.quality import DIMENSIONS, FINDINGS, NOT_ASSESSED
from grading.engine.quality.declared import PROBLEMS, RULES
from grading.engine.readers import UNREADABLE
from grading.engine.sensitivity import EVIDENCE
from grading.rules.shipped import shipped_rules
from grading.wording import texts


@pytest.mark.parametrize(
    ("worded", "engine"),
    [
        (texts.UNREADABLE, UNREADABLE),
        (texts.FINDINGS, FINDINGS),
        (texts.RULES, RULES),
        (texts.SCHEMA_PROBLEMS, PROBLEMS),
        (texts.NOT_ASSESSED, NOT_ASSESSED),
        (texts.EVIDENCE, EVIDENCE),
        (texts.REASONS, REASONS),
        (texts.CATEGORY_REASONS, CATEGORY_REASONS),
    ],
    ids=[
        "unreadable",
        "findings",
        "rules",
        "schema_problems",
        "not_assessed",
        "evidence",
        "reasons",
        "category_reasons",
    ],
)
def test_the_sentences_are_the_engines(worded, engine):
    assert dict(worded) == dict(engine)


def test_no_code_stands_for_two_sentences():
    tables = (UNREADABLE, FINDINGS, RULES, NOT_ASSESSED, EVIDENCE, REASONS, CATEGORY_REASONS)
    assert len(texts.SENTENCES) == sum(map(len, tables))


def test_every_rule_of_the_shipped_scheme_has_a_reason():
    scheme = shipped_rules().scheme
    assert {rule.code for rule in (*scheme.rules, *scheme.flags)} <= set(REASONS)


def test_everything_that_a_page_names_has_a_name():
    rules = shipped_rules()
    codes = {
        *DIMENSIONS,
        *(indicator for names in DIMENSIONS.values() for indicator in names),
        *rules.scheme.matrix,
        *rules.scheme.general_levels,
        *(flag.flag for flag in rules.scheme.flags),
        *(code for code, _condition in rules.categories.attributes),
        *INFERRED_TYPES,
    }
    assert codes - set(wording.NAMES) == set()
    assert {cell for row in rules.scheme.matrix.values() for cell in row.values()} == set(wording.CELLS)


def test_rows_are_counted_as_people_count_them():
    told = wording.sentence("missing_values", {"count": 1, "rows": 3, "row": 0})
    assert told == "1 of 3 cells are empty, the first in row 1."


def test_levels_and_types_among_the_parameters_are_worded():
    params = {"columns": "身份证号", "type": "resident_id", "level": "general_4"}
    assert wording.sentence("column_floor", params) == "身份证号: type Resident identity number, at least general 4."
    assert (
        wording.sentence("declared_type_mismatch", {"count": 3, "type": "integer"})
        == "3 values do not fit the declared type whole number."
    )


def test_what_is_not_known_stays_a_code():
    assert wording.sentence("of_a_later_version", {"x": 1}) == "of_a_later_version"
    assert wording.sentence("column_floor", {}) == "column_floor"
    assert wording.sensitive_type_name("iris_scan") == "iris_scan"
    assert wording.category_name("unheard/of") == "unheard / of"
    assert wording.level_name("level_9") == "level_9"


def test_titles_of_the_rule_files_follow_the_language():
    path = "health/clinical_records/sensitive_personal_information"
    with translation.override("zh-hans"):
        assert wording.sensitive_type_name("resident_id") == "居民身份证号"
        assert wording.category_name(path).startswith("卫生健康 / 诊疗记录 / ")
    with translation.override("en"):
        assert wording.category_name(path) == "Health care / Clinical records / sensitive personal information"


def test_without_harm_the_matrix_says_general():
    assert (wording.cell_name(None), wording.cell_name("core")) == ("general data", "core data")
