"""A check at start: whoever listens to an event is a kind of job that some room runs."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from foundation.events.services import subscriptions
from foundation.jobs import registry


@register()
def listeners_exist(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """events.E001 for each subscription to which no handler belongs: it would fail in the change that tells of it."""
    known = registry.names()
    return [
        Error(f"'{event}' is listened to by '{kind}', which no room registers", id="events.E001")
        for event, kinds in subscriptions().items()
        for kind in kinds
        if kind not in known
    ]
