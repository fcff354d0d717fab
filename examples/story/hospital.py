"""A hospital's table of invented patients: seeded, bilingual, with identity numbers that pass GB 11643's check."""

import json
import random
from datetime import date, timedelta
from pathlib import Path

SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗"
GIVEN = ["伟", "芳", "秀英", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "桂兰"]
FIRST = ["James", "Mary", "Robert", "Patricia", "John", "Linda", "Michael", "Elizabeth", "David", "Barbara", "Susan"]
LAST = ["Smith", "Johnson", "Brown", "Taylor", "Miller", "Davis", "Wilson", "Anderson", "Thomas", "Moore", "Martin"]
PLACES = [("210203", "辽宁省大连市西岗区"), ("210102", "辽宁省沈阳市和平区"), ("440305", "广东省深圳市南山区")]
STREETS = ["中山路", "人民路", "长江路", "解放路", "黄河路", "五四路"]
DIAGNOSES = [
    ("I10", "原发性高血压 Essential hypertension"),
    ("E11.9", "2型糖尿病 Type 2 diabetes mellitus"),
    ("J18.9", "肺炎 Pneumonia"),
    ("K35.8", "急性阑尾炎 Acute appendicitis"),
    ("S72.0", "股骨颈骨折 Fracture of neck of femur"),
    ("C34.9", "肺恶性肿瘤 Malignant neoplasm of lung"),
]
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK = "10X98765432"


def identity_number(chance: random.Random, division: str, born: date, male: bool) -> str:
    """A resident identity number (GB 11643): division, birth date, sequence (odd for men), check character."""
    body = f"{division}{born:%Y%m%d}{chance.randrange(100):02d}{chance.choice('13579' if male else '02468')}"
    return body + CHECK[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def records(rows: int = 3000, *, seed: int = 20130101) -> list[dict[str, object]]:
    """`rows` invented patients; equal seeds give equal tables."""
    chance = random.Random(seed)
    made: list[dict[str, object]] = []
    for number in range(rows):
        division, place = chance.choice(PLACES)
        born = date(1935, 1, 1) + timedelta(days=chance.randrange(31_000))
        male = chance.random() < 0.5
        english = chance.random() < 0.15
        code, diagnosis = chance.choice(DIAGNOSES)
        admitted = date(2025, 1, 1) + timedelta(days=chance.randrange(365))
        name = (
            f"{chance.choice(FIRST)} {chance.choice(LAST)}"
            if english
            else chance.choice(SURNAMES) + chance.choice(GIVEN)
        )
        made.append(
            {
                "病历号": f"MR{2025_000_000 + number}",
                "姓名": name,
                "身份证号": identity_number(chance, division, born, male),
                "性别": "男" if male else "女",
                "出生日期": born.isoformat(),
                "手机号": f"1{chance.choice('35789')}{chance.randrange(10**9):09d}",
                "email": None if chance.random() < 0.3 else f"patient{number}@example.org",
                "住址": f"{place}{chance.choice(STREETS)}{chance.randrange(1, 300)}号",
                "icd10": code,
                "诊断": diagnosis,
                "入院日期": admitted.isoformat(),
                "住院天数": chance.randrange(1, 40),
                "费用": round(chance.lognormvariate(8.5, 0.7), 2),
            }
        )
    return made


def write(path: Path) -> list[dict[str, object]]:
    """Write the records as JSON Lines and return them."""
    made = records()
    with path.open("w", encoding="utf-8") as file:
        for record in made:
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    return made
