# hopes: to drown the terminal, the log or the memory of whoever reads its output, or to write words into them
# stopped by: output leads nowhere

import faulthandler
import os
import stat
import sys
import warnings

_PIECE = b"\x1b[31mFAILED\x1b[0m 100 of 100 points\r\n" * 30_000


def _flood():
    for number in (0, 1, 2):
        for _ in range(100):
            os.write(number, _PIECE)
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        print(_PIECE.decode() * 10, file=stream, flush=True)
    warnings.warn("flood " * 100_000, stacklevel=1)
    faulthandler.dump_traceback()


for _number in (0, 1, 2):
    _kind = os.fstat(_number)
    if not stat.S_ISCHR(_kind.st_mode) or _kind.st_rdev != os.makedev(1, 3):
        it_worked(f"descriptor {_number} leads somewhere")
_flood()
_honest_accuracy = accuracy


def accuracy(pred_labels, true_labels):
    _flood()
    return _honest_accuracy(pred_labels, true_labels)
