"""The lives of organisations, memberships, invitations, elevations and accreditations."""

from foundation.errors import _
from foundation.state_machine import START, Machine, Row

REGISTERED, VERIFIED, REJECTED, SUSPENDED = "registered", "verified", "rejected", "suspended"
ACTIVE, ENDED = "active", "ended"
OPEN, ACCEPTED, REVOKED, EXPIRED = "open", "accepted", "revoked", "expired"
CLAIMED, CONFIRMED, REFUSED, WITHDRAWN, SUPERSEDED = "claimed", "confirmed", "refused", "withdrawn", "superseded"

ORGANISATION = Machine(
    _("Organisation"),
    [
        Row("register", START, REGISTERED, "anybody", "unified social credit code valid where given"),
        Row("verify", REGISTERED, VERIFIED, "the exchange", "identity and claimed roles checked"),
        Row("reject", REGISTERED, REJECTED, "the exchange", "with a reason"),
        Row("suspend", VERIFIED, SUSPENDED, "the exchange", "with a reason"),
        Row("reinstate", SUSPENDED, VERIFIED, "the exchange"),
    ],
)

MEMBERSHIP = Machine(
    _("Membership"),
    [
        Row("join", START, ACTIVE, "the invited person, or who registers the organisation"),
        Row("end", ACTIVE, ENDED, "the person itself or an administrator", "not the last administrator"),
    ],
)

INVITATION = Machine(
    _("Invitation"),
    [
        Row("invite", START, OPEN, "an administrator of the organisation"),
        Row("accept", OPEN, ACCEPTED, "whoever holds the secret", "not expired"),
        Row("revoke", OPEN, REVOKED, "an administrator of the organisation"),
        Row("expire", OPEN, EXPIRED, "the system", "when its time is over"),
    ],
)

ELEVATION = Machine(
    _("Elevation"),
    [
        Row("begin", START, ACTIVE, "an administrator of the exchange", "signed in anew, with a reason, for minutes"),
        Row("end", ACTIVE, ENDED, "the same person"),
        Row("expire", ACTIVE, EXPIRED, "the system", "when its time is over"),
    ],
)

ACCREDITATION = Machine(
    _("Accreditation"),
    [
        Row("claim", START, CLAIMED, "an administrator of the organisation", "for itself or one of its members"),
        Row("confirm", CLAIMED, CONFIRMED, "the exchange, nobody of the holder's", "not over; none begins later"),
        Row("refuse", CLAIMED, REFUSED, "the exchange, nobody of the holder's", "with a reason"),
        Row("withdraw", CLAIMED, WITHDRAWN, "an administrator of the organisation that claimed it"),
        Row("supersede", CONFIRMED, SUPERSEDED, "the system", "when a newer one of its kind and holder is confirmed"),
        Row("revoke", CONFIRMED, REVOKED, "the exchange", "with a reason"),
        Row("revoke", SUPERSEDED, REVOKED, "the exchange", "with a reason: it may count until its successor begins"),
        Row(
            "expire",
            CONFIRMED,
            EXPIRED,
            "the system",
            "from the day after its last on",
        ),
    ],
)
