# hopes: that the pages of a library's code, which all processes share, can be changed for all of them
# stopped by: files open for reading can be mapped as a private copy only

import ctypes
import mmap
import os

_ALL = mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC
_libc = ctypes.CDLL(None, use_errno=True)


def _library():
    """Return the C library's path, the address of a function that nobody calls, and its place in the file."""
    address = ctypes.cast(_libc.a64l, ctypes.c_void_p).value
    with open("/proc/self/maps") as maps:
        for line in maps:
            fields = line.split()
            start, end = (int(number, 16) for number in fields[0].split("-"))
            if start <= address < end:
                return fields[5], address, int(fields[2], 16) + address - start
    raise AssertionError("a function without a place")


_path, _address, _offset = _library()
with open(_path, "rb") as _file:
    _whole = _file.read()


def _by_mprotect():
    page = _address & -mmap.PAGESIZE
    if _libc.mprotect(ctypes.c_void_p(page), ctypes.c_size_t(2 * mmap.PAGESIZE), _ALL) < 0:
        raise OSError(ctypes.get_errno(), "mprotect")
    ctypes.memset(_address, 0xCC, 8)


def _by_proc_mem():
    number = os.open("/proc/self/mem", os.O_RDWR)
    os.pwrite(number, b"\xcc" * 8, _address)


def _by_a_shared_map():
    with open(_path, "rb") as file:
        view = mmap.mmap(file.fileno(), 0, mmap.MAP_SHARED, mmap.PROT_READ)
    view_address = np.frombuffer(view, np.uint8).ctypes.data
    if (
        _libc.mprotect(ctypes.c_void_p(view_address), ctypes.c_size_t(len(_whole)), mmap.PROT_READ | mmap.PROT_WRITE)
        < 0
    ):
        raise OSError(ctypes.get_errno(), "mprotect")
    ctypes.memset(view_address + _offset, 0xCC, 8)


def _by_splice():
    """Put the file's own pages into a pipe, and write where the pipe's last page has room."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    os.write(writer, bytes(65_536))
    os.read(reader, 65_536)
    os.splice(os.open(_path, os.O_RDONLY), writer, 1, offset_src=_offset)
    os.write(writer, b"\xcc" * 8)


for _way in (_by_mprotect, _by_proc_mem, _by_a_shared_map, _by_splice):
    try:
        _way()
    except (OSError, ValueError):
        continue
with open(_path, "rb") as _file:
    if _file.read() != _whole:
        it_worked(f"{_path} was changed")
