"""Appeals in the admin: what was appealed, on what grounds, and what came of it; they are decided as grades are."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from foundation.participants.admin_base import ReadOnlyAdmin, admin_actor
from grading import selectors
from grading.models import GradeAppeal


@admin.register(GradeAppeal)
class GradeAppealAdmin(ReadOnlyAdmin):
    """Appeals, newest first."""

    list_display = ["id", "file", "owner", "state", "filed_at", "closed_at"]
    list_filter = ["state", "filed_at"]
    search_fields = ["=id", "asset__filename", "asset__organisation__name"]
    show_full_result_count = False
    fields = ["file", "owner", "state", "grounds", "filed_by", "filed_at", "closed_at", "appealed_grade", "decided_by"]
    readonly_fields = ["file", "owner", "appealed_grade", "decided_by"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[GradeAppeal]:
        """With files and owners."""
        return selectors.appeals(admin_actor(request)).select_related("asset__organisation")

    @admin.display(description=_("file"))
    def file(self, appeal: GradeAppeal) -> str:
        """The file's name."""
        return appeal.asset.filename

    @admin.display(description=_("owner"))
    def owner(self, appeal: GradeAppeal) -> str:
        """The organisation."""
        return str(appeal.asset.organisation)

    @admin.display(description=_("appealed grade"))
    def appealed_grade(self, appeal: GradeAppeal) -> SafeString:
        """The way to the decision that is appealed."""
        return _link(appeal.appealed)

    @admin.display(description=_("decided by"))
    def decided_by(self, appeal: GradeAppeal) -> SafeString:
        """The way to the grade by which it is decided."""
        return _link(appeal.review)


def _link(grade: Any) -> SafeString:
    return format_html(
        '<a href="{}">{}</a> {}',
        reverse("admin:grading_grade_change", args=[grade.pk]),
        grade,
        grade.get_level_display() or grade.get_state_display(),
    )
