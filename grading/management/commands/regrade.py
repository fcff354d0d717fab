"""`manage.py regrade`: recommend grades anew under the scheme in force, after an upgrade."""

from typing import Any

from django.core.management.base import BaseCommand

from foundation.actors import system
from grading import services


class Command(BaseCommand):
    """The command `regrade`."""

    help = (
        "Queue the job that recommends a grade anew for every file which was last graded by another scheme than the "
        "one in force; it reads a file only where what was found before does not suffice. Decided grades stay. For an "
        "upgrade that ships another scheme."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Queue the job; the workers do it."""
        job = services.queue_regrading(actor=system("command line"))
        self.stdout.write(f"job {job.pk} is queued")
