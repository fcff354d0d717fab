"""Listings in the admin: what the exchange reviews, with buttons to return, publish, suspend and reinstate."""

import re
from typing import Any, Final

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from foundation.participants.admin_base import ReadOnlyAdmin, ReadOnlyInline
from foundation.participants.admin_buttons import Button, ButtonAdmin
from grading.models import Level
from grading.selectors import current_grade
from marketplace.catalog import selectors, services, states
from marketplace.catalog.models import Distribution, Listing, ListingVersion, ProvenanceStep, RightDeclaration
from marketplace.catalog.reasons import in_words

ID: Final = "version_id"


class RightInline(ReadOnlyInline):
    """The three rights."""

    model = RightDeclaration
    fields = ["right", "holder", "basis", "evidence"]


class ProvenanceInline(ReadOnlyInline):
    """Where the data comes from."""

    model = ProvenanceStep
    fields = ["position", "kind", "performed_by", "performed_on", "lawful_basis", "evidence"]


class DistributionInline(ReadOnlyInline):
    """The files, each with the way to its grade."""

    model = Distribution
    fields = ["title", "media_type", "state", "grade"]
    readonly_fields = ["state", "grade"]

    @admin.display(description=_("state"))
    def state(self, row: Distribution) -> str:
        """How far the file's examination is."""
        return str(row.asset.get_state_display())

    @admin.display(description=_("grade"))
    def grade(self, row: Distribution) -> SafeString | str:
        """The grade that people look at, as a link to its page."""
        found = current_grade(row.asset_id)
        if found is None:
            return "-"
        level = Level(found.level or found.recommended_level).label
        return format_html(
            '<a href="{}">{}: {}</a>',
            reverse("admin:grading_grade_change", args=[found.pk]),
            found.get_state_display(),
            level,
        )


@admin.register(ListingVersion)
class ListingVersionAdmin(ButtonAdmin):
    """Versions of listings; those in review wait for a decision."""

    change_form_template = "admin/catalog/listingversion/change_form.html"
    machine = states.LISTING_VERSION
    buttons = {
        "publish": Button(_("Publish"), services.publish_version, ID, takes_reason=False),
        "return": Button(_("Return to the provider"), services.return_version, ID),
        "suspend": Button(_("Suspend"), services.suspend_version, ID),
        "reinstate": Button(_("Reinstate"), services.reinstate_version, ID, takes_reason=False),
    }
    list_display = ["title", "number", "provider", "state", "sector", "origin", "submitted_at", "published_at"]
    list_filter = ["state", "sector", "origin", "supply_mode", "exclusive_offered"]
    list_select_related = ["listing__organisation"]
    search_fields = ["title", "title_zh", "listing__organisation__name"]
    inlines = [RightInline, ProvenanceInline, DistributionInline]
    exclude = ["state_reason"]
    readonly_fields = ["provider", "level", "reason"]

    @admin.display(description=_("provider"), ordering="listing__organisation__name")
    def provider(self, version: ListingVersion) -> str:
        """Whose listing it is."""
        return str(version.listing.organisation)

    @admin.display(description=_("level"))
    def level(self, version: ListingVersion) -> str:
        """The highest decided level over the files; empty while one is undecided."""
        found = selectors.level_of(version)
        return str(Level(found).label) if found else "-"

    @admin.display(description=_("reason of the state"))
    def reason(self, version: ListingVersion) -> str:
        """Why the version is in its state."""
        return in_words(version.state_reason)

    def read(self, request: HttpRequest) -> dict[str, Any]:
        """The revision that the page showed; none was shown: nothing was read."""
        seen = request.POST.get("revision", "")
        return {"expected_revision": int(seen) if re.fullmatch("[0-9]{1,9}", seen) else -1}


class VersionInline(ReadOnlyInline):
    """The versions of a listing."""

    model = ListingVersion
    fields = ["number", "title", "state", "submitted_at", "published_at"]
    show_change_link = True


@admin.register(Listing)
class ListingAdmin(ReadOnlyAdmin):
    """Listings with their use."""

    list_display = ["id", "organisation", "downloads", "bytes_delivered", "last_used_at", "created_at"]
    list_select_related = ["organisation"]
    search_fields = ["organisation__name"]
    inlines = [VersionInline]
