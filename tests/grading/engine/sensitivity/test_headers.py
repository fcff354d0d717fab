"""What column names say: run together, in Chinese, in initials, and about something else."""

import pytest

from grading.engine.rules import RuleSet
from grading.engine.sensitivity.headers import header_words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("IDCardNo", ("id", "card", "no")),
        ("user_email2", ("user", "email")),
        ("dateOfBirth", ("date", "of", "birth")),
        ("手机号", ("手机号",)),
    ],
)
def test_words(name: str, words: tuple[str, ...]) -> None:
    assert header_words(name) == words


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("dateofbirth", "birth_date"),
        ("emailid", "email"),
        ("sfzh", "resident_id"),
        ("lxdh", "mobile_phone"),
        ("xm", "person_name"),
        ("客户身份证号码", "resident_id"),
        ("单位联系人", "person_name"),
        ("cust_phone_no", "mobile_phone"),
    ],
)
def test_names_speak_for_a_type(rules: RuleSet, name: str, code: str) -> None:
    heard = rules.taxonomy.vocabulary.heard(name)
    assert code in heard.strong
    assert code not in heard.against
    assert heard.about is None


@pytest.mark.parametrize(
    "name", ["email_verified", "phone_type", "is_email", "性别比例", "手机号是否有效", "email_count", "percentage"]
)
def test_names_about_something_else(rules: RuleSet, name: str) -> None:
    heard = rules.taxonomy.vocabulary.heard(name)
    assert heard.about is not None or heard.against


@pytest.mark.parametrize("name", ["percentage", "standarderroronpercentage", "dataLineage"])
def test_words_that_only_look_composed(rules: RuleSet, name: str) -> None:
    assert rules.taxonomy.vocabulary.heard(name).strong == {}


@pytest.mark.parametrize(
    ("name", "code"),
    [("手机型号", "mobile_phone"), ("平均年龄", "age"), ("身份证类型", "resident_id"), ("车牌颜色", "vehicle_plate")],
)
def test_words_against(rules: RuleSet, name: str, code: str) -> None:
    assert code in rules.taxonomy.vocabulary.heard(name).against
