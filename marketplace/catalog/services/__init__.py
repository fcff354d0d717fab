"""Every write to listings, by use case."""

from marketplace.catalog.drafts import DeclaredRight, DeclaredStep, Draft
from marketplace.catalog.services.collecting import collect_graded
from marketplace.catalog.services.drafting import create_listing, edit_draft, revise_listing
from marketplace.catalog.services.files import accepted_filename, add_file, declare_table_schema, remove_file
from marketplace.catalog.services.grades import follow_grade
from marketplace.catalog.services.incidents import suspend_for_incident
from marketplace.catalog.services.providers import suspend_with_provider
from marketplace.catalog.services.review import (
    publish_version,
    reinstate_version,
    return_version,
    submit_version,
    suspend_version,
    withdraw_version,
)
from marketplace.catalog.services.uploads import attach_upload, begin_upload
from marketplace.catalog.services.usage import count_use

__all__ = [
    "DeclaredRight",
    "DeclaredStep",
    "Draft",
    "accepted_filename",
    "add_file",
    "attach_upload",
    "begin_upload",
    "collect_graded",
    "count_use",
    "create_listing",
    "declare_table_schema",
    "edit_draft",
    "follow_grade",
    "publish_version",
    "reinstate_version",
    "remove_file",
    "return_version",
    "revise_listing",
    "submit_version",
    "suspend_for_incident",
    "suspend_version",
    "suspend_with_provider",
    "withdraw_version",
]
