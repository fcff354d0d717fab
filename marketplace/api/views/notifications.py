"""What you are told, and how."""

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from foundation.notifications import rendering, selectors, services
from foundation.notifications.services.reading import Choice
from marketplace.api.base import View
from marketplace.api.serializers import notifications as wire


class Notifications(View):
    """`/notifications`."""

    @extend_schema(
        parameters=[
            OpenApiParameter("unread", str, enum=["true", "false"], description="`true`: those not read yet."),
            OpenApiParameter("kind", str),
        ],
        responses=wire.NoticeOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """List what you were told, newest first, in your language."""
        unread = self.asked("unread") == "true"
        return self.page(
            selectors.visible_notifications(self.actor, unread=unread, kind=self.asked("kind")), wire.NoticeOut
        )


class Unread(View):
    """`/notifications/unread`."""

    @extend_schema(responses=wire.UnreadOut)
    def get(self, request: Request) -> Response:
        """Count what you have not read."""
        return self.answer({"unread": selectors.unread_count(self.actor)}, wire.UnreadOut)


class MarkRead(View):
    """`/notifications/{id}/actions/read`."""

    @extend_schema(request=None, responses=wire.NoticeOut)
    def post(self, request: Request, notification_id: int) -> Response:
        """Mark a notice as read."""
        row = services.mark_read(actor=self.actor, notification_id=notification_id)
        return self.answer(rendering.render(self.actor, [row])[0], wire.NoticeOut)


class MarkAllRead(View):
    """`/notifications/actions/read-all`."""

    @extend_schema(request=wire.ReadAllIn, responses=wire.MarkedOut)
    def post(self, request: Request) -> Response:
        """Mark everything as read, or everything up to the notice that you name."""
        up_to = self.read(wire.ReadAllIn)["up_to"]
        return self.answer({"marked": services.mark_all_read(actor=self.actor, up_to=up_to)}, wire.MarkedOut)


class Preferences(View):
    """`/notifications/preferences`."""

    @extend_schema(responses=wire.WishesOut)
    def get(self, request: Request) -> Response:
        """Read how you are told of each kind of thing."""
        return self.answer({"preferences": selectors.wishes(self.actor)}, wire.WishesOut)

    @extend_schema(request=wire.ChoicesIn, responses=wire.WishesOut)
    def patch(self, request: Request) -> Response:
        """Choose how you are told; what you do not name stays as it is."""
        choices = [Choice(**choice) for choice in self.read(wire.ChoicesIn)["preferences"]]
        services.set_preferences(actor=self.actor, choices=choices)
        return self.answer({"preferences": selectors.wishes(self.actor)}, wire.WishesOut)


urls = [
    path("notifications", Notifications.as_view()),
    path("notifications/unread", Unread.as_view()),
    path("notifications/preferences", Preferences.as_view()),
    path("notifications/actions/read-all", MarkAllRead.as_view()),
    path("notifications/<int:notification_id>/actions/read", MarkRead.as_view()),
]
