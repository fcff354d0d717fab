"""More errors of any one kind never score higher, in tables of several domains: up to a fifth of all places."""

import random
from collections.abc import Callable
from typing import Final

import pytest

from bench.errors import BREAKS, can_have, put_in
from bench.scoring import score_of
from tests.grading.engine.quality.detection.generated import Cells, companies, orders

RATES: Final = (0.02, 0.05, 0.1, 0.2)
ROWS: Final = 160
Domain = Callable[[random.Random, int], tuple[list[str], Cells]]


@pytest.mark.parametrize("kind", BREAKS)
@pytest.mark.parametrize("domain", [orders, companies], ids=lambda made: made.__name__)
def test_more_errors_never_score_higher(domain: Domain, kind: str) -> None:
    header, cells = domain(random.Random(3), ROWS)
    clean = [header, *cells]
    assert can_have(clean)[kind] >= 100
    tables = [clean, *(put_in(clean, kind, rate, random.Random(kind)) for rate in RATES)]
    scores = [score for table in tables if (score := score_of(table)) is not None]
    assert len(scores) == len(tables)
    assert scores == sorted(scores, reverse=True)
    assert scores[0] >= 99
    assert len(set(scores)) == len(scores)
    assert scores[-1] < scores[0] - 2
