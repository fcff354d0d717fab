"""Which keys the stored files need. Figures only: who may read a file is decided by the rooms that point at it."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count

from foundation.vault import keys
from foundation.vault.models import Blob


@dataclass(frozen=True, slots=True)
class KeyUse:
    """A master key by its version, and how many stored files have their data key under it."""

    version: int
    files: int
    configured: bool
    newest: bool


def key_use() -> list[KeyUse]:
    """Every master key that is configured or needed, oldest first. Only one that no file needs may be taken away."""
    counts = dict(Blob.objects.order_by().values_list("master_key_version").annotate(Count("pk")))
    configured = set(settings.VAULT_MASTER_KEYS)
    return [
        KeyUse(version, counts.get(version, 0), version in configured, version == keys.newest_version())
        for version in sorted(configured | set(counts))
    ]


def waiting_for_rotation() -> int:
    """How many files have their data key under another master key than the newest."""
    return Blob.objects.exclude(master_key_version=keys.newest_version()).count()
