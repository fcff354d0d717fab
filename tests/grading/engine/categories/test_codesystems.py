"""Code systems in values: real codes are known, numbers that only look like them are not."""

import random

import pytest

from grading.engine.categories.codesystems import SYSTEMS, systems_in

EXAMPLES = {
    "icd10": ["E11.9", "J45.909", "I10"],
    "loinc": ["2345-7", "718-7", "4548-4"],
    "atc": ["A10BA02", "C09AA05"],
    "ndc": ["0093-7214-01", "65862-008-01", "00781-1506-10"],
    "cn_medicine": ["国药准字H20203456", "国药准字Z11020001"],
    "iata_airport": ["PEK", "JFK", "LHR"],
    "icao_airport": ["ZBAA", "EGLL"],
    "flight_number": ["CA1501", "MU 5102", "UA857"],
    "aircraft_registration": ["B-2447", "N14228", "G-EUPT"],
    "container_number": ["CSQU3054383", "MSKU 123456-5"],
    "imo_number": ["IMO 9074729", "IMO9319466"],
    "un_locode": ["CNSHA", "NLRTM"],
    "postal_item": ["RA123456785CN", "EE000000005CN"],
    "cn_parcel": ["SF1234567890123", "YT2234567890124"],
    "metar": ["ZBAA 010000Z 36005MPS CAVOK", "METAR EGLL 010020Z AUTO"],
    "isin": ["US0378331005", "US5949181045"],
    "cn_security": ["600000.SH", "sz000001", "0700.HK"],
    "us_ticker": ["AAPL", "MSFT", "TSLA"],
    "currency_pair": ["EUR/USD", "USDCNY"],
    "hs_code": ["8471.30.00", "6109.10.0090"],
    "gtin": ["4006381333931", "5901234123457", "036000291452"],
    "cas_number": ["7732-18-5", "64-17-5"],
    "isbn": ["978-3-16-148410-0", "0-306-40615-2", "9780306406157"],
    "doi": ["10.1000/xyz123", "https://doi.org/10.1038/nphys1170"],
    "orcid": ["0000-0002-1825-0097", "https://orcid.org/0000-0001-5109-3700"],
    "patent_number": ["CN102345678A", "US7654321B2"],
    "imsi": ["460001234567890", "310150123456789"],
    "user_agent": ["Mozilla/5.0 (X11; Linux)", "okhttp/4.9"],
    "case_number": ["（2021）京01民终123号", "(2020)沪02刑初45号"],
    "nucleic_acid": ["ACGTACGTACGTAC", "TTGACCATGGCATT"],
}


def test_every_system_has_an_example() -> None:
    assert set(EXAMPLES) == set(SYSTEMS)
    assert all(system.title and system.title_zh for system in SYSTEMS.values())


@pytest.mark.parametrize("code", list(EXAMPLES))
def test_real_codes_are_known(code: str) -> None:
    assert code in systems_in(EXAMPLES[code])


@pytest.mark.parametrize(
    "values",
    [
        [],
        ["", " "],
        ["E11.9"],
        ["1234.56", "99.10", "8471.30"],
        ["ABC", "DEF", "XYZ"],
        ["YES", "NOT", "N/A"],
        ["2024-01-05", "2024-02-06", "2024-03-07"],
        ["123-4", "234-5", "345-6"],
        ["1", "2", "3"],
        ["A12", "B3", "C45"],
        ["IMO 1234568", "IMO 7654321"],
        ["红", "绿", "蓝"],
        ["N1", "N2", "N3"],
    ],
)
def test_what_only_looks_like_codes_is_not(values: list[str]) -> None:
    assert systems_in(values) == ()


def test_random_numbers_are_no_bar_codes() -> None:
    chance = random.Random(5)
    for digits in (8, 9, 10, 12, 13, 14, 15):
        values = [str(chance.randrange(10 ** (digits - 1), 4 * 10 ** (digits - 1))) for _ in range(40)]
        assert systems_in(values) == ()


def test_only_sixty_values_are_looked_at() -> None:
    assert systems_in(["E11.9", "I21.4"] * 30 + ["nothing"] * 1000) == ("icd10",)
    assert systems_in(["E11.9" * 50] * 3) == ()
