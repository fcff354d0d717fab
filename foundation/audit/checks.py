"""System check: the secrets of the log are usable before anything is written with them."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from foundation.audit import keys


@register("security")
def audit_keys(**kwargs: Any) -> list[CheckMessage]:
    """audit.E001 for every unusable secret."""
    return [Error(problem, id="audit.E001") for problem in keys.problems()]
