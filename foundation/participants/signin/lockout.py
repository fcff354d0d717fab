"""Too many wrong passwords or second factors for an account from one address: it is locked there, and the log says so.

Attempts are counted by what an attacker cannot vary at no cost: the name without its case, as signing in finds the
account, and of an IPv6 address the /64, which one host may hold as a whole.
"""

import hashlib
import math
from collections.abc import Mapping
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_cool_off, get_credentials
from axes.models import AccessAttempt
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from foundation.actors import ANONYMOUS
from foundation.audit import services as audit
from foundation.participants.addresses import client_address, network_of
from foundation.participants.models import User


def username(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """The account that an attempt is for: as Django's backends were asked, else as the form was filled in."""
    return str((credentials or {}).get("username") or request.POST.get("login", "")).strip().lower()[:150]


def address(request: HttpRequest) -> str:
    """The address that an attempt counts for; empty where none is known."""
    found = client_address(request)
    return network_of(found) if found else ""


def refuse_locked(request: HttpRequest, user: User) -> bool:
    """Whether this account is locked for this address; if so, the answer becomes the page of the lockout."""
    credentials = get_credentials(user.get_username())
    if AxesProxyHandler.is_allowed(request, credentials):
        return False
    request.axes_locked_out = True  # type: ignore[attr-defined]
    request.axes_credentials = credentials  # type: ignore[attr-defined]
    return True


def count_failure(request: HttpRequest, user: User) -> None:
    """Count what failed after the password, or without one, as a wrong password is counted."""
    credentials = get_credentials(user.get_username())
    AxesProxyHandler.user_login_failed(sender=__name__, credentials=credentials, request=request)


def locked_out(request: HttpRequest, _answer: HttpResponse | None, credentials: dict[str, Any] | None) -> HttpResponse:
    """The page that says how long (429, Retry-After). Recorded once a lockout, for accounts that exist."""
    name = username(request, credentials)
    origin = address(request)
    seconds = _seconds_left(request, name, origin)
    _record(name, origin, seconds)
    context = {"minutes": math.ceil(seconds / 60)}
    answer = render(request, "account/locked_out.html", context, status=429)
    answer["Retry-After"] = str(seconds)
    return answer


def _seconds_left(request: HttpRequest, name: str, origin: str) -> int:
    cool_off = get_cool_off(request) or settings.AXES_COOLOFF_TIME
    attempts = AccessAttempt.objects.filter(username=name, ip_address=origin)
    newest = attempts.order_by("-attempt_time").values_list("attempt_time", flat=True).first() or timezone.now()
    return max(math.ceil((newest + cool_off - timezone.now()).total_seconds()), 1)


def _record(name: str, origin: str, seconds: int) -> None:
    user_id = User.objects.filter(username__iexact=name).values_list("pk", flat=True).first()
    if user_id is None:
        return
    mark = hashlib.sha256(f"{user_id} {origin}".encode()).hexdigest()
    if cache.add(f"lockout:{mark}", 1, timeout=seconds):
        with transaction.atomic():
            audit.record(actor=ANONYMOUS, action="person.locked_out", subject=("user", user_id))
