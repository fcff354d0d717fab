"""The life of a listing version (挂牌)."""

from foundation.errors import _
from foundation.state_machine import START, Machine, Row

DRAFT, IN_REVIEW, PUBLISHED, SUPERSEDED = "draft", "in_review", "published", "superseded"
SUSPENDED, WITHDRAWN = "suspended", "withdrawn"
OPEN, CURRENT = (DRAFT, IN_REVIEW), (PUBLISHED, SUSPENDED)
"""Of each listing at most one version is open, and at most one is current: two unique indexes see to it."""
MAY_BE_PUBLIC = (IN_REVIEW, PUBLISHED, SUSPENDED)
"""What is public, or may become so by one act of the exchange."""

LISTING_VERSION = Machine(
    _("Listing version"),
    [
        Row("create", START, DRAFT, "the provider"),
        Row("submit", DRAFT, IN_REVIEW, "the provider", "rights, provenance, terms and at least one file"),
        Row("return", IN_REVIEW, DRAFT, "the exchange", "with a reason"),
        Row("publish", IN_REVIEW, PUBLISHED, "the exchange", "every file has a decided grade, none core"),
        Row("supersede", PUBLISHED, SUPERSEDED, "publication of a newer version"),
        Row(
            "suspend",
            PUBLISHED,
            SUSPENDED,
            "the exchange; a job",
            "with a reason; the provider is suspended, or the data decided as important or core since",
        ),
        Row("reinstate", SUSPENDED, PUBLISHED, "the exchange", "as for publish, asked anew"),
        Row("withdraw", DRAFT, WITHDRAWN, "the provider"),
        Row("withdraw", IN_REVIEW, WITHDRAWN, "the provider"),
        Row("withdraw", PUBLISHED, WITHDRAWN, "the provider"),
        Row("withdraw", SUSPENDED, WITHDRAWN, "the provider"),
    ],
)
