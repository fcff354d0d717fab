"""Sensitive columns: what must be found, what must not, and how verdicts behave when values are added."""

import random
from collections.abc import Callable, Sequence
from datetime import date
from itertools import cycle
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stdnum.cn import uscc

from grading.engine.profile import Study
from grading.engine.rules import RuleSet
from grading.engine.sensitivity import ColumnVerdict, detect

StudyOf = Callable[..., Study]
TableText = Callable[[Any], str]
Verdicts = Callable[..., dict[str, ColumnVerdict]]


@pytest.fixture
def verdicts(study_of: StudyOf, rules: RuleSet, today: date) -> Verdicts:
    def make(text: str) -> dict[str, ColumnVerdict]:
        return {verdict.column: verdict for verdict in detect(study_of(text), taxonomy=rules.taxonomy, today=today)}

    return make


@pytest.fixture
def column_type(verdicts: Verdicts, table_text: TableText) -> Callable[[str, Sequence[object]], str | None]:
    def make(name: str, values: Sequence[object]) -> str | None:
        return verdicts(table_text([[name], *[[value] for value in values]]))[name].sensitive_type

    return make


def digits(seed: int, rows: int, length: int) -> list[str]:
    source = random.Random(seed)
    return [str(source.randrange(10 ** (length - 1), 10**length)) for _ in range(rows)]


PREFIXES = ["138", "150", "186", "177", "199"]


def mobiles(rows: int) -> list[str]:
    source = random.Random(2)
    return [source.choice(PREFIXES) + f"{source.randrange(10**8):08d}" for _ in range(rows)]


def cards(rows: int) -> list[str]:
    source = random.Random(3)
    made: list[str] = []
    while len(made) < rows:
        body = f"622202{source.randrange(10**12):012d}"
        total = sum(
            digit if place % 2 else (digit * 2 - 9 if digit > 4 else digit * 2)
            for place, digit in enumerate(int(letter) for letter in reversed(body))
        )
        made.append(body + str(-total % 10))
    return made


def credit_codes(rows: int) -> list[str]:
    source = random.Random(4)
    bodies = ["91520100" + "".join(source.choice("0123456789ABCDEFGH") for _ in range(9)) for _ in range(rows)]
    return [body + uscc.calc_check_digit(body) for body in bodies]


