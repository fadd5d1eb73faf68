# hopes: that labels, the secret or hidden tests are left somewhere in memory, freed or not
# stopped by: the process was forked from one that never had them in its memory

import ctypes
import mmap
import re

# Each pattern has a class of one letter in it, so that it does not find itself.
_TRACES = re.compile(
    rb"test_accuracy_on[_]letters|hidden[_]tests/test_|GradingDat[a]\(|letters\.count[_]mismatch|purpose[_]seed"
    rb"|DIGITLAB[_]SECRET|unbalanced[,] shuffled|trained_lette[r]s\.model|digitlab/secre[t]"
)
_PIECE = 16 << 20


def _regions():
    with open("/proc/self/maps") as file:
        for line in file:
            place, rights, *_rest = line.split()
            start, end = (int(text, 16) for text in place.split("-"))
            if rights.startswith("rw") and "[v" not in line and "/dev/" not in line:
                yield start, end


def _seen_in(start, end):
    for at in range(start, end, _PIECE):
        size = min(_PIECE, end - at)
        piece = (ctypes.c_char * size).from_address(at)
        for match in _TRACES.finditer(memoryview(piece)):
            yield bytes(match[0])


def _look():
    """Look through all memory that can be written; what stands in this file's own text does not count."""
    own = __spec__.loader.get_data(__spec__.origin)
    assert mmap.PAGESIZE
    return [found for start, end in _regions() for found in _seen_in(start, end) if found not in own]


for _found in _look():
    it_worked(f"memory holds {_found!r}")
