"""Handing a file over: the decision point is asked when a download begins and again before each stride of it.

The meter grows before bytes leave: whatever happens to client, worker or machine, it is never below what was sent.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import Gone, NotFound
from foundation.vault import reading
from foundation.vault.errors import Tampered
from marketplace.authorization.decisions import Answer
from marketplace.authorization.services import reserve_bytes, reserve_download
from marketplace.authorization.wording import InWords
from marketplace.catalog.services import count_use
from marketplace.delivery import links, selectors, states
from marketplace.delivery.models import Delivery, Transfer
from marketplace.delivery.services.preparing import refusal

STRIDE: Final = 4 << 20
"""Bytes reserved at a time: what may still leave after a revocation, and how often the database is asked."""

CLIENT, DAMAGED, ERROR = "client", "tampered", "error"


class TransferInterrupted(Gone):
    """The grant stopped covering a download while it ran; the connection is cut, so that nobody takes it for whole."""

    code = "transfer_interrupted"

    def __init__(self, answer: Answer) -> None:
        super().__init__(_("The download was stopped: %(reasons)s"), reasons=InWords(answer.verdict))
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Download:
    """A permitted and counted download; `stream` gives its bytes once. `size` is in bytes."""

    transfer_id: int
    grant_id: int
    listing_id: int
    holder_id: int
    actor: Actor
    form: str
    filename: str
    media_type: str
    size: int
    pieces: Iterator[bytes]

    def stream(self) -> Iterator[bytes]:
        """The file in pieces of at most 1 MiB. TransferInterrupted when the grant stops covering it; Tampered."""
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
            ended_by = answer.verdict.reasons[0].code
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
        answer = reserve_bytes(grant_id=self.grant_id, form=self.form, asker_id=self.holder_id, count=count).answer
        if answer.allowed:
            grown = models.F("bytes_reserved") + count
            Transfer.objects.filter(pk=self.transfer_id).update(bytes_reserved=grown)
        return answer

    def _reserve(self, count: int) -> int:
        answer = self._reserved(count)
        if not answer.allowed:
            raise TransferInterrupted(answer)
        return count

    @transaction.atomic
    def _end(self, ended_by: str, answer: Answer | None) -> None:
        """Close the transfer's row and count the use of the listing."""
        rows = Transfer.objects.filter(pk=self.transfer_id)
        reserved = rows.values_list("bytes_reserved", flat=True).get()
        count_use(listing_id=self.listing_id, bytes_sent=reserved)
        rows.update(finished_at=timezone.now(), interrupted_by=ended_by)
        data: dict[str, Any] = {"grant": self.grant_id, "bytes_reserved": reserved}
        if ended_by:
            data["by"] = ended_by
        if answer is not None:
            data["decision"] = answer.as_record()
        audit.record(
            actor=self.actor,
            action="transfer.interrupted" if ended_by else "transfer.completed",
            subject=("transfer", self.transfer_id),
            data=data,
        )


def begin_download(*, token: str) -> Download:
    """Begin the download that a link stands for; the actor is the person who made the link.

    NotFound or Gone for a link that is not good (any more); Forbidden, with all reasons, where the decision point
    refuses: that is recorded although the request fails. Tampered for a damaged file: then nothing is counted.
    """
    bearer = links.read(token)
    with transaction.atomic():
        rows = Delivery.objects.select_related("distribution__asset__blob", "blob", "grant")
        delivery = rows.filter(pk=bearer.delivery_id, state=states.READY).first()
        if delivery is None:
            raise NotFound
        blob = selectors.stored_file(delivery)
        reservation = reserve_download(
            grant_id=delivery.grant_id, form=delivery.form, asker_id=bearer.holder_id, wanted_bytes=blob.size
        )
        answer = reservation.answer
        if answer.allowed:
            pieces = reading.open_range(blob)
            transfer = Transfer.objects.create(delivery=delivery, decision=answer.as_record())
            _record(bearer.actor, "transfer.permitted", ("transfer", transfer.pk), delivery, answer)
            return Download(
                transfer_id=transfer.pk,
                grant_id=delivery.grant_id,
                listing_id=delivery.grant.listing_id,
                holder_id=bearer.holder_id,
                actor=bearer.actor,
                form=delivery.form,
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
