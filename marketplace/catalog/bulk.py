"""Questions about thousands of rows at once."""

from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Func, Value


def one_of(identifiers: Iterable[int]) -> Func:
    """For `pk__in=`: identifiers as one parameter; thousands, one by one, cost more to write than to look up."""
    numbers = Value(list(identifiers), output_field=ArrayField(BigIntegerField()))
    return Func(numbers, template="(SELECT unnest(%(expressions)s))", output_field=BigIntegerField())
