"""Jobs in the admin: what waits, runs and failed, and why; buttons to retry and to cancel. It keeps itself fresh."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import admin, messages
from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms.widgets import Script
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from foundation.errors import DomainError
from foundation.jobs import selectors, services, states
from foundation.jobs.models import Job
from foundation.participants.admin_base import ReadOnlyAdmin, ReadOnlyInline, admin_actor
from foundation.wording import detail

BUTTONS: Final[dict[str, tuple[Any, Callable[..., Job]]]] = {
    "retry": (_("Try again"), services.retry_job),
    "cancel": (_("Cancel"), services.cancel_job),
}
CELLS_AT_MOST: Final = 200
"""live.js asks for fewer."""


def live(job: Job) -> str:
    """State and progress of a job, as the page shows them and asks for them again."""
    now = timezone.now()
    left = selectors.remaining(job, now=now)
    return render_to_string(
        "admin/jobs/job/cell.html",
        {
            "job": job,
            "open": job.state in (states.RUNNING, states.WAITING),
            "percent": f"{job.progress:.0%}",
            "parts": getattr(job, "parts_total", 0),
            "succeeded": getattr(job, "parts_succeeded", 0),
            "remaining": timesince(now - left, now) if left is not None else "",
        },
    )


class PartInline(ReadOnlyInline):
    """The parts of a split job."""

    model = Job
    fk_name = "parent"
    verbose_name, verbose_name_plural = _("part"), _("parts")
    fields = ("part", "kind", "state_and_progress", "attempt", "losses", "error_code", "error_detail")
    readonly_fields = fields
    ordering = ("part",)
    show_change_link = True

    @admin.display(description=_("state"))
    def state_and_progress(self, job: Job) -> str:
        """State, progress and what is left."""
        return live(job)


class PartsFilter(SimpleListFilter):
    """Parts are shown with the job that they are parts of, unless asked for."""

    title = _("parts")
    parameter_name = "parts"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, Any]]:
        """Besides the jobs alone, which is what is shown first."""
        return [("all", _("jobs and their parts")), ("only", _("parts alone"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Jobs alone where nothing else is asked for."""
        wanted = {"all": {}, "only": {"parent__isnull": False}}.get(self.value() or "", {"parent__isnull": True})
        return queryset.filter(**wanted)


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """Background jobs, newest first."""

    change_form_template = "admin/jobs/job/change_form.html"
    change_list_template = "admin/jobs/job/change_list.html"
    list_display = [
        "id", "kind", "state_and_progress", "subject_type", "subject_id", "attempt", "losses", "error_code",
        "created_at",
    ]  # fmt: skip
    list_filter = ["state", "kind", PartsFilter]
    search_fields = ["=subject_id", "=error_code"]
    show_full_result_count = False
    fields = [
        "kind", "state_and_progress", "error_code", "error_detail", "arguments", "result", "subject_type", "subject_id",
        "organisation_id", "parent", "part", "merge_kind", "attempt", "max_attempts", "losses", "max_losses",
        "dedup_key", "created_at", "started_at", "finished_at", "run_after", "sent_at", "lease_expires_at",
    ]  # fmt: skip
    readonly_fields = ["state_and_progress"]
    actions = ["retry_chosen", "cancel_chosen"]

    class Media:
        js = [Script("jobs/live.js", defer=True)]  # it looks for what it keeps fresh
        css = {"all": ["jobs/jobs.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the numbers of parts."""
        return selectors.with_parts(super().get_queryset(request))

    def get_inlines(self, request: HttpRequest, obj: Job | None) -> list[Any]:
        """Parts, where there are any."""
        return [PartInline] if obj is not None and obj.merge_kind else []

    @admin.display(description=_("state"), ordering="state")
    def state_and_progress(self, job: Job) -> str:
        """State, progress and what is left."""
        return live(job)

    @admin.action(description=_("Try again"))
    def retry_chosen(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        """Queue the chosen jobs again, those that failed."""
        self._press_for_all(request, "retry", chosen)

    @admin.action(description=_("Cancel"))
    def cancel_chosen(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        """Cancel the chosen jobs, those that have not ended."""
        self._press_for_all(request, "cancel", chosen)

    def _press_for_all(self, request: HttpRequest, event: str, chosen: QuerySet[Any]) -> None:
        """Each job in a transaction of its own: what is refused for one is said, and done for the others."""
        done = 0
        for job_id in chosen.order_by("pk").values_list("pk", flat=True):
            try:
                BUTTONS[event][1](actor=admin_actor(request), job_id=job_id)
            except DomainError as error:
                messages.error(request, f"{job_id}: {detail(error)}")
            else:
                done += 1
        if done:
            messages.success(
                request, ngettext("Done for %(count)d job.", "Done for %(count)d jobs.", done) % {"count": done}
            )

    def get_urls(self) -> list[URLPattern]:
        """The addresses of the buttons and of the fragment before the admin's own."""
        wrapped = self.admin_site.admin_view
        return [
            path("live", wrapped(self.live), name="jobs_job_live"),
            path("<int:job_id>/actions/<slug:event>", wrapped(self.press), name="jobs_job_action"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list below the numbers."""
        return super().changelist_view(request, {**_numbers(request), **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of one job, with the buttons that its state allows."""
        row = self.get_object(request, object_id)
        buttons = [
            {"label": label, "url": reverse("admin:jobs_job_action", args=[row.pk, event])}
            for event, (label, _service) in BUTTONS.items()
            if row is not None and row.parent_id is None and states.JOB.allows(event, row.state)
        ]
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "buttons": buttons})

    def live(self, request: HttpRequest) -> HttpResponse:
        """The numbers, and state and progress of the jobs asked for by `id`, as a fragment of HTML."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        wanted = [
            int(text) for text in request.GET.getlist("id")[:CELLS_AT_MOST] if text.isdecimal() and len(text) < 19
        ]
        rows = selectors.with_parts(selectors.visible_jobs(admin_actor(request)).filter(pk__in=wanted))
        return render(request, "admin/jobs/job/live.html", {**_numbers(request), "cells": [live(row) for row in rows]})

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


def _numbers(request: HttpRequest) -> dict[str, Any]:
    overview, now = selectors.overview(admin_actor(request)), timezone.now()
    waiting = timesince(now - overview.oldest_waiting, now) if overview.oldest_waiting is not None else "–"
    return {"overview": overview, "waiting": waiting}
