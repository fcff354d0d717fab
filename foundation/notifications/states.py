"""The lives of a webhook endpoint and of one delivery to it."""

from foundation.errors import _
from foundation.state_machine import START, Machine, Row

ACTIVE, PAUSED, DISABLED = "active", "paused", "disabled"

WEBHOOK_ENDPOINT = Machine(
    _("Webhook endpoint"),
    [
        Row("register", START, ACTIVE, "an administrator of the organisation", "its secret is shown once"),
        Row("pause", ACTIVE, PAUSED, "an administrator of the organisation"),
        Row("give_up", ACTIVE, PAUSED, "the sender", "a delivery failed to the end, none arrived; or 410"),
        Row("resume", PAUSED, ACTIVE, "an administrator of the organisation", "what waited is sent now"),
        Row("disable", ACTIVE, DISABLED, "an administrator of the organisation", "final: its secrets are erased"),
        Row("disable", PAUSED, DISABLED, "an administrator of the organisation", "final: its secrets are erased"),
    ],
)

PENDING, DELIVERED, FAILED, CANCELLED = "pending", "delivered", "failed", "cancelled"

WEBHOOK_DELIVERY = Machine(
    _("Webhook delivery"),
    [
        Row("queue", START, PENDING, "the exchange", "something happened that the endpoint chose"),
        Row("deliver", PENDING, DELIVERED, "the sender", "answered 2xx"),
        Row("fail", PENDING, FAILED, "the sender", "the last attempt failed, or 410 Gone"),
        Row("cancel", PENDING, CANCELLED, "an administrator of the organisation", "the endpoint was disabled"),
        Row("redeliver", DELIVERED, PENDING, "an administrator of the organisation", "the same message once more"),
        Row("redeliver", FAILED, PENDING, "an administrator of the organisation", "the same message once more"),
    ],
)
