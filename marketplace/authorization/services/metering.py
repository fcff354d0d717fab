"""The meter of a grant: reserved under the grant's lock before anything leaves, and never given back."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from foundation.errors import NotFound
from marketplace.authorization.decisions import Answer, permit
from marketplace.authorization.models import Grant


@dataclass(frozen=True, slots=True)
class Reservation:
    """The decision point's answer, and the grant it was asked about (locked until the transaction ends)."""

    grant: Grant
    answer: Answer


@transaction.atomic
def reserve_download(*, grant_id: int, form: str, asker_id: int, wanted_bytes: int = 0) -> Reservation:
    """Ask the decision point, and count one download where it permits.

    The lock makes question and count one step: two downloads never share the last one of a limit. The caller records
    the answer, in the same transaction.
    """
    grant = _locked(grant_id)
    answer = permit(grant, now=timezone.now(), form=form, asker_id=asker_id, wanted_bytes=wanted_bytes)
    if answer.allowed:
        grant.downloads_used += 1
        grant.save(update_fields=["downloads_used"])
    return Reservation(grant, answer)


@transaction.atomic
def reserve_bytes(*, grant_id: int, form: str, asker_id: int, count: int) -> Reservation:
    """Ask anew in the middle of a counted download, and add `count` bytes to the meter where it is permitted."""
    grant = _locked(grant_id)
    answer = permit(grant, now=timezone.now(), form=form, asker_id=asker_id, wanted_bytes=count, own_downloads=1)
    if answer.allowed:
        grant.bytes_sent += count
        grant.save(update_fields=["bytes_sent"])
    return Reservation(grant, answer)


def _locked(grant_id: int) -> Grant:
    grant = Grant.objects.select_for_update(no_key=True).filter(pk=grant_id).first()
    if grant is None:
        raise NotFound
    return grant
