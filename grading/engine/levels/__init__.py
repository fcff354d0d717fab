"""Category and level of data after GB/T 43697-2024, as recommendations with their reasons."""

from grading.engine.levels.categories import Categories, load_categories, parse_categories
from grading.engine.levels.classify import (
    CATEGORY_REASONS,
    Category,
    CategoryOption,
    CategoryReason,
    categorise,
)
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
    "TIME_UNITS",
    "Categories",
    "Category",
    "CategoryOption",
<<<<<<< HEAD
    "Coverage",
    "Derivation",
    "Elements",
=======
    "CategoryReason",
>>>>>>> d139889 (Categories 2.0: sixteen sectors, weighed evidence from names, values and listing texts, with reasons)
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
<<<<<<< HEAD
    "Source",
    "elements_of",
=======
    "categorise",
>>>>>>> d139889 (Categories 2.0: sixteen sectors, weighed evidence from names, values and listing texts, with reasons)
    "load_categories",
    "load_scheme",
    "parse_categories",
    "parse_scheme",
    "place",
    "recommend",
]
