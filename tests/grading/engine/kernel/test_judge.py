"""What the kernel says of single values is what the slower rules say."""

import ctypes

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grading.engine.kernel import KINDS, Bounds, Kernel, Type
from grading.engine.kernel.library import load
from grading.engine.profile.kinds import PLACEHOLDERS, TRUTH, classify


@pytest.fixture(scope="module")
def kernel():
    with Kernel([Type.TEXT], words=(*PLACEHOLDERS, *TRUTH), bounds=Bounds()) as kernel:
        yield kernel


def judged(kernel: Kernel, value: str) -> tuple[str, float, float, int]:
    number, instant, compact = ctypes.c_double(), ctypes.c_double(), ctypes.c_int()
    text = value.encode()
    kind = load().kernel_judge(
        kernel._kernel, text, len(text), ctypes.byref(number), ctypes.byref(instant), ctypes.byref(compact)
    )
    return KINDS[kind], number.value, instant.value, compact.value


def slowly(value: str) -> dict:
    frame = pl.DataFrame({"value": [value], "count": [1], "row": [0]})
    return classify(frame, pl.String()).row(0, named=True)


SIGNS = st.sampled_from(list("0123456789+-.,:eETZ/ 年月日NAaxn\t\u3000é中\u212a=@%#\x00\x7f\uff11"))
WORDS = st.sampled_from([*PLACEHOLDERS, *TRUTH, "N/A", "None", "TRUE", "No data", " - ", "无 ", "é", "K"])
NUMBERS = st.one_of(
    st.integers(-(10**20), 10**20).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(str),
    st.from_regex(r"[+-]?[0-9]{1,19}(\.[0-9]{1,19})?(e[+-]?[0-9]{1,4})?", fullmatch=True),
)
TIMES = st.from_regex(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,9})?)?(Z|\+08:00)?)?", fullmatch=True
)
DAYS = st.datetimes().map(lambda day: day.strftime("%Y-%m-%d %H:%M:%S"))
COMPACT = st.one_of(
    st.dates().map(lambda day: day.strftime("%Y%m%d")), st.from_regex("[12][09][0-9]{6}", fullmatch=True)
)
CLOCKS = st.from_regex(r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?", fullmatch=True)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(SIGNS, min_size=1, max_size=30), WORDS, NUMBERS, TIMES, DAYS, COMPACT, CLOCKS))
@example("2024-02-30")
@example("0000-01-01")
@example("1e150")
@example("1e151")
@example("-0")
@example("00.5")
@example("9" * 16)
@example("+" + "9" * 18)
@example("x" * 600)
@example("9" * 600)
@example("1." + "0" * 40)
@example("UN\u212aNOWN")
@example(" 17 ")
@example("  Zhang Wei ")
@example(" N/A ")
@example("x\u3000")
@example("Hello world\u2003")
@example("订单已发货。")
@example("尽快发货；谢谢！")
@example("x" * 40 + "\x01" + "y" * 40)
@example("x" * 40 + "\ufffd")
@example(" =1+1")
@example("20240229")
@example("20230229")
@example("23:59:60")
@example("2016-12-31 23:59:60")
def test_a_sure_verdict_is_that_of_the_slower_rules(kernel: Kernel, value: str) -> None:
    kind, number, instant, compact = judged(kernel, value)
    if kind == "other":
        return
    truth = slowly(value)

    assert kind == truth["kind"]
    assert truth["number"] is None or number == truth["number"]
    assert (truth["number"] is not None) == (kind in ("integer", "decimal"))
    if kind in ("date_ymd", "datetime"):
        assert instant == truth["instant"]
    assert (truth["compact"] is not None) == bool(compact)
    assert not compact or instant == truth["compact"]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("17", "integer"), ("-17", "integer"), ("2.50", "decimal"), ("1e-05", "decimal"), ("00501", "padded"),
        ("110101199003070011", "long_digits"), ("10:30", "time"), ("2024-02-29", "date_ymd"),
        ("2024-02-29T10:30:00.123Z", "datetime"), ("Zhang Wei", "text"), ("张三", "text"), ("北京路12号", "text"),
        ("José", "text"), ("N14228", "text"), ("12 Main St", "text"), ("12.5 oz", "text"),
        (" 17 ", "integer"), ("late please ", "text"), ("已联系；尽快发货。", "text"), ("“quoted” — text", "other"),
    ],
)  # fmt: skip
def test_common_values_need_no_slower_rules(kernel: Kernel, value: str, kind: str) -> None:
    assert judged(kernel, value)[0] == kind


@pytest.mark.parametrize(
    "value", ["N/A", "yes", "无", "未知", "1,000", "=1+1", "2024年3月5日", "\tx", "x\u3000", "a\x01", "１"]
)
def test_what_needs_more_thought_is_left_to_them(kernel: Kernel, value: str) -> None:
    assert judged(kernel, value)[0] == "other"


@pytest.mark.parametrize("filler", ["x", "-", "5", "中"])
def test_a_sign_is_noticed_at_every_place(kernel: Kernel, filler: str) -> None:
    """Sixteen bytes are looked at together, the last of them twice."""
    signs = ["\x01", "\x7f", "\t", "a", "e", "E", "T", "Z", "é", "年", "中", "\u3000", "\u212a", "-", "5"]
    values = [
        filler * place + sign + filler * (size - place - 1)
        for size in (*range(1, 35), 47, 48, 49)
        for place in range(size)
        for sign in signs
    ]
    truth = classify(pl.DataFrame({"value": values, "count": 1, "row": 0}), pl.String()).get_column("kind")
    found = [judged(kernel, value)[0] for value in values]

    assert [pair for pair in zip(values, found, truth, strict=True) if pair[1] not in ("other", pair[2])] == []
    assert [pair for pair in zip(values, found, strict=True) if "\x01" in pair[0] and pair[1] != "other"] == []
    sure = [kind for value, kind in zip(values, found, strict=True) if value[-1:] == "x" and "a" in value]
    assert filler != "x" or set(sure) == {"text"}
