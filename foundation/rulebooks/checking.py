"""Whether this release of the product can read the rules that it has to work by: loaders may have become stricter."""

from collections.abc import Iterator

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from foundation.errors import NotFound
from foundation.rulebooks import registry, states
from foundation.rulebooks.errors import UnusableRules
from foundation.rulebooks.in_force import shipped
from foundation.rulebooks.models import RulebookVersion


def broken() -> list[str]:
    """A line for each text, shipped, in force or to come, that its kind's loader refuses, and for contradictions."""
    found = []
    for code in registry.codes():
        for scope in registry.kind(code).shipped_by_code or ("",):
            try:
                shipped(code, scope)
            except UnusableRules as error:
                found.append(f"{code} {scope}".rstrip() + f" as shipped: {error}")
    standing = RulebookVersion.objects.filter(Q(valid_to=None) | Q(valid_to__gt=Now()), state=states.RELEASED)
    for row in standing.select_related("rulebook").order_by("pk"):
        try:
            registry.checked(registry.kind(row.rulebook.kind), row.content)
        except (UnusableRules, NotFound) as error:
            found.append(f"{row.rulebook} #{row.number}: {error}")
    return [*found, *_contradicting(standing)]


def _contradicting(standing: QuerySet[RulebookVersion]) -> Iterator[str]:
    """What rulebooks of one kind say against each other, now or from where one of them changes."""
    for code in registry.codes():
        together = registry.kind(code).together
        if together is None:
            continue
        begin = standing.filter(rulebook__kind=code, valid_from__gt=Now()).values_list("valid_from", flat=True)
        problems = dict.fromkeys(said for at in (None, *begin) for said in together(None, at))
        yield from (f"{code}: {said}" for said in problems)
