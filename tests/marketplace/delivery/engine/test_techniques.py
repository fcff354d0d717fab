"""Each technique on values that look as expected, and on those that do not."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.delivery.engine import techniques as t

RESIDENT_ID = r"[1-9]\d{14}(?:\d{2}[0-9Xx])?"


@pytest.mark.parametrize(
    ("technique", "value", "expected"),
    [
        (t.name, "张小明", "张**"),
        (t.name, "张三", "张*"),
        (t.name, "欧阳修", "欧阳*"),
        (t.name, "欧阳", "欧*"),
        (t.name, "阿依古丽·买买提", "阿*******"),
        (t.name, "张", "***"),
        (t.name, "Maria Garcia", "M. G."),
        (t.name, "garcia-lópez, josé", "G. J."),
        (t.name, "Li", "L."),
        (t.name, "J", "***"),
        (t.name, "J. R.", "***"),
        (t.name, "张三 13812345678", "***"),
        (t.name, "a patient who came in twice and was sent home with nothing", "***"),
        (t.phone, "13812345678", "138****5678"),
        (t.phone, "+86 138-1234-5678", "138****5678"),
        (t.phone, "0086 13812345678", "138****5678"),
        (t.phone, "8613812345678", "138****5678"),
        (t.phone, "021-62345678", "***"),
        (t.phone, "12812345678", "***"),
        (t.phone, "13812345678 (张三)", "***"),
        (t.email, "zhang.san@example.org", "z***@example.org"),
        (t.email, "z@example.org", "***@example.org"),
        (t.email, "zhang.san", "***"),
        (t.email, "a@b@example.org", "***"),
        (t.year, "1980-05-17", "1980"),
        (t.year, "19800517", "1980"),
        (t.year, "1980-05-17 00:00:00", "1980"),
        (t.year, "1980年5月17日", "1980"),
        (t.year, "17/05/1980", "1980"),
        (t.year, "17 May 1980", "1980"),
        (t.year, "1980", "***"),
        (t.year, "17.5.80", "***"),
        (t.year, "yesterday", "***"),
        (t.region, "浙江省杭州市西湖区文三路1号", "浙江省杭州市***"),
        (t.region, "北京市朝阳区建国路88号", "北京市***"),
        (t.region, "上海浦东张江菜市场旁1号", "上海***"),
        (t.region, "杭州市西湖区文三路1号", "杭州市***"),
        (t.region, "内蒙古自治区锡林郭勒盟某旗1号", "内蒙古自治区锡林郭勒盟***"),
        (t.region, "新疆维吾尔自治区伊犁哈萨克自治州1号", "新疆维吾尔自治区伊犁哈萨克自治州***"),
        (t.region, "北京市", "***"),
        (t.region, "221B Baker Street", "***"),
        (t.band, "34", "30-39"),
        (t.band, "0", "0-9"),
        (t.band, "39.0", "30-39"),
        (t.band, "97", "90+"),
        (t.band, "200", "***"),
        (t.band, "34 years", "***"),
        (t.coordinate, "31.2304", "31.2"),
        (t.coordinate, "-121.47", "-121.5"),
        (t.coordinate, "31.2304,121.4737", "***"),
        (t.coordinate, "1234", "***"),
        (t.network, "192.168.7.21", "192.168.*.*"),
        (t.network, "192.168.7.256", "***"),
        (t.network, "2001:db8::1", "***"),
        (t.term, "高血压", "高血压"),
        (t.term, "E11.9", "E11.9"),
        (t.term, "see 13812345678", "***"),
        (t.term, "mail zs@example.org", "***"),
        (t.term, "x" * 61, "***"),
        (t.redact, "anything", "***"),
        (t.keep, "as it is", "as it is"),
        (t.keep_ends(3, 0, RESIDENT_ID), "110101199003078888", "110***************"),
        (t.keep_ends(3, 0, RESIDENT_ID), "11010119900307888x", "110***************"),
        (t.keep_ends(3, 0, RESIDENT_ID), "110101 19900307 8888", "110***************"),
        (t.keep_ends(3, 0, RESIDENT_ID), "1101011990030788", "***"),
        (t.keep_ends(0, 4, r"\d{12,19}"), "6222 0212 3456 7890", "************7890"),
        (t.keep_ends(2, 0, "[A-Z0-9]{1,9}"), "AB", "***"),
        (t.keep_ends(2, 0, "[A-Z0-9]{1,9}"), "ABC", "***"),
    ],
)
def test_a_value_is_masked(technique: Any, value: str, expected: Any) -> None:
    assert technique(value) == expected


def test_pseudonyms_agree_within_a_key_and_a_domain_only() -> None:
    one = t.pseudonym(b"k" * 32, "medical_record_number")
    assert one("H0001") == one("H0001")
    assert re.fullmatch("p[a-z2-7]{16}", one("H0001"))
    others = {
        one("H0001"),
        one("H0002"),
        t.pseudonym(b"l" * 32, "medical_record_number")("H0001"),
        t.pseudonym(b"k" * 32, "mac_address")("H0001"),
    }
    assert len(others) == 4


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        t.pseudonym(b"k" * 15, "account")


def test_normal_form_is_one_for_equal_looking_values() -> None:
    assert t.normalise(" １３８1234５６７８\t") == "13812345678"


TECHNIQUES = [
    *(technique for name, technique in t.PLAIN.items() if name not in ("keep", "term")),
    t.keep_ends(3, 0, RESIDENT_ID),
    t.keep_ends(0, 4, r"\d{12,19}"),
    t.pseudonym(b"k" * 32, "account"),
]
LOOKALIKES = st.one_of(
    st.text(min_size=1),
    st.sampled_from(
        [t.REDACTED, "****", "1980", "30-39", "90+", "张*", "M. G.", "***@example.org", "31.2", "北京市***"]
    ),
    *(st.from_regex(p, fullmatch=True) for p in (RESIDENT_ID, r"1[3-9]\d{9}", r"\d{1,3}\.\d", r"[a-z]+@[a-z]+\.org")),
)


@given(technique=st.sampled_from(TECHNIQUES), value=LOOKALIKES)
def test_what_leaves_never_equals_the_value(technique: Any, value: str) -> None:
    value = t.normalise(value)
    if value:
        assert t.guarded(technique)(value).casefold() != value.casefold()


@given(value=st.from_regex(RESIDENT_ID, fullmatch=True))
def test_a_resident_id_keeps_nothing_of_birth_date_sequence_and_check(value: str) -> None:
    value = t.normalise(value)
    masked = t.keep_ends(3, 0, RESIDENT_ID)(value)
    assert masked in ("***", value[:3] + "*" * (len(value) - 3))
