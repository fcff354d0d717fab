"""The life of a version of rules."""

from foundation.errors import _
from foundation.state_machine import START, Machine, Row

DRAFT, PROPOSED, RELEASED, WITHDRAWN = "draft", "proposed", "released", "withdrawn"

RULEBOOK_VERSION = Machine(
    _("Version of rules"),
    [
        Row(
            "draft", START, DRAFT, "an administrator or operator of the exchange", "the kind's loader accepts the text"
        ),
        Row("revise", DRAFT, DRAFT, "its author", "the kind's loader accepts the text"),
        Row("propose", DRAFT, PROPOSED, "its author", "starts the what-if; the text is final from here"),
        Row("return", PROPOSED, DRAFT, "its author, an administrator or approver of the exchange", "with a reason"),
        Row(
            "release",
            PROPOSED,
            RELEASED,
            "an administrator or approver of the exchange",
            "not its author; what-if done",
        ),
        Row("withdraw", DRAFT, WITHDRAWN, "its author or an administrator of the exchange"),
        Row("withdraw", PROPOSED, WITHDRAWN, "its author or an administrator of the exchange"),
        Row("withdraw", RELEASED, WITHDRAWN, "an administrator or approver of the exchange", "before it is in force"),
    ],
)
