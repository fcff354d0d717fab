"""Where a request comes from, for limits of those whom nothing else tells apart."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address behind as many proxies as `settings.TRUSTED_PROXIES` says; IPv6 by its /64, which one host may hold.

    What a client itself writes into X-Forwarded-For is never looked at: the entries are counted from the right, where
    our own proxies wrote theirs.
    """
    direct = str(request.META.get("REMOTE_ADDR") or "")
    trusted = int(settings.TRUSTED_PROXIES)
    told = [part.strip() for part in str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",") if part.strip()]
    text = told[-min(trusted, len(told))] if trusted and told else direct
    try:
        address = ipaddress.ip_address(text)
    except ValueError:  # a socket file, or nonsense from a proxy: all such are one
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.IPv6Network((int(address) >> 64 << 64, 64)).network_address)
    return str(address)
