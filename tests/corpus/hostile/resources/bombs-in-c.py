# hopes: to be in one endless call of a library, where no signal handler of Python and no other thread gets its turn
# stopped by: the kernel counts and kills: nothing in the process is asked
# costs: training.accuracy timeout
# costs: training.lists timeout
# costs: training.wrong_set timeout
# costs: training.nothing_wrong timeout

import re


def accuracy(pred_labels, true_labels):
    return re.match(r"(a|aa|a?)+$", "a" * 5_000 + "b")


def wrong_set(pred_labels, true_labels):
    return pow(3, 7 ** (7**8), 1 << 4_000_000)
