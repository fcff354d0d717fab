"""From which address a request came, and whose it is for limits."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address of the client, empty where it is not known (a Unix socket).

    Behind settings.TRUSTED_PROXIES proxies it is the entry of X-Forwarded-For that the outermost of them wrote; what
    stands before that entry came from the client itself and is not believed.
    """
    proxies = settings.TRUSTED_PROXIES
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    said = forwarded[-proxies] if 0 < proxies <= len(forwarded) else ""
    for text in (said.strip(), request.META.get("REMOTE_ADDR", "")):
        try:
            return str(ipaddress.ip_address(text))
        except ValueError:
            continue
    return ""


def network_of(address: str) -> str:
    """Whose limit an address counts against: its own; for IPv6 that of its /64, which one host may hold as a whole."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:  # a Unix socket: all such callers are one
        return "unknown"
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(found) >> 64 << 64, 64)).network_address)
