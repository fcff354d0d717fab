"""Category and level of data after GB/T 43697-2024, as recommendations with their reasons."""

from grading.engine.levels.categories import (
    Categories,
    Category,
    CategoryOption,
    load_categories,
    parse_categories,
)
from grading.engine.levels.recommend import (
    DECLARATIONS,
    REASONS,
    Facts,
    Flag,
    Place,
    Reason,
    Recommendation,
    place,
    recommend,
)
from grading.engine.levels.scheme import (
    GENERAL_LEVELS,
    InvalidScheme,
    Rule,
    Scheme,
    load_scheme,
    parse_scheme,
)

__all__ = [
    "DECLARATIONS",
    "GENERAL_LEVELS",
    "REASONS",
    "Categories",
    "Category",
    "CategoryOption",
    "Facts",
    "Flag",
    "InvalidScheme",
    "Place",
    "Reason",
    "Recommendation",
    "Rule",
    "Scheme",
    "load_categories",
    "load_scheme",
    "parse_categories",
    "parse_scheme",
    "place",
    "recommend",
]
