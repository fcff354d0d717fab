"""System check: keys that the secrets of webhooks can be sealed under."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from foundation.notifications.webhooks import keeping


@register("security")
def notification_keys(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """notifications.E001 for every unusable secret."""
    return [Error(problem, id="notifications.E001") for problem in keeping.problems()]
