"""`manage.py document_errors`: write docs/errors.md."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from marketplace.api.problem_types import document


class Command(BaseCommand):
    """Write docs/errors.md from the table of problem types."""

    help = "Write docs/errors.md from the table of problem types."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the page."""
        page = settings.BASE_DIR / "docs" / "errors.md"
        page.parent.mkdir(exist_ok=True)
        page.write_text(document(), encoding="utf-8")
