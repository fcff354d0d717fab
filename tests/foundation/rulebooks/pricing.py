"""A kind of rules of the tests' own: a price per page, and what it would change of stored bills."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from foundation.jobs import services as jobs
from foundation.jobs.models import Job
from foundation.rulebooks import registry, services
from foundation.rulebooks.comparison import Comparison
from foundation.rulebooks.models import RulebookVersion
from tests.factories import Party

KIND = "price_list"
BILLS = {7: 3, 8: 0, 9: 12}
"""Bill → pages; they were made with a price of 2 a page."""


@dataclass(frozen=True)
class Prices:
    per_page: int


def load(data: Mapping[str, Any]) -> Prices:
    price = data["per_page"]
    if not isinstance(price, int) or price < 0:
        raise ValueError(f"per_page must be a whole number, not {price!r}")
    return Prices(price)


def what_if(rules: Prices, report: registry.Report) -> Comparison:
    found = Comparison()
    for done, (bill, pages) in enumerate(BILLS.items(), start=1):
        if pages > 10:
            found.add_undecidable()
        else:
            old, new = pages * 2, pages * rules.per_page
            found.add(
                ("bill", bill),
                before="free" if old == 0 else "paid",
                after="free" if new == 0 else "paid",
                changes={"sum": (old, new)} if old != new else None,
            )
        report(done / len(BILLS))
    return found


def text(per_page: int | str = 3, *, label: str = "2", code: str = "prices", **more: str) -> str:
    lines = [f'code = "{code}"', f'version = "{label}"', 'title_en = "Price list"', f"per_page = {per_page}"]
    return "\n".join([*lines, *(f'{name} = "{value}"' for name, value in more.items())]) + "\n"


def drafted(author: Party, content: str = "", **more: Any) -> RulebookVersion:
    return services.draft_version(
        actor=author.actor, kind=KIND, content=content or text(), note="Paper is dearer.", **more
    )


def proposed(author: Party, content: str = "", **more: Any) -> RulebookVersion:
    """A proposed version whose what-if is computed."""
    row = services.propose_version(actor=author.actor, version_id=drafted(author, content, **more).pk)
    jobs.execute(Job.objects.get(kind=services.WHAT_IF, subject_id=row.pk).pk)
    row.refresh_from_db()
    return row


def released(
    author: Party, releaser: Party, content: str = "", *, against: int = 0, valid_from: Any = None, **more: Any
) -> RulebookVersion:
    return services.release_version(
        actor=releaser.actor,
        version_id=proposed(author, content, **more).pk,
        against=against,
        valid_from=valid_from,
    )


def backdate(row: RulebookVersion, **instants: str) -> None:
    """As time would have passed: with the guard away."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE rulebooks_rulebookversion DISABLE TRIGGER rulebooks_rulebookversion_fixed")
        RulebookVersion.objects.filter(pk=row.pk).update(**instants)
        cursor.execute("ALTER TABLE rulebooks_rulebookversion ENABLE TRIGGER rulebooks_rulebookversion_fixed")
