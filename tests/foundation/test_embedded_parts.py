"""Parts of the embedded servers that need no server: locks, sockets, secrets, accounts."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from foundation.embedded import processes
from foundation.embedded.__main__ import without_password
from foundation.embedded.processes import Account, exit_code, server_account, works_in
from foundation.embedded.sockets import LONGEST_FILE_NAME, SOCKET_PATH_LIMIT, is_private, private_folder
from foundation.embedded.state import EmbeddedError, State, tail, write_private


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that stands for /tmp, short enough for sockets."""
    folder = Path(tempfile.mkdtemp(prefix="dxt-", dir="/tmp"))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    shutil.rmtree(folder)


class TestPrivateFolder:
    def test_is_made_closed_to_others_and_found_again(self, temporary: Path) -> None:
        folder = private_folder("dx-0-abc")
        assert folder == temporary / "dx-0-abc"
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert private_folder("dx-0-abc") == folder

    def test_one_that_others_can_enter_is_not_used(self, temporary: Path) -> None:
        trap = temporary / "dx-0-abc"
        trap.mkdir()
        trap.chmod(0o777)
        folder = private_folder("dx-0-abc")
        assert folder != trap
        assert folder.parent == temporary
        assert is_private(folder, os.geteuid())

    def test_a_link_is_not_used(self, temporary: Path) -> None:
        target = temporary / "target"
        target.mkdir(mode=0o700)
        (temporary / "dx-0-abc").symlink_to(target)
        assert private_folder("dx-0-abc") not in (temporary / "dx-0-abc", target)

    def test_one_of_another_user_is_not_private(self, temporary: Path) -> None:
        folder = private_folder("dx-0-abc")
        assert is_private(folder, os.geteuid())
        assert not is_private(folder, os.geteuid() + 1)
        assert not is_private(temporary / "missing", os.geteuid())

    def test_a_long_temporary_folder_is_passed_over(self, temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        long = temporary / ("x" * 100)
        long.mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(long))
        folder = private_folder(f"dx-0-{os.getpid():08x}")
        assert folder.parent == Path("/tmp")
        assert len(f"{folder}/{LONGEST_FILE_NAME}") < SOCKET_PATH_LIMIT
        folder.rmdir()

    def test_the_runtime_folder_of_a_login_comes_first(self, temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        runtime = temporary / "run"
        runtime.mkdir()
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
        assert private_folder("dx-0-abc").parent == runtime


class TestState:
    def test_users_share_and_one_alone_notices(self, tmp_path: Path) -> None:
        state = State(tmp_path / "s")
        state.prepare()
        with state.starting():
            assert not state.in_use()
            with state.using(), state.using():
                assert state.in_use()
            assert not state.in_use()

    def test_a_dead_user_is_no_user(self, tmp_path: Path) -> None:
        state = State(tmp_path / "s")
        state.prepare()
        code = (
            f"from pathlib import Path; from foundation.embedded.state import State\n"
            f"with State(Path({str(state.root)!r})).using(): print(1, flush=True); input()"
        )
        pipe = subprocess.PIPE
        user = subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parents[2], stdin=pipe, stdout=pipe)
        assert user.stdout is not None
        assert user.stdout.readline() == b"1\n"
        assert state.in_use()
        user.kill()
        user.communicate(timeout=30)
        assert not state.in_use()

    def test_an_open_folder_is_closed(self, tmp_path: Path) -> None:
        root = tmp_path / "s"
        root.mkdir()
        root.chmod(0o775)
        State(root).prepare()
        assert stat.S_IMODE(root.stat().st_mode) == (0o710 if os.geteuid() == 0 else 0o700)

    def test_a_folder_that_cannot_be_made_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(EmbeddedError, match=r"cannot create the state folder .*/file/s/t: Not a directory"):
            State(tmp_path / "file" / "s" / "t").prepare()

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
    def test_a_folder_of_another_user_is_refused(self, tmp_path: Path) -> None:
        root = tmp_path / "s"
        root.mkdir(mode=0o700)
        os.chown(root, 12345, 12345)
        with pytest.raises(EmbeddedError, match="belongs to uid 12345, this is uid 0"):
            State(root).prepare()

    def test_a_folder_that_was_removed_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(EmbeddedError, match="was removed"), State(tmp_path / "s").starting():
            pass

    def test_secrets_are_made_once_and_added_to(self, tmp_path: Path) -> None:
        state = State(tmp_path / "s")
        state.prepare()
        assert state.is_new
        first = state.remembered()
        assert len({first[f"{who}_password"] for who in ("postgres", "exchange", "valkey")}) == 3
        state.remember(valkey_port=1234)
        assert state.remembered() == {**first, "valkey_port": 1234}
        assert not state.is_new
        assert stat.S_IMODE((state.root / "embedded.json").stat().st_mode) == 0o600

    def test_write_private_replaces_an_open_file(self, tmp_path: Path) -> None:
        path = tmp_path / "secret"
        path.touch(0o644)
        write_private(path, "new")
        assert path.read_text() == "new"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert [p.name for p in tmp_path.iterdir()] == ["secret"]

    def test_tail(self, tmp_path: Path) -> None:
        (tmp_path / "log").write_text("one\ntwo\nthree\n four\n")
        assert tail(tmp_path / "log") == "two | three | four"
        assert tail(tmp_path / "none") == "(no log)"


class TestProcesses:
    def test_a_process_is_known_by_its_working_folder(self, tmp_path: Path) -> None:
        process = subprocess.Popen(["sleep", "60"], cwd=tmp_path)
        assert works_in(process.pid, tmp_path)
        assert not works_in(process.pid, tmp_path.parent)
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert not works_in(process.pid, tmp_path)  # a zombie serves nobody
        process.wait()
        assert not works_in(process.pid, tmp_path)

    def test_exit_code(self) -> None:
        assert [exit_code(code) for code in (0, 7, -9)] == [0, 7, 137]

    def test_an_ordinary_user_needs_no_other_account(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
        assert server_account(Path("/bin/true")) == Account()

    def test_root_without_namespaces_uses_a_system_user(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os, "geteuid", lambda: 0)
        monkeypatch.setattr(processes, "_executes", lambda command: command[0] == "setpriv")
        account = server_account(Path("/bin/true"))
        assert account.prefix[0] == "setpriv"
        assert account.uid not in (None, 0)
        assert account.note.endswith("because user namespaces are forbidden here")

    def test_root_without_any_way_is_told_what_to_do(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os, "geteuid", lambda: 0)
        monkeypatch.setattr(processes, "_executes", lambda _: False)
        with pytest.raises(EmbeddedError, match=r"run as an ordinary user.*or set DATABASE_URL"):
            server_account(Path("/bin/true"))


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://u:pw@h:5432/x", "postgresql://u:***@h:5432/x"),
        ("postgresql://u:p@ss:w/rd@h/x", "postgresql://u:***@h/x"),
        ("redis://:pw@h:6379/0", "redis://:***@h:6379/0"),
        ("redis://h:6379/0", "redis://h:6379/0"),
        ("postgresql:///x?host=/s&password=pw&sslmode=require", "postgresql:///x?host=/s&password=***&sslmode=require"),
        ("host=h user=u PASSWORD=pw dbname=x", "host=h user=u PASSWORD=*** dbname=x"),
    ],
)
def test_without_password(url: str, shown: str) -> None:
    assert without_password(url) == shown
