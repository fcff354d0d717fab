"""XLSX workbooks as small as Excel would still open, for tests."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
FORMATS = ("general", "date", "datetime", "time", "duration")
STYLES = f"""<styleSheet xmlns="{MAIN}"><numFmts count="4"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>
<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/><numFmt numFmtId="166" formatCode="hh:mm:ss"/>
<numFmt numFmtId="167" formatCode="[h]:mm:ss"/></numFmts><cellXfs count="5"><xf numFmtId="0"/><xf numFmtId="164"/>
<xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="167"/></cellXfs></styleSheet>"""


class Xml(str):
    """A cell written as it is."""


def place(row: int, column: int) -> str:
    """Row and column from 0 as Excel calls the cell."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row + 1}"


def cell(value: object, where: str) -> str:
    """The XML of a cell; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, Xml):
        return value.replace("@", where)
    if isinstance(value, bool):
        return f'<c r="{where}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{where}"><v>{value!r}</v></c>'
    if isinstance(value, date):
        days: float = (date(value.year, value.month, value.day) - date(1899, 12, 30)).days
        if isinstance(value, datetime):
            days += timedelta(hours=value.hour, minutes=value.minute, seconds=value.second) / timedelta(days=1)
        return f'<c r="{where}" s="{2 if isinstance(value, datetime) else 1}"><v>{days!r}</v></c>'
    return f'<c r="{where}" t="inlineStr"><is><t xml:space="preserve">{escape(str(value))}</t></is></c>'


def sheet(rows: Iterable[Sequence[object]], merged: Sequence[str] = ()) -> str:
    """The XML of a worksheet."""
    lines = "".join(
        f'<row r="{number + 1}">' + "".join(cell(value, place(number, at)) for at, value in enumerate(row)) + "</row>"
        for number, row in enumerate(rows)
    )
    cells = "".join(f'<mergeCell ref="{area}"/>' for area in merged)
    tail = f'<mergeCells count="{len(merged)}">{cells}</mergeCells>' if merged else ""
    return f'<worksheet xmlns="{MAIN}"><sheetData>{lines}</sheetData>{tail}</worksheet>'


def workbook(
    sheets: Mapping[str, str], *, hidden: Sequence[str] = (), parts: Mapping[str, bytes | str] | None = None
) -> bytes:
    """A workbook of these worksheets, by name; `parts` are added to the archive or replace what is in it."""
    entries, relations = "", ""
    for number, name in enumerate(sheets, start=1):
        state = ' state="hidden"' if name in hidden else ""
        entries += f'<sheet name={quoteattr(name)} sheetId="{number}"{state} r:id="rId{number}"/>'
        target = f'Target="worksheets/sheet{number}.xml"'
        relations += f'<Relationship Id="rId{number}" Type="{RELATED}/worksheet" {target}/>'
    relations += f'<Relationship Id="rIdS" Type="{RELATED}/styles" Target="styles.xml"/>'
    relations += f'<Relationship Id="rIdT" Type="{RELATED}/sharedStrings" Target="sharedStrings.xml"/>'
    main = f'<Relationship Id="rId1" Type="{RELATED}/officeDocument" Target="xl/workbook.xml"/>'
    content: dict[str, bytes | str] = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{main}</Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATED}"><sheets>{entries}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>',
        "xl/styles.xml": STYLES,
        **{f"xl/worksheets/sheet{number}.xml": xml for number, xml in enumerate(sheets.values(), start=1)},
        **(parts or {}),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in content.items():
            archive.writestr(name, part)
    return buffer.getvalue()


def table(rows: Iterable[Sequence[object]]) -> bytes:
    """A workbook of one sheet."""
    return workbook({"Sheet1": sheet(rows)})
