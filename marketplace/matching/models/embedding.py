"""What the semantic stage keeps of listings and of open demands."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from marketplace.catalog.models import Listing
from marketplace.matching.models.matching import Demand


class ListingEmbedding(models.Model):
    """The vector of a listing's words under one model; written by jobs, and only where the semantic stage is on.

    It counts while `digest` is that of the words in the index and `label` that of the model in use. `vector` has its
    numbers as float16 in little-endian order, none where the words are in no language of the model; it never changes:
    a new one comes with a new identifier, by which processes remember it. `matched` once the demands that it may
    concern were matched by it.
    """

    listing = models.OneToOneField(Listing, models.CASCADE, related_name="embedding", verbose_name=_("listing"))
    label = models.CharField(_("model"), max_length=80)
    digest = models.BinaryField(_("digest of the words"))
    vector = models.BinaryField(_("vector"))
    matched = models.BooleanField(_("demands were matched by it"), default=False, db_default=False)
    created_at = models.DateTimeField(_("written at"), db_default=Now())

    class Meta:
        verbose_name = _("embedding of a listing")
        verbose_name_plural = _("embeddings of listings")
        ordering = ["id"]
        indexes = [models.Index(fields=["label"], condition=models.Q(matched=False), name="embedding_unmatched")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"


class DemandEmbedding(models.Model):
    """The vector of an open demand's text under one model; written by its matching, gone when it is open no longer.

    It counts while `digest` is that of the text and `label` that of the model in use; `vector` as with listings.
    """

    demand = models.OneToOneField(
        Demand, models.CASCADE, primary_key=True, related_name="embedding", verbose_name=_("demand")
    )
    label = models.CharField(_("model"), max_length=80)
    digest = models.BinaryField(_("digest of the words"))
    vector = models.BinaryField(_("vector"))

    class Meta:
        verbose_name = _("embedding of a demand")
        verbose_name_plural = _("embeddings of demands")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"
