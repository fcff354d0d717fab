"""Requests in figures: for the exchange as they are, for everybody as far as they single out nobody (P25, P26)."""

from marketplace.authorization.figures.gathering import FEWEST, Cell, Figures, Ground, Times, request_figures
from marketplace.authorization.figures.public import PublicFigures, Quarter, public_figures

__all__ = [
    "FEWEST",
    "Cell",
    "Figures",
    "Ground",
    "PublicFigures",
    "Quarter",
    "Times",
    "public_figures",
    "request_figures",
]
