"""Following background jobs."""

from typing import ClassVar

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from foundation.jobs import selectors
from foundation.jobs.models import Job as JobRow
from foundation.jobs.models import State
from marketplace.api.base import View


class JobOut(serializers.ModelSerializer[JobRow]):
    """A job and how far it is; `progress` from 0 to 1. One that was split waits for its parts, which are jobs, too."""

    class Meta:
        model = JobRow
        fields = [
            "id", "kind", "state", "parent", "part", "subject_type", "subject_id", "progress", "progress_note",
            "attempt", "error_code", "error_detail", "created_at", "started_at", "finished_at",
        ]  # fmt: skip
        read_only_fields = fields
        extra_kwargs: ClassVar = {
            "parent": {"help_text": "The job that this one is a part of."},
            "part": {"help_text": "The part's number, from 1."},
        }


class Jobs(View):
    """`/jobs`."""

    @extend_schema(
        parameters=[
            OpenApiParameter("state", str, enum=State.values),
            OpenApiParameter("kind", str, description="E.g. `grading.examine`."),
            OpenApiParameter("subject_type", str, description="What the job is about, e.g. `data_asset`."),
            OpenApiParameter("subject_id", int),
            OpenApiParameter("parent", int, description="The parts of this job alone."),
        ],
        responses=JobOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """List the jobs that you may follow, newest first."""
        rows = self.narrowed(
            selectors.visible_jobs(self.actor), state="state", kind="kind", subject_type="subject_type"
        )
        if (subject_id := self.asked_number("subject_id")) is not None:
            rows = rows.filter(subject_id=subject_id)
        if (parent_id := self.asked_number("parent")) is not None:
            rows = rows.filter(parent=parent_id)
        return self.page(rows, JobOut)


class Job(View):
    """`/jobs/{id}`."""

    @extend_schema(responses=JobOut)
    def get(self, request: Request, job_id: int) -> Response:
        """Read one job."""
        return self.answer(selectors.job(self.actor, job_id), JobOut)


urls = [path("jobs", Jobs.as_view()), path("jobs/<int:job_id>", Job.as_view())]
