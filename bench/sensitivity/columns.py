"""What a column of the set says, and the tables that columns stand in."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from random import Random

from bench.sensitivity.wording import words

TYPES = frozenset(
    words("""person_name id_card passport phone email address birth_date gender age ethnicity
religion vehicle_plate device_id ip_address location_track biometric health bank_account
minor social_account income marital_status unified_social_credit_code contract_number
price_secret secret_key other_personal""")
)


@dataclass(frozen=True)
class Column:
    """One labelled column; the note's first words tell which of the four kinds it is."""

    table: str
    name: str
    values: list[str]
    personal: bool
    type: str | None
    note: str


@dataclass
class Table:
    """A table in the making: its own random numbers, so that no table depends on another."""

    name: str
    rng: Random
    columns: list[Column] = field(default_factory=list)

    def personal(self, header: str, kind: str, values: Sequence[str], note: str) -> None:
        """Add a column of personal information."""
        self._add(header, values, True, kind, f"personal: {note}")

    def business(self, header: str, kind: str, values: Sequence[str], note: str) -> None:
        """Add a column that is a business's and not a person's."""
        self._add(header, values, False, kind, f"business: {note}")

    def alike(self, header: str, like: str, values: Sequence[str], note: str) -> None:
        """Add a column that resembles a sensitive type and is none."""
        if like not in TYPES:
            raise ValueError(like)
        self._add(header, values, False, None, f"look-alike of {like}: {note}")

    def plain(self, header: str, values: Sequence[str], note: str = "nothing sensitive and nothing like it") -> None:
        """Add a column that is neither."""
        self._add(header, values, False, None, f"plain: {note}")

    def _add(self, header: str, values: Sequence[str], personal: bool, kind: str | None, note: str) -> None:
        if kind is not None and kind not in TYPES:
            raise ValueError(kind)
        if self.columns and len(values) != len(self.columns[0].values):
            raise ValueError(f"{self.name}.{header}: {len(values)} rows")
        if not 8 <= len(values) <= 60:
            raise ValueError(f"{self.name}.{header}: {len(values)} values")
        self.columns.append(Column(self.name, header, list(values), personal, kind, note))


Maker = Callable[[Table], None]


def build(makers: Sequence[Maker], edition: str = "chinese columns, edition 1") -> list[Column]:
    """Make the tables; each draws from its maker's own numbers, its id tells nothing of what it holds."""
    found: list[Column] = []
    for place, maker in enumerate(makers, 1):
        seed = f"{edition}: {maker.__module__.rpartition('.')[2]}.{maker.__name__}"
        table = Table(f"t{place:03d}", Random(seed))  # noqa: S311
        maker(table)
        found += table.columns
    return found


def serial(count: int, form: str = "{}", start: int = 1) -> list[str]:
    """Running numbers."""
    return [form.format(start + place) for place in range(count)]


def lines(found: list[Column]) -> str:
    """The set as JSON lines."""
    return "".join(json.dumps(asdict(each), ensure_ascii=False) + "\n" for each in found)


def counts(found: list[Column]) -> str:
    """A Markdown table: columns by type, personal ones, business's, and those that only look like it."""
    personal = Counter(each.type for each in found if each.personal)
    business = Counter(each.type for each in found if each.type and not each.personal)
    alike = Counter(each.note.split(":")[0].split()[-1] for each in found if each.note.startswith("look-alike"))
    rows = ["| type | personal | business | look-alikes |", "| --- | ---: | ---: | ---: |"]
    rows += [f"| {kind} | {personal[kind]} | {business[kind]} | {alike[kind]} |" for kind in sorted(TYPES)]
    rows.append(f"| all | {personal.total()} | {business.total()} | {alike.total()} |")
    plain = sum(each.note.startswith("plain") for each in found)
    return "\n".join([*rows, "", f"Plain columns: {plain}. All columns: {len(found)}."])
