# hopes: that a small object with itself inside, or the same list many times over, becomes a huge answer
# stopped by: depth and length are capped; it grows in the student's own process
# costs: training.accuracy memory
# costs: training.lists memory
# costs: training.wrong_set failed
# costs: training.nothing_wrong failed


def accuracy(pred_labels, true_labels):
    answer = [1] * 20_000
    for _ in range(6):
        answer = [answer] * 20_000
    return answer


def wrong_set(pred_labels, true_labels):
    answer = {"huge number": 1 << 10_000_000, "long text": "9" * 1_000_000}
    answer["itself"] = [answer]
    return [answer, iter(int, 1), (number for number in iter(int, 1))]
