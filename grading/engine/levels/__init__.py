"""Category and level of data after GB/T 43697-2024, as recommendations with their reasons."""

from grading.engine.levels.categories import Categories, load_categories, parse_categories
from grading.engine.levels.classify import (
    CATEGORY_REASONS,
    Category,
    CategoryOption,
    CategoryReason,
    categorise,
)
from grading.engine.levels.codesystems import SYSTEMS, VALUES_EXAMINED
from grading.engine.levels.elements import (
    AREAS,
    DECLARATIONS,
    DEPTHS,
    ELEMENTS,
    EXTENTS,
    FINEST,
    GROUPS,
    IMPORTANCE,
    PROCESSING,
    TIME_UNITS,
    Coverage,
    Derivation,
    Elements,
    Facts,
    Precision,
    Source,
    elements_of,
)
from grading.engine.levels.gathering import COLUMNS_WITH_VALUES
from grading.engine.levels.place import Flag, Place, Reason, place
from grading.engine.levels.reasons import REASONS
from grading.engine.levels.recommend import Recommendation, recommend
from grading.engine.levels.scheme import (
    GENERAL_LEVELS,
    InvalidScheme,
    Lowering,
    Rule,
    Scheme,
    load_scheme,
    parse_scheme,
)

__all__ = [
    "AREAS",
    "CATEGORY_REASONS",
    "COLUMNS_WITH_VALUES",
    "DECLARATIONS",
    "DEPTHS",
    "ELEMENTS",
    "EXTENTS",
    "FINEST",
    "GENERAL_LEVELS",
    "GROUPS",
    "IMPORTANCE",
    "PROCESSING",
    "REASONS",
    "SYSTEMS",
    "TIME_UNITS",
    "VALUES_EXAMINED",
    "Categories",
    "Category",
    "CategoryOption",
    "CategoryReason",
    "Coverage",
    "Derivation",
    "Elements",
    "Facts",
    "Flag",
    "InvalidScheme",
    "Lowering",
    "Place",
    "Precision",
    "Reason",
    "Recommendation",
    "Rule",
    "Scheme",
    "Source",
    "categorise",
    "elements_of",
    "load_categories",
    "load_scheme",
    "parse_categories",
    "parse_scheme",
    "place",
    "recommend",
]
