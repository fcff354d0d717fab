"""The filter of system calls as an interpreter of classic BPF sees it."""

import errno
import struct

import pytest

from foundation.confined import walls

PID = 4711
ALLOW, KILL = 0x7FFF0000, 0x80000000
REFUSED, UNKNOWN = 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS


def verdict(machine: str, number: int, *, architecture: int | None = None, flags: int = 0) -> int:
    """Run the program over one `struct seccomp_data`: the number, the architecture, the first argument's low word."""
    program = walls._program(machine, PID)
    steps = [struct.unpack_from("=HBBI", program, place) for place in range(0, len(program), 8)]
    data = {0: number, 4: architecture or walls._ARCHITECTURES[machine], 16: flags}
    place = accumulator = 0
    while True:
        code, if_true, if_false, value = steps[place]
        place += 1
        if code == 0x20:
            accumulator = data[value]
        elif code == 0x06:
            return int(value)
        else:
            held = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: bool(accumulator & value)}[code]
            place += if_true if held else if_false


@pytest.mark.parametrize(("machine", "read", "socket", "execve"), [("x86_64", 0, 41, 59), ("aarch64", 63, 198, 221)])
def test_what_a_computation_needs_passes_and_the_rest_is_refused(machine, read, socket, execve):
    clone = walls._CLONE[machine]
    assert verdict(machine, read) == ALLOW
    assert {verdict(machine, number) for number in (socket, execve, 425, 434)} == {REFUSED}
    assert verdict(machine, clone, flags=0x3D0F00) == ALLOW, "a thread"
    assert verdict(machine, clone, flags=17) == REFUSED, "a process"
    assert verdict(machine, 435) == UNKNOWN
    assert verdict(machine, read, architecture=0x40000003) == KILL, "32-bit calls have other numbers"


def test_the_numbers_of_the_other_abi_of_x86_are_refused():
    assert verdict("x86_64", 0x40000000 | 41) == REFUSED


@pytest.mark.parametrize(("machine", "tgkill", "prlimit"), [("x86_64", 234, 302), ("aarch64", 131, 261)])
def test_a_process_signals_and_limits_itself_alone(machine, tgkill, prlimit):
    assert (verdict(machine, tgkill, flags=PID), verdict(machine, prlimit, flags=0)) == (ALLOW, ALLOW)
    assert {verdict(machine, number, flags=PID + 1) for number in (tgkill, prlimit)} == {REFUSED}
    assert verdict(machine, walls._CLONE[machine], flags=0x3D0F00) == ALLOW


@pytest.mark.parametrize(("machine", "fchmod", "utimensat"), [("x86_64", 91, 280), ("aarch64", 52, 88)])
def test_what_landlock_does_not_know_of_files_is_refused(machine, fchmod, utimensat):
    assert {verdict(machine, number) for number in (fchmod, utimensat, 452)} == {REFUSED}
