"""Background work of authorization."""

from collections.abc import Mapping
from typing import Any

from celery import shared_task

from foundation.actors import system
from foundation.jobs.registry import job
from foundation.jobs.services import Run
from marketplace.authorization import services

ACTOR = system("authorization")


@job("authorization.follow_grade")
def follow_grade(run: Run, *, subject_id: int) -> Mapping[str, Any]:
    """Ask again of open requests and active grants whose data is decided as of a higher level."""
    return services.follow_grade(run, actor=ACTOR, grade_id=subject_id)


@shared_task(name="marketplace.authorization.expire")
def expire() -> None:
    """End the grants whose term is over."""
    services.expire_grants(actor=system("beat"))


@shared_task(name="marketplace.authorization.remind")
def remind() -> None:
    """Say of grants that they end soon, or that their terms wait to be accepted."""
    services.remind_of_ending(actor=system("beat"))
    services.remind_of_terms(actor=system("beat"))


@shared_task(name="marketplace.authorization.lapse_allotments")
def lapse_allotments() -> None:
    """End the allotments whose days are over."""
    services.lapse_allotments(actor=system("beat"))


@shared_task(name="marketplace.authorization.follow_requests")
def follow_requests() -> None:
    """Remind of steps, tell of overdue ones, and end the requests that nobody decided in time."""
    actor = system("beat")
    services.expire_requests(actor=actor)
    services.escalate_steps(actor=actor)
    services.remind_of_steps(actor=actor)
