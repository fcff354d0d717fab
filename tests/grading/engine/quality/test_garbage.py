"""The more garbage a table holds, the lower it scores, or not at all: no error may lift the score."""

import csv
import random
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Final

import pytest

from grading.engine.profile import Study, study_table
from grading.engine.quality import Assessment, Metadata, assess
from grading.engine.quality.judged import judge_columns
from grading.engine.readers import open_table
from grading.engine.rules import RuleSet

ROWS: Final = 150
SHARES: Final = (0.0, 0.01, 0.05, 0.1, 0.2, 0.4, 0.6, 1.0)
TODAY: Final = date(2026, 1, 1)
LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
Columns = Mapping[str, list[str]]
StudyOf = Callable[[str], Study]


def _orders() -> dict[str, list[str]]:
    source = random.Random(7)
    first = date(2020, 1, 1)
    return {
        "amount": [str(source.randrange(1000)) for _ in range(ROWS)],
        "day": [str(first + timedelta(source.randrange(900))) for _ in range(ROWS)],
        "fruit": [source.choice(["apple", "pear", "plum"]) for _ in range(ROWS)],
    }


def _budget() -> dict[str, list[str]]:
    source = random.Random(8)
    first = date(2020, 1, 1)
    return {
        "单位": [source.choice(["公安局", "教育局", "财政局"]) for _ in range(ROWS)],
        "日期": [f"{first + timedelta(place):%Y/%m/%d}" for place in range(ROWS)],
        "金额": [f"{source.random() * 1000:.2f}" for _ in range(ROWS)],
    }


TABLES: Final = {"orders": _orders, "budget": _budget}
DAYS: Final = frozenset({"day", "日期"})
WORDS: Final = frozenset({"fruit", "单位"})


def _impossible(value: str, source: random.Random) -> str:
    return f"{source.randrange(2000, 2099)}{value[4]}{source.randrange(13, 99)}{value[4]}{source.randrange(32, 99)}"


def _text(_value: str, source: random.Random) -> str:
    word = "".join(source.choice(LETTERS) for _ in range(source.randrange(3, 12)))
    form = source.randrange(5)
    number = source.randrange(100, 999)
    return (word, f"{word[:3]}{number}", f"{number}{word}#", f"??{word}%", f"{word[:2]} {word}-{number}")[form]


def _mixed(_value: str, source: random.Random) -> str:
    form = source.randrange(3)
    day = date(2000, 1, 1) + timedelta(source.randrange(9000))
    return (f"{source.randrange(24)}:{source.randrange(60):02d}", f"{source.random() * 100:.3f}", str(day))[form]


def _slip(value: str, source: random.Random) -> str:
    place = source.randrange(len(value))
    return value[:place] + source.choice("qwxzvjk") + value[place + 1 :]


def _broken(
    columns: Columns, chosen: frozenset[str], garbage: Callable[[str, random.Random], str], share: float
) -> str:
    """As CSV; the cells that a larger share breaks are those of a smaller one and more."""
    table = dict(columns)
    for name in chosen & columns.keys():
        source = random.Random(name)
        bad = set(source.sample(range(ROWS), ROWS)[: round(share * ROWS)])
        written = [garbage(value, source) for value in columns[name]]
        table[name] = [written[place] if place in bad else value for place, value in enumerate(columns[name])]
    text = StringIO()
    csv.writer(text).writerows([list(table), *zip(*table.values(), strict=True)])
    return text.getvalue()


@pytest.fixture
def study_of_text(tmp_path: Path) -> StudyOf:
    def study(text: str) -> Study:
        path = tmp_path / "t.csv"
        path.write_text(text, encoding="utf-8")
        with open_table(path, filename="t.csv", trusting=True) as table:
            return study_table(table)

    return study


def _assessed(study: Study, rules: RuleSet) -> Assessment:
    return assess(study, metadata=Metadata(), weights=rules.quality, today=TODAY)


ALL: Final = frozenset().union(*(make() for make in TABLES.values()))


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    ("chosen", "garbage", "shares"),
    [
        pytest.param(DAYS, _impossible, SHARES, id="impossible dates"),
        pytest.param(ALL - DAYS - WORDS, _text, SHARES, id="text in numbers"),
        pytest.param(DAYS, _text, SHARES, id="text in dates"),
        pytest.param(ALL, _text, SHARES, id="text everywhere"),
        pytest.param(ALL - WORDS, _mixed, SHARES, id="mixed families"),
        pytest.param(ALL, _slip, SHARES, id="slips everywhere"),
    ],
)
def test_more_garbage_never_scores_higher(
    table: str,
    chosen: frozenset[str],
    garbage: Callable[[str, random.Random], str],
    shares: tuple[float, ...],
    study_of_text: StudyOf,
    rules: RuleSet,
) -> None:
    columns = TABLES[table]()
    found = [
        _assessed(study_of_text(_broken(columns, chosen, garbage, share)), rules).overall.value for share in shares
    ]
    scores = [score for score in found if score is not None]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) >= SHARES.index(0.4)
    assert scores[-1] < 90 < scores[0]
    # A table of which nothing could be told any more does not come back with still more garbage in it.
    assert found == [*scores, *[None] * (len(found) - len(scores))]


def test_dates_that_cannot_be_are_wrong_however_many_there_are(study_of_text: StudyOf) -> None:
    for share, wrong in ((0.1, 15), (0.6, 90), (1.0, 150)):
        judged = judge_columns(study_of_text(_broken(_orders(), DAYS, _impossible, share)))["day"]
        assert judged.irregular == pytest.approx(wrong)
        assert "date_ymd" in judged.kinds
        assert not judged.split


