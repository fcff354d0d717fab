"""One pass over the bytes or batches of a table, compiled: what the profile is made from.

A `Kernel` keeps, in bounded memory, the distinct values of each column with counts and first rows (all, or a uniform
sample of them with exact totals over all cells), the distinct rows, and a uniform sample of rows. What it keeps does
not depend on the order in which it came, so that parts of a file can be read apart and put together
(profile/parts.py). The sources are in src/, in C; docs/adr/0019 says why.
"""

from grading.engine.kernel.kernel import Bounds, Kernel, Stopped, exact_sums, mixed, type_of
from grading.engine.kernel.library import KINDS, REGISTERS, Status, Type
from grading.engine.kernel.views import Chosen, ColumnTotals, Held, Noted, Records, TableTotals

__all__ = [
    "KINDS", "REGISTERS", "Bounds", "Chosen", "ColumnTotals", "Held", "Kernel", "Noted", "Records", "Status", "Stopped",
    "TableTotals", "Type", "exact_sums", "mixed", "type_of",
]  # fmt: skip
