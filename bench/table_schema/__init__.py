"""Verdicts on cells beside those of frictionless-py, on the same generated texts."""
