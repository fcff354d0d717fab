"""Pages that not the exchange alone reads: authorities see the requests and grants that concern them."""

from django.db.models import Model
from django.http import HttpRequest

from foundation.participants.admin_base import ReadOnlyAdmin, admin_actor, of_authority


class ApproversAdmin(ReadOnlyAdmin):
    """For the exchange's people and those of authorities; which rows they see is up to the selectors."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the room shows on the index page."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Members of a verified exchange or authority."""
        actor = admin_actor(request)
        return actor.is_exchange or of_authority(actor)
