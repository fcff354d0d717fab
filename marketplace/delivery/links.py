"""Signed, expiring links: who has one may download, for as long as it lasts and the grant permits.

A link names the delivery, the holder and the person who made it, under HMAC-SHA256 with the delivery key. It is no
permission by itself: the decision point is asked when it is used, and its person must still be one who may receive.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.core import signing
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.errors import Gone, NotFound
from foundation.participants.selectors import member_actor
from marketplace.delivery.policies import RECEIVING

PATH: Final = "/api/v1/downloads/"
_SALT: Final = "marketplace.delivery.link"


@dataclass(frozen=True, slots=True)
class Link:
    """An address on this exchange, without its host, and until when it may be used to begin a download."""

    path: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Bearer:
    """What an untampered link says: `actor` is the person who made it, as it is now."""

    delivery_id: int
    holder_id: int
    actor: Actor


def sign(*, delivery_id: int, holder_id: int, user_id: int) -> Link:
    """A link for one delivery, made by a member of its holder."""
    content = {"delivery": delivery_id, "holder": holder_id, "user": user_id}
    expires_at = timezone.now() + timedelta(seconds=settings.DELIVERY_LINK_SECONDS)
    return Link(PATH + signing.dumps(content, key=settings.DELIVERY_KEY, salt=_SALT), expires_at)


def read(token: str) -> Bearer:
    """Whom a token stands for. NotFound for a forged one; Gone when it expired or its person is no longer a member."""
    try:
        content = signing.loads(token, key=settings.DELIVERY_KEY, salt=_SALT, max_age=settings.DELIVERY_LINK_SECONDS)
    except signing.SignatureExpired as error:
        raise Gone(_("This link has expired: ask for a new one.")) from error
    except signing.BadSignature as error:
        raise NotFound from error
    actor = member_actor(user_id=content["user"], organisation_id=content["holder"])
    if actor is None or actor.member_roles.isdisjoint(RECEIVING):
        raise Gone(_("The person who made this link is no longer a member of the organisation that holds the grant."))
    return Bearer(content["delivery"], content["holder"], actor)
