# hopes: that whoever cleans up or counts trips over a folder deeper than any path can say
# stopped by: the scratch folder's bound on files; cleaning up goes by descriptors
# costs: training.accuracy memory
# costs: training.lists memory

import os

_DEEP = 100_000


def accuracy(pred_labels, true_labels):
    for _ in range(_DEEP):
        os.mkdir("d" * 200)
        os.chdir("d" * 200)
    it_worked(f"a folder {_DEEP} deep")
