"""Encrypted storage of files: a data key per file, wrapped by a versioned master key."""