def test_hospital_table(verdicts: Verdicts, hospital: Callable[..., str]) -> None:
    found = verdicts(hospital(200))

    assert {name: verdict.sensitive_type for name, verdict in found.items()} == {
        "病历号": "medical_record_number",
        "姓名": "person_name",
        "身份证号": "resident_id",
        "性别": "gender",
        "出生日期": "birth_date",
        "手机号": "mobile_phone",
        "住址": "address",
        "诊断": "health",
        "入院日期": None,
        "费用": None,
    }
    assert {name for name, verdict in found.items() if verdict.sensitive_personal} == {"病历号", "身份证号", "诊断"}
    assert {name for name, verdict in found.items() if verdict.personal} == set(found) - {"入院日期", "费用"}
    assert found["身份证号"].share == 1.0
    assert found["身份证号"].confidence >= 0.9
    evidence = {item.code: dict(item.params) for item in found["身份证号"].evidence}
    assert evidence["checksum"] == {"passed": 200, "tried": 200, "chance": "1/11"}


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("c1", mobiles(60), "mobile_phone"),
        ("tel", ["+86 138 1234 5678", "010-88881234", "(212) 555-0123"], "mobile_phone"),
        ("x", [f"user{number}@example.org" for number in range(9)], "email"),
        ("col", cards(40), "bank_card"),
        ("code", credit_codes(40), "social_credit_code"),
        ("passport_no", ["E12345678", "G87654321", "EA1234567"], "passport"),
        ("车牌", ["贵A12345", "京B8K666", "沪AD12345"], "vehicle_plate"),
        ("host", ["10.20.30.40", "192.168.1.7", "2001:db8::1"], "ip_address"),
        ("dev", ["00:1B:44:11:3A:B7", "00-1b-44-11-3a-b8"], "mac_address"),
        ("position", ["26.6470,106.6302", "26.5783,106.7135"], "geolocation"),
        ("longitude", ["106.6302", "106.7135", "106.7090"], "geolocation"),
        ("民族", ["汉族", "苗族", "布依族"], "ethnicity"),
        ("religion", ["Buddhist", "Christian", "none"], "religion"),
        ("gender", ["M", "F", "F", "M"], "gender"),
        ("c", ["male", "female", "Female"], "gender"),
        ("icd", ["E11.9", "I10", "J18.9"], "health"),
        ("patient_name", ["John Smith", "Mary Johnson", "Dr. Wei Zhang"], "person_name"),
        ("last_name", ["Smith", "Johnson", "Garcia", "Brown"], "person_name"),
        ("dob", ["1980-02-03", "1999-12-31"], "birth_date"),
        ("age", ["34", "71", "8"], "age"),
        ("addr", ["12 Main Street", "98 Oak Avenue Apt 4", "7 High Road"], "address"),
        ("mrn", ["A-10293", "A-10294", "A-10311"], "medical_record_number"),
    ],
)
def test_types_are_found(
    column_type: Callable[[str, Sequence[object]], str | None], name: str, values: list[str], expected: str
) -> None:
    assert column_type(name, values) == expected


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("email_verified", ["true", "false", "true"]),
        ("email", ["yes", "no", "yes"]),
        ("phone_type", ["home", "work", "cell"]),
        ("academic_year_code", ["201", "202", "203"]),
        ("serial_no", digits(1, 300, 11)),
        ("serial_no", [str(13_800_000_000 + number) for number in range(300)]),
        ("c7", [str(13_800_000_000 + number) for number in range(300)]),
        ("c8", digits(5, 300, 11)),
        ("id_card", digits(6, 500, 18)),
        ("order_no", digits(7, 2_000, 18)),
        ("trace", [f"520102202401{1 + number % 28:02d}{number:04d}" for number in range(900)]),
        ("card_no", digits(8, 500, 16)),
        ("tailnum", ["N14228", "N24211", "N619AA", "N804JB"]),
        ("carrier", ["UA", "AA", "B6", "DL"]),
        ("origin", ["EWR", "JFK", "LGA"]),
        ("flight", ["1545", "1714", "1141", "725"]),
        ("temp", ["39.02", "41.0", "37.94"]),
        ("page", ["1", "2", "34"]),
        ("age_group", ["1", "2", "3"]),
        ("city", ["金华", "马鞍山", "黄石", "江门", "温州", "常州", "石家庄", "安庆", "江阴", "万宁", "高雄"]),
        ("产品名称", ["黄油", "高粱酒", "金针菇", "白菜", "马铃薯", "江米", "方便面", "石榴", "何首乌", "田七"]),
        ("name", ["callahan eye foundation hospital", "st thomas hospital", "martin county medical center"]),
        ("beer_name", ["Pub Beer", "Devil's Cup", "Rise of the Phoenix"]),
        ("version", ["1.2.3.4", "1.2.3.5", "2.0.0.1"]),
        ("ab", ["m", "f", "m"]),
        ("published", ["1980-02-03", "1999-12-31"]),
        ("lat", ["1", "2", "3"]),
        ("road_condition", ["dry", "wet", "icy"]),
        ("diagnosis", ["1", "2", "3"]),
        ("passport_country", ["CHN", "USA", "FRA"]),
        ("身份证类型", ["居民", "军官", "护照"]),
    ],
)
def test_known_false_alarms_do_not_occur(
    column_type: Callable[[str, Sequence[object]], str | None], name: str, values: list[str]
) -> None:
    assert column_type(name, values) is None


FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("出生日期", ["1980-02-03", "1999-12-31", "1975-06-01", "9999-12-31"], "birth_date"),
        ("dob", ["03/02/1980", "31/12/1999", "0001-01-01"], "birth_date"),
        ("dob", ["17/05/80", "01/12/99", "30/06/75"], "birth_date"),
        ("手机", [mobile.translate(FULL_WIDTH) for mobile in mobiles(30)], "mobile_phone"),
        ("手机", [f"\u200b{mobile}\u200e" for mobile in mobiles(30)], "mobile_phone"),
        ("姓名", ["张\u3000伟", "李 娜", "王\u3000芳", "赵 敏", "刘洋"], "person_name"),
    ],
)
def test_a_way_of_writing_hides_nothing(
    column_type: Callable[..., str | None], name: str, values: list[str], expected: str
) -> None:
    assert column_type(name, values) == expected


def test_dates_of_other_centuries_are_no_births(column_type: Callable[..., str | None]) -> None:
    assert column_type("born", ["1066-10-14", "1492-10-12", "1789-07-14"]) is None


def test_full_width_resident_ids_are_resident_ids(
    column_type: Callable[..., str | None], resident_id: Callable[[random.Random], str]
) -> None:
    source = random.Random(5)
    assert column_type("no", [resident_id(source).translate(FULL_WIDTH) for _ in range(40)]) == "resident_id"


def test_a_header_never_decides_alone(verdicts: Verdicts, table_text: TableText, rules: RuleSet) -> None:
    names = [kind.headers[0] for kind in rules.taxonomy.types.values()]
    source = random.Random(9)
    rows = [[f"{source.randrange(10**3)}q" for _ in names] for _ in range(30)]
    found = verdicts(table_text([names, *rows]))

    assert {verdict.sensitive_type for verdict in found.values()} <= {None, "medical_record_number"}


