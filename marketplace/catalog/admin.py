"""Listings in the admin: what the exchange reviews, with buttons to return, publish, suspend and reinstate."""

import re
from collections.abc import Callable
from typing import Any, Final

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foundation.errors import DomainError
from foundation.participants.admin_base import ReadOnlyAdmin, ReadOnlyInline, admin_actor
from foundation.wording import sentences
from grading.models import Level
from grading.selectors import current_grade
from marketplace.catalog import selectors, services, states
from marketplace.catalog.models import Distribution, Listing, ListingVersion, ProvenanceStep, RightDeclaration
from marketplace.catalog.reasons import in_words

BUTTONS: Final[dict[str, tuple[Any, Callable[..., ListingVersion], bool]]] = {
    "publish": (_("Publish"), services.publish_version, False),
    "return": (_("Return to the provider"), services.return_version, True),
    "suspend": (_("Suspend"), services.suspend_version, True),
    "reinstate": (_("Reinstate"), services.reinstate_version, False),
}
"""Event → label, service, whether a reason is asked for."""


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
class ListingVersionAdmin(ReadOnlyAdmin):
    """Versions of listings; those in review wait for a decision."""

    change_form_template = "admin/catalog/listingversion/change_form.html"
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

    def get_urls(self) -> list[URLPattern]:
        """The buttons' addresses before the admin's own."""
        button = path(
            "<int:version_id>/actions/<slug:event>",
            self.admin_site.admin_view(self.press),
            name="catalog_listingversion_action",
        )
        return [button, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of one version, with the buttons that its state allows."""
        row = self.get_object(request, object_id)
        buttons = [
            {
                "label": label,
                "needs_reason": needs_reason,
                "url": reverse("admin:catalog_listingversion_action", args=[row.pk, event]),
            }
            for event, (label, _service, needs_reason) in BUTTONS.items()
            if row is not None and states.LISTING_VERSION.allows(event, row.state)
        ]
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "buttons": buttons})

    def press(self, request: HttpRequest, version_id: int, event: str) -> HttpResponse:
        """A button was pressed: call its service for the revision that the page showed, say what came of it."""
        if event not in BUTTONS:
            raise Http404
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        _label, service, needs_reason = BUTTONS[event]
        reason = {"reason": request.POST.get("reason", "")} if needs_reason else {}
        seen = request.POST.get("revision", "")
        expected = int(seen) if re.fullmatch("[0-9]{1,9}", seen) else -1  # none was shown: nothing was read
        try:
            service(actor=admin_actor(request), version_id=version_id, expected_revision=expected, **reason)
        except DomainError as error:
            messages.error(request, " ".join(sentences(error)))
        else:
            messages.success(request, gettext("Done."))
        return HttpResponseRedirect(reverse("admin:catalog_listingversion_change", args=[version_id]))


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
