"""Reading parsed TOML whose author is a person: every fault is noted with its path, and reading goes on."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

MOST_ROWS: Final = 60
LONGEST: Final = 2000
MOST_FAULTS: Final = 200
LONGEST_SHOWN: Final = 300
CERTAINTIES: Final = ("S", "R", "U")
"""Read in a public document; from memory, held to be right; uncertain, so that no clause is cited for it."""
CITED: Final = re.compile(
    r"第\s*[\d一二三四五六七八九十百]+\s*[条款章]|附录\s*[A-Z]"
    r"|\b(?i:art|article|clause|section|annex|table)\b\.?\s*(?:[A-Z]?\d|[A-Z]\b)|§"
)
"""Words that name a place in a standard or a law: never beside what is uncertain."""
CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_HAN: Final = re.compile(r"[\u3400-\u9fff\U00020000-\U0003134f]")
_LATIN: Final = re.compile(r"[A-Za-z]")


@dataclass(slots=True)
class Faults:
    """Collects what is wrong, each with a path such as `levels/2/title_zh` (rows counted from 0)."""

    found: list[str] = field(default_factory=list)

    def add(self, path: str, said: str) -> None:
        """One more, up to MOST_FAULTS; keys of a hostile text may be as long as it is."""
        if len(self.found) < MOST_FAULTS:
            self.found.append(f"{path[:LONGEST_SHOWN]}: {said[:LONGEST_SHOWN]}")
        elif len(self.found) == MOST_FAULTS:
            self.found.append("…: there is more")


@dataclass(frozen=True, slots=True)
class Form:
    """One table of the text. `path` is empty for the text itself, else it ends in `/`."""

    data: Mapping[str, Any]
    path: str
    faults: Faults

    def fault(self, key: str, said: str) -> None:
        """Note what is wrong with a key."""
        self.faults.add(f"{self.path}{key}", said)

    def only(self, *known: str) -> None:
        """Note keys that nobody reads: a misspelt one would be lost without a word."""
        for key in self.data:
            if key not in known:
                self.fault(key, f"is not known here; known: {', '.join(known)}")

    def text(self, key: str, wrong: Callable[[str], str] | None = None) -> str:
        """A text that must be there, empty where it is not; `wrong` says what is the matter with one, or nothing."""
        value = self.data.get(key, "")
        if not isinstance(value, str) or len(value) > LONGEST:
            self.fault(key, f"must be a text of at most {LONGEST} characters")
            return ""
        if not value.strip():
            self.fault(key, "is missing")
            return ""
        if wrong is not None and (said := wrong(value)):
            self.fault(key, said)
        return value

    def needed(self, key: str, known: Collection[str]) -> str:
        """One of the known words, which must be there."""
        return self.text(key, lambda value: "" if value in known else f"must be one of {', '.join(known)}")

    def word(self, key: str, known: Collection[str]) -> str:
        """One of the known words; empty where none is given."""
        return self.needed(key, known) if self.data.get(key, "") != "" else ""

    def words(self, key: str) -> tuple[str, ...]:
        """A list of texts, empty where there is none."""
        given = self.data.get(key, [])
        if not isinstance(given, list | tuple) or not all(isinstance(item, str) and item for item in given):
            self.fault(key, "must be a list of texts")
            return ()
        return tuple(given)

    def whole(self, key: str, *, least: int, most: int) -> int | None:
        """A whole number; None where there is none."""
        value = self.data.get(key)
        if value is not None and (type(value) is not int or not least <= value <= most):
            self.fault(key, f"must be a whole number from {least} to {most}")
            return None
        return value

    def number(self, key: str, *, most: float, least: float = 0.0) -> float | None:
        """A number; None where there is none."""
        value = self.data.get(key)
        if value is not None and (type(value) not in (int, float) or not least <= value <= most):
            self.fault(key, f"must be a number from {least:g} to {most:g}")
            return None
        return None if value is None else float(value)

    def certainty(self, *, cited: bool = False) -> str:
        """How sure the table's source is. Of what is uncertain the source cites no clause, unless it may be `cited`."""
        wrong = f"must be one of {', '.join(CERTAINTIES)}"
        said = self.text("certainty", lambda value: "" if value in CERTAINTIES else wrong)
        source = self.data.get("source")
        if said == "U" and not cited and isinstance(source, str) and CITED.search(source):
            self.fault("source", "names a clause, though it is uncertain")
        return said

    def clause(self) -> str:
        """The clause that the table cites; empty where it cites none. What is uncertain cites none."""
        if "clause" not in self.data:
            return ""
        if self.data.get("certainty") == "U":
            self.fault("clause", "no clause is cited for what is uncertain")
        return self.text("clause")

    def table(self, key: str) -> "Form":
        """The table of a key; an empty one where there is none."""
        given = self.data.get(key, {})
        if not isinstance(given, Mapping):
            self.fault(key, "must be a table")
            given = {}
        return Form(given, f"{self.path}{key}/", self.faults)

    def english(self, key: str) -> str:
        """A text in English."""
        return self.text(key, lambda value: "" if _LATIN.search(value) else "must be in English")

    def chinese(self, key: str) -> str:
        """A text in Chinese."""
        return self.text(key, lambda value: "" if _HAN.search(value) else "must be in Chinese")

    def both(self, key: str) -> tuple[str, str]:
        """A text in both languages, which may be left out in both."""
        if key not in self.data and f"{key}_zh" not in self.data:
            return "", ""
        return self.english(key), self.chinese(f"{key}_zh")

    def code(self, key: str) -> str:
        """A code in lower_snake."""
        wrong = "must be lower-case letters, digits and underscores, at most 40, beginning with a letter"
        return self.text(key, lambda value: "" if CODE.fullmatch(value) else wrong)

    def rows(self, key: str, most: int = MOST_ROWS) -> list["Form"]:
        """The tables of a list; what is none is noted and left out."""
        given = self.data.get(key, [])
        if not isinstance(given, list) or len(given) > most:
            self.fault(key, f"must be a list of at most {most} tables")
            return []
        found = []
        for number, row in enumerate(given):
            if isinstance(row, Mapping):
                found.append(Form(row, f"{self.path}{key}/{number}/", self.faults))
            else:
                self.fault(f"{key}/{number}", "must be a table")
        return found

    def codes(self, key: str, form: re.Pattern[str], remedy: str) -> tuple[str, ...]:
        """A list of different codes, empty where there is none."""
        given = self.data.get(key, [])
        if not isinstance(given, list) or len(given) > MOST_ROWS:
            self.fault(key, f"must be a list of at most {MOST_ROWS} codes")
            return ()
        for number, value in enumerate(given):
            if not isinstance(value, str) or not form.fullmatch(value):
                self.fault(f"{key}/{number}", f"must be {remedy}")
            elif value in given[:number]:
                self.fault(f"{key}/{number}", f"'{value}' is there twice")
        return tuple(value for value in given if isinstance(value, str))
