"""The audit log's four tables. All are append-only: triggers refuse UPDATE, DELETE and TRUNCATE.

Identifiers of other rooms are plain numbers, without foreign keys: the log outlives what it speaks of.
"""

from django.db import models
from django.db.models import F, Func, Q, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _


class ActorKind(models.TextChoices):
    """Who acted, in the terms of `foundation.actors.Actor.kind`."""

    ANONYMOUS = "anonymous", _("Anonymous")
    MEMBER = "member", _("Member")
    SYSTEM = "system", _("System")


class Event(models.Model):
    """One thing that happened, authenticated by `mac` over the canonical form (foundation.audit.canonical).

    `transaction` is the xid8 of the writing transaction. It is not content and not covered by the MAC: it tells the
    sealer of this database cluster which events may still be joined by earlier ones (foundation.audit.sealing).
    """

    at = models.DateTimeField(_("at"))
    actor_kind = models.CharField(_("kind of actor"), max_length=16, choices=ActorKind.choices)
    actor_label = models.CharField(_("actor"), max_length=200)
    actor_user_id = models.BigIntegerField(_("user"), null=True)
    actor_organisation_id = models.BigIntegerField(_("organisation"), null=True)
    actor_key_id = models.BigIntegerField(_("API key"), null=True)
    action = models.CharField(_("action"), max_length=100)
    subject_type = models.CharField(_("kind of subject"), max_length=100)
    subject_id = models.CharField(_("subject"), max_length=100)
    data = models.JSONField(_("data"), default=dict)
    key_version = models.PositiveIntegerField(_("key version"))
    mac = models.BinaryField(_("authentication code"), max_length=32)
    transaction = models.BigIntegerField(
        _("transaction"),
        editable=False,
        db_default=Cast(Cast(Func(function="pg_current_xact_id"), TextField()), models.BigIntegerField()),
    )

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="audit_event_subject"),
            models.Index(fields=["transaction", "id"], name="audit_event_transaction"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_type}:{self.subject_id} #{self.pk}"


class SealedPosition(models.Model):
    """An event's place in the sealed log: positions count from 1 without gaps.

    `leaf_hash` is unkeyed, so that inclusion can be proved to anybody who trusts a seal; `mac` authenticates position,
    event and leaf, so that an event moved by somebody who recomputes all hashes is still named, not only its seal.
    """

    position = models.BigIntegerField(_("position"), primary_key=True)
    event_id = models.BigIntegerField(_("event"), unique=True)
    leaf_hash = models.BinaryField(_("leaf hash"), max_length=32)
    key_version = models.PositiveIntegerField(_("key version"))
    mac = models.BinaryField(_("authentication code"), max_length=32)

    class Meta:
        verbose_name = _("sealed position")
        verbose_name_plural = _("sealed positions")
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.position} -> #{self.event_id}"


class Seal(models.Model):
    """The Merkle root over positions `first` to `last` (inclusive), chained to the seal before it.

    `tree_root` is the root of the log's one tree up to `last`: what checkpoints sign. `frontier` are the hashes from
    which that tree grows on; they are bound by the root. Both are null in seals older than the tree.
    `hash` is the SHA-256 of the canonical form of the fields but `frontier`, `hash` and `mac`; `mac` authenticates
    `hash`. Every event of a transaction below `horizon` is sealed here or earlier.
    """

    number = models.BigIntegerField(_("number"), primary_key=True)
    first = models.BigIntegerField(_("first position"))
    last = models.BigIntegerField(_("last position"))
    merkle_root = models.BinaryField(_("Merkle root"), max_length=32)
    previous_hash = models.BinaryField(_("hash of the previous seal"), max_length=32)
    hash = models.BinaryField(_("hash"), max_length=32)
    key_version = models.PositiveIntegerField(_("key version"))
    mac = models.BinaryField(_("authentication code"), max_length=32)
    sealed_at = models.DateTimeField(_("sealed at"))
    horizon = models.BigIntegerField(_("horizon"))
    tree_root = models.BinaryField(_("root of the log"), max_length=32, null=True)
    frontier = models.BinaryField(_("frontier of the log"), max_length=64 * 32, null=True)

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="audit_seal_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.first}-{self.last}"


class TreeNode(models.Model):
    """The root of a complete subtree of 2^level sealed positions that ends at position `last`; every eighth level.

    Nothing is trusted because of these rows: they save a proof the reading of the whole log, and a proof that does not
    lead to the root of a seal is not given out.
    """

    pk = models.CompositePrimaryKey("last", "level")
    last = models.BigIntegerField(_("last position"))
    level = models.PositiveSmallIntegerField(_("level"))
    hash = models.BinaryField(_("hash"), max_length=32)

    class Meta:
        verbose_name = _("tree node")
        verbose_name_plural = _("tree nodes")
        ordering = ["last", "level"]

    def __str__(self) -> str:
        return f"{self.last} at level {self.level}"
