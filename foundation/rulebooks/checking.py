"""Whether this release of the product can read the rules that it has to work by: loaders may have become stricter."""

from django.db.models import Q
from django.db.models.functions import Now

from foundation.errors import NotFound
from foundation.rulebooks import registry, states
from foundation.rulebooks.errors import UnusableRules
from foundation.rulebooks.in_force import shipped
from foundation.rulebooks.models import RulebookVersion


def broken() -> list[str]:
    """A line for each text, shipped, in force or to come, that its kind's loader refuses."""
    found = []
    for code in registry.codes():
        try:
            shipped(code)
        except UnusableRules as error:
            found.append(f"{code} as shipped: {error}")
    standing = RulebookVersion.objects.filter(Q(valid_to=None) | Q(valid_to__gt=Now()), state=states.RELEASED)
    for row in standing.select_related("rulebook").order_by("pk"):
        try:
            registry.checked(registry.kind(row.rulebook.kind), row.content)
        except (UnusableRules, NotFound) as error:
            found.append(f"{row.rulebook} #{row.number}: {error}")
    return found
