"""Backup and restore of database and vault together."""
