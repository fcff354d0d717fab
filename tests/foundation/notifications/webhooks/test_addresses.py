"""Where webhooks may go: the hostile cases first, one by one."""

from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.notifications.webhooks.addresses import (
    FORBIDDEN,
    Destination,
    Policy,
    Refused,
    checked_addresses,
    destination,
)

STRICT = Policy()
LOOPBACK = Policy(allow_loopback=True)

HOSTILE = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.170",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::1",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "2606:4700::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "",
    "localhost",
    "0x7f.1",
    "127.1",
]


@pytest.mark.parametrize("address", HOSTILE)
def test_an_address_inside_or_special_is_refused(address: str) -> None:
    with pytest.raises(Refused) as caught:
        checked_addresses([address], STRICT)
    assert caught.value.code == "address"


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "203.0.112.255", "100.128.0.1", "2606:4700:4700::1111"])
def test_public_addresses_pass(address: str) -> None:
    assert checked_addresses([address], STRICT) == [address]


def test_one_bad_address_among_good_ones_refuses_all() -> None:
    with pytest.raises(Refused, match="address"):
        checked_addresses(["8.8.8.8", "10.0.0.1"], STRICT)
    with pytest.raises(Refused, match="unresolved"):
        checked_addresses([], STRICT)


def test_an_installation_may_block_its_own_public_networks() -> None:
    policy = Policy(blocked=(ip_network("8.8.0.0/16"),))
    with pytest.raises(Refused, match="address"):
        checked_addresses(["8.8.8.8"], policy)
    assert checked_addresses(["8.9.8.8"], policy) == ["8.9.8.8"]


def test_loopback_alone_opens_where_it_is_allowed() -> None:
    assert checked_addresses(["127.0.0.1", "::1"], LOOPBACK) == ["127.0.0.1", "::1"]
    for address in HOSTILE:
        if address not in ("127.0.0.1", "127.255.255.254", "::1"):
            with pytest.raises(Refused):
                checked_addresses([address], LOOPBACK)


@given(st.integers(0, 2**32 - 1))
def test_every_ipv4_address_that_passes_is_global_and_none_passes_embedded(number: int) -> None:
    address = IPv4Address(number)
    try:
        checked_addresses([str(address)], STRICT)
    except Refused:
        pass
    else:
        assert address.is_global
        assert not address.is_multicast
        assert not any(address in network for network in FORBIDDEN if network.version == 4)
    for inside in (0xFFFF << 32 | number, number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80):
        with pytest.raises(Refused):
            checked_addresses([str(IPv6Address(inside))], STRICT)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://hooks.example.com/", "scheme"),
        ("ftp://hooks.example.com/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://hooks.example.com/", "scheme"),
        ("//hooks.example.com/", "scheme"),
        ("hooks.example.com", "scheme"),
        ("", "scheme"),
        ("https://", "host"),
        ("https://localhost/", "host"),
        ("https://intranet/", "host"),
        ("https://127.0.0.1/", "host"),
        ("https://8.8.8.8/", "host"),
        ("https://[::1]/", "host"),
        ("https://[::ffff:127.0.0.1]/", "host"),
        ("https://2130706433/", "host"),
        ("https://0x7f.1/", "host"),
        ("https://127.1/", "host"),
        ("https://0177.0.0.0x1/", "host"),
        ("https://a..b/", "host"),
        ("https://-a.example.com/", "host"),
        (f"https://{'a' * 64}.example.com/", "host"),
        ("https://hooks.example.com:22/", "port"),
        ("https://hooks.example.com:80/", "port"),
        ("https://hooks.example.com:0/", "port"),
        ("https://hooks.example.com:99999/", "url"),
        ("https://user:password@hooks.example.com/", "url"),
        ("https://hooks.example.com@10.0.0.1/", "url"),
        ("https://hooks.example.com/#part", "url"),
        ("https://hooks.example.com/a b", "url"),
        ("https://hooks.example.com/\r\nHost: inside", "url"),
        ("https://hooks.example.com\\@10.0.0.1/", "url"),
        ("https://hooks.example.com/\x00", "url"),
        ("https://hoöks.example.com/", "url"),
        ("https://[hooks.example.com/", "url"),
        ("https://hooks.example.com/" + "a" * 500, "url"),
    ],
)
def test_a_url_that_nobody_may_register(url: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        destination(url, STRICT)
    assert caught.value.code == code


def test_a_url_is_taken_apart() -> None:
    assert destination("https://Hooks.Example.com./a/b?c=d", STRICT) == Destination(
        "https", "hooks.example.com", 443, "/a/b?c=d"
    )
    assert destination("https://hooks.example.com:8443", STRICT) == Destination("https", "hooks.example.com", 8443, "/")


def test_plain_http_goes_to_this_machine_where_that_is_allowed_and_nowhere_else() -> None:
    assert destination("http://127.0.0.1:9000/x", LOOPBACK) == Destination("http", "127.0.0.1", 9000, "/x")
    assert destination("http://localhost/x", LOOPBACK).port == 80
    for url in ("http://hooks.example.com/", "http://10.0.0.1/", "ftp://localhost/", "http://127.0.0.1.example.com/"):
        with pytest.raises(Refused):
            destination(url, LOOPBACK)
