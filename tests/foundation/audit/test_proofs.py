import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as live
from django.core.management import CommandError, call_command

from foundation.actors import system
from foundation.audit import checkpoints, keys, proofs, proving, services
from foundation.audit.errors import LogDamaged, NotYetSealed
from foundation.audit.models import Event, SealedPosition
from foundation.audit.notes import Checkpoint
from foundation.errors import InvalidInput, NotFound

from .attacks import attacker, sql
from .conftest import write

SYSTEM = system("test")


@pytest.fixture
def signed(log: list[Event]) -> Checkpoint:
    made = services.write_checkpoint(actor=SYSTEM)
    assert made is not None
    return made


def shown(document: dict[str, object], since: str = "") -> proofs.Inclusion | proofs.Consistency:
    return proofs.check(json.dumps(document), keys.public_keys(), since=since)


def test_each_covered_event_is_proved(log: list[Event], signed: Checkpoint) -> None:
    for position, event in enumerate(log[:8], 1):
        found = shown(proving.prove(event))
        assert isinstance(found, proofs.Inclusion)
        assert (found.event["id"], found.event["data"], found.position) == (event.pk, event.data, position)
        assert found.checkpoint == signed
        assert f"Event {event.pk} (listing.published at " in str(found)


def test_what_no_checkpoint_covers_is_not_proved(log: list[Event]) -> None:
    for event in (log[0], log[9]):
        with pytest.raises(NotYetSealed):
            proving.prove(event)
    services.write_checkpoint(actor=SYSTEM)
    proving.prove(log[0])
    services.seal(actor=SYSTEM)
    with pytest.raises(NotYetSealed):  # sealed, and not signed yet
        proving.prove(log[9])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda p: p["event"].update(action="listing.withdrawn"), "is not in the log"),
        (lambda p: p["event"].update(note="approved"), "is not in the log"),
        (lambda p: p.update(position=4), "is not in the log"),
        (lambda p: p.update(position=2**70), "not a proof"),
        (lambda p: p.update(position=True), "not a proof"),
        (lambda p: p.update(mac="00" * 32), "is not in the log"),
        (lambda p: p.update(mac="00"), "32 bytes"),
        (lambda p: p["path"].pop(), "is not in the log"),
        (lambda p: p["path"].reverse(), "is not in the log"),
        (lambda p: p.update(path="00" * 32), "not a proof"),
        (lambda p: p.update(event=[]), "is not in the log"),
        (lambda p: p.update(extra=1), "neither"),
        (lambda p: p.update(format=2), "format 1"),
        (lambda p: p.update(checkpoint=p["checkpoint"].replace("\n8\n", "\n7\n")), "not genuine"),
        (lambda p: p.update(checkpoint=None), "not a proof"),
    ],
)
def test_an_altered_proof_shows_nothing(log: list[Event], signed: Checkpoint, change: Any, reason: str) -> None:
    document: dict[str, Any] = proving.prove(log[2])
    shown(document)
    change(document)
    with pytest.raises(proofs.BadProof, match=reason):
        shown(document)


def test_only_the_key_that_signed_checks(log: list[Event], signed: Checkpoint, settings: Any) -> None:
    document = proving.prove(log[2])
    settings.AUDIT_SIGNING_KEYS = {1: "another secret of at least 32 characters"}
    with pytest.raises(proofs.BadProof, match="not genuine"):
        shown(document)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"format": 1}', "[" * 5_000, "x" * 1_000_001])
def test_what_is_no_proof_is_refused(text: str) -> None:
    with pytest.raises(proofs.BadProof):
        proofs.check(text, keys.public_keys())


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE audit_event SET subject_id = '99' WHERE id = %s",
        "UPDATE audit_sealedposition SET leaf_hash = sha256('x') WHERE position = 7 AND %s > 0",
        "DELETE FROM audit_sealedposition WHERE position = 7 AND %s > 0",
    ],
)
def test_nothing_is_proved_from_a_damaged_log(log: list[Event], signed: Checkpoint, attack: str) -> None:
    with attacker():
        sql(attack, log[2].pk)
        with pytest.raises(LogDamaged):
            proving.prove(Event.objects.get(pk=log[2].pk))


def test_the_log_continues_every_checkpoint_it_had(log: list[Event], signed: Checkpoint) -> None:
    kept = [signed]
    for count in (2, 1, 7):
        write(count)
        services.seal(actor=SYSTEM)
        made = services.write_checkpoint(actor=SYSTEM)
        assert made is not None
        kept.append(made)
        for older in kept:
            found = shown(proving.prove_consistency(older.size), since=older.note)
            assert found == proofs.Consistency(older, made)
            assert str(found).endswith("nothing in it was changed or removed.")
    assert [checkpoint.size for checkpoint in kept] == [8, 12, 13, 20]
    document = proving.prove_consistency(12)
    for since, reason in ((signed.note, "has 8"), ("", "older checkpoint"), ("x", "not genuine")):
        with pytest.raises(proofs.BadProof, match=reason):
            shown(document, since=since)
    forked = Checkpoint.signed(origin="localhost/audit", size=12, root=bytes(32), signers=keys.signers())
    with pytest.raises(proofs.BadProof, match="is not the beginning"):
        shown(document, since=forked.note)


