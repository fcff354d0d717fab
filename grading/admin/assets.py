"""Data assets in the admin: to read; files come in through the API."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from foundation.participants.admin_base import ReadOnlyAdmin
from grading import selectors, wording
from grading.models import DataAsset


@admin.register(DataAsset)
class DataAssetAdmin(ReadOnlyAdmin):
    """Files with their state; the content stays in the vault."""

    list_display = ["id", "filename", "organisation", "format", "byte_size", "state", "created_at"]
    list_filter = ["state", "format", "created_at"]
    list_select_related = ["organisation"]
    search_fields = ["filename", "=sha256", "organisation__name"]
    show_full_result_count = False
    fields = [
        "filename", "organisation", "state", "problem", "format", "byte_size", "sha256", "declared", "created_at",
        "review",
    ]  # fmt: skip
    readonly_fields = ["problem", "review"]

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
