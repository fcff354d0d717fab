"""Answers to creations that carried an Idempotency-Key, kept for a day."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class StoredAnswer(models.Model):
    """The answer to the first request with a key of an actor.

    Neither the key nor the answer can be read here: `key_digest` is an HMAC of the key, and `sealed` is the answer
    under AES-256-GCM with a key derived from it. Answers may hold API keys, which are shown only once.
    """

    scope = models.CharField(_("actor"), max_length=60, editable=False)
    key_digest = models.CharField(_("digest of the key"), max_length=64, editable=False)
    fingerprint = models.CharField(_("fingerprint of the request"), max_length=64, editable=False)
    sealed = models.BinaryField(_("encrypted answer"), editable=False)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    expires_at = models.DateTimeField(_("kept until"), db_index=True, editable=False)

    class Meta:
        verbose_name = _("stored answer")
        verbose_name_plural = _("stored answers")
        constraints = [models.UniqueConstraint(fields=["scope", "key_digest"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return f"{self.scope} {self.key_digest[:8]}"
