"""The filter, run by an interpreter of its instructions: what it allows, refuses and denies on each architecture.

What it does in a real child: `tests/sandbox/test_confinement.py`. The second architecture is judged here alone.
"""

from __future__ import annotations

import ctypes
import errno
import platform

import pytest

from grader.sandbox.layers import seccomp
from grader.sandbox.layers.syscall_numbers import (
    ALLOWED,
    ARCHITECTURES,
    CHANGES_BY_PATH,
    HIGHEST_REVIEWED,
    OTHERS,
    Architecture,
)

PID = 42
ALLOW, KILL = "allowed", "killed"
RULES = {"clone", "kill", "tgkill", "socketpair", "ioctl", "fcntl", "prctl", "prlimit64"}
MUST_BE_REFUSED = """
    fork vfork execve execveat tkill rt_sigqueueinfo rt_tgsigqueueinfo ptrace process_vm_readv process_vm_writev kcmp
    process_madvise pidfd_open pidfd_send_signal pidfd_getfd setrlimit setpriority ioprio_set sched_setaffinity
    sched_setscheduler sched_setparam sched_setattr socket bind listen accept accept4 connect sendmsg recvmsg sendmmsg
    recvmmsg setsockopt mount umount2 pivot_root chroot unshare setns name_to_handle_at open_by_handle_at fanotify_init
    inotify_init1 quotactl acct swapon swapoff open_tree move_mount fsopen fsconfig fsmount fspick mount_setattr chmod
    fchmod fchmodat fchmodat2 chown fchown lchown fchownat mknod mknodat setxattr lsetxattr fsetxattr removexattr bpf
    keyctl add_key request_key io_uring_setup io_uring_enter io_uring_register userfaultfd perf_event_open init_module
    finit_module delete_module kexec_load kexec_file_load reboot syslog personality sethostname setdomainname
    settimeofday clock_settime adjtimex clock_adjtime iopl ioperm modify_ldt vhangup memfd_create memfd_secret shmget
    shmat shmctl msgget semget mq_open mlock mlock2 mlockall sync syncfs splice tee vmsplice setuid setgid setresuid
    setgroups capset setsid setpgid seccomp landlock_restrict_self process_mrelease map_shadow_stack remap_file_pages
    migrate_pages move_pages lookup_dcookie nfsservctl
""".split()  # noqa: SIM905 -- a list of a hundred quoted names is harder to read


