"""The lives of an access request, an approval step and a grant."""

from foundation.errors import _
from foundation.state_machine import START, Machine, Row

SUBMITTED, IN_APPROVAL, MORE_INFORMATION = "submitted", "in_approval", "more_information"
APPROVED, REJECTED, WITHDRAWN, EXPIRED, LAPSED = "approved", "rejected", "withdrawn", "expired", "lapsed"
PENDING = (IN_APPROVAL, MORE_INFORMATION)
"""What has a chain that is not finished."""

ACCESS_REQUEST = Machine(
    _("Access request"),
    [
        Row("submit", START, SUBMITTED, "the buyer"),
        Row("route", SUBMITTED, IN_APPROVAL, "the decision table", "its row names approvers"),
        Row("grant", SUBMITTED, APPROVED, "the decision table", "open mode"),
        Row("grant", IN_APPROVAL, APPROVED, "the last approver", "every step approved, or none demanded"),
        Row("refuse", SUBMITTED, REJECTED, "the decision table", "mode refused, with its rule"),
        Row("reject", IN_APPROVAL, REJECTED, "the step's approver", "on a coded ground, with a reason"),
        Row("ask", IN_APPROVAL, MORE_INFORMATION, "an approver of an open step", "nobody decides meanwhile"),
        Row("answer", MORE_INFORMATION, IN_APPROVAL, "the buyer", "open steps are due later by the time it took"),
        Row("withdraw", SUBMITTED, WITHDRAWN, "the buyer"),
        Row("withdraw", IN_APPROVAL, WITHDRAWN, "the buyer"),
        Row("withdraw", MORE_INFORMATION, WITHDRAWN, "the buyer"),
        Row("expire", SUBMITTED, EXPIRED, "beat", "deadline over"),
        Row("expire", IN_APPROVAL, EXPIRED, "beat", "deadline over"),
        Row("expire", MORE_INFORMATION, EXPIRED, "beat", "deadline over"),
        Row(
            "lapse", IN_APPROVAL, LAPSED, "a job", "the level rose, and the table does not bear the request any longer"
        ),
        Row("lapse", MORE_INFORMATION, LAPSED, "a job", "likewise; the buyer asks again by today's row"),
        Row(
            "appeal",
            REJECTED,
            IN_APPROVAL,
            "the buyer",
            "once, in time: to others of the body that refused; where the table refused, if it does not today",
        ),
    ],
)

WAITING, OPEN, STEP_APPROVED, STEP_REJECTED, VOID = "waiting", "open", "approved", "rejected", "void"

APPROVAL_STEP = Machine(
    _("Approval step"),
    [
        Row("plan", START, WAITING, "the decision table; an appeal"),
        Row("open", WAITING, OPEN, "every step of the stages before was approved"),
        Row("approve", OPEN, STEP_APPROVED, "the last of its quorum", "of no party; once in a chain"),
        Row("reject", OPEN, STEP_REJECTED, "one approver of the step's organisation", "on a coded ground, in words"),
        Row("void", WAITING, VOID, "rejection, withdrawal, expiry or lapse"),
        Row("void", OPEN, VOID, "rejection beside it, withdrawal, expiry or lapse"),
    ],
)

ACTIVE, SUSPENDED, REVOKED, GRANT_EXPIRED = "active", "suspended", "revoked", "expired"

STANDING = (ACTIVE, SUSPENDED)
"""What may still be delivered under: a suspended grant can be resumed, so nobody else gets its place."""

GRANT = Machine(
    _("Grant"),
    [
        Row("issue", START, ACTIVE, "the decision table or the last approver"),
        Row(
            "suspend",
            ACTIVE,
            SUSPENDED,
            "the exchange; a job",
            "with a reason; the level rose, and the table does not bear the grant any longer",
        ),
        Row("resume", SUSPENDED, ACTIVE, "the exchange", "the table bears it at today's level"),
        Row("revoke", ACTIVE, REVOKED, "the exchange, or an approver's organisation of its chain", "final"),
        Row("revoke", SUSPENDED, REVOKED, "the exchange, or an approver's organisation of its chain", "final"),
        Row("expire", ACTIVE, GRANT_EXPIRED, "beat", "term over"),
        Row("expire", SUSPENDED, GRANT_EXPIRED, "beat", "term over"),
    ],
)

ALLOTTED, TAKEN_UP, DECLINED, ALLOTMENT_LAPSED = "proposed", "taken_up", "declined", "lapsed"

ALLOTMENT = Machine(
    _("Allotment"),
    [
        Row("propose", START, ALLOTTED, "a round of the allocation", "nothing stands in its way"),
        Row("take_up", ALLOTTED, TAKEN_UP, "the buyer", "asks for the exclusive licence within its days"),
        Row("decline", ALLOTTED, DECLINED, "the buyer"),
        Row("lapse", ALLOTTED, ALLOTMENT_LAPSED, "beat", "its days are over"),
    ],
)
