"""Questions about thousands of rows at once."""

from collections.abc import Iterable

from django.db.models import BigIntegerField, Func, TextField, Value


def one_of(identifiers: Iterable[int]) -> Func:
    """For `pk__in=`: identifiers as one parameter; thousands, one by one, cost more to write than to look up."""
    numbers = Value(f"{{{','.join(map(str, identifiers))}}}", output_field=TextField())
    return Func(numbers, template="(SELECT unnest(%(expressions)s::bigint[]))", output_field=BigIntegerField())
