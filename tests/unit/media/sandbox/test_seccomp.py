"""The filter of system calls, run instruction by instruction for machines that are not at hand."""

from __future__ import annotations

import errno
import struct

import pytest

from tsunagu.media.sandbox.seccomp import AARCH64, X86_64, Machine, program

ALLOW, KILL = 0x7FFF0000, 0x80000000
REFUSE, ABSENT = 0x50000 | errno.EPERM, 0x50000 | errno.ENOSYS

# name: (x86_64, aarch64), from the kernel's tables; None where the machine has no such call.
NUMBERS = {
    "read": (0, 63),
    "pread64": (17, 67),
    "lseek": (8, 62),
    "close": (3, 57),
    "fstat": (5, 80),
    "munmap": (11, 215),
    "brk": (12, 214),
    "futex": (202, 98),
    "recvmsg": (47, 212),
    "sendmsg": (46, 211),
    "getrandom": (318, 278),
    "exit_group": (231, 94),
    "rt_sigreturn": (15, 139),
    "write": (1, 64),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "newfstatat": (262, 79),
    "clone": (56, 220),
    "clone3": (435, 435),
    "fork": (57, None),
    "vfork": (58, None),
    "open": (2, None),
    "openat": (257, 56),
    "openat2": (437, 437),
    "socket": (41, 198),
    "connect": (42, 203),
    "kill": (62, 129),
    "tgkill": (234, 131),
    "prlimit64": (302, 261),
    "prctl": (157, 167),
    "fcntl": (72, 25),
    "ioctl": (16, 29),
    "memfd_create": (319, 279),
    "pkey_mprotect": (329, 288),
    "fchmod": (91, 52),
    "execve": (59, 221),
    "execveat": (322, 281),
    "ptrace": (101, 117),
    "process_vm_writev": (311, 271),
    "bpf": (321, 280),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "io_uring_setup": (425, 425),
    "keyctl": (250, 219),
    "userfaultfd": (323, 282),
    "setresuid": (117, 147),
}
MACHINES = ((0, X86_64), (1, AARCH64))


def run(machine: Machine, number: int, *arguments: int, audit: int | None = None) -> int:
    """Return what the filter answers: classic BPF as the kernel runs it on `struct seccomp_data`."""
    words = [*arguments, *[0] * (6 - len(arguments))]
    data = struct.pack("<IIQ6Q", number, machine.audit if audit is None else audit, 0, *words)
    steps = list(struct.iter_unpack("<HBBI", program(machine)))
    at = accumulator = 0
    while True:
        code, skip_if_true, skip_if_false, operand = steps[at]
        at += 1
        match code:
            case 0x20:
                (accumulator,) = struct.unpack_from("<I", data, operand)
            case 0x54:
                accumulator &= operand
            case 0x15:
                at += skip_if_true if accumulator == operand else skip_if_false
            case 0x35:
                at += skip_if_true if accumulator >= operand else skip_if_false
            case 0x06:
                return operand
            case _:
                raise AssertionError(code)


def cases(*names: str):
    """Return (machine, number) for each call on each machine that has it."""
    return [
        pytest.param(machine, NUMBERS[name][place], id=f"{name}-{'x86_64' if place == 0 else 'aarch64'}")
        for name in names
        for place, machine in MACHINES
        if NUMBERS[name][place] is not None
    ]


@pytest.mark.parametrize(
    ("machine", "number"),
    cases("read", "pread64", "lseek", "close", "fstat", "munmap", "brk", "futex", "recvmsg", "sendmsg", "getrandom")
    + cases("exit_group", "rt_sigreturn"),
)
def test_what_decoding_needs_is_allowed(machine, number):
    assert run(machine, number) == ALLOW


@pytest.mark.parametrize(
    ("machine", "number"),
    cases("fork", "vfork", "open", "openat", "openat2", "socket", "connect", "kill", "tgkill", "prlimit64", "prctl")
    + cases("fcntl", "ioctl", "memfd_create", "pkey_mprotect", "fchmod"),
)
def test_what_decoding_does_not_need_is_refused(machine, number):
    assert run(machine, number) == REFUSE


@pytest.mark.parametrize(
    ("machine", "number"),
    cases("execve", "execveat", "ptrace", "process_vm_writev", "bpf", "unshare", "setns", "mount", "io_uring_setup")
    + cases("keyctl", "userfaultfd", "setresuid"),
)
def test_what_only_an_attacker_calls_kills(machine, number):
    assert run(machine, number) == KILL


@pytest.mark.parametrize(("machine", "number"), cases("clone3"))
def test_clone3_is_said_not_to_exist(machine, number):
    assert run(machine, number) == ABSENT


@pytest.mark.parametrize(("machine", "number"), cases("clone"))
def test_a_thread_may_be_made_and_a_process_may_not(machine, number):
    thread = 0x3D0F00
    assert run(machine, number, thread) == ALLOW
    for flags in (17, 0, 0x4111, thread & ~0x10000, thread | 0x10000000, thread | 0x40000000, thread | 0x2000):
        assert run(machine, number, flags) == REFUSE


@pytest.mark.parametrize(("machine", "number"), cases("mmap", "mprotect"))
def test_memory_may_be_written_or_run_but_not_made_to_run(machine, number):
    assert run(machine, number, 0, 4096, 3) == ALLOW
    assert run(machine, number, 0, 4096, 5) == REFUSE
    assert run(machine, number, 0, 4096, 7) == REFUSE


@pytest.mark.parametrize(("machine", "number"), cases("write"))
def test_only_the_standard_streams_and_the_socket_can_be_written(machine, number):
    assert [run(machine, number, fd) for fd in range(6)] == [ALLOW] * 4 + [REFUSE] * 2


@pytest.mark.parametrize(("machine", "number"), cases("newfstatat"))
def test_a_descriptor_may_be_asked_about_and_a_name_may_not(machine, number):
    assert run(machine, number, 4, 0, 0, 0x1000) == ALLOW
    assert run(machine, number, 4, 0, 0, 0) == REFUSE


@pytest.mark.parametrize(("place", "machine"), MACHINES)
def test_calls_by_another_table_kill(place, machine):
    assert run(machine, NUMBERS["read"][place], audit=0x40000003) == KILL
    assert run(X86_64, 0x40000000) == KILL


@pytest.mark.parametrize(("place", "machine"), MACHINES)
def test_no_number_is_listed_twice(place, machine):
    listed = [*machine.allowed, *machine.deadly, *machine.absent, *(number for number, *_ in machine.conditional)]
    assert len(listed) == len(set(listed))
    assert len(program(machine)) // 8 < 4096
