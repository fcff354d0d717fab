"""How much there is in each extent of coverage 覆盖度, as a scheme reckons it: so that extents can be compared.

A rule that asks for half of a province must hold as well for as much of the country, which is a small share of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from grading.engine.forms import Form
from grading.engine.levels.elements import EXTENTS, Coverage

#: The largest size, in counties, and area in km² that a scheme may give.
LARGEST_SIZE = 1e6
LARGEST_KM2 = 1e9


@dataclass(frozen=True, slots=True)
class Extents:
    """`sizes` of EXTENTS against a county's; without any, a share is as much of every extent.

    `least_km2`: what data that reaches so far covers at the least; nothing where an extent is left out.
    """

    sizes: Mapping[str, float] = field(default_factory=dict)
    least_km2: Mapping[str, float] = field(default_factory=dict)

    def reached(self, coverage: Coverage, *, least: str, share: float) -> bool:
        """Whether that share of the extent `least` is covered, or as much of a wider one. Empty: of any extent."""
        if not least:
            return coverage.share >= share
        if coverage.extent not in EXTENTS or EXTENTS.index(coverage.extent) < EXTENTS.index(least):
            return False
        return coverage.share * self._size(coverage.extent) >= share * self._size(least)

    def area_km2(self, coverage: Coverage) -> float:
        """The area that counts: the declared one, but no less than an extent so wide has."""
        return max(coverage.area_km2, self.least_km2.get(coverage.extent or "", 0.0))

    def _size(self, extent: str) -> float:
        return self.sizes.get(extent, 1.0)


def parse_extents(form: Form) -> Extents:
    """The table `extents` of a scheme; what is wrong is noted with its path."""
    if not form.data:
        return Extents()
    form.only("source", "certainty", "sizes", "least_km2")
    form.text("source")
    form.certainty()
    sizes = _by_extent(form.table("sizes"), most=LARGEST_SIZE)
    least_km2 = _by_extent(form.table("least_km2"), most=LARGEST_KM2)
    if sizes and set(sizes) != set(EXTENTS):
        form.fault("sizes", f"must give all of {', '.join(EXTENTS)}, or none")
    if 0.0 in sizes.values():
        form.fault("sizes", "must be above 0")
    return Extents(sizes, least_km2)


def _by_extent(form: Form, *, most: float) -> dict[str, float]:
    form.only(*EXTENTS)
    found = {code: form.number(code, most=most) or 0.0 for code in EXTENTS if code in form.data}
    for narrow, wide in pairwise(found):
        if found[wide] < found[narrow]:
            form.fault(wide, f"is less than {narrow}, which it holds")
    return found
