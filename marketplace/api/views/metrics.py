"""What Prometheus scrapes."""

import hmac
import os

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest, multiprocess

from foundation.observability.gauges import Gauges


def metrics(request: HttpRequest) -> HttpResponse:
    """Requests of all web processes and the figures of all rooms, in Prometheus' text format.

    For who sends METRICS_TOKEN as a bearer token; where none is set, nobody in production and everybody elsewhere.
    Not found for others: the address is no secret, what is behind it is.
    """
    if not _may_read(request):
        raise Http404
    requests, rooms = REGISTRY, CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        requests = CollectorRegistry()
        multiprocess.MultiProcessCollector(requests)
    rooms.register(Gauges())
    return HttpResponse(generate_latest(requests) + generate_latest(rooms), content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    if not settings.METRICS_TOKEN:
        return not settings.PRODUCTION
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode())
