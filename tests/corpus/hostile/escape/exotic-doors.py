# hopes: to reach parts of the kernel that were made for administrators, and have had holes
# stopped by: seccomp, and no capability

import ctypes
import os
import platform

_OLD = {
    "x86_64": {
        "bpf": 321, "keyctl": 250, "add_key": 248, "request_key": 249, "perf_event_open": 298, "userfaultfd": 323,
        "kexec_load": 246, "kexec_file_load": 320, "iopl": 172, "ioperm": 173, "modify_ldt": 154, "init_module": 175,
        "finit_module": 313, "delete_module": 176, "syslog": 103, "reboot": 169, "acct": 163, "quotactl": 179,
        "settimeofday": 164, "clock_settime": 227, "sethostname": 170, "setdomainname": 171, "vhangup": 153,
        "fanotify_init": 300, "uselib": 134, "lookup_dcookie": 212, "nfsservctl": 180, "mq_open": 240,
        "migrate_pages": 256, "move_pages": 279, "kcmp": 312, "adjtimex": 159, "clock_adjtime": 305,
    },
    "aarch64": {
        "bpf": 280, "keyctl": 219, "add_key": 217, "request_key": 218, "perf_event_open": 241, "userfaultfd": 282,
        "kexec_load": 104, "kexec_file_load": 294, "init_module": 105, "finit_module": 273, "delete_module": 106,
        "syslog": 116, "reboot": 142, "acct": 89, "quotactl": 60, "settimeofday": 170, "clock_settime": 112,
        "sethostname": 161, "setdomainname": 162, "vhangup": 58, "fanotify_init": 262, "mq_open": 180,
        "migrate_pages": 238, "move_pages": 239, "kcmp": 272, "adjtimex": 171, "clock_adjtime": 266,
    },
}.get(platform.machine(), {})  # fmt: skip
_NEW = {
    "io_uring_setup": 425,
    "io_uring_register": 427,
    "quotactl_fd": 443,
    "memfd_secret": 447,
    "lsm_set_self_attr": 460,
}
_libc = ctypes.CDLL(None, use_errno=True)
_zeros = ctypes.create_string_buffer(256)
_size = ctypes.create_string_buffer((120).to_bytes(8, "little"), 128)  # perf_event_attr: type hardware, this size
_HARMFUL_ARGUMENTS = {
    "syslog": [(10, 0, 0), (3, _zeros, 256)],  # how much is there, and what
    "reboot": [(0, 0, 0, 0)],  # without the magic numbers nothing restarts; EINVAL comes after the right is checked
    "bpf": [(0, _zeros, 72), (5, _zeros, 120)],
    "keyctl": [(0, -3, 1), (1, None), (11, -4, _zeros, 256)],
    "add_key": [(b"user", b"attack", b"x", ctypes.c_size_t(1), -3)],
    "request_key": [(b"user", b"attack", b"x", -3)],
    "perf_event_open": [(bytes(4) + (128).to_bytes(4, "little") + bytes(120), 0, -1, -1, 0), (_size, 0, -1, -1, 0)],
    "userfaultfd": [(0,), (1,), (0o2000000,)],
    "modify_ldt": [(0, _zeros, ctypes.c_size_t(256)), (1, _zeros, ctypes.c_size_t(16))],
    "iopl": [(3,), (0,)],
    "ioperm": [(0x80, 1, 1)],
    "acct": [(None,)],
    "sethostname": [(os.uname().nodename.encode(), ctypes.c_size_t(len(os.uname().nodename)))],
    "adjtimex": [],  # to look is no harm
    "clock_adjtime": [],
    "io_uring_setup": [(4, _zeros)],
    "memfd_secret": [(0,)],
    "fanotify_init": [(0, 0), (0x200, 0)],
    "mq_open": [(b"attack", 0o102, 0o600, None)],
}
for _name, _number in {**_OLD, **_NEW}.items():
    for _arguments in _HARMFUL_ARGUMENTS.get(_name, [(0, 0, 0, 0, 0)]):
        if _libc.syscall(ctypes.c_long(_number), *_arguments) >= 0:
            it_worked(f"{_name}{_arguments}")
for _path in ("/dev/userfaultfd", "/dev/kvm", "/dev/fuse", "/dev/net/tun", "/dev/mem", "/dev/port", "/dev/cpu/0/msr",
              "/dev/loop-control", "/dev/vhost-vsock", "/dev/uinput", "/dev/dri/card0", "/dev/watchdog"):  # fmt: skip
    for _mode in (os.O_RDWR, os.O_RDONLY, os.O_WRONLY):
        try:
            os.open(_path, _mode | os.O_NONBLOCK)
        except OSError:
            continue
        it_worked(f"{_path} was opened")
