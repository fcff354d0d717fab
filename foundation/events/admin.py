"""Events in the admin: what happened, newest first; listeners may be told again."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foundation.errors import DomainError
from foundation.events import services
from foundation.events.models import Event
from foundation.participants.admin_base import ReadOnlyAdmin, admin_actor
from foundation.wording import detail


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """What happened."""

    list_display = ["id", "name", "subject_type", "subject_id", "created_at"]
    list_filter = ["name"]
    search_fields = ["=subject_id"]
    show_full_result_count = False
    actions = ["tell_again"]

    @admin.action(description=_("Tell the listeners again"))
    def tell_again(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        """A job for each listener of the chosen events."""
        try:
            told = services.replay(actor=admin_actor(request), event_ids=chosen.values_list("pk", flat=True))
        except DomainError as error:
            messages.error(request, detail(error))
        else:
            messages.success(request, gettext("%(count)s jobs were queued.") % {"count": told})
