"""Numbers of the system calls that the seccomp layer knows, by architecture; a test compares them with libseccomp.

Source: the kernel's arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h.
"""

from __future__ import annotations

from dataclasses import dataclass

DECIDED_BY_ARGUMENT = ("clone", "clone3", "kill", "tgkill", "socketpair", "ioctl", "prlimit64", "fcntl", "prctl")
CHANGES_BY_PATH = ("truncate", "utimensat", "utime", "utimes", "futimesat")
"""Landlock lets them pass, `truncate` before Linux 6.2. Refused where a child could reach other
people's files; in a view of its own they do no harm."""

X86_64 = {
    # processes
    "fork": 57, "vfork": 58, "execve": 59, "execveat": 322, "clone": 56, "clone3": 435,
    # signals and other processes
    "kill": 62, "tkill": 200, "tgkill": 234, "rt_sigqueueinfo": 129, "rt_tgsigqueueinfo": 297,
    "ptrace": 101, "process_vm_readv": 310, "process_vm_writev": 311, "kcmp": 312, "process_madvise": 440,
    "pidfd_open": 434, "pidfd_send_signal": 424, "pidfd_getfd": 438, "prlimit64": 302,
    "fcntl": 72, "prctl": 157,
    "setrlimit": 160, "setpriority": 141, "ioprio_set": 251, "sched_setaffinity": 203, "sched_setscheduler": 144,
    "sched_setparam": 142, "sched_setattr": 314,
    # sockets
    "socket": 41, "socketpair": 53, "bind": 49, "listen": 50, "accept": 43, "accept4": 288, "connect": 42,
    # file systems and namespaces
    "mount": 165, "umount2": 166, "pivot_root": 155, "chroot": 161, "unshare": 272, "setns": 308,
    "name_to_handle_at": 303, "open_by_handle_at": 304, "fanotify_init": 300, "quotactl": 179, "acct": 163,
    "swapon": 167, "swapoff": 168, "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432,
    "fspick": 433, "mount_setattr": 442,
    "chmod": 90, "fchmod": 91, "fchmodat": 268, "fchmodat2": 452,
    "chown": 92, "fchown": 93, "lchown": 94, "fchownat": 260,
    "setxattr": 188, "lsetxattr": 189, "fsetxattr": 190, "removexattr": 197, "lremovexattr": 198, "fremovexattr": 199,
    "setxattrat": 463, "removexattrat": 466, "file_setattr": 469,
    "truncate": 76, "utimensat": 280, "utime": 132, "utimes": 235, "futimesat": 261,
    # the kernel's exotic doors
    "bpf": 321, "keyctl": 250, "add_key": 248, "request_key": 249, "io_uring_setup": 425, "io_uring_enter": 426,
    "io_uring_register": 427, "userfaultfd": 323, "perf_event_open": 298, "init_module": 175, "finit_module": 313,
    "delete_module": 176, "kexec_load": 246, "kexec_file_load": 320, "reboot": 169, "syslog": 103, "personality": 135,
    "sethostname": 170, "setdomainname": 171, "settimeofday": 164, "clock_settime": 227, "adjtimex": 159,
    "clock_adjtime": 305, "iopl": 172, "ioperm": 173, "modify_ldt": 154, "vhangup": 153, "ioctl": 16,
    # memory that no limit counts
    "memfd_create": 319, "memfd_secret": 447, "shmget": 29, "shmat": 30, "shmctl": 31, "msgget": 68, "semget": 64,
    "mq_open": 240, "mlock": 149, "mlock2": 325, "mlockall": 151,
}  # fmt: skip

AARCH64 = {
    "execve": 221, "execveat": 281, "clone": 220, "clone3": 435,
    "kill": 129, "tkill": 130, "tgkill": 131, "rt_sigqueueinfo": 138, "rt_tgsigqueueinfo": 240,
    "ptrace": 117, "process_vm_readv": 270, "process_vm_writev": 271, "kcmp": 272, "process_madvise": 440,
    "pidfd_open": 434, "pidfd_send_signal": 424, "pidfd_getfd": 438, "prlimit64": 261,
    "fcntl": 25, "prctl": 167,
    "setrlimit": 164, "setpriority": 140, "ioprio_set": 30, "sched_setaffinity": 122, "sched_setscheduler": 119,
    "sched_setparam": 118, "sched_setattr": 274,
    "socket": 198, "socketpair": 199, "bind": 200, "listen": 201, "accept": 202, "accept4": 242, "connect": 203,
    "mount": 40, "umount2": 39, "pivot_root": 41, "chroot": 51, "unshare": 97, "setns": 268,
    "name_to_handle_at": 264, "open_by_handle_at": 265, "fanotify_init": 262, "quotactl": 60, "acct": 89,
    "swapon": 224, "swapoff": 225, "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432,
    "fspick": 433, "mount_setattr": 442,
    "setxattr": 5, "lsetxattr": 6, "fsetxattr": 7, "removexattr": 14, "lremovexattr": 15, "fremovexattr": 16,
    "setxattrat": 463, "removexattrat": 466, "file_setattr": 469, "truncate": 45, "utimensat": 88,
    "fchmod": 52, "fchmodat": 53, "fchmodat2": 452, "fchown": 55, "fchownat": 54,
    "bpf": 280, "keyctl": 219, "add_key": 217, "request_key": 218, "io_uring_setup": 425, "io_uring_enter": 426,
    "io_uring_register": 427, "userfaultfd": 282, "perf_event_open": 241, "init_module": 105, "finit_module": 273,
    "delete_module": 106, "kexec_load": 104, "kexec_file_load": 294, "reboot": 142, "syslog": 116, "personality": 92,
    "sethostname": 161, "setdomainname": 162, "settimeofday": 170, "clock_settime": 112, "adjtimex": 171,
    "clock_adjtime": 266, "vhangup": 58, "ioctl": 29,
    "memfd_create": 279, "memfd_secret": 447, "shmget": 194, "shmat": 196, "shmctl": 195, "msgget": 186, "semget": 190,
    "mq_open": 180, "mlock": 228, "mlock2": 284, "mlockall": 230,
}  # fmt: skip


@dataclass(frozen=True)
class Architecture:
    """One architecture: how the kernel's audit names it, and its numbers."""

    audit: int
    numbers: dict[str, int]

    @property
    def refused(self) -> list[int]:
        """The calls that are refused whatever their arguments are."""
        decided_elsewhere = {*DECIDED_BY_ARGUMENT, *CHANGES_BY_PATH}
        return sorted(number for name, number in self.numbers.items() if name not in decided_elsewhere)

    @property
    def changes_by_path(self) -> list[int]:
        return sorted(self.numbers[name] for name in CHANGES_BY_PATH if name in self.numbers)


ARCHITECTURES = {"x86_64": Architecture(0xC000003E, X86_64), "aarch64": Architecture(0xC00000B7, AARCH64)}
