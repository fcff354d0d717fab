"""Figures of the exchange, read from its tables when somebody scrapes: the same from every process, whoever was killed.

Rooms register theirs in `metrics.py`. Names follow Prometheus: `exchange_` before, the unit behind.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from django.db import DatabaseError, transaction
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

log = logging.getLogger(__name__)

Reading = Iterable[tuple[tuple[str, ...], float]]
Read = Callable[[], Reading]


@dataclass(frozen=True, slots=True)
class Gauge:
    """A registered figure: `read` gives one number for each combination of label values."""

    name: str
    description: str
    labels: tuple[str, ...]
    read: Read


_gauges: Final[dict[str, Gauge]] = {}


def gauge(name: str, description: str, *labels: str) -> Callable[[Read], Read]:
    """Register the decorated function as the reader of gauge `name`; ValueError for a name that is taken."""

    def register(read: Read) -> Read:
        if name in _gauges and _gauges[name].read is not read:
            raise ValueError(f"two readers for gauge '{name}'")
        _gauges[name] = Gauge(name, description, labels, read)
        return read

    return register


def gauges() -> Mapping[str, Gauge]:
    """All registered gauges by name."""
    return _gauges


class Gauges(Collector):
    """Reads every gauge. One that cannot be read is left out and counted in `exchange_gauges_unreadable`."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The families, in the order of their names."""
        unreadable = 0
        for _name, registered in sorted(_gauges.items()):
            family = GaugeMetricFamily(registered.name, registered.description, labels=registered.labels)
            try:
                with transaction.atomic():
                    readings = list(registered.read())
            except DatabaseError:
                log.warning("gauge %s cannot be read", registered.name, exc_info=True)
                unreadable += 1
                continue
            for labels, number in readings:
                family.add_metric(labels, number)
            yield family
        count = GaugeMetricFamily("exchange_gauges_unreadable", "Gauges whose tables could not be read")
        count.add_metric([], unreadable)
        yield count
