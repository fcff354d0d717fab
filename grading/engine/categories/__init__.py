"""Category 分类 of data: industry sector, business domain, attribute (GB/T 43697-2024), recommended with reasons."""

from grading.engine.categories.classify import (
    CATEGORY_REASONS,
    Category,
    CategoryOption,
    CategoryReason,
    categorise,
)
from grading.engine.categories.codesystems import SYSTEMS, VALUES_EXAMINED
from grading.engine.categories.gathering import COLUMNS_WITH_VALUES
from grading.engine.categories.scheme import Categories, load_categories, parse_categories

__all__ = [
    "CATEGORY_REASONS",
    "COLUMNS_WITH_VALUES",
    "SYSTEMS",
    "VALUES_EXAMINED",
    "Categories",
    "Category",
    "CategoryOption",
    "CategoryReason",
    "categorise",
    "load_categories",
    "parse_categories",
]
