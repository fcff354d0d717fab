"""Uploads in the admin: who sends what, how far it is."""

from django.contrib import admin

from foundation.participants.admin_base import ReadOnlyAdmin
from foundation.uploads.models import Upload


@admin.register(Upload)
class UploadAdmin(ReadOnlyAdmin):
    """Resumable uploads, newest first."""

    list_display = ["id", "organisation", "state", "filename", "offset", "length", "created_at", "expires_at"]
    list_filter = ["state"]
    search_fields = ["=id", "filename"]
    list_select_related = ["organisation"]
    show_full_result_count = False
