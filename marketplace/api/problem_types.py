"""What each `type` of problem means and what to do about it: the table behind its page and docs/errors.md."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_noop as _

from foundation.errors import DomainError


@dataclass(frozen=True, slots=True)
class ProblemType:
    """One `code` (the last part of `type`) with its HTTP status; the texts are gettext msgids."""

    code: str
    status: int
    title: str
    meaning: str
    remedy: str


PROBLEM_TYPES: Final = (
    ProblemType(
        "invalid_input",
        422,
        _("Some fields are not valid"),
        _("The request was understood, but one or more of its fields cannot be accepted. Nothing was changed."),
        _("Read `errors`: each entry has a JSON pointer (RFC 6901) to the field and says what to write instead."),
    ),
    ProblemType(
        "unauthenticated",
        401,
        _("Nobody known is asking"),
        _("The request carries no API key or session that counts: it is missing, mistyped, revoked or expired."),
        _(
            "Send `Authorization: Bearer` with a key of your organisation, or sign in. "
            "Its administrators issue new keys."
        ),
    ),
    ProblemType(
        "forbidden",
        403,
        _("You may not do this"),
        _("You may see the object, but the rule named in `rule` does not let you do this with it."),
        _(
            "Ask somebody who may: often another role in your organisation, its verification by the exchange, "
            "or the other party is needed. `detail` says which."
        ),
    ),
    ProblemType(
        "not_found",
        404,
        _("Not found"),
        _("There is no such object, or you may not know of it; the two are never told apart."),
        _("Check the identifier, and whether the key you use belongs to the organisation that the object belongs to."),
    ),
    ProblemType(
        "illegal_transition",
        409,
        _("Not possible in the present state"),
        _("The object's state admits no such step; the tables of all states are public. Nothing was changed."),
        _("Read the object again: somebody may have moved it on. Then take a step that its state allows."),
    ),
    ProblemType(
        "grade_taken",
        409,
        _("Somebody was faster"),
        _("The grade was confirmed, decided, returned or replaced before your step. Nothing of yours was changed."),
        _("Read `grade`: it says what stands now. Decide on that, if anything is left to decide."),
    ),
    ProblemType(
        "conflict",
        409,
        _("Contradicts what is there"),
        _("The request contradicts something that exists already, such as a name that is taken. Nothing was changed."),
        _("Read what `detail` names, then change the request or the object in its way."),
    ),
    ProblemType(
        "stale_version",
        412,
        _("The object has changed since you read it"),
        _("Somebody else changed the object; your change would have overwritten theirs unseen. Nothing was changed."),
        _("Read the object again, and repeat your change with the new `ETag` in `If-Match` if it is still wanted."),
    ),
    ProblemType(
        "precondition_required",
        428,
        _("An edit must say what it starts from"),
        _("The request would replace an object without `If-Match`: somebody else's change could be lost unseen."),
        _("Read the object, then send its `ETag` in `If-Match` with your change."),
    ),
    ProblemType(
        "idempotency_key_reused",
        422,
        _("The key stands for another request"),
        _("You sent this `Idempotency-Key` with another request in the last 24 hours. Nothing was changed."),
        _("Choose a new key for each thing that you create; repeat a request with its own key only, unchanged."),
    ),
    ProblemType(
        "request_in_progress",
        409,
        _("The first request with this key has not ended"),
        _("The same `Idempotency-Key` came before, and what it asked for is still being done."),
        _("Repeat the request in a moment: it will be answered as the first one."),
    ),
    ProblemType(
        "length_required",
        411,
        _("The upload's length is not known"),
        _("Without `Content-Length` a broken upload cannot be told from a whole one. Nothing was stored."),
        _("Send `Content-Length`; most clients do when they are given a file."),
    ),
    ProblemType(
        "too_large",
        413,
        _("Larger than the exchange accepts"),
        _("The body is longer than the limit that `detail` names. Nothing was stored."),
        _("Split or compress the file (Parquet, gzip, zstd), or ask the exchange's operator for a higher limit."),
    ),
    ProblemType(
        "offset_mismatch",
        409,
        _("The upload continues elsewhere"),
        _("A piece of a resumable upload does not begin where the upload ends. Nothing of it was kept."),
        _("Ask for `Upload-Offset` with HEAD, then send the bytes from there. Send one request at a time."),
    ),
    ProblemType(
        "checksum_mismatch",
        460,
        _("The bytes were changed on their way"),
        _("The bytes of the request are not those of its `Upload-Checksum`. None of them was kept."),
        _("Send the same bytes again from the same offset."),
    ),
    ProblemType(
        "upload_quota",
        409,
        _("Too many unfinished uploads"),
        _("Your organisation has as many, or as large, unfinished uploads as the exchange keeps. None was begun."),
        _("Finish uploads or end them with DELETE; those that nobody continues expire."),
    ),
    ProblemType(
        "tus_version",
        412,
        _("Another version of the tus protocol"),
        _(
            "Requests of a resumable upload name the protocol's version in `Tus-Resumable`; "
            "this one names none, or another."
        ),
        _("Send `Tus-Resumable: 1.0.0`; `Tus-Version` lists what is spoken here."),
    ),
    ProblemType(
        "gone",
        410,
        _("No longer available"),
        _("It was there and is no more: a link that has expired, or a grant that has ended or was revoked."),
        _("Ask for a new link while the grant is active; when it has ended, ask for access again."),
    ),
    ProblemType(
        "transfer_interrupted",
        410,
        _("The download was stopped"),
        _("The grant ceased to cover the download while it ran; the connection was cut. What arrived is not whole."),
        _("Discard what arrived. The grant's state says why; ask for access again if you still need the data."),
    ),
    ProblemType(
        "unavailable",
        503,
        _("A part of the service is not available"),
        _("Something that the request needs does not answer at present. Nothing was changed."),
        _("Send the same request again in a while. When it lasts, tell the exchange's operator."),
    ),
    ProblemType(
        "unreadable_export",
        400,
        _("Not an export of the audit log"),
        _("The line that `detail` names is not what an export consists of, so that nothing can be said of its events."),
        _("Send the file unchanged, as `/api/v1/audit/export` or `manage.py audit export` wrote it."),
    ),
    ProblemType(
        "tampered",
        500,
        _("A stored file is damaged"),
        _("The stored file is not what was stored: it was altered, cut short, exchanged or lost. It is not given out."),
        _("Tell the exchange's operator, who restores it from the backup."),
    ),
    ProblemType(
        "not_yet_sealed",
        409,
        _("Not under a checkpoint yet"),
        _("The event is recorded, but the log has not been signed since. A proof can be given once it has."),
        _("Ask again in a minute. When it lasts, tell the exchange's operator: events are no longer sealed."),
    ),
    ProblemType(
        "log_damaged",
        500,
        _("The audit log is damaged"),
        _("What is stored is not what was sealed or signed for. Nothing is signed or proved on top of it."),
        _("Tell the exchange's operator, and keep the checkpoints that you have: they show what was there."),
    ),
    ProblemType(
        "domain_error",
        400,
        _("The request could not be carried out"),
        _("A rule of the exchange refuses the request; `detail` says which."),
        _("Do what `detail` says, then send the request again."),
    ),
    ProblemType(
        "parse_error",
        400,
        _("The body cannot be read"),
        _("The body is not well-formed JSON in UTF-8."),
        _("Check the body with a JSON tool; `detail` names the place."),
    ),
    ProblemType(
        "permission_denied",
        403,
        _("The request may be forged"),
        _("A request of a signed-in session came without its CSRF token or from another site."),
        _("Send the token in `X-CSRFToken`, or use an API key."),
    ),
    ProblemType(
        "method_not_allowed",
        405,
        _("This address does not know the method"),
        _("The address exists, but not for this method; the `Allow` header lists those that it knows."),
        _("Look the operation up in the API's documentation at `/api/docs`."),
    ),
    ProblemType(
        "not_acceptable",
        406,
        _("No such form to answer in"),
        _("The `Accept` header asks for a media type that this address cannot answer in."),
        _("Leave the header out, or ask for `application/json`."),
    ),
    ProblemType(
        "unsupported_media_type",
        415,
        _("The body has another form than is read here"),
        _("The `Content-Type` of the body is not one that this address reads."),
        _("Send `application/json`; for files the type that the API's documentation at `/api/docs` names."),
    ),
    ProblemType(
        "throttled",
        429,
        _("Too many requests"),
        _("This key or address has sent more requests than it may in this time."),
        _("Wait as many seconds as `Retry-After` says, then go on more slowly."),
    ),
    ProblemType(
        "error",
        500,
        _("The exchange failed"),
        _("The request met a defect of the exchange itself."),
        _("Tell the exchange's operator what you sent and when."),
    ),
)

BY_CODE: Final = {problem.code: problem for problem in PROBLEM_TYPES}

_HEAD = """# Errors

Written by `manage.py document_errors` from `marketplace/api/problem_types.py`; do not edit.

Errors are answered as `application/problem+json` (RFC 9457). `type` is `/api/problems/<code>`, where the same is said
in English and Chinese; `detail` says it of the very request, in the language that `Accept-Language` asks for;
`errors` lists wrong fields by JSON pointer; `rule` names the rule that refuses.
"""


def all_errors(base: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    """`base` and every error that a loaded room derives from it."""
    yield base
    for derived in base.__subclasses__():
        yield from all_errors(derived)


def document() -> str:
    """The text of docs/errors.md."""
    parts = [
        f"## `{problem.code}` ({problem.status})\n\n**{problem.title}.** {problem.meaning}\n\n{problem.remedy}\n"
        for problem in PROBLEM_TYPES
    ]
    return "\n".join([_HEAD, *parts])
