"""The meter of a grant: reserved under the grant's lock before anything leaves, and never given back.

A download and all rows of its file count when it begins, bytes a stride at a time. Rows are not told from bytes: they
are of different lengths, so a tenth of the bytes may hold half of the rows, and a share of them would be too low.
"""

from dataclasses import dataclass, replace

from django.db import transaction
from django.utils import timezone

from foundation.errors import NotFound
from marketplace.authorization.decisions import Answer, HandOver, permit
from marketplace.authorization.models import Grant


@dataclass(frozen=True, slots=True)
class Reservation:
    """The decision point's answer, and the grant it was asked about (locked until the transaction ends)."""

    grant: Grant
    answer: Answer


@transaction.atomic
def reserve_download(*, grant_id: int, wanted: HandOver) -> Reservation:
    """Ask the decision point, and count one download and its rows where it permits.

    The lock makes question and count one step: two downloads never share the last one of a limit. The caller records
    the answer, in the same transaction.
    """
    grant = _locked(grant_id)
    answer = permit(grant, wanted, now=timezone.now())
    if answer.allowed:
        grant.downloads_used += 1
        grant.rows_sent += wanted.rows or 0
        grant.save(update_fields=["downloads_used", "rows_sent"])
    return Reservation(grant, answer)


@transaction.atomic
def reserve_bytes(*, grant_id: int, wanted: HandOver, count: int) -> Reservation:
    """Ask anew in the middle of a download that `reserve_download` counted, and add `count` bytes to the meter.

    Nothing is added where it is no longer permitted.
    """
    grant = _locked(grant_id)
    answer = permit(grant, replace(wanted, bytes=count, rows=0, own_downloads=1), now=timezone.now())
    if answer.allowed:
        grant.bytes_sent += count
        grant.save(update_fields=["bytes_sent"])
    return Reservation(grant, answer)


def _locked(grant_id: int) -> Grant:
    grant = Grant.objects.select_for_update(no_key=True).filter(pk=grant_id).first()
    if grant is None:
        raise NotFound
    return grant
