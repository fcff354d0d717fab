"""Carrying a request out once, however often it is sent (draft-ietf-httpapi-idempotency-key-header).

The stored answer and what the request did are one transaction: either both are there or neither is. So there is no
state between them, nothing to be repaired after a crash, and a request that was refused may be sent again with its key.
Stored answers are the means of a protocol, not decisions: they are not recorded in the audit log; what the requests did
is.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from foundation.actors import Actor
from foundation.idempotency.answers import Answer
from foundation.idempotency.errors import InProgress, KeyReused
from foundation.idempotency.models import StoredAnswer
from foundation.idempotency.sealing import digest_of, seal, unseal

KEPT: Final = timedelta(hours=24)
BATCH: Final = 1000


def scope_of(actor: Actor) -> str:
    """Whose keys are told apart: a person in an organisation; all unknown callers are one."""
    return actor.kind if actor.user_id is None else f"{actor.kind}:{actor.organisation_id}:{actor.user_id}"


def perform_once(*, actor: Actor, key: str, fingerprint: str, act: Callable[[], Answer]) -> Answer:
    """The answer of `act`, or the one it gave when the actor first sent `key`.

    `fingerprint` (64 hex digits) tells requests apart: KeyReused for another one under the same key. InProgress while
    the first is being carried out. Answers below 300 are kept for a day; what `act` raises is raised, with the
    transaction ended as `act` left it: services keep what they record of a refusal.
    """
    scope = scope_of(actor)
    digest = digest_of(scope, key)
    refused: Exception | None = None
    with transaction.atomic():
        _lock(digest)
        row = StoredAnswer.objects.filter(scope=scope, key_digest=digest).first()
        if row is not None and row.expires_at > timezone.now():
            if row.fingerprint != fingerprint:
                raise KeyReused
            return unseal(bytes(row.sealed), scope=scope, key=key, fingerprint=fingerprint)
        if row is not None:
            row.delete()
        try:
            answer = act()
        except Exception as error:
            refused = error
        else:
            if answer.status < 300:
                StoredAnswer.objects.create(
                    scope=scope,
                    key_digest=digest,
                    fingerprint=fingerprint,
                    sealed=seal(answer, scope=scope, key=key, fingerprint=fingerprint),
                    expires_at=timezone.now() + KEPT,
                )
    if refused is not None:
        raise refused
    return answer


def _lock(digest: str) -> None:
    """Hold the key until the transaction ends; InProgress when another transaction holds it."""
    number = int.from_bytes(bytes.fromhex(digest[:16]), signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        row = cursor.fetchone()
    if row is None or not row[0]:
        raise InProgress


def sweep_expired() -> int:
    """Forget the answers whose day is over, in batches; how many."""
    forgotten = 0
    while True:
        overdue = StoredAnswer.objects.filter(expires_at__lte=timezone.now()).values("pk")[:BATCH]
        removed, _each = StoredAnswer.objects.filter(pk__in=overdue).delete()
        forgotten += removed
        if removed < BATCH:
            return forgotten
