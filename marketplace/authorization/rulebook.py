"""The decision table as a kind of rules: how a text is checked, and whom another table would touch."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_noop as _

from foundation.participants import accreditation_kinds
from foundation.rulebooks import registry
from foundation.rulebooks.comparison import Comparison
from foundation.rulebooks.errors import UnusableRules
from foundation.rulebooks.in_force import in_force
from marketplace.authorization import states, table_view
from marketplace.authorization.engine.checks import TableError
from marketplace.authorization.engine.decide import AccessFacts, decide
from marketplace.authorization.engine.loading import DEFAULT_TABLE, table_from_data
from marketplace.authorization.engine.table import DecisionTable
from marketplace.authorization.listing_changes import COMPARED, compare_listings, said
from marketplace.authorization.models import AccessRequest, Grant

DECISION_TABLE: Final = "decision_table"
BATCH: Final = 500


def load(data: Mapping[str, Any]) -> DecisionTable:
    """A sound decision table; UnusableRules with all its defects, accreditations that nobody can hold among them."""
    try:
        table = table_from_data(data)
    except TableError as error:
        raise UnusableRules(map(str, error.problems)) from error
    known = accreditation_kinds.known()
    unknown = [kind for kind in table.accreditations if kind not in known]
    if unknown:
        raise UnusableRules(f"unknown_code: accreditations.{kind}; known: {', '.join(known)}" for kind in unknown)
    unheard = [
        f"unknown_code: accreditations.{kind} {value!r}"
        for kind in table.accreditations
        for value in table.inputs[kind].values[1:]
        if int(value) not in ([level.level for level in known[kind].levels] or [1])
    ]
    if unheard:
        raise UnusableRules(unheard)
    return table


def what_if(table: DecisionTable, report: registry.Report) -> Comparison:
    """Decide again, on the inputs stored then, every request that is open and every grant that is not over.

    Classes are modes of authorization; changes name what of the answer would be different.
    """
    open_requests = AccessRequest.objects.filter(
        state__in=[states.SUBMITTED, states.IN_APPROVAL, states.MORE_INFORMATION]
    ).values_list("pk", "decision")
    standing = Grant.objects.filter(state__in=[states.ACTIVE, states.SUSPENDED]).values_list("pk", "request__decision")
    found = Comparison()
    total = open_requests.count() + standing.count()
    for name, rows in (("access_request", open_requests), ("grant", standing)):
        for pk, decision in rows.order_by("pk").iterator(chunk_size=BATCH):
            _decide_again(found, (name, pk), decision, table)
            if found.examined % BATCH == 0:
                report(found.examined / max(total, found.examined))
    return found


def _decide_again(found: Comparison, subject: tuple[str, int], stored: Mapping[str, Any], table: DecisionTable) -> None:
    try:
        answer = decide(table, AccessFacts(**stored["inputs"])).as_record()
    except (AttributeError, KeyError, TypeError):  # stored by a version that knew other inputs
        found.add_undecidable()
        return
    pairs = {name: (stored.get(name), answer[name]) for name in COMPARED}
    changes = {name: pair for name, pair in pairs.items() if said(name, pair[0]) != said(name, pair[1])}
    found.add(subject, before=str(stored.get("mode", "")), after=str(answer["mode"]), changes=changes)


def what_if_listings(table: DecisionTable, report: registry.Report) -> Comparison:
    """What would be told of each published listing, beside what is told now."""
    return compare_listings(in_force(DECISION_TABLE).rules, table, report)


registry.register(
    DECISION_TABLE, title=_("Decision table of authorization"), shipped=DEFAULT_TABLE, load=load, what_if=what_if
)
registry.compare_also(DECISION_TABLE, "listings", what_if_listings, title=_("listings"))
registry.present(
    DECISION_TABLE,
    registry.Presenter(
        "admin/authorization/decision_table.html",
        table_view.show,
        "admin/authorization/decision_difference.html",
        table_view.compare,
    ),
)
