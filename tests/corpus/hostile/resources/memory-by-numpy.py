# hopes: to fill the machine's memory with one array
# stopped by: the limit of the process' data and address space
# costs: training.accuracy memory
# costs: training.lists memory


def accuracy(pred_labels, true_labels):
    return np.ones((40, 1 << 30), np.uint8).sum()
