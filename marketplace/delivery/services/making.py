"""Making the granted form of a file: a job decrypts it privately, masks or extracts it, and keeps the result.

What is made holds the granted columns and no other, whatever the form.
"""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import IO, Any, Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils import timezone

from foundation.actors import system
from foundation.jobs.services import Run
from foundation.vault import services as vault
from grading.engine.readers import UnreadableFile
from grading.reading import read_confined, seldom
from marketplace.authorization.decisions import HandOver, permit
from marketplace.authorization.models import Form
from marketplace.authorization.wording import InWords
from marketplace.delivery import selectors, states
from marketplace.delivery.engine import confined
from marketplace.delivery.engine.masking import MaskingError
from marketplace.delivery.models import Delivery
from marketplace.delivery.services.preparing import finish

ACTOR: Final = system("delivery")
PIECE: Final = 1 << 20
MASKING: Final = "marketplace.delivery.engine.confined:mask_confined"
EXTRACTING: Final = "marketplace.delivery.engine.confined:extract_confined"


def masking_key(grant_id: int) -> bytes:
    """The key of one grant's pseudonyms (HKDF-SHA256, RFC 5869): those of two grants cannot be linked."""
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"pseudonyms of grant {grant_id}".encode())
    return hkdf.derive(settings.DELIVERY_KEY.encode())


def make_delivery(run: Run, *, delivery_id: int) -> Mapping[str, Any]:
    """Make the file of a delivery in its granted form as attempt `run` of a job.

    The decision point is asked anew, for whoever asked for it. A file that cannot be made as its grant obliges makes
    the delivery `failed` with the problem's code; the job succeeds and says so. Tampered for a damaged file, which is
    for the exchange to mend: the delivery keeps waiting.
    """
    delivery = Delivery.objects.select_related("grant", "distribution__asset__blob").get(pk=delivery_id)
    if delivery.state != states.PREPARING:  # an earlier attempt ended between its commit and its report
        return {"state": delivery.state}
    grant = delivery.grant
    wanted = HandOver(delivery.form, grant.organisation_id, delivery.asked_by_id, columns=frozenset(grant.columns))
    answer = permit(grant, wanted, now=timezone.now())
    if not answer.allowed:
        return _give_up(run, delivery_id, "not_permitted", {"reasons": str(InWords(answer.verdict))})
    with tempfile.TemporaryFile(dir=settings.STATE_DIR) as sink:  # it has no name: a kill leaves nothing behind
        try:
            report = _made(run, delivery, sink)
        except MaskingError as problem:
            return _give_up(run, delivery_id, problem.code, {"columns": ", ".join(problem.columns)})
        except UnreadableFile as problem:
            return _give_up(run, delivery_id, problem.code, problem.params)
        run.progress(0.8, "encrypting")
        return _keep(run, delivery_id, sink, report)


def _made(run: Run, delivery: Delivery, sink: IO[bytes]) -> confined.Report:
    """The file in `sink`, made by a confined child. Raises MaskingError and UnreadableFile."""
    asset = delivery.distribution.asset
    function, order = _order(delivery)
    with run.heartbeat():
        answer = read_confined(
            function, order, blob=asset.blob, outputs={"sink": sink.fileno()}, report=seldom(run.progress)
        )
    return confined.result(answer)


def _order(delivery: Delivery) -> tuple[str, dict[str, Any]]:
    """What the child is to do. A version may have several files: of each only its own columns of the grant's count."""
    grant, asset = delivery.grant, delivery.distribution.asset
    if delivery.form != Form.MASKED:
        return EXTRACTING, confined.extracting_order(filename=asset.filename, kept=grant.columns)
    assessed = selectors.assessed_columns(asset.pk)
    kept = [name for name in grant.columns if name in assessed] if grant.columns else None
    key = masking_key(grant.pk)
    return MASKING, confined.masking_order(filename=asset.filename, columns=assessed, kept=kept, key=key)


def _pieces(sink: IO[bytes]) -> Iterator[bytes]:
    sink.seek(0)
    while piece := sink.read(PIECE):
        yield piece


def _keep(run: Run, delivery_id: int, sink: IO[bytes], report: confined.Report) -> Mapping[str, Any]:
    """Store the file and make the delivery ready, in one transaction that only this attempt can enter."""
    with run.heartbeat(), vault.receive(chunks=_pieces(sink)) as incoming, run.commit():
        delivery = Delivery.objects.select_for_update().get(pk=delivery_id)
        delivery.blob = vault.keep(actor=ACTOR, incoming=incoming)
        delivery.report = asdict(report)
        finish(actor=ACTOR, delivery=delivery, event="ready")
    return {"state": delivery.state, "rows": report.rows, "bytes": incoming.size}


def _give_up(run: Run, delivery_id: int, code: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
    with run.commit():
        delivery = Delivery.objects.select_for_update().get(pk=delivery_id)
        delivery.problem, delivery.report = code, {"problem": dict(params)}
        finish(actor=ACTOR, delivery=delivery, event="fail")
    return {"state": delivery.state, "problem": code}
