"""Append-only, tamper-evident log of who did what: written with the change, sealed afterwards."""
