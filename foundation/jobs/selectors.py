"""Reading jobs: each organisation sees its own, the exchange sees all."""

from django.db import models

from foundation.actors import Actor
from foundation.errors import NotFound
from foundation.jobs.models import Job


def visible_jobs(actor: Actor) -> models.QuerySet[Job]:
    """The jobs that `actor` may follow."""
    if actor.is_system or actor.is_exchange:
        return Job.objects.all()
    if actor.organisation_id is None:
        return Job.objects.none()
    return Job.objects.filter(organisation_id=actor.organisation_id)


def job(actor: Actor, job_id: int) -> Job:
    """One job, or NotFound."""
    row = visible_jobs(actor).filter(pk=job_id).first()
    if row is None:
        raise NotFound
    return row