def decide(code: list[tuple[int, int, int, int]], audit: int, number: int, *arguments: int) -> str:
    """Return what the filter says of a call: allowed, killed, or the name of the error that it gives."""
    words = [number, audit, 0, 0]
    for argument in (*arguments, *[0] * (6 - len(arguments))):
        words += [argument & 0xFFFFFFFF, argument >> 32]
    place = loaded = 0
    while True:
        operation, if_true, if_false, value = code[place]
        place += 1
        if operation == 0x20:
            loaded = words[value // 4]
        elif operation == 0x54:
            loaded &= value
        elif operation == 0x06:
            kind = value & 0xFFFF0000
            return {0x7FFF0000: ALLOW, 0x80000000: KILL}.get(kind) or errno.errorcode[value & 0xFFFF]
        else:
            holds = {0x15: loaded == value, 0x35: loaded >= value, 0x45: bool(loaded & value)}[operation]
            place += if_true if holds else if_false


@pytest.fixture(params=list(ARCHITECTURES))
def architecture(request: pytest.FixtureRequest) -> Architecture:
    return ARCHITECTURES[request.param]


@pytest.fixture(params=[True, False], ids=["own view", "shared files"])
def own_view(request: pytest.FixtureRequest) -> bool:
    return request.param


def test_every_number_is_allowed_by_the_table_or_refused(architecture: Architecture, own_view: bool) -> None:
    code = seccomp.build_filter(architecture, PID, own_view=own_view)
    by_rule = {architecture.number(name) for name in RULES}
    allowed = set(architecture.allowed(own_view=own_view))
    for number in range(HIGHEST_REVIEWED + 1):
        found = decide(code, architecture.audit, number)
        if number == architecture.number("clone3"):
            assert found == "ENOSYS"
        elif number not in by_rule:
            assert found == (ALLOW if number in allowed else "EPERM"), number


def test_a_call_that_is_newer_than_the_table_does_not_exist(architecture: Architecture) -> None:
    code = seccomp.build_filter(architecture, PID, own_view=True)
    for number in (HIGHEST_REVIEWED + 1, 500, 0x3FFFFFFF):
        assert decide(code, architecture.audit, number) == "ENOSYS"


def test_calls_of_another_architecture_kill(architecture: Architecture) -> None:
    code = seccomp.build_filter(architecture, PID, own_view=True)
    assert decide(code, architecture.audit, 0x40000000 | 1) == KILL, "x32"
    assert decide(code, architecture.audit, 0xFFFFFFFF) == KILL
    for other in (0x40000003, 0xC00000B7, 0xC000003E):
        assert (decide(code, other, architecture.number("read")) == KILL) == (other != architecture.audit)


THREAD, FORK = 0x3D0F00, 0x1200011
ARGUMENTS = [
    ("clone", (THREAD,), True), ("clone", (FORK,), False), ("clone", (0x11,), False),
    ("clone", (THREAD | 0x10000000,), False), ("clone", (THREAD | 0x80,), False), ("clone", (THREAD | 0x1000,), False),
    ("kill", (PID,), True), ("kill", (1,), False), ("kill", (0,), False), ("kill", (0xFFFFFFFF,), False),
    ("tgkill", (PID, 77), True), ("tgkill", (77, 77), False),
    ("socketpair", (1, 1), True), ("socketpair", (1, 1 | 0x80800), True), ("socketpair", (1, 2), False),
    ("socketpair", (2, 1), False), ("socketpair", (1, 5), False),
    ("ioctl", (0, 0x5401), True), ("ioctl", (0, 0x5451), True), ("ioctl", (0, 0x5412), False),
    ("ioctl", (0, 0x40086602), False), ("ioctl", (0, 0x8901), False), ("ioctl", (0, 0x8933), False),
    ("fcntl", (0, 3), True), ("fcntl", (0, 1030), True), ("fcntl", (0, 8), False), ("fcntl", (0, 10), False),
    ("fcntl", (0, 15), False), ("fcntl", (0, 1024), False), ("fcntl", (0, 1031), False),
    ("prctl", (15,), True), ("prctl", (1,), False), ("prctl", (4, 1), False), ("prctl", (22, 2), False),
    ("prctl", (0x59616D61, 1), False), ("prctl", (36, 1), False),
    ("prlimit64", (0, 7, 0), True), ("prlimit64", (0, 7, 0x7F0000001000), False), ("prlimit64", (0, 7, 1 << 32), False),
]  # fmt: skip


@pytest.mark.parametrize(("call", "arguments", "is_allowed"), ARGUMENTS)
def test_some_calls_are_decided_by_their_arguments(
    architecture: Architecture, call: str, arguments: tuple[int, ...], is_allowed: bool
) -> None:
    assert call in RULES
    code = seccomp.build_filter(architecture, PID, own_view=True)
    found = decide(code, architecture.audit, architecture.number(call), *arguments)
    assert found == (ALLOW if is_allowed else "EPERM")


def test_every_rule_has_a_case_on_either_side() -> None:
    for call in RULES:
        assert {is_allowed for name, _arguments, is_allowed in ARGUMENTS if name == call} == {True, False}


def test_the_filter_fits_the_kernels_limit_and_every_jump_stays_inside(
    architecture: Architecture, own_view: bool
) -> None:
    code = seccomp.build_filter(architecture, PID, own_view=own_view)
    assert len(code) < 4096
    for place, (operation, if_true, if_false, _value) in enumerate(code):
        if operation in (0x15, 0x35, 0x45):
            assert max(if_true, if_false) < 256, "the kernel's field has 8 bits"
            assert place + 1 + max(if_true, if_false) < len(code)


def test_numbers_are_those_of_libseccomp(architecture: Architecture) -> None:
    numbers = LibSeccomp(architecture.audit)
    for name, row in (ALLOWED | CHANGES_BY_PATH | OTHERS).items():
        assert row[architecture.column] == numbers.find(name), name


def test_what_other_programs_need_is_not_in_the_table(architecture: Architecture) -> None:
    numbers = LibSeccomp(architecture.audit)
    code = seccomp.build_filter(architecture, PID, own_view=True)
    for name in MUST_BE_REFUSED:
        number = numbers.find(name)
        assert number is None or decide(code, architecture.audit, number) == "EPERM", name


class LibSeccomp:
    """The numbers that the library knows."""

    def __init__(self, audit: int) -> None:
        try:
            self._library = ctypes.CDLL("libseccomp.so.2")
        except OSError:
            pytest.skip("libseccomp is not installed here (Debian: libseccomp2)")
        self._library.seccomp_syscall_resolve_name_arch.argtypes = [ctypes.c_uint32, ctypes.c_char_p]
        self._audit = audit

    def find(self, name: str) -> int | None:
        """Return a call's number; None where the architecture does not have it."""
        number = self._library.seccomp_syscall_resolve_name_arch(self._audit, name.encode())
        return number if number >= 0 else None


def test_the_table_has_a_column_for_this_machine() -> None:
    assert platform.machine() in ARCHITECTURES or not seccomp.is_available()
