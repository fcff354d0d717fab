"""`manage.py rescore`: score again what other rules than those in force have scored, after an upgrade."""

from typing import Any

from django.core.management.base import BaseCommand

from foundation.actors import system
from grading import services


class Command(BaseCommand):
    """The command `rescore`."""

    help = (
        "Queue the job that scores every file again which was last scored by another quality profile than the one in "
        "force; it reads no file. For an upgrade that ships another profile."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Queue the job; the workers do it."""
        job = services.queue_rescoring(actor=system("command line"))
        self.stdout.write(f"job {job.pk} is queued")
