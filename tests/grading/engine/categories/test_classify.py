"""Categories from words, values, types and what the provider declares; every one with its reasons."""

import random
import string
from collections.abc import Iterable, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.engine.categories import CATEGORY_REASONS, Category, CategoryReason, categorise
from grading.engine.categories.classify import MOST_CONFIDENT
from grading.engine.categories.lexicon import lexicon_of
from grading.engine.levels import Facts
from grading.engine.plain import from_plain, to_plain
from grading.engine.recommend import Recommendation, recommend
from grading.engine.sensitivity import ColumnVerdict
from grading.rules.shipped import shipped_rules

SCHEME, CATEGORIES = shipped_rules().scheme, shipped_rules().categories
SECTORS = [sector.code for sector in CATEGORIES.sectors]
FLIGHTS = ["year", "month", "dep_time", "arr_delay", "carrier", "flight", "tailnum", "origin", "dest"]
HOSPITAL = ["病历号", "姓名", "身份证号", "诊断", "入院日期"]
METERS = ["meter_id", "read_at", "kwh"]


def found_in(
    columns: Iterable[str] = (),
    *,
    title: str | None = None,
    description: str | None = None,
    keywords: Sequence[str] = (),
    values: Mapping[str, Sequence[str]] | None = None,
    sector: str | None = None,
    verdicts: tuple[ColumnVerdict, ...] = (),
) -> Category:
    return categorise(
        CATEGORIES,
        columns=columns,
        texts=(),
        sector=sector,
        verdicts=verdicts,
        title=title,
        description=description,
        keywords=keywords,
        values=values,
    )


def verdict(column: str, kind: str, *, personal: bool) -> ColumnVerdict:
    nature = "sensitive_personal" if personal else "business"
    return ColumnVerdict(column, kind, nature, personal, personal, 0.9, (), 1.0, 5, 5, True, 4 if personal else 1)


def words_of(found: Category, code: str) -> list[str]:
    return [reason.params["words"] for reason in found.reasons if reason.code == code]


def test_flights() -> None:
    found = found_in(FLIGHTS, title="Flights from New York")

    assert (found.sector, found.domain, found.attribute) == ("transport", "aviation_operation", "object_information")
    assert found.confidence >= 0.9
    assert not found.declared


def test_hospital_records() -> None:
    found = found_in(HOSPITAL, title="医院住院记录", verdicts=(verdict("诊断", "health", personal=True),))

    assert (found.sector, found.domain, found.attribute) == (
        "health",
        "clinical_records",
        "sensitive_personal_information",
    )
    assert CategoryReason("category_type", {"column": "诊断", "type": "health"}, 1.17) in found.reasons


@pytest.mark.parametrize(
    ("title", "columns", "sector", "domain"),
    [
        ("Hospital electricity meter readings", METERS, "energy", "power_operation"),
        ("医院用电量", ["户号", "用电量", "日期"], "energy", "power_operation"),
        ("Electricity use of the airport", METERS, "energy", "power_operation"),
        ("机场气象站逐小时观测", ["站名", "风向", "风速(m/s)", "能见度(m)"], "meteorology", "weather_observation"),
        ("交通运输局行政许可办件", ["事项名称", "申请人", "受理日期"], "government", "administration"),
        ("Register of hospitals", ["name", "beds", "address"], "health", "health_resources"),
        ("学校名录", ["学校名称", "办学类型", "地址"], "education", None),
        ("Crop yields", ["county", "crop", "t_per_ha"], "agriculture", "crops"),
        ("裁判文书", ["案号", "案由", "审理法院"], "public_security", "courts_and_law"),
    ],
)
def test_what_a_table_is_about(title: str, columns: list[str], sector: str, domain: str | None) -> None:
    found = found_in(columns, title=title)

    assert (found.sector, found.domain) == (sector, domain)


