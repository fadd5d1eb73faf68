# hopes: that an array which lies about its shape, dtype and length passes the checks of both
# stopped by: the worker's bytes are taken with the real shape, and the scorer checks that they fit
# costs: training.prepare_ann failed
# costs: training.prepare_sizes failed
# costs: training.input_unchanged failed


class Lying(np.ndarray):
    claimed = (0, 784)

    @property
    def shape(self):
        return type(self).claimed

    def __len__(self):
        return type(self).claimed[0]

    def __eq__(self, other):
        return np.ones(type(self).claimed, bool)

    def __array_function__(self, function, types, args, kwargs):
        return True

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return np.zeros(type(self).claimed, np.float32)

    def min(self, *_args, **_more):
        return 0.0

    max = min


def prepare_ann(images):
    Lying.claimed = (len(images), 784)
    return np.zeros(1, np.float32).view(Lying)
