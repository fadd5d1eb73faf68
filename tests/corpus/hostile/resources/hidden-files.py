# hopes: to fill the disk with files that have no name, so that nobody who looks into the folder finds them
# stopped by: the scratch folder's own bound in memory; without it, 128 open files of 256 MiB
# costs: training.accuracy memory
# costs: training.lists memory

import os


def accuracy(pred_labels, true_labels):
    held = []
    try:
        while len(held) < 5:  # more than 1 GiB; an attacker would take 128
            number = os.open(".", os.O_TMPFILE | os.O_RDWR)
            held.append(number)
            for _ in range(60):
                os.write(number, bytes(4 << 20))
        it_worked("1,200 MiB in files without a name")
    finally:
        for number in held:
            os.close(number)