@pytest.mark.parametrize(
    ("title", "columns", "sector"),
    [
        ("Ministry of Transport: register of schools", ["school", "pupils"], "education"),
        ("教育局食堂采购招标公告", ["公告编号", "采购人", "中标金额"], "government"),
        ("Vehicles of the Department of Health", ["vehicle", "mileage"], "transport"),
    ],
)
def test_a_publisher_says_little(title: str, columns: list[str], sector: str) -> None:
    found = found_in(columns, title=title)

    assert found.sector == sector
    assert not words_of(found, "category_publisher")


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("Ministry of Hospitals and Social Care", "Hospitals"),
        ("市水利局", "水利"),
        ("交通运输和生态环境局", "交通运输"),
    ],
)
def test_a_publisher_alone_makes_little_sure(title: str, plain: str) -> None:
    named, about = found_in(["a"], title=title), found_in(["a"], title=plain)

    assert named.sector is None or named.confidence < 0.6 < about.confidence
    assert {reason.code for reason in named.reasons} <= {"category_publisher"}


@pytest.mark.parametrize(
    ("columns", "sector"),
    [
        (["imsi", "cell_id", "rsrp"], "telecom"),
        (["loinc", "rslt", "ref_low"], "health"),
        (["sku_id", "qty_sold", "unit_price"], "commerce"),
        (["mtr_id", "kwh_tot", "pf"], "energy"),
        (["matnr", "werks", "aufnr"], "industry"),
        (["stuId", "crsCd", "termGpa"], "education"),
        (["hphm", "hpzl", "wfsj"], "transport"),
        (["PM2.5", "PM10", "SO2"], "meteorology"),
    ],
)
def test_coded_headers(columns: list[str], sector: str) -> None:
    assert found_in(columns).sector == sector


def test_codes_and_units_in_values_speak() -> None:
    diagnoses = found_in(["x"], values={"x": ["E11.9", "I10", "J45.909", "I21.4"]})
    loads = found_in(["x"], values={"x": ["12.5 kWh", "13.1 kWh", "9 kWh"]})
    words = found_in(["x"], values={"x": ["内科", "外科", "儿科"]})

    assert [reason.params for reason in diagnoses.reasons] == [{"column": "x", "system": "icd10"}]
    assert (diagnoses.sector, loads.sector, words.sector) == ("health", "energy", "health")
    assert words_of(loads, "category_unit") == ["kwh"]
    assert found_in(["x"], values={"x": ["12.5", "13.1", "9"]}).sector is None


def test_values_add_little_to_a_name_that_says_the_same() -> None:
    values = ["内科", "外科", "儿科"]
    alone, named = (found_in([name], values={name: values}) for name in ("x", "科室"))

    assert [reason.weight for reason in alone.reasons if reason.code == "category_values"] == [1.68]
    assert [reason.weight for reason in named.reasons if reason.code == "category_values"] == [0.67]


def test_values_of_personal_columns_are_not_looked_at() -> None:
    values = {"x": ["内科", "外科", "儿科"]}

    assert found_in(["x"], values=values, verdicts=(verdict("x", "person_name", personal=True),)).sector is None


def test_reasons_name_words_of_the_scheme_and_never_values() -> None:
    found = found_in(
        ["来源科室", "kwh"],
        title="医院用电",
        description="每个科室的电表读数",
        keywords=["电力"],
        values={"来源科室": ["张三丰的内科", "李四光的内科"]},
    )
    lexicon = lexicon_of(CATEGORIES)

    assert found.sector == "energy"
    for reason in found.reasons:
        assert reason.code in CATEGORY_REASONS
        CATEGORY_REASONS[reason.code] % reason.params
        for word in reason.params.get("words", "").split(", "):
            assert word in lexicon.units or lexicon.in_name(word)
    assert "张三丰" not in str(to_plain(found))
    assert [reason.weight for reason in found.reasons] == sorted((r.weight for r in found.reasons), reverse=True)


def test_the_declared_sector_wins_and_others_stay_as_alternatives() -> None:
    found = found_in(FLIGHTS, sector="finance")

    assert (found.sector, found.declared, found.confidence) == ("finance", True, 0.95)
    assert found.alternatives[0].sector == "transport"


def test_domains_are_compared_within_the_declared_sector() -> None:
    found = found_in(["loan_amt", "patient", "diagnosis"], sector="finance")

    assert (found.sector, found.domain) == ("finance", "customer_accounts")


def test_a_declared_sector_unknown_here_is_kept() -> None:
    found = found_in(["a"], sector="astronomy")

    assert (found.sector, found.domain, found.reasons) == ("astronomy", None, ())


