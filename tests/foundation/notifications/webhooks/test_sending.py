"""One attempt over real sockets: what arrives, and what never leaves."""

import datetime
import ssl
from collections.abc import Sequence
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from foundation.notifications.webhooks import sending
from foundation.notifications.webhooks.addresses import Policy
from foundation.notifications.webhooks.sending import Outcome
from tests.foundation.notifications.webhooks.receiver import receiver, trickling

LOOPBACK = Policy(allow_loopback=True)


def post(url: str, policy: Policy = LOOPBACK, **more: object) -> Outcome:
    return sending.post(url, headers={"webhook-id": "msg_1"}, body=b'{"a":1}', policy=policy, **more)  # type: ignore[arg-type]


class Names:
    """A resolver that gives the next answer at every question, and remembers the questions."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers, self.asked = list(answers), []  # type: ignore[var-annotated]

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append((host, port))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def test_the_body_and_the_headers_arrive() -> None:
    with receiver() as server:
        assert post(server.url) == Outcome(204)
    assert server.paths == ["/hook?token=1"]
    assert server.bodies == [b'{"a":1}']
    assert server.headers[0]["host"] == f"127.0.0.1:{server.port}"
    assert server.headers[0]["webhook-id"] == "msg_1"


@pytest.mark.parametrize("status", [200, 201, 299, 400, 404, 410, 500])
def test_the_status_says_whether_it_was_taken(status: int) -> None:
    with receiver() as server:
        server.answers = [(status, {}, b"x")]
        outcome = post(server.url)
    assert (outcome.status, outcome.error, outcome.delivered) == (status, "", 200 <= status < 300)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    with receiver() as inside, receiver() as server:
        server.answers = [(status, {"Location": inside.url}, b"")]
        outcome = post(server.url)
        assert (outcome.status, outcome.delivered) == (status, False)
        assert inside.paths == []
    assert len(server.paths) == 1


def test_what_the_receiver_asks_for_is_read() -> None:
    with receiver() as server:
        server.answers = [(429, {"Retry-After": "120"}, b"")]
        assert post(server.url).retry_after == 120
        server.answers = [(503, {"Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT"}, b"")]
        assert post(server.url).retry_after is None


def test_a_name_that_leads_inside_is_not_connected_to() -> None:
    """Loopback answers: without the guard this very server would be reached."""
    with receiver() as server:
        names = Names(["127.0.0.1"])
        url = f"https://hooks.example.com:{server.port}/"
        strict = Policy(ports=frozenset({server.port}))
        assert post(url, strict, resolver=names) == Outcome(None, "address")
        assert names.asked == [("hooks.example.com", server.port)]
        assert post(url, strict, resolver=Names(["8.8.8.8", "127.0.0.1"])) == Outcome(None, "address")
        assert server.paths == []


def test_a_refused_address_is_not_even_looked_up() -> None:
    names = Names(["8.8.8.8"])
    assert post("http://hooks.example.com/", Policy(), resolver=names) == Outcome(None, "scheme")
    assert post("https://localhost/", Policy(), resolver=names) == Outcome(None, "host")
    assert post("https://hooks.example.com:25/", Policy(), resolver=names) == Outcome(None, "port")
    assert names.asked == []


def test_a_name_that_changes_between_check_and_connection_changes_nothing(tmp_path: Path) -> None:
    """DNS rebinding: one question is asked, and the connection goes to the address that was checked."""
    server_side, client_side = certificates(tmp_path, "hooks.example.com")
    with receiver(server_side) as server:
        names = Names(["127.0.0.1"], ["10.0.0.1"])
        policy = Policy(ports=frozenset({server.port}), allow_loopback=True)
        url = f"https://hooks.example.com:{server.port}/hook"
        assert post(url, policy, resolver=names, context=client_side) == Outcome(204)
        assert names.asked == [("hooks.example.com", server.port)]
    assert server.server_names == ["hooks.example.com"]
    assert server.headers[0]["host"] == f"hooks.example.com:{server.port}"


def test_the_certificate_must_be_the_names(tmp_path: Path) -> None:
    server_side, client_side = certificates(tmp_path, "other.example.com")
    with receiver(server_side) as server:
        policy = Policy(ports=frozenset({server.port}), allow_loopback=True)
        url = f"https://hooks.example.com:{server.port}/hook"
        assert post(url, policy, resolver=Names(["127.0.0.1"]), context=client_side) == Outcome(None, "tls")
        assert post(url, policy, resolver=Names(["127.0.0.1"])) == Outcome(None, "tls")  # nor one of an unknown issuer
        assert server.bodies == []


def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    with receiver() as server:
        names = Names(["127.0.0.2", "127.0.0.1"])  # nobody listens at the first
        assert post(f"http://localhost:{server.port}/", resolver=names) == Outcome(204)


def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver() as proxy, receiver() as server:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("no_proxy", "")
        assert post(server.url) == Outcome(204)
        assert (len(server.paths), proxy.paths) == (1, [])


def test_nobody_there() -> None:
    with receiver() as server:
        gone = server.url
    assert post(gone) == Outcome(None, "connection")

    def fails(host: str, port: int) -> Sequence[str]:
        raise OSError("no such name")

    assert post("https://hooks.example.com/", Policy(), resolver=fails) == Outcome(None, "unresolved")


def test_a_trickle_of_headers_ends_at_the_deadline() -> None:
    with trickling(b"HTTP/1.1 200 OK\r\nX: ", b"a" * 10_000, pause=0.02) as server:
        assert post(f"http://127.0.0.1:{server.port}/", deadline_seconds=0.5) == Outcome(None, "timeout")


def test_a_trickle_under_tls_ends_at_the_deadline_too(tmp_path: Path) -> None:
    server_side, client_side = certificates(tmp_path, "hooks.example.com")
    with trickling(b"HTTP/1.1 200 OK\r\nX: ", b"a" * 500, pause=0.02, context=server_side) as server:
        outcome = sending.post(
            f"https://hooks.example.com:{server.port}/",
            headers={},
            body=b"",
            policy=Policy(ports=frozenset({server.port}), allow_loopback=True),
            resolver=Names(["127.0.0.1"]),
            context=client_side,
            deadline_seconds=0.5,
        )
    assert outcome == Outcome(None, "timeout")
    assert server.sent < 300  # not to its end


def test_an_endless_answer_is_not_read_to_the_end() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n"
    with trickling(head + b"a" * 5000, b"a" * 400, pause=0.02) as server:
        assert post(f"http://127.0.0.1:{server.port}/") == Outcome(200)
        assert server.sent < 200  # four kilobytes are enough
    with trickling(head, b"a" * 10_000, pause=0.02) as server:  # the status was said; the rest is not waited for
        assert post(f"http://127.0.0.1:{server.port}/", deadline_seconds=0.5) == Outcome(200)


def test_what_is_no_http_is_a_failed_connection() -> None:
    with trickling(b"SSH-2.0-OpenSSH_9.9\r\n", b"", pause=0) as server:
        assert post(f"http://127.0.0.1:{server.port}/") == Outcome(None, "connection")


def certificates(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context with a certificate for `name`, and a client's that trusts its issuer."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(private + made.public_bytes(pem))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    client = ssl.create_default_context(cadata=made.public_bytes(pem).decode())
    return server, client
