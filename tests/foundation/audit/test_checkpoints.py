import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as live
from django.db import transaction

from foundation.actors import system
from foundation.audit import checkpoints, keys, services, tasks
from foundation.audit.errors import LogDamaged
from foundation.audit.models import Event, Seal, SealedPosition, TreeNode
from foundation.audit.notes import Checkpoint
from foundation.audit.verification import verify
from foundation.errors import Forbidden

from .attacks import TABLES, attacker, rehash, sql
from .conftest import ALICE, write

SYSTEM = system("test")


def folder() -> Path:
    return Path(live.AUDIT_CHECKPOINT_DIR)


def names() -> list[str]:
    return sorted(file.name for file in folder().iterdir())


def codes(*given: tuple[str, Checkpoint | None]) -> list[tuple[str, int | None, int | None]]:
    return [(problem.code, problem.position, problem.last_position) for problem in verify(given).problems]


@pytest.fixture
def signed(log: list[Event]) -> Checkpoint:
    """The checkpoint of the log's first eight events."""
    made = services.write_checkpoint(actor=SYSTEM)
    assert made is not None
    return made


def test_the_newest_seal_is_signed_and_kept(log: list[Event], signed: Checkpoint) -> None:
    assert (signed.origin, signed.size, signed.root) == (
        "localhost/audit",
        8,
        bytes(Seal.objects.get(number=2).tree_root or b""),
    )
    assert names() == ["00000000000000000008.checkpoint"]
    assert Checkpoint.opened((folder() / names()[0]).read_text(), keys.public_keys()) == signed
    assert checkpoints.newest() == signed


def test_nothing_new_signs_nothing(signed: Checkpoint) -> None:
    assert services.write_checkpoint(actor=SYSTEM) is None
    assert names() == ["00000000000000000008.checkpoint"]


@pytest.mark.django_db(transaction=True)
def test_an_empty_log_has_no_checkpoint() -> None:
    assert services.write_checkpoint(actor=SYSTEM) is None
    assert not folder().exists()
    assert checkpoints.newest() is None


def test_the_task_signs_what_it_sealed(signed: Checkpoint) -> None:
    assert tasks.seal() == 2
    assert names() == ["00000000000000000008.checkpoint", "00000000000000000010.checkpoint"]
    assert tasks.seal() == 0
    assert len(names()) == 2
    report = verify(checkpoints.kept())
    assert (report.ok, report.checkpoints, report.checkpointed) == (True, 2, 10)


def test_a_seal_whose_checkpoint_was_not_written_is_signed_later(signed: Checkpoint) -> None:
    services.seal(actor=SYSTEM)  # and killed here
    assert tasks.seal() == 0
    assert names()[-1] == "00000000000000000010.checkpoint"


@pytest.mark.django_db
def test_only_who_seals_signs() -> None:
    with pytest.raises(Forbidden):
        services.write_checkpoint(actor=ALICE)


def test_every_configured_key_signs(signed: Checkpoint, settings: Any) -> None:
    old = keys.public_keys()
    settings.AUDIT_SIGNING_KEYS = {**settings.AUDIT_SIGNING_KEYS, 2: "another secret of at least 32 characters"}
    assert checkpoints.newest() == signed  # what the old key signed stays good
    services.seal(actor=SYSTEM)
    made = services.write_checkpoint(actor=SYSTEM)
    assert made is not None
    for key in keys.public_keys():
        assert Checkpoint.opened(made.note, [key]) == made
    assert keys.public_keys()[1:] == old


def test_a_shortened_log_is_not_signed_over(log: list[Event], signed: Checkpoint) -> None:
    with attacker():
        sql("DELETE FROM audit_seal WHERE number = 2")
        sql("DELETE FROM audit_sealedposition WHERE position > 5")
        with pytest.raises(LogDamaged, match="size 8"):
            services.write_checkpoint(actor=SYSTEM)
        assert services.seal(actor=SYSTEM) >= 0  # sealing goes on, so that the log stays readable
        with pytest.raises(LogDamaged, match="size 8"):
            services.write_checkpoint(actor=SYSTEM)
    assert names() == ["00000000000000000008.checkpoint"]


def test_another_log_under_the_same_keys_is_found(log: list[Event], signed: Checkpoint) -> None:
    """As by somebody who got hold of a copy of the exchange with its keys, or restored an older backup and went on."""
    with attacker():
        for table in TABLES:
            sql(f"DELETE FROM {table}")
        write(9, action="listing.withdrawn")
        sql("UPDATE audit_event SET transaction = 3")  # as if of transactions that are over
        assert services.seal(actor=SYSTEM) == 9
        assert verify().ok
        assert codes(("", signed)) == [("checkpoint_contradicted", 1, 8)]
        with pytest.raises(LogDamaged, match="size 8"):
            services.write_checkpoint(actor=SYSTEM)


