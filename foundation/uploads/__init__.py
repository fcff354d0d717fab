"""Resumable uploads: the bytes of a file that comes in pieces, encrypted from the first one on."""
