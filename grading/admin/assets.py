"""Data assets in the admin: to read, to examine again and to score again; files come in through the API."""

import json
from collections.abc import Callable
from typing import Any, Final

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from foundation.errors import DomainError
from foundation.participants.admin_base import ReadOnlyAdmin, admin_actor
from foundation.wording import sentences
from grading import selectors, services, wording
from grading.admin.filters import EngineFilter
from grading.masking import brief_declaration
from grading.models import DataAsset

MOST_AT_ONCE: Final = 200
"""Files of one action; more than that are asked for in the API, which goes on where it stopped."""


@admin.register(DataAsset)
class DataAssetAdmin(ReadOnlyAdmin):
    """Files with their state; the content stays in the vault."""

    list_display = ["id", "filename", "organisation", "format", "byte_size", "state", "created_at"]
    list_filter = ["state", EngineFilter, "format", "created_at"]
    actions = ["examine_again", "score_again"]
    list_select_related = ["organisation"]
    search_fields = ["filename", "=sha256", "organisation__name"]
    show_full_result_count = False
    fields = [
        "filename", "organisation", "state", "problem", "format", "byte_size", "sha256", "declaration", "created_at",
        "review",
    ]  # fmt: skip
    readonly_fields = ["problem", "declaration", "review"]

    @admin.display(description=_("declared"))
    def declaration(self, asset: DataAsset) -> str:
        """What the owner declares; a Table Schema, in which values may be, by its SHA-256."""
        return json.dumps(brief_declaration(asset.declared), ensure_ascii=False)

    @admin.display(description=_("problem"))
    def problem(self, asset: DataAsset) -> str:
        """Why the file cannot be read, in words."""
        return wording.sentence(asset.problem_code, asset.problem_params) if asset.problem_code else "–"

    @admin.display(description=_("grade"))
    def review(self, asset: DataAsset) -> SafeString | str:
        """The way to the review page."""
        grade = selectors.current_grade(asset.pk)
        if grade is None:
            return "–"
        return format_html('<a href="../../../grade/{}/change/">{}</a>', grade.pk, grade)

    @admin.action(description=_("Examine again, with today's engine and rules"))
    def examine_again(self, request: HttpRequest, queryset: QuerySet[DataAsset]) -> None:
        """Queue an examination of each chosen file."""
        self._each(request, queryset, services.reexamine)

    @admin.action(description=_("Score again under today's rules, from what was measured"))
    def score_again(self, request: HttpRequest, queryset: QuerySet[DataAsset]) -> None:
        """Score each chosen file anew without reading it."""
        self._each(request, queryset, services.rescore_asset)

    def _each(self, request: HttpRequest, queryset: QuerySet[DataAsset], service: Callable[..., Any]) -> None:
        """Call the service for each file; say how many it was done for, and of the others why it was not."""
        chosen = list(queryset.order_by("pk").values_list("pk", "filename")[: MOST_AT_ONCE + 1])
        if len(chosen) > MOST_AT_ONCE:
            messages.error(request, gettext("Choose at most %(limit)s files.") % {"limit": MOST_AT_ONCE})
            return
        actor, done = admin_actor(request), 0
        for asset_id, filename in chosen:
            try:
                service(actor=actor, asset_id=asset_id)
            except DomainError as error:
                messages.error(request, f"{filename}: {' '.join(sentences(error))}")
            else:
                done += 1
        if done:
            text = ngettext("Done for %(count)s file.", "Done for %(count)s files.", done)
            messages.success(request, text % {"count": done})
