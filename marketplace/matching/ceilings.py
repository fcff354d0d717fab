"""What listings say to soft features, read for thousands at once: a few numbers each, packed by PostgreSQL."""

from collections.abc import Collection, Mapping
from typing import Final

import numpy as np
from django.db import connection

from marketplace.matching.engine.ceiling import SoftColumns

_READ: Final = """
SELECT string_agg(int8send(listing_id), ''::bytea), string_agg(int8send(coalesce(provider_id, 0)), ''::bytea),
       string_agg(float8send(coalesce(quality_low, quality, 'NaN')), ''::bytea),
       string_agg(float8send(coalesce(price::float8, 'NaN')), ''::bytea),
       string_agg(boolsend(currency = %s), ''::bytea),
       string_agg(float8send(coalesce((freshness_on - DATE '0001-01-01' + 1)::float8, 'NaN')), ''::bytea)
  FROM matching_indexedlisting WHERE listing_id = ANY(%s)
"""
"""Of the same rows in the same order. The first of January of the year 1 has the ordinal 1."""


class Said:
    """What these listings say; `listings` and `providers` are their identifiers, in one order with all columns.

    What is not published any more is left out; a provider that is not known is 0.
    """

    def __init__(self, listing_ids: Collection[int], *, currency: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_READ, [currency, list(listing_ids)])
            packed = [b"" if column is None else bytes(column) for column in cursor.fetchone() or ()]
        self.listings, self.providers = (np.frombuffer(column, ">i8").astype(np.int64) for column in packed[:2])
        self._quality, self._price, self._fresh_on = (
            np.frombuffer(packed[place], ">f8").astype(np.float64) for place in (2, 3, 5)
        )
        self._comparable = np.frombuffer(packed[4], np.bool_)

    def columns(self, records: Mapping[int | None, tuple[int, int]]) -> SoftColumns:
        """For `engine.ceiling`; `records` has how many requests of each provider were decided, and granted."""
        known, places = np.unique(self.providers, return_inverse=True)
        counts = np.array([records.get(provider or None, (0, 0)) for provider in known.tolist()], float).reshape(-1, 2)
        decided, granted = counts[places].T
        return SoftColumns(self._quality, self._price, self._comparable, self._fresh_on, decided, granted)
