# hopes: that an array which repeats one byte a million million times is unfolded by whoever reads it
# stopped by: it is unfolded in the student's own process, within the student's own memory
# costs: training.accuracy memory
# costs: training.lists memory


def accuracy(pred_labels, true_labels):
    return np.broadcast_to(np.zeros(1, np.uint8), (1 << 20, 1 << 20))
