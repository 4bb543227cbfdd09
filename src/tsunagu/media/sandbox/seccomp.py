"""The filter of system calls behind which hostile bytes are decoded: what is not listed is refused.

Source: Linux, `Documentation/userspace-api/seccomp_filter.rst`; the numbers are those of
`arch/x86/entry/syscalls/syscall_64.tbl` and `include/uapi/asm-generic/unistd.h` (aarch64).
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tsunagu.media.sandbox.kernel import prctl

_PR_SET_NO_NEW_PRIVS: Final = 38
_PR_SET_SECCOMP: Final = 22
_SECCOMP_MODE_FILTER: Final = 2

_ALLOW: Final = 0x7FFF_0000
_KILL: Final = 0x8000_0000
_REFUSE: Final = 0x0005_0000 | errno.EPERM
_ABSENT: Final = 0x0005_0000 | errno.ENOSYS

# Opcodes of classic BPF (`linux/bpf_common.h`), each on 32-bit words.
_LOAD: Final = 0x20
_AND: Final = 0x54
_IF_EQUAL: Final = 0x15
_IF_AT_LEAST: Final = 0x35
_RETURN: Final = 0x06

# Places in `struct seccomp_data`; of an argument the low word, both machines being little-endian.
_NUMBER_AT: Final = 0
_ARCHITECTURE_AT: Final = 4
_ARGUMENTS_AT: Final = 16

_X32_BIT: Final = 0x4000_0000
_PROT_EXEC: Final = 4
_AT_EMPTY_PATH: Final = 0x1000
_LAST_OWN_DESCRIPTOR: Final = 3


@dataclass(frozen=True, slots=True)
class Machine:
    """A kind of processor, as the kernel tells it to the filter.

    Attributes:
        audit: the AUDIT_ARCH_* constant.
        allowed: calls that are let through, the frequent ones first.
        conditional: calls that are let through when `argument & mask == value`, as (number, argument, mask, value).
        deadly: calls that no decoder ever makes and a taken-over one would; they end the process.
        absent: calls said not to exist, so that the C library falls back to its older one, whose arguments can be seen.
        x32: whether the kernel may offer a second table of calls under the same architecture.
    """

    audit: int
    allowed: tuple[int, ...]
    conditional: tuple[tuple[int, int, int, int], ...]
    deadly: tuple[int, ...]
    absent: tuple[int, ...]
    x32: bool = False


_ANY_BUT_OWN_DESCRIPTORS: Final = 0xFFFF_FFFF & ~_LAST_OWN_DESCRIPTOR

# A thread as pthread_create makes it, and nothing else: VM, FS, FILES, SIGHAND, THREAD, SYSVSEM, SETTLS,
# PARENT_SETTID, CHILD_CLEARTID; musl adds DETACHED, which means nothing. libde265, which decodes HEIC, cannot do
# without one. A thread is bound by the same filter and limits.
_THREAD: Final = 0x003D_0F00
_ALL_CLONE_FLAGS: Final = 0xFFFF_FFFF & ~0x0040_0000

# Above 423 the numbers are the same everywhere: pidfd_send_signal, io_uring_*, open_tree, move_mount, fsopen,
# fsconfig, fsmount, fspick, pidfd_getfd, process_madvise, mount_setattr.
_DEADLY_EVERYWHERE: Final = (424, 425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 440, 442)
_CLONE3: Final = 435

X86_64: Final = Machine(
    audit=0xC000_003E,
    x32=True,
    allowed=(
        *(0, 8, 202, 11, 12, 47, 46, 25, 28),  # read lseek futex munmap brk recvmsg sendmsg mremap madvise
        *(3, 5, 17, 19, 295, 32, 221),  # close fstat pread64 readv preadv dup fadvise64
        *(228, 229, 230, 35, 96, 201),  # clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time
        *(24, 204, 309, 318, 63, 99, 98, 100),  # sched_yield sched_getaffinity getcpu getrandom uname sysinfo getrusage
        *(39, 186, 102, 104, 107, 108),  # getpid gettid getuid getgid geteuid getegid
        *(15, 219, 60, 231),  # rt_sigreturn restart_syscall exit exit_group
        *(14, 273, 334),  # rt_sigprocmask set_robust_list rseq, for a thread
    ),
    conditional=(
        (9, 2, _PROT_EXEC, 0),  # mmap
        (10, 2, _PROT_EXEC, 0),  # mprotect
        (262, 3, _AT_EMPTY_PATH, _AT_EMPTY_PATH),  # newfstatat, as fstat of older C libraries
        (1, 0, _ANY_BUT_OWN_DESCRIPTORS, 0),  # write
        (20, 0, _ANY_BUT_OWN_DESCRIPTORS, 0),  # writev
        (44, 0, _ANY_BUT_OWN_DESCRIPTORS, 0),  # sendto, as send
        (56, 0, _ALL_CLONE_FLAGS, _THREAD),  # clone
    ),
    deadly=(
        *(59, 322, 101, 310, 311),  # execve execveat ptrace process_vm_readv process_vm_writev
        *(321, 298, 323, 248, 249, 250),  # bpf perf_event_open userfaultfd add_key request_key keyctl
        *(165, 166, 155, 161, 272, 308),  # mount umount2 pivot_root chroot unshare setns
        *(175, 313, 176, 246, 320, 169),  # init_module finit_module delete_module kexec_load kexec_file_load reboot
        *(105, 106, 113, 114, 117, 119, 126),  # setuid setgid setreuid setregid setresuid setresgid capset
        *(154, 172, 173, 304, 312),  # modify_ldt iopl ioperm open_by_handle_at kcmp
        *_DEADLY_EVERYWHERE,
    ),
    absent=(_CLONE3,),
)

AARCH64: Final = Machine(
    audit=0xC000_00B7,
    allowed=(
        *(63, 62, 98, 215, 214, 212, 211, 216, 233),  # read lseek futex munmap brk recvmsg sendmsg mremap madvise
        *(57, 80, 67, 65, 69, 23, 223),  # close fstat pread64 readv preadv dup fadvise64
        *(113, 114, 115, 101, 169),  # clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday
        *(124, 123, 168, 278, 160, 179, 165, 153),  # sched_yield sched_getaffinity getcpu getrandom uname sysinfo …
        *(172, 178, 174, 176, 175, 177),  # getpid gettid getuid getgid geteuid getegid
        *(139, 128, 93, 94),  # rt_sigreturn restart_syscall exit exit_group
        *(135, 99, 293),  # rt_sigprocmask set_robust_list rseq, for a thread
    ),
    conditional=(
        (222, 2, _PROT_EXEC, 0),  # mmap
        (226, 2, _PROT_EXEC, 0),  # mprotect
        (79, 3, _AT_EMPTY_PATH, _AT_EMPTY_PATH),  # newfstatat
        (64, 0, _ANY_BUT_OWN_DESCRIPTORS, 0),  # write
        (66, 0, _ANY_BUT_OWN_DESCRIPTORS, 0),  # writev
        (206, 0, _ANY_BUT_OWN_DESCRIPTORS, 0),  # sendto, as send
        (220, 0, _ALL_CLONE_FLAGS, _THREAD),  # clone
    ),
    deadly=(
        *(221, 281, 117, 270, 271),  # execve execveat ptrace process_vm_readv process_vm_writev
        *(280, 241, 282, 217, 218, 219),  # bpf perf_event_open userfaultfd add_key request_key keyctl
        *(40, 39, 41, 51, 97, 268),  # mount umount2 pivot_root chroot unshare setns
        *(105, 273, 106, 104, 294, 142),  # init_module finit_module delete_module kexec_load kexec_file_load reboot
        *(146, 144, 145, 143, 147, 149, 91),  # setuid setgid setreuid setregid setresuid setresgid capset
        *(265, 272),  # open_by_handle_at kcmp
        *_DEADLY_EVERYWHERE,
    ),
    absent=(_CLONE3,),
)

_MACHINES: Final = {"x86_64": X86_64, "aarch64": AARCH64}


def program(machine: Machine) -> bytes:
    """Return the filter as an array of `struct sock_filter`, 8 bytes an instruction."""
    return b"".join(_instructions(machine))


def close_system_calls() -> None:
    """Let the calling process make the listed system calls and no other, for ever.

    Raises:
        OSError: the kernel refuses the filter.
        NotImplementedError: there is no table for this machine.
    """
    machine = _MACHINES.get(platform.machine())
    if machine is None or sys.maxsize < 2**32:
        raise NotImplementedError("no table of system calls for this machine")
    code = program(machine)
    buffer = ctypes.create_string_buffer(code, len(code))
    # struct sock_fprog: a 16-bit count, padding, a pointer.
    heading = ctypes.create_string_buffer(struct.pack("@HP", len(code) // 8, ctypes.addressof(buffer)))
    prctl(_PR_SET_NO_NEW_PRIVS, 1)
    prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(heading))


def _instructions(machine: Machine) -> Iterator[bytes]:
    yield _instruction(_LOAD, _ARCHITECTURE_AT)
    yield _instruction(_IF_EQUAL, machine.audit, skip_if_true=1)
    yield _instruction(_RETURN, _KILL)
    yield _instruction(_LOAD, _NUMBER_AT)
    if machine.x32:
        yield _instruction(_IF_AT_LEAST, _X32_BIT, skip_if_false=1)
        yield _instruction(_RETURN, _KILL)
    for numbers, answer in ((machine.allowed, _ALLOW), (machine.deadly, _KILL), (machine.absent, _ABSENT)):
        for number in numbers:
            yield _instruction(_IF_EQUAL, number, skip_if_false=1)
            yield _instruction(_RETURN, answer)
    for number, argument, mask, value in machine.conditional:
        yield _instruction(_IF_EQUAL, number, skip_if_false=5)
        yield _instruction(_LOAD, _ARGUMENTS_AT + 8 * argument)
        yield _instruction(_AND, mask)
        yield _instruction(_IF_EQUAL, value, skip_if_false=1)
        yield _instruction(_RETURN, _ALLOW)
        yield _instruction(_RETURN, _REFUSE)
    yield _instruction(_RETURN, _REFUSE)


def _instruction(code: int, operand: int, *, skip_if_true: int = 0, skip_if_false: int = 0) -> bytes:
    return struct.pack("<HBBI", code, skip_if_true, skip_if_false, operand)
