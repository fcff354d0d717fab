"""Is it alive, is it ready: for supervisors and load balancers."""

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse


def alive(request: HttpRequest) -> JsonResponse:
    """200 while the process answers; asks nothing of others."""
    return JsonResponse({"status": "ok"})


def _database() -> str:
    try:
        executor = MigrationExecutor(connection)
        return "migrations pending" if executor.migration_plan(executor.loader.graph.leaf_nodes()) else "ok"
    except DatabaseError:
        return "unreachable"


def _broker() -> str:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as client:
            client.ping()
        return "ok"
    except redis.RedisError:
        return "unreachable"


def ready(request: HttpRequest) -> JsonResponse:
    """200 when database, migrations and broker are in order, else 503 with what is not."""
    parts = {"database": _database(), "broker": _broker()}
    fine = all(state == "ok" for state in parts.values())
    return JsonResponse({"status": "ok" if fine else "unavailable", **parts}, status=200 if fine else 503)
