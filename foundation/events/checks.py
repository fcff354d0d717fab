"""Checks at start: whoever listens to an event is a kind of job that some room runs, or a function that exists."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import import_string

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


@register()
def followers_exist(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """events.E002 for each function that is to be called at once and is not there, or of an event that nobody knows."""
    found: list[CheckMessage] = []
    for event, paths in import_string(settings.DONE_AT_ONCE).items():
        if event not in subscriptions():
            found.append(Error(f"'{event}' is no event of the subscriptions table", id="events.E002"))
        for path in paths:
            try:
                import_string(path)
            except ImportError as error:
                found.append(Error(f"'{event}' is followed by '{path}': {error}", id="events.E002"))
    return found
