"""Rules that a provider declares of a table, checked over every cell: a Table Schema of the Data Package standard.

https://datapackage.org/standard/table-schema/ (version 2). What a descriptor may say is checked by `schema`, what the
cells say to it by `check`, and `outcome` makes measures and findings of it.
"""

from grading.engine.quality.declared.model import PROBLEMS, RULES, InvalidSchema, Problem, TableSchema
from grading.engine.quality.declared.schema import parse_schema

__all__ = ["PROBLEMS", "RULES", "InvalidSchema", "Problem", "TableSchema", "parse_schema"]
