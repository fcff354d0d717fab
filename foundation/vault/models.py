"""What is in the vault: one row a stored file. Who may read it is decided by the rooms that point here."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class Blob(models.Model):
    """One encrypted file of `size` plaintext bytes, under a data key of its own.

    `address` is HMAC-SHA256 of the plaintext's SHA-256 under a key that the database does not hold: the exchange
    notices equal files, a reader of the table cannot test whether a known file is among them. Equal files are stored
    once each, so that deleting one, and with it its key, never touches the other.

    `sha256` (hex, of the plaintext) is known only on the instance that `services.store` or `keep` returns.
    """

    uid = models.UUIDField(_("file name"), default=uuid.uuid4, unique=True, editable=False)
    address = models.CharField(_("address"), max_length=64, db_index=True, editable=False)
    size = models.BigIntegerField(_("bytes"), editable=False)
    wrapped_key = models.BinaryField(_("wrapped data key"), max_length=60, editable=False)
    master_key_version = models.PositiveIntegerField(_("master key version"), db_index=True, editable=False)
    created_at = models.DateTimeField(_("stored at"), auto_now_add=True)

    sha256: str | None = None

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(size__gte=0), name="vault_blob_size_not_negative"),
        ]

    def __str__(self) -> str:
        return str(self.uid)