@pytest.mark.parametrize("size", [0, -1, 9])
def test_there_are_only_sizes_that_the_log_had(signed: Checkpoint, size: int) -> None:
    with pytest.raises(InvalidInput):
        proving.prove_consistency(size)


@pytest.mark.django_db
def test_without_a_checkpoint_there_is_nothing_to_compare() -> None:
    with pytest.raises(NotFound):
        proving.prove_consistency(1)


def test_a_proof_reads_remembered_nodes(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """With nodes at every second level, a log of 60 events has five heights of rows to read from."""
    monkeypatch.setattr("foundation.audit.merkle.NODE_STEP", 2)
    monkeypatch.setattr("foundation.audit.proving._SPAN", 4)
    events = write(1) + write(60)
    services.seal(actor=SYSTEM)
    services.write_checkpoint(actor=SYSTEM)
    for event in events:
        shown(proving.prove(event))
    for size in range(1, 62):
        root = Checkpoint.signed(origin="localhost/audit", size=size, root=_root(size), signers=keys.signers())
        shown(proving.prove_consistency(size), since=root.note)
    with attacker():
        sql("UPDATE audit_treenode SET hash = sha256('x') WHERE level = 4")
        with pytest.raises(LogDamaged):
            proving.prove(events[0])


def _root(size: int) -> bytes:
    from foundation.audit import merkle

    tree = merkle.Tree()
    places = SealedPosition.objects.filter(position__lte=size).order_by("position")
    tree.extend(bytes(place.leaf_hash) for place in places)
    return tree.root()


def test_the_commands_prove_and_an_outsider_checks(
    log: list[Event], signed: Checkpoint, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def printed(*arguments: str) -> str:
        call_command("audit", *arguments)
        return capsys.readouterr().out

    key, proof, since, consistent = (tmp_path / name for name in ("keys", "proof.json", "old", "consistent.json"))
    key.write_text(printed("public-keys"))
    since.write_text(printed("checkpoint"))
    assert since.read_text() == signed.note
    proof.write_text(printed("prove", str(log[2].pk)))
    services.seal(actor=SYSTEM)
    assert printed("checkpoint").splitlines()[1] == "10"
    consistent.write_text(printed("prove-consistency", "8"))
    assert printed("check-proof", str(proof)).startswith(f"Event {log[2].pk} ")

    def outside(*arguments: object) -> subprocess.CompletedProcess[str]:
        """As somebody without settings, secrets or database."""
        command = [sys.executable, "-m", "foundation.audit.proofs", *map(str, arguments)]
        return subprocess.run(command, env={}, cwd=live.BASE_DIR, capture_output=True, text=True)

    done = outside(proof, "--key", key.read_text().strip())
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"Event {log[2].pk} ")
    done = outside(consistent, "--key", key, "--since", since)
    assert "The log localhost/audit of size 10 begins with that of size 8" in done.stdout
    proof.write_text(proof.read_text().replace("listing.published", "listing.withdrawn"))
    done = outside(proof, "--key", key)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("not proved: the event")
    assert outside(tmp_path / "none", "--key", key).returncode == 2


@pytest.mark.parametrize(("text", "code"), [("{}", 1), (None, 2)])
def test_the_command_tells_false_from_unreadable(log: list[Event], tmp_path: Path, text: str | None, code: int) -> None:
    path = tmp_path / "proof.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(CommandError) as raised:
        call_command("audit", "check-proof", str(path))
    assert raised.value.returncode == code


def test_verify_compares_with_given_checkpoints(
    log: list[Event], signed: Checkpoint, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = tmp_path / "copy.txt"
    elsewhere.write_text(signed.note)
    services.seal(actor=SYSTEM)
    call_command("audit", "verify", "--checkpoint", str(elsewhere))
    out = capsys.readouterr().out
    assert "1 checkpoints compared; the newest that holds covers 8 events." in out
    assert "Not under a checkpoint: 2 sealed events" in out
    exported = tmp_path / "log.jsonl"
    call_command("audit", "export", "--output", str(exported))
    with attacker():
        for table, condition in (("seal", "number > 1"), ("sealedposition", "position > 5")):
            sql(f"DELETE FROM audit_{table} WHERE {condition}")
        sql("DELETE FROM audit_event WHERE id >= %s", log[5].pk)
        with pytest.raises(CommandError) as raised:
            call_command("audit", "verify", "--checkpoint", str(elsewhere))
        assert raised.value.returncode == 1
        assert "checkpoint_ahead: position 6 to 8: " in capsys.readouterr().out
        with pytest.raises(CommandError):  # the installation's own folder is asked without being told
            call_command("audit", "verify")
    capsys.readouterr()
    call_command("audit", "verify", "--file", str(exported), "--checkpoint", str(elsewhere))
    assert "covers 8 events" in capsys.readouterr().out
    elsewhere.write_text(signed.note.replace(base64.b64encode(signed.root).decode(), "A" * 43 + "="))
    with pytest.raises(CommandError):
        call_command("audit", "verify", "--checkpoint", str(elsewhere))
    assert "checkpoint_altered: copy.txt: " in capsys.readouterr().out
    with pytest.raises(CommandError) as raised:
        call_command("audit", "verify", "--checkpoint", str(tmp_path / "none"))
    assert raised.value.returncode == 2
    assert len(list(checkpoints.kept())) == 1
