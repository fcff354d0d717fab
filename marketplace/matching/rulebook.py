"""The weights of matching as a kind of rules, and what other weights would do to rankings that buyers judged."""

from typing import Final

from django.utils.translation import gettext_noop as _

from foundation.rulebooks import registry
from foundation.rulebooks.comparison import Comparison
from foundation.rulebooks.in_force import in_force
from marketplace.matching.engine.weights import DEFAULT_WEIGHTS, Weights, weights_from_data
from marketplace.matching.evaluation import Measured, compare

MATCHING_WEIGHTS: Final = "matching_weights"
GOOD: Final = 0.8
FAIR: Final = 0.5


def what_if(weights: Weights, report: registry.Report) -> Comparison:
    """Rank every judged demand under `weights`, beside those in force; its class is how well what was judged stands."""
    compared = compare(in_force(MATCHING_WEIGHTS).rules, weights, report)
    found = Comparison()
    for before, after in zip(compared.before, compared.after, strict=True):
        if before.ndcg is None or after.ndcg is None:
            found.add_undecidable()
            continue
        changes = {"ndcg": (round(before.ndcg, 4), round(after.ndcg, 4))} if before.ndcg != after.ndcg else {}
        found.add(("demand", before.demand_id), before=_class(before), after=_class(after), changes=changes)
    for name, pairs in (("NDCG@10", compared.ndcg), ("MAP@10", compared.mean_average_precision)):
        if pairs.count:
            found.add_figure(
                name, before=pairs.before, after=pairs.after, low=pairs.low, high=pairs.high, count=pairs.count
            )
    return found


def _class(measured: Measured) -> str:
    share = measured.ndcg or 0.0
    return "good" if share >= GOOD else "fair" if share >= FAIR else "poor"


registry.register(
    MATCHING_WEIGHTS,
    title=_("Weights of matching"),
    shipped=DEFAULT_WEIGHTS,
    load=weights_from_data,
    what_if=what_if,
    compared=_("Demands whose matches were judged"),
)
