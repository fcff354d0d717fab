"""While a backup copies, no file leaves the vault: an advisory lock of the database that backups and removals share.

A backup takes the lock, then its snapshot, and keeps the lock until every file that the snapshot names is copied. A
removal asks for the lock's other side after its row is gone. If it gets it, no backup is copying, and one that begins
later does not see the row; if not, the file stays and `services.sweep_orphans` removes it another day.
Both sides end with their transaction, so a killed process holds nothing.
"""

from typing import Final

from django.db.backends.utils import CursorWrapper

_LOCK: Final = 0x7661756C_74686F6C
"""The advisory lock's number ("vaulthol")."""


def hold_files(cursor: CursorWrapper) -> bool:
    """Keep every file in its place until the cursor's transaction ends; False while another backup does."""
    cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
    return bool(cursor.fetchone()[0])


def may_remove_files(cursor: CursorWrapper) -> bool:
    """Whether files may be removed until the cursor's transaction ends; False while a backup copies."""
    cursor.execute("SELECT pg_try_advisory_xact_lock_shared(%s)", [_LOCK])
    return bool(cursor.fetchone()[0])
