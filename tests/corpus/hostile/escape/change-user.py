# hopes: to become root, another user, or a member of another group, or to get a capability back
# stopped by: no capability is left and none can be gained

import ctypes
import os
import platform

_SYSTEM_CALLS = {
    "x86_64": {"setuid": 105, "setgid": 106, "setreuid": 113, "setregid": 114, "setresuid": 117, "setresgid": 119,
               "setfsuid": 122, "setfsgid": 123},
    "aarch64": {"setuid": 146, "setgid": 144, "setreuid": 145, "setregid": 143, "setresuid": 147, "setresgid": 149,
                "setfsuid": 151, "setfsgid": 152},
}.get(platform.machine(), {})  # fmt: skip
_CAPABILITY_VERSION_3 = 0x20080522
_PR_CAP_AMBIENT, _AMBIENT_RAISE, _PR_SET_SECUREBITS, _PR_SET_KEEPCAPS, _PR_CAPBSET_READ = 47, 2, 28, 8, 23
_libc = ctypes.CDLL(None, use_errno=True)


def _who():
    with open("/proc/self/status") as status:
        lines = [
            line for line in status if line.startswith(("Uid", "Gid", "Groups", "CapInh", "CapPrm", "CapEff", "CapAmb"))
        ]
    return "".join(lines)


_before = _who()
for _identity in (0, 1, 33, 1000, 12_345, 61_440, 61_441, 65_534):
    for _name, _number in _SYSTEM_CALLS.items():
        _libc.syscall(ctypes.c_long(_number), *(ctypes.c_long(_identity),) * 3)
    for _set in (
        lambda identity: os.setgroups([identity]),
        lambda identity: os.initgroups("root", identity),
        lambda identity: os.setresuid(-1, identity, -1),
        lambda identity: os.setresgid(-1, -1, identity),
    ):
        try:
            _set(_identity)
        except OSError:
            continue
_header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
for _wanted in (0xFFFFFFFF, 1 << 21, 1 << 19, 1 << 12, 1 << 1):
    _libc.capset(_header, (ctypes.c_uint32 * 6)(_wanted, _wanted, _wanted, 0, 0, 0))
    _libc.capset(_header, (ctypes.c_uint32 * 6)(0, 0, _wanted, 0, 0, 0))
for _capability in range(41):
    _libc.prctl(_PR_CAP_AMBIENT, _AMBIENT_RAISE, _capability, 0, 0)
if _libc.prctl(_PR_SET_SECUREBITS, 0x2F, 0, 0, 0) == 0:
    it_worked("the rules for root were changed")
_libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)
if (_after := _who()) != _before:
    it_worked(f"from {_before} to {_after}".replace("\n", " ").replace("\t", " "))
