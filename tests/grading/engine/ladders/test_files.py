"""The shipped schemes: truth tables of criteria and of national counterparts, as the standards say."""

from itertools import product

import pytest

from grading.engine.ladders.crosswalk import judge, to_national
from grading.engine.ladders.ladder import InvalidLadder
from grading.engine.levels import NATIONAL_LEVELS
from grading.engine.rules import SHIPPED
from grading.rules.shipped import shipped_rules
from tests.grading.engine.ladders.ladders import shipped

LIBRARY = shipped()
FINANCE = """
object             none slight general serious
national_security  1    5      5       5
public_rights      1    3      4       5
personal_privacy   1    2      3       4
enterprise_rights  1    2      3       4
"""
COUNTERPARTS = {
    "finance": ["general_1", "general_2", "general_2 general_3", "general_3 general_4", "important core"],
    "industry": ["general_1 general_2", "general_3 important", "important core"],
    "telecom": ["general_1", "general_2", "general_3", "general_4 important"],
    "zhejiang": ["general_1", "general_2", "general_3", "general_4 important"],
    "guizhou": ["general_1", "general_2 general_4", "core"],
    "national": list(NATIONAL_LEVELS),
}
CERTAIN = {
    "national": ("R", "RRRRSS"), "finance": ("R", "RRURR"), "industry": ("S", "UUU"), "telecom": ("S", "UUUU"),
    "zhejiang": ("S", "UUUU"), "guizhou": ("S", "UUU"),
}  # fmt: skip


def finance() -> list[tuple[str, str, str]]:
    header, *rows = (line.split() for line in FINANCE.strip().splitlines())
    return [(row[0], degree, f"level_{cell}") for row in rows for degree, cell in zip(header[1:], row[1:], strict=True)]


def test_all_schemes_are_there_and_each_file_has_its_code() -> None:
    assert LIBRARY.codes == ("national", "finance", "guizhou", "industry", "telecom", "zhejiang")
    assert {path.stem for path in (SHIPPED / "levels").glob("*.toml")} == set(LIBRARY.codes)


@pytest.mark.parametrize(("harmed", "degree", "level"), finance())
def test_finance_by_object_and_degree(harmed: str, degree: str, level: str) -> None:
    found = judge(LIBRARY.scheme("finance"), [(harmed, degree)])
    assert (found.level, found.decided_by) == (level, ((harmed, degree),))


def test_of_several_harms_the_gravest_decides() -> None:
    """Every pair of cells."""
    table = {(harmed, degree): level for harmed, degree, level in finance()}
    scheme = LIBRARY.scheme("finance")
    for one, other in product(table, repeat=2):
        found = judge(scheme, [one, other])
        assert found.level == max(table[one], table[other])
        assert all(table[harm] == found.level for harm in found.decided_by)


def test_what_is_not_known_is_not_judged() -> None:
    finance_scheme = LIBRARY.scheme("finance")
    for harm in (("climate", "serious"), ("public_rights", "especially_serious")):
        with pytest.raises(LookupError, match="no criterion"):
            judge(finance_scheme, [harm])
    with pytest.raises(ValueError, match="at least for one object"):
        judge(finance_scheme, [])
    for code in ("industry", "telecom", "zhejiang", "guizhou"):
        scheme = LIBRARY.scheme(code)
        assert scheme.criteria is None
        assert scheme.criteria_unknown
        assert scheme.criteria_unknown_zh
        with pytest.raises(InvalidLadder, match=f"{code}/criteria"):
            judge(scheme, [("public_rights", "serious")])


@pytest.mark.parametrize("code", COUNTERPARTS)
def test_national_counterparts(code: str) -> None:
    scheme = LIBRARY.scheme(code)
    found = [to_national(scheme, level) for level in scheme.codes]
    assert [" ".join(dict.fromkeys((one.lowest, one.strictest))) for one in found] == COUNTERPARTS[code]
    assert [one.counted for one in found] == [said.split()[-1] for said in COUNTERPARTS[code]]
    assert (scheme.certainty, "".join(one.certainty for one in found)) == CERTAIN[code]


def test_personal_financial_information_is_as_strict_as_national_personal_information() -> None:
    """C3, C2, C1 are levels 4, 3, 2; sensitive personal information is general 4 at least, ordinary general 2."""
    scheme = LIBRARY.scheme("finance")
    counted = [to_national(scheme, level).counted for level in ("level_4", "level_3", "level_2")]
    assert counted == ["general_4", "general_3", "general_2"]


def test_the_national_criteria_are_the_matrix_of_the_grading_scheme() -> None:
    national, matrix = LIBRARY.scheme("national"), shipped_rules().scheme
    assert (national.criteria, national.criteria_elsewhere) == (None, "grading_scheme")
    assert national.standard == matrix.standard
    assert set(matrix.general_levels.values()) == set(NATIONAL_LEVELS[:4])


def test_no_clause_is_cited_for_what_is_uncertain() -> None:
    rows = [row for scheme in LIBRARY.schemes.values() for row in scheme.crosswalk.values()]
    assert len(rows) == 25
    assert all(row.clause == "" for row in rows if row.certainty == "U")
