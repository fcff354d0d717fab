"""Names of columns as they are compared, and the columns of a sample beside those that are named by hand."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache


@lru_cache(maxsize=65_536)
def plain_name(name: str) -> str:
    """A column's name as it is compared: `Dep-Delay`, `DEP_DELAY` and `depdelay` are one."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold())


def beside(named: Iterable[str], sample: Mapping[str, str]) -> dict[str, str]:
    """The columns of a sample, name → type, without those that are named already, so that nothing is wished for twice.

    Of several that are compared as one the first counts. A name without letters and digits is none.
    """
    if not sample:
        return {}
    taken = {plain_name(name) for name in named} | {""}
    others: dict[str, str] = {}
    for name, kind in sample.items():
        if (plain := plain_name(name)) not in taken:
            taken.add(plain)
            others[name] = kind
    return others
