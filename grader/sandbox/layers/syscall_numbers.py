"""The system calls that a child may make, and their numbers on each architecture; what is not here is refused.

Found by tracing whole gradings, in which NumPy, OpenCV, TensorFlow, Keras and matplotlib make some 55 of them, with
this margin: what an ordinary program of one process does with files, memory, threads, timers and pipes of its own, in
the older and the newer spelling of each call. What only other programs need stays out (sockets, processes, mounts,
changed rights and owners, watching files, memory that no limit counts), and so do calls that give the kernel code or
structures to interpret (bpf, io_uring, setsockopt, sendmsg, splice, keys).

Source: the kernel's arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h; a test compares the
numbers with libseccomp's.
"""

from __future__ import annotations

from dataclasses import dataclass

HIGHEST_REVIEWED = 469
"""`file_setattr` of Linux 6.17. Later calls "do not exist", so that a library falls back to what it did before them."""

# name: (x86-64, aarch64); None where the architecture does not have it
ALLOWED: dict[str, tuple[int | None, int | None]] = {
    # files below the paths that the other layers leave
    "open": (2, None), "openat": (257, 56), "openat2": (437, 437), "creat": (85, None), "close": (3, 57),
    "close_range": (436, 436), "read": (0, 63), "write": (1, 64), "readv": (19, 65), "writev": (20, 66),
    "pread64": (17, 67), "pwrite64": (18, 68), "preadv": (295, 69), "pwritev": (296, 70), "preadv2": (327, 286),
    "pwritev2": (328, 287), "lseek": (8, 62), "stat": (4, None), "fstat": (5, 80), "lstat": (6, None),
    "newfstatat": (262, 79), "statx": (332, 291), "statfs": (137, 43), "fstatfs": (138, 44), "access": (21, None),
    "faccessat": (269, 48), "faccessat2": (439, 439), "readlink": (89, None), "readlinkat": (267, 78),
    "getdents": (78, None), "getdents64": (217, 61), "getcwd": (79, 17), "chdir": (80, 49), "fchdir": (81, 50),
    "mkdir": (83, None), "mkdirat": (258, 34), "rmdir": (84, None), "unlink": (87, None), "unlinkat": (263, 35),
    "rename": (82, None), "renameat": (264, 38), "renameat2": (316, 276), "link": (86, None), "linkat": (265, 37),
    "symlink": (88, None), "symlinkat": (266, 36), "dup": (32, 23), "dup2": (33, None), "dup3": (292, 24),
    "flock": (73, 32), "fsync": (74, 82), "fdatasync": (75, 83), "ftruncate": (77, 46), "fallocate": (285, 47),
    "fadvise64": (221, 223), "readahead": (187, 213), "sendfile": (40, 71), "copy_file_range": (326, 285),
    "umask": (95, 166), "getxattr": (191, 8), "lgetxattr": (192, 9), "fgetxattr": (193, 10), "listxattr": (194, 11),
    "llistxattr": (195, 12), "flistxattr": (196, 13),
    # memory
    "mmap": (9, 222), "munmap": (11, 215), "mprotect": (10, 226), "mremap": (25, 216), "brk": (12, 214),
    "madvise": (28, 233), "msync": (26, 227), "membarrier": (324, 283), "get_mempolicy": (239, 236),
    "set_mempolicy": (238, 237), "mbind": (237, 235),
    # threads
    "futex": (202, 98), "futex_waitv": (449, 449), "futex_wake": (454, 454), "futex_wait": (455, 455),
    "futex_requeue": (456, 456), "set_robust_list": (273, 99), "get_robust_list": (274, 100),
    "set_tid_address": (218, 96), "gettid": (186, 178), "rseq": (334, 293), "arch_prctl": (158, None),
    "exit": (60, 93), "exit_group": (231, 94), "restart_syscall": (219, 128), "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123), "sched_getparam": (143, 121), "sched_getscheduler": (145, 120),
    "sched_getattr": (315, 275), "sched_get_priority_max": (146, 125), "sched_get_priority_min": (147, 126),
    "sched_rr_get_interval": (148, 127),
    # its own signals and timers
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "rt_sigpending": (127, 136),
    "rt_sigtimedwait": (128, 137), "rt_sigsuspend": (130, 133), "sigaltstack": (131, 132), "pause": (34, None),
    "alarm": (37, None), "getitimer": (36, 102), "setitimer": (38, 103), "signalfd": (282, None),
    "signalfd4": (289, 74), "timer_create": (222, 107), "timer_settime": (223, 110), "timer_gettime": (224, 108),
    "timer_getoverrun": (225, 109), "timer_delete": (226, 111), "timerfd_create": (283, 85),
    "timerfd_settime": (286, 86), "timerfd_gettime": (287, 87), "nanosleep": (35, 101), "clock_nanosleep": (230, 115),
    "clock_gettime": (228, 113), "clock_getres": (229, 114), "gettimeofday": (96, 169), "time": (201, None),
    "times": (100, 153), "wait4": (61, 260), "waitid": (247, 95),
    # waiting for its own descriptors
    "select": (23, None), "pselect6": (270, 72), "poll": (7, None), "ppoll": (271, 73), "epoll_create": (213, None),
    "epoll_create1": (291, 20), "epoll_ctl": (233, 21), "epoll_wait": (232, None), "epoll_pwait": (281, 22),
    "epoll_pwait2": (441, 441), "eventfd": (284, None), "eventfd2": (290, 19), "pipe": (22, None), "pipe2": (293, 59),
    # its channel, and pairs of its own
    "sendto": (44, 206), "recvfrom": (45, 207), "shutdown": (48, 210), "getsockopt": (55, 209),
    "getsockname": (51, 204), "getpeername": (52, 205),
    # who and where it is
    "getpid": (39, 172), "getppid": (110, 173), "getpgid": (121, 155), "getpgrp": (111, None), "getsid": (124, 156),
    "getuid": (102, 174), "geteuid": (107, 175), "getgid": (104, 176), "getegid": (108, 177), "getgroups": (115, 158),
    "getresuid": (118, 148), "getresgid": (120, 150), "capget": (125, 90), "getpriority": (140, 141),
    "ioprio_get": (252, 31), "getrlimit": (97, 163), "getrusage": (98, 165), "getrandom": (318, 278),
    "sysinfo": (99, 179), "uname": (63, 160), "getcpu": (309, 168),
    # decided by their arguments
    "clone": (56, 220), "kill": (62, 129), "tgkill": (234, 131), "socketpair": (53, 199), "ioctl": (16, 29),
    "fcntl": (72, 25), "prctl": (157, 167), "prlimit64": (302, 261),
}  # fmt: skip
CHANGES_BY_PATH: dict[str, tuple[int | None, int | None]] = {
    "truncate": (76, 45), "utimensat": (280, 88), "utime": (132, None), "utimes": (235, None), "futimesat": (261, None),
}  # fmt: skip
"""Landlock lets them pass, `truncate` before Linux 6.2. Allowed in a view of its own, where they do no harm, and
refused where a child could reach other people's files."""
OTHERS: dict[str, tuple[int | None, int | None]] = {"clone3": (435, 435), "pivot_root": (155, 41)}
"""Named elsewhere: answered in a way of its own, and used before a child is confined."""


@dataclass(frozen=True)
class Architecture:
    """One architecture: how the kernel's audit names it, and its column in the tables."""

    audit: int
    column: int

    def number(self, name: str) -> int:
        """Return the number of a call that the tables name and this architecture has."""
        number = (ALLOWED | CHANGES_BY_PATH | OTHERS)[name][self.column]
        assert number is not None, name
        return number

    def allowed(self, *, own_view: bool) -> list[int]:
        """Return the calls that may be made, sorted; some are then decided by their arguments.

        Args:
            own_view: the child sees no files but its own and read-only ones.
        """
        tables = ALLOWED | (CHANGES_BY_PATH if own_view else {})
        return sorted(number for row in tables.values() if (number := row[self.column]) is not None)


ARCHITECTURES = {"x86_64": Architecture(0xC000003E, 0), "aarch64": Architecture(0xC00000B7, 1)}
