"""What a buyer may ask for: the wish, checked against the listing, then against what the decision table allows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext_noop as _

from foundation.errors import FieldError, InvalidInput
from marketplace.authorization import chain
from marketplace.authorization.decisions import Ruling
from marketplace.authorization.models import Form
from marketplace.authorization.texts import LONGEST_TEXT
from marketplace.catalog import selectors as catalog
from marketplace.catalog.models import ListingVersion, Purpose
from marketplace.catalog.questions import wrong_answers

MOST_COLUMNS: Final = 2000
MOST_DOWNLOADS: Final = 2**31 - 1
LARGEST: Final = 2**63 - 1
"""What a bigint column holds."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a buyer asks for. `term_days` from 1; no `columns` for all of them; limits None for none.

    `scenario` is one that the listing allows, empty for the listing's own. `answers` are those to its questions.
    """

    purpose: str
    form: str
    term_days: int
    justification: str = ""
    scenario: str = ""
    columns: Sequence[str] = ()
    download_limit: int | None = None
    row_limit: int | None = None
    byte_limit: int | None = None
    exclusive: bool = False
    answers: Mapping[str, Any] = field(default_factory=dict)


def require_sensible(wish: Wish, version: ListingVersion) -> None:
    """InvalidInput with every field in which the wish asks for what the listing does not offer."""
    errors = [*_uses(wish, version), *_amounts(wish), *_columns(wish, version)]
    errors += wrong_answers(version.questions, wish.answers)
    if errors:
        raise InvalidInput(errors)


def _uses(wish: Wish, version: ListingVersion) -> Iterator[FieldError]:
    allowed = version.purposes or Purpose.values
    if wish.purpose not in allowed:
        message = _("Not a purpose that the listing's terms allow: %(allowed)s.")
        yield FieldError("/purpose", message, {"allowed": ", ".join(allowed)})
    if wish.scenario not in ("", version.scenario):
        message = _("Not a scenario that the listing allows: %(allowed)s.")
        yield FieldError("/scenario", message, {"allowed": version.scenario or "-"})
    if wish.form not in Form.values:
        yield FieldError("/form", _("Not a form: choose one of %(forms)s."), {"forms": ", ".join(Form.values)})
    if wish.exclusive and not version.exclusive_offered:
        yield FieldError("/exclusive", _("The listing offers no exclusive licence: ask for another."))
    if len(wish.justification) > LONGEST_TEXT or "\x00" in wish.justification:
        message = _("Use at most %(limit)s characters, and no NUL.")
        yield FieldError("/justification", message, {"limit": LONGEST_TEXT})


def _amounts(wish: Wish) -> Iterator[FieldError]:
    if wish.term_days < 1:
        yield FieldError("/term_days", _("Ask for at least one day."))
    downloads = _("Ask for at least one download, or leave the limit out.")
    for name, limit, most, message in (
        ("download_limit", wish.download_limit, MOST_DOWNLOADS, downloads),
        ("row_limit", wish.row_limit, LARGEST, _("Ask for at least one row, or leave the limit out.")),
        ("byte_limit", wish.byte_limit, LARGEST, _("Ask for at least one byte, or leave the limit out.")),
    ):
        if limit is not None and not 1 <= limit <= most:
            yield FieldError(f"/{name}", message)


def _columns(wish: Wish, version: ListingVersion) -> Iterator[FieldError]:
    """Names count as they stand in the newest examination of the files, on which their grades rest."""
    if not wish.columns:
        return
    if len(wish.columns) > MOST_COLUMNS:
        yield FieldError("/columns", _("Name at most %(limit)s columns."), {"limit": MOST_COLUMNS})
        return
    (facts,) = catalog.facts([version])
    known = {name for file in facts.files for name in file.column_names}
    seen: set[str] = set()
    for place, name in enumerate(wish.columns):
        if name not in known:
            message = _("Not a column of the listing's files: copy the name as the listing has it.")
            yield FieldError(f"/columns/{place}", message)
        elif name in seen:
            yield FieldError(f"/columns/{place}", _("Name each column once."))
        seen.add(name)


def require_approvers(ruling: Ruling, steps: Sequence[chain.PlannedStep], *, exclusive: bool) -> None:
    """Nobody shuts all others out without anybody's approval."""
    if exclusive and not steps:
        message = _(
            "By row '%(rule)s' of the decision table everybody may have this at once: no licence excludes others."
        )
        raise InvalidInput.of("/exclusive", message, rule=ruling.decision.rule_id)


def impossible(ruling: Ruling, *, form: str, term_days: int) -> list[FieldError]:
    """In what the decision table's row gives less than this form and this term."""
    errors = []
    if form not in ruling.possible_forms:
        message = _("By row '%(rule)s' of the decision table this form cannot be had here; possible: %(forms)s.")
        params = {"rule": ruling.decision.rule_id, "forms": ", ".join(ruling.possible_forms) or "-"}
        errors.append(FieldError("/form", message, params))
    if term_days > ruling.decision.longest_term_days:
        message = _("By row '%(rule)s' of the decision table the longest term is %(days)s days.")
        params = {"rule": ruling.decision.rule_id, "days": str(ruling.decision.longest_term_days)}
        errors.append(FieldError("/term_days", message, params))
    return errors
