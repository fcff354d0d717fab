"""Files made to hurt whoever reads them."""

import base64
import gzip
import io
import json
import zlib

import polars as pl

from tests.grading.workbooks import sheet, workbook

MIB = 1 << 20

BINARY_BOMB = zlib.decompress(
    base64.b64decode(
        "eNrVVLtKA0EUvTuuIUggEbzLDmyxFi4JiibjY7NWTiRoUHQTBG1XN2sEdSWJ8VEFq3yBWFn6BQp+RmpL8QvsLERnRgv7FOph5l7u"
        "nJnDnTMwPq8VUMdet6vjI1lHggCQfZh57+7osAQhgA0ia/D24dmEQAZ+a46DAgKOoTOF/TRmMIEJawGySzAYNHNQBfh2zR6pAgyJ"
        "op/WxMQUnYdEhppagCmjnzZer7q6cT/sPBMn+Wc6p6OEDq4zuISGQA0hZBnPBJ+IIV+b0KlVvRnHbSSAqQkinARhJLWo5Vwnrf9h"
        "sHE3gqbRS+Itga8O+2knKdock7c1U7xW29xebO016keBeaPNSLCYC5RlKHZEfV79rtXSGuctvqxylU/6gj87k+sVzvd/7lPBlfyF"
        "4hW5whW1xeXhUoWXVC5LPQG1j3P/UhwqliUlB18pczA3/PgwaLbs7MlFuxEf5+xOvdk6iI9tNl2YztvZ3dODw9B2Iy/PdsPZKAqZ"
        "G0VFFhbmmFsM8l7AvPkoYpEb1EOP5ahlCXdeNABffEOfQhV6Pg=="
    )
)
"""Parquet, 1,163 bytes: one cell of 4 MiB of zeros, a thousand times by reference. Written out they are 8 GiB of text.

Made by `pl.Series("a", [bytes(4 << 20)]).new_from_index(0, 1000).to_frame().write_parquet(file, compression="zstd")`,
which itself takes 4 GiB.
"""


def table(rows: int = 30) -> str:
    """A harmless one."""
    return "a,b,c\n" + "".join(f"{n},x{n % 7},{n * 1.5}\n" for n in range(rows))


def parquet(columns: int = 2, rows: int = 30) -> bytes:
    """A harmless one of integers."""
    buffer = io.BytesIO()
    pl.DataFrame({f"c{n}": list(range(rows)) for n in range(columns)}).write_parquet(buffer)
    return buffer.getvalue()


def xlsx_bomb() -> bytes:
    """A workbook whose sheet unpacks to a thousand times its size."""
    return workbook({"s": sheet([["a"], [1]]).replace("</sheetData>", " " * (20 * MIB) + "</sheetData>")})


def shared_bomb() -> bytes:
    """A workbook of 40 thousand cells that all show one string of a hundred thousand letters: 4 GB where laid out."""
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 40_001))
    shared = {"xl/sharedStrings.xml": f"<sst><si><t>{'x' * 100_000}</t></si></sst>"}
    return workbook({"s": f"<worksheet><sheetData>{cells}</sheetData></worksheet>"}, parts=shared)


def gzip_bomb() -> bytes:
    """Twenty MiB of zeros."""
    return gzip.compress(bytes(20 * MIB))


def zstd_bomb() -> bytes:
    """A frame of one block of a repeated byte (RFC 8878), 128 KiB in 11 bytes; more blocks would go on for ever."""
    block = (1 << 1 | (128 << 10) << 3).to_bytes(3, "little") + b"0"
    last = (1 | 1 << 1 | (128 << 10) << 3).to_bytes(3, "little") + b"0"
    return b"\x28\xb5\x2f\xfd\x00\x58" + block * 1000 + last


def many_keys(lines: int = 40_000) -> bytes:
    """JSON Lines whose every record has a key of its own."""
    return "".join(json.dumps({f"key{n}": n}) + "\n" for n in range(lines)).encode()


def nested(depth: int = 10_000) -> str:
    """A JSON array in an array in an array."""
    return "[" * depth + "]" * depth
