# hopes: that memory which is mapped as shared counts as nobody's
# stopped by: the limit of the address space, and a look at what is resident
# costs: training.accuracy memory
# costs: training.lists memory

import mmap

_hoard = []


def accuracy(pred_labels, true_labels):
    for _ in range(200):
        piece = mmap.mmap(-1, 64 << 20, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS)
        _hoard.append(piece)
        for page in range(0, len(piece), mmap.PAGESIZE):
            piece[page] = 1
    it_worked("12 GiB of shared memory")
