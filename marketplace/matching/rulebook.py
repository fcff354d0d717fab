"""The weights of matching as a kind of rules."""

from typing import Final

from django.utils.translation import gettext_noop as _

from foundation.rulebooks import registry
from marketplace.matching.engine.weights import DEFAULT_WEIGHTS, weights_from_data

MATCHING_WEIGHTS: Final = "matching_weights"

registry.register(MATCHING_WEIGHTS, title=_("Weights of matching"), shipped=DEFAULT_WEIGHTS, load=weights_from_data)
