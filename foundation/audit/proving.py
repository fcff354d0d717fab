"""Making proofs from the database: a few hundred hashes are read, whatever the length of the log.

What is stored is not believed: a proof is checked against the signed checkpoint before it is given out.
"""

from foundation.audit import canonical, checkpoints, merkle, paths, proofs
from foundation.audit.errors import LogDamaged, NotYetSealed
from foundation.audit.models import Event, SealedPosition, TreeNode
from foundation.audit.notes import Checkpoint
from foundation.errors import InvalidInput, NotFound, _

_SPAN = 1 << merkle.NODE_STEP


class _Stored:
    """Roots of complete subtrees, from the rows below them: `subtree` as foundation.audit.paths asks for it."""

    def __init__(self) -> None:
        self._rows: dict[tuple[int, int], list[bytes]] = {}

    def subtree(self, level: int, index: int) -> bytes:
        """The root of the leaves [index * 2^level, (index + 1) * 2^level). LogDamaged where a row is missing."""
        height = level % merkle.NODE_STEP
        first, count = index << height, 1 << height  # of the remembered hashes below
        row = self._row(level - height, first // _SPAN)
        place = first % _SPAN
        tree = merkle.Tree()
        tree.extend(row[place : place + count])
        if tree.size != count:
            raise LogDamaged
        return tree.root()

    def _row(self, level: int, number: int) -> list[bytes]:
        """Up to 256 remembered hashes of a level, from 256 * `number` on."""
        if (level, number) not in self._rows:
            first, end = (number * _SPAN << level) + 1, (number + 1) * _SPAN << level
            if level == 0:
                found = SealedPosition.objects.filter(position__range=(first, end)).order_by("position")
                self._rows[level, number] = [bytes(row) for row in found.values_list("leaf_hash", flat=True)]
            else:
                nodes = TreeNode.objects.filter(level=level, last__range=(first, end)).order_by("last")
                self._rows[level, number] = [bytes(row) for row in nodes.values_list("hash", flat=True)]
        return self._rows[level, number]


def newest_checkpoint() -> Checkpoint:
    """The newest checkpoint, for everybody. NotFound where nothing was sealed yet."""
    found = checkpoints.newest()
    if found is None:
        raise NotFound
    return found


def prove(event: Event) -> dict[str, object]:
    """The inclusion proof of an event under the newest checkpoint (foundation.audit.proofs).

    NotYetSealed where no checkpoint covers the event; LogDamaged where what is stored is not what was signed for.
    """
    place, checkpoint = SealedPosition.objects.filter(event_id=event.pk).first(), checkpoints.newest()
    if place is None or checkpoint is None or place.position > checkpoint.size:
        raise NotYetSealed
    record, mac = canonical.event_record(event), bytes(event.mac)
    index = place.position - 1
    path = paths.inclusion_path(index, checkpoint.size, _Stored().subtree)
    leaf = merkle.leaf(place.position, canonical.content(record), mac)
    if not paths.leads_to(leaf, index, checkpoint.size, path, checkpoint.root):
        raise LogDamaged
    return proofs.inclusion(event=record, mac=mac, position=place.position, path=path, note=checkpoint.note)


def prove_consistency(size: int) -> dict[str, object]:
    """The proof that the log of `size` positions is the beginning of that of the newest checkpoint.

    InvalidInput for a size that the log never had. Only who holds the older checkpoint can say that the proof holds.
    """
    checkpoint = newest_checkpoint()
    if not 0 < size <= checkpoint.size:
        raise InvalidInput.of("/size", _("Give the size of a checkpoint, at most %(size)s."), size=checkpoint.size)
    stored = _Stored()
    path = paths.consistency_path(size, checkpoint.size, stored.subtree)
    root = paths.root_of(0, size, stored.subtree)
    if not paths.continues(size, root, checkpoint.size, checkpoint.root, path):
        raise LogDamaged
    return proofs.consistency(size=size, path=path, note=checkpoint.note)
