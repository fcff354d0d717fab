"""How the house is wired; no rules live here."""

from config import garbage  # first: all that is loaded after it is loaded faster
from config.celery import app as celery_app

__all__ = ["celery_app", "garbage"]
