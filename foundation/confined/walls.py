"""What a process gives up for good, by itself, before it looks at a stranger's file.

Resource limits are POSIX. On Linux there is more, none of which needs privileges: the process dies with its parent, it
is the first that the kernel kills for want of memory, a system call filter refuses sockets, programs and processes
(seccomp(2)), and Landlock refuses every file that was not given (landlock(7), Linux 5.13). What a kernel does not
offer is left out: the limits, the empty environment and the closed descriptors hold everywhere.
"""

import ctypes
import errno
import os
import platform
import resource
import signal
import struct
import sys
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

PR_SET_PDEATHSIG: Final = 1
PR_SET_SECCOMP: Final = 22
PR_SET_NO_NEW_PRIVS: Final = 38
SECCOMP_MODE_FILTER: Final = 2
DESCRIPTORS: Final = 256
NICENESS: Final = 5
CPU_GRACE: Final = 5
"""Seconds between the signal that can be explained and the one that cannot be ignored."""

SYSTEM: Final = (
    *("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime"),
    *("/proc/self", "/proc/meminfo", "/sys/fs/cgroup", "/dev/null", "/dev/urandom"),
)
"""What the interpreter and its libraries read; nothing of it is ours."""

# landlock_access_fs_* of <linux/landlock.h>
_READ: Final = 1 << 2 | 1 << 3
_WRITE: Final = 1 << 1 | 1 << 5 | 1 << 8
_FILE_READ: Final = 1 << 2
_FILE_WRITE: Final = 1 << 1
_TRUNCATE: Final = 1 << 14
_FS_RIGHTS: Final = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""Landlock ABI → how many file system rights it handles; newer ones as the last."""

_ARCHITECTURES: Final[Mapping[str, int]] = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_CLONE: Final[Mapping[str, int]] = {"x86_64": 56, "aarch64": 220}
_CLONE3: Final = 435
_CLONE_THREAD: Final = 0x10000
_X32: Final = 0x40000000
_REFUSED: Final[Mapping[str, tuple[int, ...]]] = {
    # sockets: socket, connect, accept, accept4, bind, listen, socketpair
    # processes: fork, vfork, execve, execveat, kill, ptrace, process_vm_readv, process_vm_writev
    # others' processes: tkill, rt_sigqueueinfo, rt_tgsigqueueinfo
    # what Landlock lets pass on files of the same user: chmod, fchmod, fchmodat, chown, fchown, lchown, fchownat,
    #   setxattr, lsetxattr, fsetxattr, removexattr, lremovexattr, fremovexattr, utime, utimes, futimesat, utimensat
    # the rest: mount, unshare, setns, add_key, request_key, keyctl, perf_event_open, bpf, userfaultfd
    "x86_64": (
        *(41, 42, 43, 288, 49, 50, 53),
        *(57, 58, 59, 322, 62, 101, 310, 311),
        *(200, 129, 297),
        *(90, 91, 268, 92, 93, 94, 260, 188, 189, 190, 197, 198, 199, 132, 235, 261, 280),
        *(165, 272, 308, 248, 249, 250, 298, 321, 323),
    ),
    "aarch64": (
        *(198, 203, 202, 242, 200, 201, 199),
        *(221, 281, 129, 117, 270, 271),
        *(130, 138, 240),
        *(52, 53, 55, 54, 5, 6, 7, 14, 15, 16, 88),
        *(40, 97, 268, 217, 218, 219, 241, 280, 282),
    ),
}
_REFUSED_EVERYWHERE: Final = (424, 425, 434, 438, 440, 452, 463, 466)
"""pidfd_send_signal, io_uring_setup, pidfd_open, pidfd_getfd, process_madvise, fchmodat2, setxattrat, removexattrat."""
_ON_ITSELF: Final[Mapping[str, tuple[int, int]]] = {"x86_64": (234, 302), "aarch64": (131, 261)}
"""tgkill, by which a process aborts, and prlimit64, by which it reads its limits: the first argument tells whose."""


def die_with(parent: int) -> None:
    """Be killed when the thread that started this process ends; end at once where its process is gone already."""
    if sys.platform == "linux":
        _libc().prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def limit(*, memory_bytes: int, cpu_seconds: int, scratch_bytes: int) -> None:
    """Lower the limits of this process. Memory: a second line behind whoever watches what is really used.

    Allocators and thread stacks reserve what they never touch, so that private writable memory (RLIMIT_DATA) may be
    half as large again as the limit, and a quarter of a gigabyte.
    """
    _lower(resource.RLIMIT_CORE, 0, 0)
    _lower(resource.RLIMIT_CPU, cpu_seconds, cpu_seconds + CPU_GRACE)
    _lower(resource.RLIMIT_FSIZE, scratch_bytes, scratch_bytes)
    _lower(resource.RLIMIT_NOFILE, DESCRIPTORS, DESCRIPTORS)
    reserved = memory_bytes + memory_bytes // 2 + (256 << 20)
    _lower(resource.RLIMIT_DATA, reserved, reserved)
    os.nice(NICENESS)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def close_all_but(kept: Collection[int]) -> None:
    """Close every other descriptor: the caller closes them on exec, this does not rely on it."""
    low = 0
    for descriptor in (*sorted(kept), max(DESCRIPTORS, *kept) + 1):
        if low < descriptor:  # an empty range is taken for one without end by some versions
            os.closerange(low, descriptor)
        low = descriptor + 1


def raise_walls(
    *, readable: Sequence[Path], writable: Sequence[Path], inputs: Sequence[int], outputs: Sequence[int]
) -> tuple[str, ...]:
    """Refuse other files and other system calls from here on; the names of the walls that the kernel offers.

    Call it before any thread is started: only the calling thread and those after it are held.
    """
    if sys.platform != "linux" or _libc().prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return ()
    walls = []
    if _landlock(readable, writable, inputs, outputs):
        walls.append("landlock")
    if _filter_system_calls(platform.machine()):
        walls.append("seccomp")
    return tuple(walls)


def _landlock(
    readable: Sequence[Path], writable: Sequence[Path], inputs: Sequence[int], outputs: Sequence[int]
) -> bool:
    libc = _libc()
    version = libc.syscall(444, None, 0, 1)
    if version < 1:
        return False
    handled = (1 << _FS_RIGHTS[min(version, max(_FS_RIGHTS))]) - 1
    truncate = _TRUNCATE if version >= 3 else 0
    # file system; from version 4 binding and connecting TCP; from version 6 abstract sockets and signals to others
    attributes = struct.pack("=QQQ", handled, 3, 3)[: 8 if version < 4 else 16 if version < 6 else 24]
    ruleset = libc.syscall(444, attributes, len(attributes), 0)
    if ruleset < 0:
        return False
    try:
        known = [Path(place) for place in (*SYSTEM, sys.prefix, sys.base_prefix, sys.pycache_prefix) if place]
        for path in (*known, *readable):
            _allow(ruleset, path, _READ)
        for path in writable:
            _allow(ruleset, path, _READ | _WRITE | truncate)
        for descriptor in inputs:
            _allow_file(ruleset, descriptor, _FILE_READ)
        for descriptor in outputs:
            _allow_file(ruleset, descriptor, _FILE_READ | _FILE_WRITE | truncate)
        return bool(libc.syscall(446, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # not on this machine
        return
    try:
        _allow_file(ruleset, descriptor, rights if path.is_dir() else rights & ~(1 << 3))
    finally:
        os.close(descriptor)


def _allow_file(ruleset: int, descriptor: int, rights: int) -> None:
    if _libc().syscall(445, ruleset, 1, struct.pack("=Qi", rights, descriptor), 0):
        raise OSError(ctypes.get_errno(), "a file cannot be made an exception")


def _filter_system_calls(machine: str) -> bool:
    if machine not in _ARCHITECTURES or sys.maxsize <= 2**32:
        return False
    program = _program(machine, os.getpid())
    buffer = ctypes.create_string_buffer(program)
    header = struct.pack("@HP", len(program) // 8, ctypes.addressof(buffer))
    return bool(_libc().prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, header, 0, 0) == 0)


def _program(machine: str, pid: int) -> bytes:
    """The filter of process `pid` as classic BPF.

    Other architectures kill, what is refused answers EPERM, the rest passes.
    """
    load, jump_equal, jump_from, jump_bits, back = 0x20, 0x15, 0x35, 0x45, 0x06
    allow, refuse, unknown = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS
    steps = [(load, 0, 0, 4), (jump_equal, 1, 0, _ARCHITECTURES[machine]), (back, 0, 0, 0x80000000), (load, 0, 0, 0)]
    steps += [(jump_from, 0, 1, _X32), (back, 0, 0, refuse)]
    # Its flags lie in memory, where no filter can look: libc falls back to clone, whose flags are an argument.
    steps += [(jump_equal, 0, 1, _CLONE3), (back, 0, 0, unknown)]
    for number in (*_REFUSED[machine], *_REFUSED_EVERYWHERE):
        steps += [(jump_equal, 0, 1, number), (back, 0, 0, refuse)]
    for number, itself in zip(_ON_ITSELF[machine], (pid, 0), strict=True):
        steps += [(jump_equal, 0, 4, number), (load, 0, 0, 16), (jump_equal, 1, 0, itself)]
        steps += [(back, 0, 0, refuse), (back, 0, 0, allow)]
    steps += [(jump_equal, 1, 0, _CLONE[machine]), (back, 0, 0, allow)]
    steps += [(load, 0, 0, 16), (jump_bits, 1, 0, _CLONE_THREAD), (back, 0, 0, refuse), (back, 0, 0, allow)]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def _lower(kind: int, soft: int, hard: int) -> None:
    """Never above what the process was given."""
    _, given = resource.getrlimit(kind)
    if given != resource.RLIM_INFINITY:
        soft, hard = min(soft, given), min(hard, given)
    with suppress(ValueError, OSError):
        resource.setrlimit(kind, (soft, hard))


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
