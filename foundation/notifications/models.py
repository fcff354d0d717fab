"""Notices to people, what each of them wants to be told by which way, and webhooks of organisations."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from foundation.notifications import states
from foundation.participants.models import Organisation, User


class Notification(models.Model):
    """That something happened, told to one person as a member of `organisation`.

    Only identifiers and counts are kept: the words are made for whoever reads, when they read (see `rendering`).
    `in_app` false: the person wants it by mail alone.
    """

    recipient = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("recipient"))
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+", verbose_name=_("organisation"))
    kind = models.CharField(_("kind"), max_length=80)
    subject_id = models.BigIntegerField(_("subject"))
    params = models.JSONField(_("parameters"), default=dict)
    in_app = models.BooleanField(_("shown in the exchange"), default=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    mailed_at = models.DateTimeField(_("mailed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["recipient", "organisation", "-id"], name="notification_of_person"),
            models.Index(
                fields=["recipient", "organisation"],
                name="notification_unread",
                condition=models.Q(in_app=True, read_at=None),
            ),
            models.Index(fields=["created_at"], name="notification_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.subject_id}"


class Channel(models.TextChoices):
    """Ways in which a person can be told."""

    IN_APP = "in_app", _("in the exchange")
    MAIL = "mail", _("by mail")


class Preference(models.Model):
    """A person's departure from what the kind does by itself."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("user"))
    kind = models.CharField(_("kind"), max_length=80)
    channel = models.CharField(_("channel"), max_length=16, choices=Channel)
    wanted = models.BooleanField(_("wanted"))

    class Meta:
        verbose_name = _("notification preference")
        verbose_name_plural = _("notification preferences")
        constraints = [models.UniqueConstraint(fields=["user", "kind", "channel"], name="notification_preference_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.kind} {self.channel}"


class EndpointState(models.TextChoices):
    """States of `states.WEBHOOK_ENDPOINT`."""

    ACTIVE = states.ACTIVE, _("active")
    PAUSED = states.PAUSED, _("paused")
    DISABLED = states.DISABLED, _("disabled")


class PauseReason(models.TextChoices):
    """Why an endpoint is paused."""

    BY_OWNER = "by_owner", _("paused by its organisation")
    FAILING = "failing", _("deliveries kept failing")
    GONE = "gone", _("the receiver answered 410 Gone")


class WebhookEndpoint(models.Model):
    """Where an organisation wants to be told by HTTP. `revision` grows with every edit (ETag).

    Secrets are sealed (`webhooks.keeping`) under `key_version`; the previous one signs too until `previous_until`.
    `failing_since` is the first failure after the last success.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    uid = models.UUIDField(_("identifier for others"), default=uuid.uuid4, unique=True, editable=False)
    url = models.CharField(_("address"), max_length=500)
    description = models.CharField(_("description"), max_length=200, blank=True)
    kinds = ArrayField(models.CharField(max_length=80), verbose_name=_("kinds of notice"))
    state = models.CharField(_("state"), max_length=16, choices=EndpointState, default=states.ACTIVE)
    pause_reason = models.CharField(_("reason of the pause"), max_length=16, choices=PauseReason, blank=True)
    revision = models.PositiveIntegerField(_("revision"), default=1)
    secret = models.BinaryField(null=True)
    previous_secret = models.BinaryField(null=True)
    previous_until = models.DateTimeField(_("previous secret valid until"), null=True, blank=True)
    key_version = models.PositiveIntegerField(_("key version"))
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("created by"))
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    class Meta:
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state=states.DISABLED, secret=None, previous_secret=None)
                | ~models.Q(state=states.DISABLED) & models.Q(secret__isnull=False),
                name="webhook_secret_while_in_use",
            ),
            models.CheckConstraint(
                condition=models.Q(previous_secret=None, previous_until=None)
                | models.Q(previous_secret__isnull=False, previous_until__isnull=False),
                name="webhook_previous_secret_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"


class DeliveryState(models.TextChoices):
    """States of `states.WEBHOOK_DELIVERY`."""

    PENDING = states.PENDING, _("pending")
    DELIVERED = states.DELIVERED, _("delivered")
    FAILED = states.FAILED, _("failed")
    CANCELLED = states.CANCELLED, _("cancelled")


class WebhookDelivery(models.Model):
    """One message to one endpoint: `body` is the exact text that is signed and sent, `uid` its `webhook-id`.

    `tries` counts the attempts since it was queued or queued again; attempts themselves are rows.
    """

    endpoint = models.ForeignKey(WebhookEndpoint, models.CASCADE, related_name="deliveries", verbose_name=_("endpoint"))
    uid = models.UUIDField(_("identifier for others"), default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=80)
    body = models.TextField(_("body"))
    state = models.CharField(_("state"), max_length=16, choices=DeliveryState, default=states.PENDING)
    tries = models.PositiveIntegerField(_("attempts since queued"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["next_attempt_at"], name="webhook_delivery_due", condition=models.Q(state="pending")),
            models.Index(fields=["ended_at"], name="webhook_delivery_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id}"

    @property
    def message_id(self) -> str:
        """The `webhook-id` header: the same at every attempt."""
        return f"msg_{self.uid.hex}"


class WebhookAttempt(models.Model):
    """One attempt. Written before anything is sent: without `ended_at` nobody knows what came of it.

    What the receiver answers is not kept but for its status.
    """

    delivery = models.ForeignKey(
        WebhookDelivery, models.CASCADE, related_name="attempts", verbose_name=_("webhook delivery")
    )
    number = models.PositiveIntegerField(_("number"))
    started_at = models.DateTimeField(_("started"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    status = models.PositiveIntegerField(_("HTTP status"), null=True, blank=True)
    error = models.CharField(_("error code"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("webhook attempt")
        verbose_name_plural = _("webhook attempts")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["delivery", "number"], name="webhook_attempt_number_once")]

    def __str__(self) -> str:
        return f"{self.delivery_id}.{self.number}"
