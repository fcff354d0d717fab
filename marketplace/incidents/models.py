"""Incidents and what each concerns (P27)."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from foundation.participants.models import Organisation, User
from marketplace.authorization.models import Grant
from marketplace.catalog.models import Listing
from marketplace.delivery.models import Delivery
from marketplace.incidents import states


class IncidentKind(models.TextChoices):
    """What has happened, or may have: leak, tampering and loss after PIPL art. 57 (R), and what an exchange sees."""

    LEAK = "leak", _("leak")
    TAMPERING = "tampering", _("tampering")
    LOSS = "loss", _("loss")
    MISUSE = "misuse", _("use beyond the terms")
    UNAUTHORISED_ACCESS = "unauthorised_access", _("unauthorised access")
    OTHER = "other", _("other")


class IncidentState(models.TextChoices):
    """States of `states.INCIDENT`."""

    REPORTED = states.REPORTED, _("reported")
    INVESTIGATING = states.INVESTIGATING, _("being investigated")
    CLOSED = states.CLOSED, _("closed")


class Incident(models.Model):
    """One incident. `organisation` is whose member reported it; `outcome` is what the exchange found in the end."""

    kind = models.CharField(_("kind"), max_length=24, choices=IncidentKind)
    description = models.TextField(_("description"))
    occurred_at = models.DateTimeField(_("occurred at"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=16, choices=IncidentState, default=states.REPORTED)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("reported for"))
    reported_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("reported by"))
    reported_at = models.DateTimeField(_("reported at"), db_default=Now())
    investigated_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("investigated by")
    )
    investigated_at = models.DateTimeField(_("investigated from"), null=True, blank=True)
    closed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("closed by")
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    outcome = models.TextField(_("what was found"), blank=True)

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"


class IncidentSubject(models.Model):
    """What an incident concerns: a listing, a grant or a delivery. `suspended_at`: the incident suspended it then."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="subjects", verbose_name=_("incident"))
    listing = models.ForeignKey(
        Listing, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("listing")
    )
    grant = models.ForeignKey(Grant, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("grant"))
    delivery = models.ForeignKey(
        Delivery, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("delivery")
    )
    suspended_at = models.DateTimeField(_("suspended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("subject of an incident")
        verbose_name_plural = _("subjects of an incident")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(listing__isnull=False, grant=None, delivery=None)
                | models.Q(listing=None, grant__isnull=False, delivery=None)
                | models.Q(listing=None, grant=None, delivery__isnull=False),
                name="incident_subject_is_one_thing",
            ),
            models.UniqueConstraint(
                fields=["incident", "listing", "grant", "delivery"],
                nulls_distinct=False,
                name="incident_subject_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"
