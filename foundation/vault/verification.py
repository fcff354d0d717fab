"""Is every stored file what was stored? Reads all of them, with constant memory."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured

from foundation.vault import keys, reading
from foundation.vault.errors import Tampered
from foundation.vault.models import Blob


@dataclass(frozen=True, slots=True)
class Checked:
    """One blob and what is wrong with it: nothing where `damage` is empty."""

    blob_id: int
    uid: str
    size: int
    damage: str


def verify() -> Iterator[Checked]:
    """Every blob, decrypted to its end and compared with its address, in the order of identifiers."""
    for blob in Blob.objects.order_by("pk").iterator(chunk_size=500):
        damage = _damage(blob)
        if damage and not Blob.objects.filter(pk=blob.pk).exists():
            continue  # deleted meanwhile
        yield Checked(blob_id=blob.pk, uid=str(blob.uid), size=blob.size, damage=damage)


def _damage(blob: Blob) -> str:
    digest = hashlib.sha256()
    try:
        for piece in reading.open_range(blob):
            digest.update(piece)
    except (Tampered, ImproperlyConfigured, OSError) as error:
        return str(error)
    return "" if keys.address(digest.digest()) == blob.address else "The address is not that of the content."
