import json
import os
import stat
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from foundation.audit.models import Event, Seal

from .attacks import attacker, sql


def test_verify_says_what_was_checked(log: list[Event], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("audit", "verify")
    out = capsys.readouterr().out
    assert "10 events, 8 of them sealed under 2 seals." in out
    assert "Unsealed tail: 2 events since" in out
    assert "Nothing was altered, removed, inserted or reordered." in out


def test_verify_names_the_altered_event(log: list[Event], capsys: pytest.CaptureFixture[str]) -> None:
    with attacker():
        sql("UPDATE audit_event SET subject_id = '99' WHERE id = %s", log[2].pk)
        with pytest.raises(CommandError) as raised:
            call_command("audit", "verify")
    assert raised.value.returncode == 1
    line = capsys.readouterr().out.splitlines()[0]
    at = log[2].at.strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")
    assert line == (
        f"event_altered: event {log[2].pk}, listing.published at {at}, position 3: was altered after it was sealed"
    )


def test_export_and_verify_a_file(log: list[Event], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "log.jsonl"
    call_command("audit", "export", "--output", str(path))
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    call_command("audit", "verify", "--file", str(path))
    assert "10 events" in capsys.readouterr().out
    lines = path.read_text().splitlines()
    altered = json.loads(lines[2])
    altered["event"]["subject_id"] = "99"
    path.write_text("\n".join([*lines[:2], json.dumps(altered), *lines[3:]]) + "\n")
    with pytest.raises(CommandError) as raised:
        call_command("audit", "verify", "--file", str(path))
    assert raised.value.returncode == 1
    assert f"event_altered: event {log[1].pk}, listing.published at " in capsys.readouterr().out


def test_export_to_standard_output_is_the_same(log: list[Event], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("audit", "export")
    captured = capsys.readouterr()
    assert [json.loads(line)["kind"] for line in captured.out.splitlines()].count("event") == 10
    assert captured.err == "10 events exported.\n"


def test_export_never_overwrites(log: list[Event], tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text("kept")
    with pytest.raises(CommandError) as raised:
        call_command("audit", "export", "--output", str(path))
    assert raised.value.returncode == 2
    assert path.read_text() == "kept"


@pytest.mark.parametrize("content", [b"\xff\xfe\n", b"{}\n", None])
def test_unreadable_input_is_told_apart(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "log.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError) as raised:
        call_command("audit", "verify", "--file", str(path))
    assert raised.value.returncode == 2


def test_seal_seals(log: list[Event], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("audit", "seal")
    assert capsys.readouterr().out == "2 events sealed.\n"
    assert Seal.objects.count() == 3
