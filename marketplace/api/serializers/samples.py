"""Samples of demands on the wire."""

from typing import Any

from rest_framework import serializers

from grading import wording
from marketplace.matching.models import DemandSample, SampleState
from marketplace.matching.sample_wording import problem_of
from marketplace.matching.selectors import latest_sample_job


class SampleColumnOut(serializers.Serializer[Any]):
    """A column of a sample; `type` is empty where it has no values."""

    name = serializers.CharField()
    type = serializers.CharField(
        allow_blank=True, help_text="boolean, integer, decimal, date, datetime, time, text, structure."
    )
    type_name = serializers.SerializerMethodField(help_text="The type in the reader's language.")

    def get_type_name(self, column: dict[str, str]) -> str:
        """In words."""
        return wording.name(column["type"]) if column["type"] else ""


class SampleOut(serializers.ModelSerializer[DemandSample]):
    """A sample and what is known of it; the file itself is given to nobody, and deleted once it is read.

    `columns` are those by which the demand is matched now: of this sample once it is `read`, of a former one while
    this one waits, or was not read (`failed`). Of a file with more than 200 the first count; `columns_in_file` says how
    many it has.
    """

    state = serializers.ChoiceField(choices=SampleState.choices, read_only=True)
    problem = serializers.SerializerMethodField(help_text="Why it was not read, and what to do; empty otherwise.")
    columns = SampleColumnOut(source="demand.sample_columns", many=True, read_only=True)
    columns_in_file = serializers.IntegerField(source="columns", allow_null=True, read_only=True)
    job = serializers.SerializerMethodField(help_text="The job that reads it: `/jobs/{id}` says how far it is.")

    class Meta:
        model = DemandSample
        fields = [
            "demand", "state", "filename", "byte_size", "problem_code", "problem", "columns", "columns_in_file", "job",
            "attached_at", "finished_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_problem(self, sample: DemandSample) -> str:
        """In the reader's language."""
        return problem_of(sample)

    def get_job(self, sample: DemandSample) -> int | None:
        """Its number; null once it is forgotten."""
        job = latest_sample_job(sample.pk)
        return None if job is None else job.pk
