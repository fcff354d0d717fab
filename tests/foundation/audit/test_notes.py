import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from foundation.audit.notes import BadNote, Checkpoint, PublicKey, Signer, sign, verify

# The key pair and the note of the signed-note specification's reference implementation.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PRIVATE = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNATURE = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
NOTE = f"{TEXT}\n— PeterNeumann {SIGNATURE}\n"


def signer(name: str = "exchange.example/audit", seed: int = 1) -> Signer:
    return Signer(name, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


def test_the_reference_note_is_made_and_checked() -> None:
    peter = Signer("PeterNeumann", Ed25519PrivateKey.from_private_bytes(base64.b64decode(PRIVATE)[1:]))
    assert str(peter.public) == PETER
    assert sign(TEXT, [peter]) == NOTE
    assert verify(NOTE, [PublicKey.parsed(PETER)]) == (TEXT, [peter.public])


@pytest.mark.parametrize(
    "note",
    [
        NOTE.replace("answer", "Answer"),
        NOTE.replace("x08go/ZJ", "x08go/ZK"),
        NOTE.replace("PeterNeumann", "Peter"),
        NOTE.replace("\n\n", "\n"),
        NOTE[:-1],
        NOTE + "\n",
        TEXT,
        "",
        TEXT + "\n",
        NOTE + "— Somebody !!!\n",
        NOTE + "no signature\n",
        NOTE + "x" * 20_000,
    ],
)
def test_an_altered_note_is_refused(note: str) -> None:
    with pytest.raises(BadNote):
        verify(note, [PublicKey.parsed(PETER)])


def test_a_key_is_written_in_one_way_only() -> None:
    assert str(PublicKey.parsed(PETER + "\n")) == PETER
    for at in range(len(PETER)):
        for altered in (PETER[:at] + PETER[at + 1 :], PETER[:at] + "A" + PETER[at + 1 :]):
            if altered != PETER:
                with pytest.raises(BadNote):
                    PublicKey.parsed(altered)


def test_signatures_of_keys_that_are_not_trusted_do_not_count() -> None:
    ours, theirs = signer(), signer(seed=2)
    note = sign(TEXT, [theirs, ours])
    assert verify(note, [ours.public]) == (TEXT, [ours.public])
    assert verify(note, [ours.public, theirs.public])[1] == [theirs.public, ours.public]
    with pytest.raises(BadNote, match="none of the trusted keys"):
        verify(sign(TEXT, [theirs]), [ours.public])


def test_a_wrong_signature_of_a_trusted_key_is_not_made_good_by_another() -> None:
    ours, theirs = signer(), signer(seed=2)
    note = TEXT + "\n" + ours.line(TEXT) + theirs.line("another text\n")
    with pytest.raises(BadNote, match="not that of the text"):
        verify(note, [ours.public, theirs.public])


def test_a_checkpoint_is_three_lines_under_the_log_s_name() -> None:
    log = signer()
    made = Checkpoint.signed(origin=log.name, size=20852163, root=b"r" * 32, signers=[log])
    assert made.note.split("\n")[:4] == [log.name, "20852163", base64.b64encode(b"r" * 32).decode(), ""]
    assert Checkpoint.opened(made.note, [log.public]) == made


@pytest.mark.parametrize(
    "text",
    [
        "exchange.example/audit\n07\n{root}\n",
        "exchange.example/audit\n-7\n{root}\n",
        "exchange.example/audit\n٧\n{root}\n",
        "exchange.example/audit\n99999999999999999999\n{root}\n",
        "exchange.example/audit\n7\n{short}\n",
        "exchange.example/audit\n7\n",
        "exchange.example/audit\n",
        "another/log\n7\n{root}\n",
    ],
)
def test_what_is_no_checkpoint_is_refused_though_it_is_signed(text: str) -> None:
    log = signer()
    text = text.format(root=base64.b64encode(bytes(32)).decode(), short=base64.b64encode(bytes(31)).decode())
    with pytest.raises(BadNote):
        Checkpoint.opened(sign(text, [log]), [log.public])


@pytest.mark.parametrize("name", ["", "two words", "a+b", "line\nfeed"])
def test_a_log_has_a_name_without_spaces_and_plus_signs(name: str) -> None:
    with pytest.raises(BadNote):
        Checkpoint.signed(origin=name, size=1, root=bytes(32), signers=[signer()])
