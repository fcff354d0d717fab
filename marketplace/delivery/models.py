"""Deliveries of a granted form of a file, and every transfer of their bytes."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from foundation.participants.models import User
from foundation.vault.models import Blob
from marketplace.authorization.models import Form, Grant
from marketplace.catalog.models import Distribution
from marketplace.delivery import states


class DeliveryState(models.TextChoices):
    """States of `states.DELIVERY`."""

    PREPARING = states.PREPARING, _("being prepared")
    READY = states.READY, _("ready")
    FAILED = states.FAILED, _("failed")


class Delivery(models.Model):
    """One file in one form for one grant. `blob` is the file that was made; a whole original is read where it lies."""

    grant = models.ForeignKey(Grant, models.PROTECT, related_name="deliveries", verbose_name=_("grant"))
    distribution = models.ForeignKey(Distribution, models.PROTECT, related_name="+", verbose_name=_("distribution"))
    form = models.CharField(_("form"), max_length=16, choices=Form)
    state = models.CharField(_("state"), max_length=16, choices=DeliveryState, default=states.PREPARING)
    blob = models.OneToOneField(
        Blob, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("prepared file")
    )
    filename = models.CharField(_("file name"), max_length=255)
    media_type = models.CharField(_("media type"), max_length=80)
    asked_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("asked for by")
    )
    report = models.JSONField(_("how each column was treated"), default=dict)
    problem = models.TextField(_("problem"), blank=True)
    created_at = models.DateTimeField(_("asked for at"), db_default=Now())
    ready_at = models.DateTimeField(_("ready at"), null=True, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["grant", "distribution", "form"],
                condition=models.Q(state__in=["preparing", "ready"]),
                name="delivery_one_per_grant_and_file",
            )
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"


class Transfer(models.Model):
    """One download. All rows of the file count from its beginning; `bytes_reserved` grows before bytes leave.

    So neither is ever below what was sent.
    """

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="transfers", verbose_name=_("delivery"))
    bytes_reserved = models.BigIntegerField(_("bytes sent at most"), default=0)
    rows_reserved = models.BigIntegerField(_("rows sent at most"), default=0, db_default=0)
    decision = models.JSONField(_("decision"))
    started_at = models.DateTimeField(_("started at"), db_default=Now())
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    interrupted_by = models.CharField(_("interrupted by"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(bytes_reserved__gte=0), name="transfer_bytes_not_negative")
        ]
        indexes = [
            models.Index(fields=["started_at"], condition=models.Q(finished_at=None), name="transfer_without_end")
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"
