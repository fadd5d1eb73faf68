# hopes: to fill the disk with one file, written, promised, or full of holes
# stopped by: the limit on a file's size; the scratch folder's own bound
# costs: training.accuracy memory
# costs: training.lists memory

import os

_MANY_MIB = 1_024


def accuracy(pred_labels, true_labels):
    file = os.open("huge", os.O_RDWR | os.O_CREAT | os.O_TRUNC)
    try:
        for promise in (os.ftruncate, lambda number, size: os.posix_fallocate(number, 0, size)):
            try:
                promise(file, _MANY_MIB << 20)
            except OSError:
                continue
            it_worked(f"a file of {_MANY_MIB} MiB")
        written = 0
        while written < _MANY_MIB << 20:
            written += os.write(file, bytes(4 << 20))
        it_worked(f"{_MANY_MIB} MiB written")
    finally:
        os.unlink("huge")
        os.close(file)