def test_an_altered_seal_is_not_signed(log: list[Event]) -> None:
    with attacker():
        sql("UPDATE audit_seal SET tree_root = sha256('x') WHERE number = 2")
        with pytest.raises(LogDamaged, match="Seal 2"):
            services.write_checkpoint(actor=SYSTEM)
        sql("UPDATE audit_event SET subject_id = '99' WHERE id = %s", log[2].pk)
        rehash()
        with pytest.raises(LogDamaged, match="Seal 2"):
            services.write_checkpoint(actor=SYSTEM)
    assert not folder().exists()


def test_of_contradictions_the_first_is_told(log: list[Event], signed: Checkpoint) -> None:
    def other(size: int) -> tuple[str, Checkpoint]:
        made = Checkpoint.signed(origin="localhost/audit", size=size, root=bytes(32), signers=keys.signers())
        return "", made

    assert codes(("", signed)) == []
    assert codes(other(7), ("", signed), other(6)) == [("checkpoint_contradicted", 1, 6)]
    assert codes(other(9), other(30)) == [("checkpoint_ahead", 9, 30)]


@pytest.mark.parametrize(
    "change",
    [lambda note: note.replace("\n8\n", "\n7\n"), lambda note: "nothing", lambda note: "\udcff", lambda note: ""],
)
def test_what_is_no_checkpoint_is_named_and_passed_over(signed: Checkpoint, change: Any) -> None:
    forged = folder() / "00000000000000000099.checkpoint"
    forged.write_bytes(change(signed.note).encode(errors="surrogateescape"))
    assert checkpoints.newest() == signed
    report = verify(checkpoints.kept())
    assert [(problem.code, problem.file) for problem in report.problems] == [("checkpoint_altered", forged.name)]
    assert report.checkpointed == 8


def test_a_checkpoint_of_another_exchange_is_not_ours(signed: Checkpoint, settings: Any) -> None:
    settings.AUDIT_SIGNING_KEYS = {1: "another secret of at least 32 characters"}
    assert checkpoints.newest() is None
    settings.AUDIT_ORIGIN = "elsewhere/audit"
    assert [found for _, found in checkpoints.kept()] == [None]


def test_a_killed_write_leaves_nothing_that_is_read(signed: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    services.seal(actor=SYSTEM)

    def killed(path: Path, target: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            services.write_checkpoint(actor=SYSTEM)
    assert checkpoints.newest() == signed
    made = services.write_checkpoint(actor=SYSTEM)
    assert made is not None
    assert made.size == 10


def test_of_old_checkpoints_the_last_of_each_day_is_kept(signed: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "KEPT", 2)
    for size, day in [(1, 1), (2, 1), (3, 2), (4, 2), (5, 2), (6, 3)]:
        file = folder() / f"{size:020}.checkpoint"
        file.write_text("")
        os.utime(file, (day * 86_400, day * 86_400))
    checkpoints._thin()
    assert [int(name.split(".")[0]) for name in names()] == [2, 5, 6, 8]


def test_a_log_sealed_before_there_was_a_tree_gets_one(log: list[Event]) -> None:
    """Seals of earlier releases have no root of the log; the next seal has that of all positions."""
    with transaction.atomic():
        for table in TABLES:
            sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        sql("UPDATE audit_seal SET tree_root = NULL, frontier = NULL")
        sql("DELETE FROM audit_treenode")
        for table in TABLES:
            sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    assert services.write_checkpoint(actor=SYSTEM) is None
    assert services.seal(actor=SYSTEM) == 2
    made = services.write_checkpoint(actor=SYSTEM)
    assert made is not None
    report = verify([("", made)])
    assert {problem.code for problem in report.problems} == {"seal_altered"}  # the test altered seals 1 and 2
    assert report.checkpointed == 10


def test_nodes_are_remembered_and_checked(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("foundation.audit.merkle.NODE_STEP", 1)
    for count in (5, 6):
        write(count)
        assert services.seal(actor=SYSTEM) == count
    levels = [(node.level, node.last) for node in TreeNode.objects.all()]
    assert levels == [(1, 2), (1, 4), (2, 4), (1, 6), (1, 8), (2, 8), (3, 8), (1, 10)]
    assert verify().ok
    for change in (
        "UPDATE audit_treenode SET hash = sha256('x') WHERE last = 6",
        "DELETE FROM audit_treenode WHERE last = 6",
    ):
        with attacker():
            sql(change)
            assert codes() == [("node_altered", 6, None)]


def test_the_tree_is_built_anew_where_the_last_seal_is_not_genuine(log: list[Event]) -> None:
    with attacker():
        sql("UPDATE audit_seal SET frontier = sha256('x') WHERE number = 2")
        sql("UPDATE audit_event SET transaction = 3 WHERE id >= %s", log[8].pk)
        sql("UPDATE audit_seal SET horizon = 0, mac = sha256('y') WHERE number = 2")
        assert services.seal(actor=SYSTEM) == 2
        assert [(p.code, p.seal) for p in verify().problems] == [("seal_altered", 2)]
    assert SealedPosition.objects.count() == 8
