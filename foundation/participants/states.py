"""The life of an organisation at the exchange."""

from foundation.errors import _
from foundation.state_machine import START, Machine, Row

REGISTERED, VERIFIED, REJECTED, SUSPENDED = "registered", "verified", "rejected", "suspended"

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