@pytest.mark.parametrize("said", ["statistics", "public_service"])
def test_a_declared_sector_by_another_name(said: str) -> None:
    columns = ["事项名称", "申请人", "受理日期"]
    found = found_in(columns, title="行政许可办件", sector=said)

    assert (found.sector, found.domain, found.declared) == ("government", "administration", True)
    assert found == found_in(columns, title="行政许可办件", sector="government")


@pytest.mark.parametrize("columns", [FLIGHTS, ["a", "b"]])
def test_declaring_other_declares_nothing(columns: list[str]) -> None:
    found = found_in(columns, sector="other")

    assert found == found_in(columns)
    assert not found.declared


def test_a_recommendation_keeps_the_sector_as_it_was_declared() -> None:
    found = recommend(
        verdicts=(), facts=Facts(sector="statistics"), scheme=shipped_rules().scheme, categories=CATEGORIES
    )

    assert found.category.sector == "government"
    assert found.elements is not None
    assert found.elements.field == "statistics"


def test_nothing_speaks_for_any_sector() -> None:
    found = found_in(["a", "b"], title="Sheet 1", values={"a": ["x", "y"]})

    assert (found.sector, found.confidence, found.attribute) == (None, 0.0, "object_information")
    assert (found.alternatives, found.reasons) == ((), ())


def test_a_word_of_many_sectors_makes_less_sure() -> None:
    alone = found_in(title="patients")
    between = found_in(title="patients and passengers")

    assert alone.confidence > between.confidence
    assert {between.sector, between.alternatives[0].sector} == {"health", "transport"}


def test_stored_without_reasons_it_still_loads() -> None:
    found = found_in(FLIGHTS)
    stored = to_plain(found)
    assert from_plain(Category, stored) == found
    del stored["reasons"]
    assert from_plain(Category, stored).reasons == ()


def test_a_stored_recommendation_of_before_still_loads() -> None:
    stored = {
        "category": {
            "sector": "health", "domain": "clinical_records", "attribute": "personal_information", "confidence": 0.7,
            "declared": False, "alternatives": [{"sector": "finance", "domain": None, "confidence": 0.1}],
        },
        "level": "general_2", "flags": [], "harmed_object": "individual_rights", "degree": "general", "reasons": [],
        "scheme_code": "national", "scheme_version": "1.0", "categories_version": "1.0",
    }  # fmt: skip

    assert Recommendation.from_dict(stored).category.alternatives[0].sector == "finance"


KNOWN = st.sampled_from(
    [
        "patient_id",
        "kwh",
        "flight",
        "订单号",
        "学号",
        "loan_amt",
        "水位",
        "price",
        "imsi",
        "year",
        "案号",
        "batch_no",
        "科室",
    ]
)
TABLES = st.lists(KNOWN, min_size=1, max_size=8, unique=True)
STRANGE = st.text(alphabet="iuvw", min_size=5, max_size=9)


@given(TABLES, st.randoms(use_true_random=False))
def test_the_order_of_columns_plays_no_part(columns: list[str], chance: random.Random) -> None:
    shuffled = list(columns)
    chance.shuffle(shuffled)

    assert found_in(columns) == found_in(shuffled) == found_in(tuple(columns))


@given(TABLES, st.lists(STRANGE, min_size=1, max_size=20, unique=True))
def test_columns_that_say_nothing_change_nothing(columns: list[str], strange: list[str]) -> None:
    values = {name: [f"{name}{place}" for place in range(4)] for name in strange}

    assert found_in([*columns, *strange], values=values) == found_in(columns)


@given(TABLES, st.sampled_from([*SECTORS, "astronomy"]), STRANGE)
def test_a_declared_sector_is_kept_whatever_else_speaks(columns: list[str], sector: str, title: str) -> None:
    found = found_in(columns, title=title, sector=sector)

    assert (found.sector, found.declared) == (sector, True)
    assert sector not in {option.sector for option in found.alternatives}


@given(TABLES, st.text(alphabet=string.printable + "医院用电航班局部委的", max_size=60))
def test_shares_are_shares(columns: list[str], title: str) -> None:
    found = found_in(columns, title=title, description=title, keywords=[title])
    shares = [found.confidence, *(option.confidence for option in found.alternatives)]

    assert shares == sorted(shares, reverse=True)
    assert sum(shares) <= 1.02
    assert 0 <= found.confidence <= MOST_CONFIDENT
