# hopes: to see the machine's real files again, or to make the read-only ones writable
# stopped by: seccomp; the old root is not there any more

import ctypes
import os

_RDONLY, _BIND, _REC, _REMOUNT, _MOVE, _DETACH = 1, 4096, 16384, 32, 8192, 2
_libc = ctypes.CDLL(None, use_errno=True)


def _call(number, *args):
    return _libc.syscall(ctypes.c_long(number), *args)


def _mount(source, target, kind, flags):
    return _libc.mount(source, target, kind, ctypes.c_ulong(flags), None)


os.makedirs("here/old", exist_ok=True)
_handle = ctypes.create_string_buffer(b"\x80" + bytes(139))
_attributes = (ctypes.c_uint64 * 4)(0, _RDONLY, 0, 0)
_WAYS = {
    "a folder in memory": lambda: _mount(b"none", b"here", b"tmpfs", 0),
    "another proc": lambda: _mount(b"proc", b"here", b"proc", 0),
    "the system's devices": lambda: _mount(b"none", b"here", b"devtmpfs", 0),
    "sysfs": lambda: _mount(b"none", b"here", b"sysfs", 0),
    "control groups": lambda: _mount(b"none", b"here", b"cgroup2", 0),
    "the disk": lambda: _mount(b"/dev/vda", b"here", b"ext4", 0),
    "an overlay": lambda: _mount(b"none", b"here", b"overlay", 0),
    "the root again": lambda: _mount(b"/", b"here", None, _BIND | _REC),
    "a writable root": lambda: _mount(b"none", b"/", None, _REMOUNT | _BIND),
    "writable packages": lambda: _mount(b"none", os.path.dirname(os.__file__).encode(), None, _REMOUNT | _BIND),
    "a moved scratch folder": lambda: _mount(b"/scratch", b"here", None, _MOVE),
    "no scratch folder": lambda: _libc.umount2(b"/scratch", _DETACH),
    "open_tree": lambda: _call(428, -100, b"/", 1),
    "move_mount": lambda: _call(429, -100, b"/scratch", -100, b"here", 0),
    "fsopen": lambda: _call(430, b"tmpfs", 0),
    "fsconfig": lambda: _call(431, 0, 6, None, None, 0),
    "fsmount": lambda: _call(432, 0, 0, 0),
    "fspick": lambda: _call(433, -100, b"/", 0),
    "mount_setattr": lambda: _call(442, -100, b"/", 0x8000, _attributes, ctypes.c_size_t(32)),
    "open_tree_attr": lambda: _call(467, -100, b"/", 0x8001, _attributes, ctypes.c_size_t(32)),
    "chroot": lambda: _libc.chroot(b"here"),
    "chroot to the server's root": lambda: _libc.chroot(f"/proc/{os.getppid()}/root".encode()),
    "pivot_root": lambda: _call({"x86_64": 155, "aarch64": 41}.get(os.uname().machine, -1), b"here", b"here/old"),
    "a file's handle": lambda: _libc.name_to_handle_at(-100, b"/", _handle, ctypes.byref(ctypes.c_int()), 0),
    "a file by its handle": lambda: _libc.open_by_handle_at(os.open(".", os.O_RDONLY), _handle, 0),
    "swapon": lambda: _libc.swapon(b"here/old", 0),
}
for _name, _way in _WAYS.items():
    if _way() >= 0:
        it_worked(_name)
