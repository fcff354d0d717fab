"""A file that a buyer shows: data like this is wanted."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.vault.models import Blob
from marketplace.matching import states
from marketplace.matching.models.matching import Demand


class SampleState(models.TextChoices):
    """States of `states.SAMPLE`."""

    WAITING = states.WAITING, _("waiting to be read")
    READ = states.READ, pgettext_lazy("sample", "read")
    FAILED = states.FAILED, _("not read")


class DemandSample(models.Model):
    """A sample of a demand, at most one at a time. Only its columns are wanted: `Demand.sample_columns`.

    `blob` is the file until it is read, and no longer: it may hold personal data. `columns` counts those that the file
    has by name, of which the demand may keep the first only. `problem_code` and `problem_params` say why it was not
    read, in the codes of `grading.engine.readers` or of `sample_wording`.
    """

    demand = models.OneToOneField(Demand, models.CASCADE, related_name="sample", verbose_name=_("demand"))
    state = models.CharField(_("state"), max_length=16, choices=SampleState, default=states.WAITING)
    filename = models.CharField(_("file name"), max_length=255)
    byte_size = models.BigIntegerField(_("size in bytes"))
    blob = models.OneToOneField(
        Blob, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("stored file")
    )
    columns = models.PositiveIntegerField(_("columns"), null=True, blank=True)
    problem_code = models.CharField(_("problem"), max_length=60, blank=True, db_default="")
    problem_params = models.JSONField(default=dict, db_default={}, blank=True)
    attached_at = models.DateTimeField(_("attached at"), db_default=Now())
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    class Meta:
        verbose_name = _("sample of a demand")
        verbose_name_plural = _("samples of demands")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="waiting", blob__isnull=False, finished_at=None)
                | (~models.Q(state="waiting") & models.Q(blob=None, finished_at__isnull=False)),
                name="sample_kept_until_read",
            ),
            models.CheckConstraint(
                condition=models.Q(state="failed") ^ models.Q(problem_code=""), name="sample_failed_has_problem"
            ),
        ]
        indexes = [
            models.Index(fields=["attached_at"], name="sample_waiting", condition=models.Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"
