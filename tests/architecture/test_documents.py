"""Documents that are generated, or that name code, say what the code says."""

import re
from pathlib import Path

import pytest

from config.machines import PAGE, page

PROJECT = Path(__file__).resolve().parent.parent.parent
ROWS = re.findall(r"^\| (P\d\d) \|.*$", (PROJECT / "docs/prescriptions.md").read_text(encoding="utf-8"), re.MULTILINE)


def test_the_page_of_states_is_what_the_tables_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_prescription_has_a_row() -> None:
    assert [f"P{number:02d}" for number in range(1, 28)] == ROWS


@pytest.mark.parametrize("document", sorted(p.name for p in (PROJECT / "docs").glob("*.md")))
def test_documents_name_files_that_exist(document: str) -> None:
    text = (PROJECT / "docs" / document).read_text(encoding="utf-8")
    named = re.findall(r"`((?:foundation|grading|marketplace|config|tests|examples|bench|docs)/[\w./-]+)`", text)
    missing = [name for name in named if not (PROJECT / name).exists()]
    assert missing == []


@pytest.mark.parametrize("document", ["README.md", *sorted(f"docs/{p.name}" for p in (PROJECT / "docs").glob("*.md"))])
def test_links_lead_somewhere(document: str) -> None:
    text = (PROJECT / document).read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", text)
    missing = [target for target in targets if not ((PROJECT / document).parent / target).exists()]
    assert missing == []


def test_no_module_is_longer_than_four_hundred_lines() -> None:
    folders = ("config", "foundation", "grading", "marketplace", "examples", "bench", "tests")
    lengths = {
        str(path.relative_to(PROJECT)): len(path.read_text(encoding="utf-8").splitlines())
        for folder in folders
        for path in (PROJECT / folder).rglob("*.py")
        if "migrations" not in path.parts
    }
    assert {name: lines for name, lines in lengths.items() if lines > 400} == {}
