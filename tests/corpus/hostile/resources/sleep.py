# hopes: to hold a place for ever without using processor time
# stopped by: a process that owes an answer may sleep for six seconds in all
# costs: training.accuracy timeout
# costs: training.lists timeout

import threading


def accuracy(pred_labels, true_labels):
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()
