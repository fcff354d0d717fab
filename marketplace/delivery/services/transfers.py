"""Handing a file over: the decision point is asked when a download begins and again before each stride of it.

The meter grows before bytes leave: whatever happens to client, worker or machine, it is never below what was sent.
"""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Final

from django.db import models, transaction
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import Gone, NotFound
from foundation.vault import reading
from foundation.vault.errors import Tampered
from marketplace.authorization.decisions import Answer, HandOver
from marketplace.authorization.services import reserve_bytes, reserve_download
from marketplace.authorization.wording import InWords
from marketplace.delivery import links, selectors, states
from marketplace.delivery.models import Delivery, Transfer
from marketplace.delivery.services.ending import CLIENT, DAMAGED, ERROR, OVERDUE, end_transfer
from marketplace.delivery.services.preparing import OUTDATED, refusal

STRIDE: Final = 4 << 20
"""Bytes reserved at a time: what may still leave after a revocation, and how often the database is asked."""


class TransferInterrupted(Gone):
    """A download was stopped while it ran; the connection is cut, so that nobody takes it for whole.

    The grant no longer covers it, as `answer` says, or the sweep has ended it: then there is no answer.
    """

    code = "transfer_interrupted"

    def __init__(self, answer: Answer | None) -> None:
        if answer is None:
            super().__init__(_("The download was stopped: it took longer than a download may take."))
        else:
            super().__init__(_("The download was stopped: %(reasons)s"), reasons=InWords(answer.verdict))
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Download:
    """A permitted and counted download; `stream` gives its bytes once. `size` is in bytes."""

    transfer_id: int
    grant_id: int
    wanted: HandOver
    actor: Actor
    filename: str
    media_type: str
    size: int
    pieces: Iterator[bytes]

    def stream(self) -> "Stream":
        """The file in pieces of at most 1 MiB. TransferInterrupted when the grant stops covering it; Tampered.

        Whoever takes it calls `close` in the end, as WSGI servers do, also where not one piece was asked for.
        """
        return Stream(self._send(), self._end)

    def _send(self) -> Generator[bytes]:
        reserved = sent = 0
        ended_by, answer = ERROR, None
        try:
            for piece in self.pieces:
                while reserved < sent + len(piece):
                    reserved += self._reserve(min(STRIDE, self.size - reserved))
                sent += len(piece)
                yield piece
            ended_by = ""
        except TransferInterrupted as stopped:
            answer = stopped.answer
            ended_by = OVERDUE if answer is None else answer.verdict.reasons[0].code
            raise
        except GeneratorExit:
            ended_by = CLIENT
            raise
        except Tampered:
            ended_by = DAMAGED
            raise
        finally:
            self._end(ended_by, answer)

    @transaction.atomic
    def _reserved(self, count: int) -> Answer:
        answer = reserve_bytes(grant_id=self.grant_id, wanted=self.wanted, count=count).answer
        if answer.allowed:
            running = Transfer.objects.filter(pk=self.transfer_id, finished_at=None)
            if not running.update(bytes_reserved=models.F("bytes_reserved") + count):
                raise TransferInterrupted(None)  # the meter of the grant goes back with the transaction
        return answer

    def _reserve(self, count: int) -> int:
        answer = self._reserved(count)
        if not answer.allowed:
            raise TransferInterrupted(answer)
        return count

    def _end(self, ended_by: str, answer: Answer | None = None) -> None:
        end_transfer(
            actor=self.actor,
            transfer_id=self.transfer_id,
            ended_by=ended_by,
            decision=None if answer is None else answer.as_record(),
        )


class Stream:
    """The pieces of one download. A client that is gone before the first of them ends it too."""

    def __init__(self, pieces: Generator[bytes], end: Callable[[str], None]) -> None:
        self._pieces = pieces
        self._end = end
        self._begun = False

    def __iter__(self) -> "Stream":
        return self

    def __next__(self) -> bytes:
        self._begun = True
        return next(self._pieces)

    def close(self) -> None:
        """End the download where it is; nothing if it has ended."""
        if self._begun:
            self._pieces.close()
        else:  # a generator that was never asked for anything runs none of its code when it is closed
            self._begun = True
            self._pieces.close()
            self._end(CLIENT)


def begin_download(*, token: str) -> Download:
    """Begin the download that a link stands for; the actor is the person who made the link.

    NotFound or Gone for a link that is not good (any more); Gone for a file that would be masked otherwise by now, and
    Forbidden, with all reasons, where the decision point refuses: both are recorded although the request fails.
    Tampered for a damaged file: then nothing is counted.
    """
    bearer = links.read(token)
    rows = Delivery.objects.select_related("distribution__asset__blob", "blob", "grant")
    delivery = rows.filter(pk=bearer.delivery_id, state=states.READY).first()
    if delivery is None:
        raise NotFound
    if selectors.outdated(delivery):
        data = {"grant": delivery.grant_id, "delivery": delivery.pk, "problem": OUTDATED}
        with transaction.atomic():
            audit.record(actor=bearer.actor, action="transfer.refused", subject=("delivery", delivery.pk), data=data)
        raise Gone(_("Its columns are masked otherwise by now: have the file prepared anew."))
    with transaction.atomic():
        blob = selectors.stored_file(delivery)
        wanted = selectors.handed_over(delivery, asker_id=bearer.holder_id, person_id=bearer.actor.user_id)
        answer = reserve_download(grant_id=delivery.grant_id, wanted=wanted).answer
        if answer.allowed:
            pieces = reading.open_range(blob)
            transfer = Transfer.objects.create(
                delivery=delivery, rows_reserved=wanted.rows or 0, decision=answer.as_record()
            )
            _record(bearer.actor, "transfer.permitted", ("transfer", transfer.pk), delivery, answer)
            return Download(
                transfer_id=transfer.pk,
                grant_id=delivery.grant_id,
                wanted=wanted,
                actor=bearer.actor,
                filename=delivery.filename,
                media_type=delivery.media_type,
                size=blob.size,
                pieces=pieces,
            )
        _record(bearer.actor, "transfer.refused", ("delivery", delivery.pk), delivery, answer)
    raise refusal(answer)


def _record(actor: Actor, action: str, subject: tuple[str, int], delivery: Delivery, answer: Answer) -> None:
    data = {"grant": delivery.grant_id, "delivery": delivery.pk, "decision": answer.as_record()}
    audit.record(actor=actor, action=action, subject=subject, data=data)
