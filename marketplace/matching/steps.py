"""Counts of demands and matches as providers read them."""

from typing import Final

STEPS: Final = (100, 50, 20, 10, 5)


def in_steps(count: int) -> str:
    """`<5`, `5+`, `10+` … `100+`: a demand more or less is not told by it."""
    return next((f"{step}+" for step in STEPS if count >= step), f"<{STEPS[-1]}")