@pytest.mark.parametrize(
    "values",
    [
        [f"{number}" for number in range(60)] + [f"{number}-{number + 7}" for number in range(90)],
        ["A", "B", "12", "13", "C-7"] * 30,
        [f"{number:05d}" for number in range(60)] + [f"{number}" for number in range(10_000, 10_090)],
        [f"word {chr(97 + number % 26)}{chr(97 + number // 26)}" for number in range(150)],
    ],
    ids=["numbers of two forms", "codes that repeat", "digits with leading zeros", "words"],
)
def test_columns_that_are_not_split(values: list[str], study_of_text: StudyOf) -> None:
    judged = judge_columns(study_of_text("c\n" + "\n".join(values) + "\n"))["c"]
    assert (judged.split, judged.irregular) == (False, 0.0)


@pytest.mark.parametrize(
    ("name", "values", "split"),
    [
        ("unit_price", ["low x", "ab-c", "q#", "?? wert", "zxc!"], True),
        ("订单金额（元）", ["甲、乙", "ab-c", "无从说起", "?? wert", "zxc!"], True),
        ("OrderDate", ["low x", "ab-c", "q#", "?? wert", "zxc!"], True),
        ("remarks", ["low x", "ab-c", "q#", "?? wert", "zxc!"], False),
        ("price", ["low", "high", "free", "low", "high"] * 5, False),
    ],
)
def test_what_a_column_is_named_speaks_where_nothing_else_does(
    name: str, values: list[str], split: bool, study_of_text: StudyOf
) -> None:
    judged = judge_columns(study_of_text("\n".join([name, *values]) + "\n"))[name]
    assert judged.split == split
    assert judged.irregular == pytest.approx(0.6 * len(values) if split else 0.0)


def test_values_with_a_number_in_them_may_be_amounts_or_days(study_of_text: StudyOf) -> None:
    values = ["about 5 kg", "12 oz", "$4.50 (pint)", "a5x", "25岁", "plenty"]
    judged = judge_columns(study_of_text("\n".join(["amount", *values]) + "\n"))["amount"]
    assert judged.irregular == pytest.approx(0.6 * 2)


@pytest.mark.parametrize("words", [("abx",), ("abx", "?", "see note")], ids=len)
@pytest.mark.parametrize("chosen", [frozenset({"amount", "金额"}), DAYS], ids=["numbers", "dates"])
@pytest.mark.parametrize("table", TABLES)
def test_words_that_come_again_do_not_become_categories(
    table: str, chosen: frozenset[str], words: tuple[str, ...], study_of_text: StudyOf, rules: RuleSet
) -> None:
    """As long as a tenth of the numbers or dates among them are left."""

    def one_of_them(_value: str, source: random.Random) -> str:
        return source.choice(words)

    columns = TABLES[table]()
    found = [
        _assessed(study_of_text(_broken(columns, chosen, one_of_them, share)), rules).overall.value or 0.0
        for share in (0.0, 0.2, 0.4, 0.6, 0.7, 0.85)
    ]
    assert found == sorted(found, reverse=True)
    assert found[0] - found[-1] > 10


@pytest.mark.parametrize(
    "values",
    [
        ["A", "B", "12", "13", "C-7"] * 30,
        [str(number) for number in range(8)] * 8 + ["closed"] * 90,
        [f"{place % 40}" for place in range(80)] + [f"{LETTERS[place % 26]}q" for place in range(130)],
    ],
    ids=["codes", "few numbers", "many words"],
)
def test_words_that_stay_categories(values: list[str], study_of_text: StudyOf) -> None:
    judged = judge_columns(study_of_text("c\n" + "\n".join(values) + "\n"))["c"]
    assert (judged.split, judged.irregular, judged.repeats) == (False, 0.0, True)


def test_one_word_in_the_place_of_all_numbers_shows_nothing(study_of_text: StudyOf) -> None:
    constant = "n,amount,state\n" + "".join(f"{n},abc,CT\n" for n in range(40))
    judged = judge_columns(study_of_text(constant))
    assert (judged["amount"].somehow, judged["state"].somehow) == (False, True)


def test_a_suspicion_assesses_no_column(study_of_text: StudyOf, rules: RuleSet) -> None:
    """Columns of words have no format; a value that is oddly written is dirty, and does not make the others right."""
    source = random.Random(2)
    towns = [source.choice(["Oslo City", "Bergen", "Skien"]) for _ in range(ROWS)]
    fruit = [source.choice(["Apple", "Pear", "Plum"]) for _ in range(ROWS)]
    scores: list[float] = []
    for slips in (0, 1, 10):
        named = [f"bEr{LETTERS[place]}en" if place < slips else town for place, town in enumerate(towns)]
        rows = [["fruit", "town"], *map(list, zip(fruit, named, strict=True))]
        result = _assessed(study_of_text("".join(",".join(row) + "\n" for row in rows)), rules)
        assert not [item for item in result.measures if item.indicator == "format_compliance" and item.examined]
        dirty = [item for item in result.measures if item.indicator == "dirty_data_rate"]
        assert sum(item.satisfied for item in dirty) >= 0.5 * slips
        assert result.overall.value is not None
        scores.append(result.overall.value)
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 3


@pytest.mark.parametrize(
    ("rows", "verdict"), [(1, "insufficient_evidence"), (4, "insufficient_evidence"), (5, "assessed")]
)
def test_a_handful_of_rows_has_no_score(rows: int, verdict: str, study_of_text: StudyOf, rules: RuleSet) -> None:
    lines = [f"{number},2024-01-{number + 10}" for number in range(rows)]
    result = _assessed(study_of_text("n,d\n" + "\n".join(lines) + "\n"), rules)
    assert result.verdict == verdict
    assert (result.overall.value is None) == (verdict != "assessed")
