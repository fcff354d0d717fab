"""A job is a row, committed with the change that caused it."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from foundation.jobs import states


class State(models.TextChoices):
    """States of `states.JOB`."""

    QUEUED = states.QUEUED, _("queued")
    RUNNING = states.RUNNING, _("running")
    WAITING = states.WAITING, _("waiting for its parts")
    SUCCEEDED = states.SUCCEEDED, _("succeeded")
    FAILED = states.FAILED, _("failed")
    CANCELLED = states.CANCELLED, _("cancelled")


class Job(models.Model):
    """One piece of background work. `attempt` is the fencing token: only its holder may write.

    `attempt` counts all attempts, `losses` those whose worker died; the others (`tries`) ended by themselves.
    A split job has `parts`, and runs once more, as `merge_kind`, when all of them have succeeded.
    """

    kind = models.CharField(_("kind"), max_length=80)
    arguments = models.JSONField(_("arguments"), default=dict)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.QUEUED)
    subject_type = models.CharField(_("subject type"), max_length=60, blank=True)
    subject_id = models.BigIntegerField(_("subject"), null=True, blank=True)
    organisation_id = models.BigIntegerField(_("organisation that may follow it"), null=True, blank=True)
    dedup_key = models.CharField(_("deduplication key"), max_length=120, blank=True)
    attempt = models.PositiveIntegerField(_("attempt"), default=0)
    max_attempts = models.PositiveIntegerField(_("most attempts"), default=3)
    losses = models.PositiveIntegerField(_("workers lost"), default=0)
    max_losses = models.PositiveIntegerField(_("most workers lost"), default=3)
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="parts", verbose_name=_("part of")
    )
    part = models.PositiveIntegerField(_("part number"), null=True, blank=True)
    merge_kind = models.CharField(_("kind that merges the parts"), max_length=80, blank=True)
    lease_expires_at = models.DateTimeField(_("lease until"), null=True, blank=True)
    run_after = models.DateTimeField(_("not before"), db_default=Now())
    sent_at = models.DateTimeField(_("message sent"), db_default=Now())
    progress = models.FloatField(_("progress, 0 to 1"), default=0.0)
    progress_note = models.CharField(_("progress note"), max_length=200, blank=True)
    error_code = models.CharField(_("error code"), max_length=80, blank=True)
    error_detail = models.TextField(_("error"), blank=True)
    result = models.JSONField(_("result"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), db_default=Now())
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="job_subject"),
            models.Index(fields=["run_after"], name="job_queued", condition=models.Q(state="queued")),
            models.Index(fields=["lease_expires_at"], name="job_running", condition=models.Q(state="running")),
            models.Index(fields=["finished_at"], name="job_ended"),
            models.Index(
                fields=["dedup_key"],
                condition=models.Q(state="queued", attempt=0) & ~models.Q(dedup_key=""),
                name="job_waiting_by_key",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(progress__range=(0, 1)), name="job_progress_share"),
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True, part__isnull=True)
                | models.Q(parent__isnull=False, part__isnull=False, merge_kind=""),
                name="job_part_has_number",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="waiting") | ~models.Q(merge_kind=""), name="job_waiting_has_merge"
            ),
            models.UniqueConstraint(fields=["parent", "part"], name="job_part_once"),
        ]

    @property
    def kind_to_run(self) -> str:
        """The kind whose handler the next attempt calls: once split, the one that merges."""
        return self.merge_kind or self.kind

    @property
    def tries(self) -> int:
        """How many attempts did not lose their worker, the present one included: `max_attempts` limits them."""
        return self.attempt - self.losses

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"
