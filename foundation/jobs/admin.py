"""Jobs in the admin: what runs, what failed and why, with buttons to retry and to cancel."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foundation.errors import DomainError
from foundation.jobs import services, states
from foundation.jobs.models import Job
from foundation.participants.admin_base import ReadOnlyAdmin, admin_actor
from foundation.wording import detail

BUTTONS: Final[dict[str, tuple[Any, Callable[..., Job]]]] = {
    "retry": (_("Try again"), services.retry_job),
    "cancel": (_("Cancel"), services.cancel_job),
}


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """Background jobs, newest first."""

    change_form_template = "admin/jobs/job/change_form.html"
    list_display = [
        "id", "kind", "state", "subject_type", "subject_id", "progress_percent", "attempt", "error_code", "created_at",
    ]  # fmt: skip
    list_filter = ["state", "kind"]
    search_fields = ["=subject_id", "=error_code"]
    show_full_result_count = False
    readonly_fields = ["progress_percent"]

    @admin.display(description=_("progress"))
    def progress_percent(self, job: Job) -> str:
        """The share that is done."""
        return f"{job.progress:.0%}"

    def get_urls(self) -> list[URLPattern]:
        """The buttons' addresses before the admin's own."""
        button = path(
            "<int:job_id>/actions/<slug:event>", self.admin_site.admin_view(self.press), name="jobs_job_action"
        )
        return [button, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of one job, with the buttons that its state allows."""
        row = self.get_object(request, object_id)
        buttons = [
            {"label": label, "url": reverse("admin:jobs_job_action", args=[row.pk, event])}
            for event, (label, _service) in BUTTONS.items()
            if row is not None and states.JOB.allows(event, row.state)
        ]
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "buttons": buttons})

    def press(self, request: HttpRequest, job_id: int, event: str) -> HttpResponse:
        """A button was pressed: call its service, say what came of it."""
        if event not in BUTTONS:
            raise Http404
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            BUTTONS[event][1](actor=admin_actor(request), job_id=job_id)
        except DomainError as error:
            messages.error(request, detail(error))
        else:
            messages.success(request, gettext("Done."))
        return HttpResponseRedirect(reverse("admin:jobs_job_change", args=[job_id]))
