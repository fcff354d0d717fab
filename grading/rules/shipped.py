"""The rule files of this version of the product, read once a process."""

from functools import cache
from typing import Final

from grading.engine.rules import load_rules

shipped_rules: Final = cache(load_rules)
