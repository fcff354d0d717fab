"""What can go wrong with a backup or a restore."""


class BackupError(Exception):
    """It cannot be made, read or restored; the message is for the operator and says what to do."""
