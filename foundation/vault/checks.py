"""System check: the secrets of the vault are usable before anything is stored with them."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from foundation.vault import keys


@register("security")
def vault_keys(**kwargs: Any) -> list[CheckMessage]:
    """vault.E001 for every unusable secret."""
    return [Error(problem, id="vault.E001") for problem in keys.problems()]
