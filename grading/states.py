"""The lives of a data asset, of a grade, and of an appeal against one."""

from foundation.errors import _
from foundation.state_machine import START, Machine, Row

RECEIVED, EXAMINED, UNREADABLE = "received", "examined", "unreadable"

ASSET = Machine(
    _("Data asset"),
    [
        Row("receive", START, RECEIVED, "the provider", "stored whole and encrypted"),
        Row("examine", RECEIVED, EXAMINED, "a job"),
        Row("examine", EXAMINED, EXAMINED, "a job", "again, under newer rules or declarations"),
        Row("examine", UNREADABLE, EXAMINED, "a job", "a newer reader understands it"),
        Row("refuse", RECEIVED, UNREADABLE, "a job", "not a table that the readers understand"),
    ],
)

RECOMMENDED, CONFIRMED, DECIDED, RETURNED, SUPERSEDED = "recommended", "confirmed", "decided", "returned", "superseded"
AGREED = "agreed"
OPEN = [RECOMMENDED, CONFIRMED]
"""Of grades: those that wait for a reviewer."""

GRADE = Machine(
    _("Grade"),
    [
        Row(
            "recommend",
            START,
            RECOMMENDED,
            "a job, or an appeal",
            "first, it differs from the decided grade, or people want it looked at",
        ),
        Row("agree", START, AGREED, "a job", "nothing new: the decided grade stands"),
        Row("replace", RECOMMENDED, SUPERSEDED, "a job", "the asset was examined again before a decision"),
        Row("replace", CONFIRMED, SUPERSEDED, "a job", "likewise: nobody decides on evidence of yesterday"),
        Row("confirm", RECOMMENDED, CONFIRMED, "a reviewer", "important, core: first pair of eyes"),
        Row("decide", RECOMMENDED, DECIDED, "a reviewer", "general levels"),
        Row("decide", CONFIRMED, DECIDED, "another reviewer", "important, core: second pair of eyes"),
        Row("return", RECOMMENDED, RETURNED, "a reviewer", "with a reason"),
        Row("return", CONFIRMED, RETURNED, "a reviewer", "with a reason"),
        Row("supersede", DECIDED, SUPERSEDED, "a reviewer's newer decision"),
    ],
)

FILED, GRANTED, DISMISSED, WITHDRAWN = "filed", "granted", "dismissed", "withdrawn"

APPEAL = Machine(
    _("Appeal against a grade"),
    [
        Row("file", START, FILED, "the owner", "of a decided grade, in time, once a decision"),
        Row("grant", FILED, GRANTED, "reviewers who did not take the decision", "another level or category"),
        Row("dismiss", FILED, DISMISSED, "reviewers who did not take the decision", "the same, with a reason"),
        Row("withdraw", FILED, WITHDRAWN, "the owner"),
    ],
)
