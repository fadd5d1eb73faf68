# hopes: that a polite request to stop is all that comes, or that an odd process name hides the time that it used
# stopped by: the processor time is read from the kernel; then SIGKILL
# costs: training.accuracy timeout
# costs: training.lists timeout

import ctypes
import signal
import threading

_PR_SET_NAME = 15


def accuracy(pred_labels, true_labels):
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_PR_SET_NAME, b") R 0 0 0 0 0\n", 0, 0, 0)
    for _ in range(3):
        threading.Thread(target=_spin, daemon=True).start()
    _spin()


def _spin():
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue
