"""Notices, preferences and webhooks on the wire."""

from typing import Any

from rest_framework import serializers

from foundation.notifications.models import Channel, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from foundation.notifications.rendering import render


class NoticePage(serializers.ListSerializer[Any]):
    """A page of notices, put into words together."""

    def to_representation(self, data: Any) -> list[Any]:
        """The rows in the reader's language, as far as the reader may see what they speak of."""
        return super().to_representation(render(self.context["actor"], data))


class NoticeOut(serializers.Serializer[Any]):
    """A notice, in the language of the request. `link` is empty where its subject is not (any longer) yours to see."""

    id = serializers.IntegerField(source="notification.pk")
    kind = serializers.CharField(source="notification.kind")
    title = serializers.CharField()
    text = serializers.CharField()
    subject_type = serializers.CharField()
    subject_id = serializers.IntegerField(source="notification.subject_id")
    link = serializers.CharField(help_text="Where the API tells more.")
    created_at = serializers.DateTimeField(source="notification.created_at")
    read_at = serializers.DateTimeField(source="notification.read_at", allow_null=True)

    class Meta:
        list_serializer_class = NoticePage


class UnreadOut(serializers.Serializer[Any]):
    """How many notices are not read."""

    unread = serializers.IntegerField()


class ReadAllIn(serializers.Serializer[Any]):
    """Which notices were read: all, or those up to the one named."""

    up_to = serializers.IntegerField(
        default=None, allow_null=True, min_value=0, max_value=2**63 - 1, help_text="The newest that you have seen."
    )


class MarkedOut(serializers.Serializer[Any]):
    """How many notices were marked."""

    marked = serializers.IntegerField()


class WishOut(serializers.Serializer[Any]):
    """How you are told of one kind of thing."""

    kind = serializers.CharField(source="kind.name")
    label = serializers.CharField(source="kind.label")  # type: ignore[assignment]
    in_app = serializers.BooleanField()
    mail = serializers.BooleanField()


class WishesOut(serializers.Serializer[Any]):
    """How you are told, kind by kind."""

    preferences = WishOut(many=True)


class WishIn(serializers.Serializer[Any]):
    """Whether you want to be told of this kind by this channel."""

    kind = serializers.CharField(max_length=80)
    channel = serializers.ChoiceField(choices=Channel.choices)
    wanted = serializers.BooleanField()


class ChoicesIn(serializers.Serializer[Any]):
    """What you choose; what is not named stays as it is."""

    preferences = serializers.ListField(child=WishIn(), min_length=1, max_length=200)


class WebhookIn(serializers.Serializer[Any]):
    """A webhook: where, and which kinds of notice. The kinds are those of `/notifications/preferences`."""

    url = serializers.CharField(max_length=500, help_text="An https address.")
    kinds = serializers.ListField(child=serializers.CharField(max_length=80), max_length=200)
    description = serializers.CharField(max_length=200, default="", allow_blank=True)


class WebhookChangesIn(serializers.Serializer[Any]):
    """What is to change; what is left out stays."""

    url = serializers.CharField(max_length=500, required=False)
    kinds = serializers.ListField(child=serializers.CharField(max_length=80), max_length=200, required=False)
    description = serializers.CharField(max_length=200, required=False, allow_blank=True)


class WebhookOut(serializers.ModelSerializer[WebhookEndpoint]):
    """A webhook. Its secrets are never given out again."""

    kinds = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = WebhookEndpoint
        fields = [
            "id", "organisation", "url", "description", "kinds", "state", "pause_reason", "revision", "previous_until",
            "failing_since", "created_at",
        ]  # fmt: skip
        read_only_fields = fields


class WebhookSecretOut(serializers.Serializer[Any]):
    """A webhook with its new secret, which is shown only now: `whsec_` and base64 (Standard Webhooks)."""

    webhook = WebhookOut()
    secret = serializers.CharField()


class AttemptOut(serializers.ModelSerializer[WebhookAttempt]):
    """One attempt. Without `ended_at` it runs, or nobody knows what came of it."""

    class Meta:
        model = WebhookAttempt
        fields = ["number", "started_at", "ended_at", "status", "error"]
        read_only_fields = fields


class WebhookDeliveryOut(serializers.ModelSerializer[WebhookDelivery]):
    """A message to a webhook with all attempts at it."""

    message_id = serializers.CharField(read_only=True, help_text="The `webhook-id` of every attempt.")
    attempts = AttemptOut(many=True, read_only=True)

    class Meta:
        model = WebhookDelivery
        fields = [
            "id", "endpoint", "message_id", "kind", "body", "state", "next_attempt_at", "created_at", "ended_at",
            "attempts",
        ]  # fmt: skip
        read_only_fields = fields
