"""The matrix on the review page: of the rules that the grade names, with the recommended cell and the flags marked."""

import pytest

from foundation.rulebooks.in_force import in_force
from grading.admin.matrix import matrix_of
from grading.engine.levels.rule import DEGREES, HARMED_OBJECTS
from grading.models import Grade
from grading.rulebook import SCHEME

pytestmark = pytest.mark.django_db
FLAG = {"code": "possibly_important", "harmed_object": "public_interest", "degree": "serious"}


def grade(**recommendation: object) -> Grade:
    sha256 = in_force(SCHEME).content.sha256
    return Grade(recommendation={"rulebook": {"sha256": sha256}, **recommendation})


def marked(found: Grade) -> list[tuple[str, str, str, str]]:
    matrix = matrix_of(found)
    return [
        (harmed, degree, cell.name, cell.level)
        for harmed, cells in matrix.rows
        for degree, cell in zip(matrix.degrees, cells, strict=True)
        if cell.recommended
    ]


def test_every_cell_is_as_the_scheme_in_force_has_it():
    scheme, matrix = in_force(SCHEME).rules, matrix_of(grade())
    assert [[cell.code for cell in cells] for _harmed, cells in matrix.rows] == [
        [scheme.matrix[harmed][degree] for degree in DEGREES] for harmed in HARMED_OBJECTS
    ]
    assert matrix.rows[0][0] == "national security"
    assert [cell.code for cell in matrix.rows[0][1]] == ["important", "core", "core"]
    assert [cell.level for cell in matrix.rows[-1][1]] == ["general 2", "general 3", "general 4"]
    assert matrix.same


def test_the_recommended_cell_alone_is_marked():
    found = grade(harmed_object="individual_rights", degree="serious")
    assert marked(found) == [("rights of individuals", "serious harm", "general data", "general 3")]
    assert marked(grade(harmed_object="individual_rights", degree="none")) == []


def test_a_flag_is_in_the_cell_it_rests_on():
    matrix = matrix_of(grade(harmed_object="individual_rights", degree="serious", flags=[FLAG]))
    flagged = [(cell.name, cell.flags) for _harmed, cells in matrix.rows for cell in cells if cell.flags]
    assert flagged == [("important data", ["possibly important data: people decide"])]


def test_rules_that_are_not_kept_are_said_not_to_be():
    assert not matrix_of(Grade(recommendation={"rulebook": {"sha256": "0" * 64}})).same
    assert not matrix_of(Grade(recommendation={})).same
