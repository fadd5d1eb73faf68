# hopes: to fill the machine's memory in pieces too small to be noticed, and to try again after every refusal
# stopped by: the resident memory is looked at from outside, and the limit of the process' data
# costs: training.accuracy memory
# costs: training.lists memory

_hoard = []


def accuracy(pred_labels, true_labels):
    size = 1 << 20
    while size > 64:
        try:
            while True:
                _hoard.append(bytearray(size))
        except MemoryError:
            size //= 2
    _hoard.clear()  # the next line is not to suffer
    raise MemoryError("that is all there was")
