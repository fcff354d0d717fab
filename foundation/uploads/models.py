"""Uploads that come in pieces, and the pieces: each an encrypted file of the vault until the whole is there."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from foundation.participants.models import Organisation
from foundation.uploads import states
from foundation.vault.models import Blob


class State(models.TextChoices):
    """States of `states.UPLOAD`."""

    RECEIVING = states.RECEIVING, _("receiving")
    RECEIVED = states.RECEIVED, _("received")
    ATTACHED = states.ATTACHED, _("attached")
    REFUSED = states.REFUSED, _("refused")
    TERMINATED = states.TERMINATED, _("terminated")
    EXPIRED = states.EXPIRED, _("expired")


class Upload(models.Model):
    """One upload of `length` bytes, of which `offset` have arrived. Only the person who began it sees it.

    `target_type` and `target_id` say what the file is for, in the words of the room that takes it; `metadata` is what
    the client sent with it (tus Upload-Metadata), returned unchanged. `expected_sha256` (hex) is of the whole file.
    `declared` is what the room is told with the file, in its own words.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("begun by"))
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.RECEIVING)
    target_type = models.CharField(_("kind of target"), max_length=60)
    target_id = models.BigIntegerField(_("target"))
    filename = models.CharField(_("file name"), max_length=255)
    title = models.CharField(_("title"), max_length=300, blank=True)
    metadata = models.TextField(_("metadata of the client"), blank=True)
    declared = models.JSONField(_("declared"), default=dict)
    length = models.BigIntegerField(_("bytes announced"))
    offset = models.BigIntegerField(_("bytes received"), default=0)
    expected_sha256 = models.CharField(_("announced SHA-256"), max_length=64, blank=True)
    created_at = models.DateTimeField(_("begun at"), db_default=Now())
    expires_at = models.DateTimeField(_("expires at"))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    result = models.JSONField(_("result"), null=True, blank=True)
    error_code = models.CharField(_("error code"), max_length=80, blank=True)
    error_detail = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["organisation", "expires_at"],
                name="upload_unfinished",
                condition=models.Q(state__in=states.UNFINISHED),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(offset__gte=0) & models.Q(offset__lte=models.F("length")),
                name="upload_offset_within_length",
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"


class Piece(models.Model):
    """Bytes [start, start + blob.size) of an upload, stored."""

    upload = models.ForeignKey(Upload, models.PROTECT, related_name="pieces", verbose_name=_("upload"))
    start = models.BigIntegerField(_("first byte"))
    blob = models.OneToOneField(Blob, models.PROTECT, related_name="+", verbose_name=_("stored file"))

    class Meta:
        verbose_name = _("piece of an upload")
        verbose_name_plural = _("pieces of uploads")
        ordering = ["start"]
        constraints = [models.UniqueConstraint(fields=["upload", "start"], name="upload_piece_once")]

    def __str__(self) -> str:
        return f"{self.upload_id} @ {self.start}"
