"""Small files of known content for tests of the room: hospital records, plain observations, and what is no table."""

import csv
import io

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
SURNAMES = "王李张刘陈杨赵黄周吴"
GIVEN = ("伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋")
DIAGNOSES = ("I10 高血压", "E11 2型糖尿病", "J18 肺炎", "K29 胃炎")


def resident_id(number: int) -> str:
    """A valid resident identity number (GB 11643) that belongs to nobody in particular."""
    body = f"210202{1950 + number % 60}{1 + number % 12:02}{1 + number % 28:02}{number % 1000:03}"
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, body, strict=True))
    return body + "10X98765432"[total % 11]


def hospital(rows: int = 120) -> bytes:
    """Inpatient records with names, identity numbers, telephone numbers and diagnoses."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["姓名", "身份证号", "手机号", "诊断", "住院天数"])
    for number in range(rows):
        name = SURNAMES[number % 10] + GIVEN[number // 10 % 10]
        phone = f"139{10000000 + 7919 * number:08}"
        writer.writerow([name, resident_id(number), phone, DIAGNOSES[number % 4], 1 + number % 14])
    return text.getvalue().encode()


def observations(rows: int = 60) -> bytes:
    """Hourly temperatures: nothing about anybody."""
    lines = ["hour,temp,humid"] + [f"{n},{10 + n % 15}.5,{40 + n % 50}" for n in range(rows)]
    return ("\n".join(lines) + "\n").encode()


NO_TABLE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8
