"""Deliveries and links of granted files, by the real services."""

from functools import cache

from marketplace.authorization.models import Grant
from marketplace.catalog.models import Distribution
from marketplace.delivery import services
from marketplace.delivery.links import PATH, Link
from marketplace.delivery.models import Delivery
from tests.factories import Party, World

MIB = 1 << 20


@cache
def table(size: int) -> bytes:
    """A CSV of about `size` bytes whose every line is different."""
    lines = (size - 14) // 30
    return b"id,name,value\n" + b"".join(b"%08d,name %08d,%07d\n" % (n, n, n) for n in range(lines))


def file_of(grant: Grant) -> Distribution:
    """The granted version's file."""
    return grant.version.distributions.get()


def prepared(grant: Grant, holder: Party) -> Delivery:
    """The file of the grant, prepared for its holder."""
    return services.prepare_delivery(actor=holder.actor, grant_id=grant.pk, distribution_id=file_of(grant).pk)


def linked(world: World, grant: Grant, holder: Party | None = None) -> Link:
    """A link to the ready file."""
    party = holder or world.buyer
    return services.make_link(actor=party.actor, delivery_id=prepared(grant, party).pk)


def token_of(link: Link) -> str:
    """The token of a link."""
    return link.path.removeprefix(PATH)
