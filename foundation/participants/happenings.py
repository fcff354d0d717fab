"""What happened to participants, told to whoever stands above this room.

Events carry jobs, and jobs know participants: this room cannot emit events itself. The events room gives its function
here when the process starts (`foundation.events.apps`); it is called in the transaction of the change.
"""

from collections.abc import Callable
from typing import Final

Teller = Callable[[str, tuple[str, int], int | None], object]
"""Takes the event's name, its subject (kind, identifier) and the organisation that may follow it."""

_tellers: Final[list[Teller]] = []


def tell_to(teller: Teller) -> None:
    """Call `teller` from now on; once, however often it is given."""
    if teller not in _tellers:
        _tellers.append(teller)


def happened(name: str, *, subject: tuple[str, int], organisation_id: int | None = None) -> None:
    """Tell what happened; the caller's transaction is open."""
    for teller in _tellers:
        teller(name, subject, organisation_id)
