"""Where a webhook may be sent: never into the exchange's own networks, whatever a name resolves to. No Django here.

The tables follow the IANA registries of special-purpose addresses (RFC 6890 and its updates). They are written out,
because what Python calls global differs between its patch releases, and because addresses that merely carry an IPv4
address inside (mapped, translated, 6to4, Teredo, NAT64) must not be a way around.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

from foundation.errors import FieldError, _

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolver = Callable[[str, int], Sequence[str]]
"""Host and port → numeric addresses; OSError when there are none."""

LONGEST_URL: Final = 500
_LABEL: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")

FORBIDDEN: Final[tuple[Network, ...]] = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by carriers (CGNAT); clouds keep metadata services here too
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # a cloud's own service under a public address
        "169.254.0.0/16",  # link-local, metadata services of clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
        "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarks
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address inside
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)
_UNICAST: Final = ip_network("2000::/3")
"""All of IPv6 that is handed out for use; mapped, NAT64, unique-local, link-local, multicast lie outside."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What an installation allows. `allow_loopback` is for tests and development: plain http to this very machine."""

    ports: frozenset[int] = frozenset({443, 8443})
    blocked: tuple[Network, ...] = ()
    allow_loopback: bool = False


@dataclass(frozen=True, slots=True)
class Destination:
    """A checked URL, taken apart. `host` is ASCII, lower case; `target` is path and query."""

    scheme: str
    host: str
    port: int
    target: str


class Refused(Exception):
    """The webhook must not be sent there; `code` says why, for the endpoint's owner."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def destination(url: str, policy: Policy) -> Destination:
    """Take `url` apart; Refused (`url`, `scheme`, `host`, `port`) for what nobody may register."""
    if not url.isascii() or len(url) > LONGEST_URL or not url.isprintable() or re.search(r"[\s\\]", url):
        raise Refused("url")
    try:
        parts = urlsplit(url)
        port, host = parts.port, (parts.hostname or "").rstrip(".")
    except ValueError:
        raise Refused("url") from None
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise Refused("url")
    here = policy.allow_loopback and _is_loopback_name(host)
    if parts.scheme != "https" and not (here and parts.scheme == "http"):
        raise Refused("scheme")
    if not here and not _is_name(host):
        raise Refused("host")
    if port is None:
        port = 443 if parts.scheme == "https" else 80
    if not here and port not in policy.ports:
        raise Refused("port")
    return Destination(parts.scheme, host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def checked_addresses(found: Iterable[str], policy: Policy) -> list[str]:
    """The addresses a name resolved to, if every one may be reached; Refused (`address`) if a single one may not.

    One bad answer among good ones is somebody trying, not somebody's mistake.
    """
    addresses = [(_parsed(text), text) for text in found]
    if not addresses:
        raise Refused("unresolved")
    if not all(address is not None and _allowed(address, policy) for address, _text in addresses):
        raise Refused("address")
    return [text for _address, text in addresses]


def problem(code: str) -> FieldError:
    """What to tell whoever registers a URL that is refused with this code."""
    messages = {
        "scheme": _("Give an address that begins with https://."),
        "host": _("Give a full host name, e.g. hooks.example.com: not a number, not a name without a dot."),
        "port": _("Use one of the ports that the exchange sends to; 443 is one."),
    }
    text = _("Give an absolute https address in ASCII of at most 500 characters, without user name and fragment.")
    return FieldError("/url", messages.get(code, text))


def _is_loopback_name(host: str) -> bool:
    if host == "localhost":
        return True
    address = _parsed(host)
    return address is not None and address.is_loopback


def _is_name(host: str) -> bool:
    """A name of at least two labels whose last one is no number (browsers and resolvers read 0x7f.1 as an address)."""
    labels = host.split(".")
    return (
        len(labels) > 1
        and len(host) <= 253
        and all(_LABEL.fullmatch(label) for label in labels)
        and not re.fullmatch(r"[0-9]+|0x[0-9a-f]*", labels[-1])
    )


def _parsed(text: str) -> Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def _allowed(address: Address, policy: Policy) -> bool:
    if policy.allow_loopback and address.is_loopback:
        return True
    if isinstance(address, IPv6Address) and (address.scope_id is not None or address not in _UNICAST):
        return False
    if not address.is_global or address.is_multicast:
        return False
    return not any(address in network for network in (*FORBIDDEN, *policy.blocked))