def test_statistics_about_persons_are_not_personal(verdicts: Verdicts) -> None:
    found = verdicts("year,gender,disease,deaths\n2020,male,糖尿病,120\n2020,female,肺炎,80\n2021,male,高血压,300\n")

    assert found["gender"].sensitive_type == "gender"
    assert found["disease"].sensitive_type == "health"
    assert not any(verdict.personal or verdict.sensitive_personal for verdict in found.values())
    assert [verdict.floor for verdict in found.values()] == [1, 1, 1, 1]
    assert found["gender"].evidence[-1].code == "no_person_context"


def test_a_few_real_numbers_are_not_averaged_away(
    verdicts: Verdicts, table_text: TableText, resident_id: Callable[[random.Random], str]
) -> None:
    source = random.Random(11)
    notes = [f"visit {number}, nothing to report" for number in range(2_000)]
    for place in (17, 430, 1_500):
        notes[place] = f"身份证 {resident_id(source)} 已核"
    found = verdicts(table_text([["remark"], *[[note] for note in notes]]))["remark"]

    assert (found.sensitive_type, found.dominant, found.sensitive_personal) == ("resident_id", False, True)
    assert found.matched == 3


def test_evidence_holds_no_values(verdicts: Verdicts, hospital: Callable[..., str]) -> None:
    text = hospital(60)
    cells = {cell for line in text.splitlines()[1:] for cell in line.split(",") if len(cell) > 3}
    for verdict in verdicts(text).values():
        told = {str(value) for item in verdict.evidence for value in item.params.values()}
        assert not told & cells


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(nulls=st.integers(1, 400), empty=st.sampled_from(["", "N/A", "-", "无"]))
def test_nulls_and_placeholders_never_change_a_verdict(
    verdicts: Verdicts, hospital: Callable[..., str], nulls: int, empty: str
) -> None:
    text = hospital(40)
    before = verdicts(text)
    after = verdicts(text + (",".join([empty] * 10) + "\n") * nulls)

    assert {name: (item.sensitive_type, item.confidence) for name, item in after.items()} == {
        name: (item.sensitive_type, item.confidence) for name, item in before.items()
    }


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(added=st.integers(1, 120), seed=st.integers(0, 99), column=st.integers(0, 9))
def test_added_resident_ids_never_lower_a_verdict(
    verdicts: Verdicts,
    hospital: Callable[..., str],
    resident_id: Callable[[random.Random], str],
    added: int,
    seed: int,
    column: int,
) -> None:
    source = random.Random(seed)
    text = hospital(40)
    name = text.splitlines()[0].split(",")[column]
    before = verdicts(text)[name]
    more = [["" if place != column else resident_id(source) for place in range(10)] for _ in range(added)]
    after = verdicts(text + "".join(",".join(row) + "\n" for row in more))[name]

    assert after.personal >= before.personal
    assert after.sensitive_personal >= before.sensitive_personal
    assert after.floor >= before.floor


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(added=st.integers(5, 120), column=st.integers(0, 9), kind=st.sampled_from(["email", "mobile_phone"]))
def test_added_addresses_and_numbers_never_lower_a_verdict(
    verdicts: Verdicts, hospital: Callable[..., str], added: int, column: int, kind: str
) -> None:
    text = hospital(40)
    name = text.splitlines()[0].split(",")[column]
    before = verdicts(text)[name]
    # five numbers prove themselves by five prefixes: of fewer ones a column may be of serial numbers
    numbers = [prefix + number[3:] for prefix, number in zip(cycle(PREFIXES), mobiles(added), strict=False)]
    values = numbers if kind == "mobile_phone" else [f"user{place}@example.org" for place in range(added)]
    more = [["" if place != column else value for place in range(10)] for value in values]
    after = verdicts(text + "".join(",".join(row) + "\n" for row in more))[name]

    assert after.personal >= before.personal
    assert after.sensitive_personal >= before.sensitive_personal
    assert after.floor >= before.floor


@pytest.mark.parametrize(
    ("values", "found", "reason"),
    [
        (["110105194912310021", "440524198001010011", "310115199003074512"], "resident_id", "unverified"),
        (["110105********0021", "440524********0011"], "resident_id", "masked_values"),
        (["yes", "no", "yes"], None, None),
    ],
)
def test_a_header_and_numbers_that_do_not_verify_are_possibly_of_the_type(
    verdicts: Verdicts, table_text: TableText, values: list[str], found: str | None, reason: str | None
) -> None:
    verdict = verdicts(table_text([["身份证号"], *[[value] for value in values]]))["身份证号"]
    assert verdict.sensitive_type == found
    assert verdict.confidence <= 0.75
    assert reason is None or reason in {item.code for item in verdict.evidence}


def test_income_is_personal_only_beside_persons(verdicts: Verdicts) -> None:
    assert verdicts("region,income\nA,5000\nB,6200\nC,7100\n")["income"].sensitive_type is None
    found = verdicts("email,income\na@x.org,5000\nb@x.org,6200\nc@x.org,7100\n")["income"]
    assert (found.sensitive_type, found.sensitive_personal, found.floor) == ("personal_finance", True, 4)
