# hopes: that lengths which lie make the scorer read beyond a frame, or wait or allocate for ever
# stopped by: lengths are checked before anything is allocated; a frame that does not add up ends the worker
# costs: training.prepare_ann crashed
# costs: training.prepare_cnn crashed
# costs: training.prepare_sizes crashed
# costs: training.input_unchanged crashed
# costs: training.accuracy crashed
# costs: training.wrong_set crashed
# costs: training.lists crashed
# costs: training.nothing_wrong crashed

import json
import sys


def _send(lengths, body_bytes, body=b"", header_bytes=None):
    frame = sys._getframe()
    while frame.f_code.co_name != "answer":
        frame = frame.f_back
    head = {"is": "value", "value": {"t": "none"}, "request": frame.f_locals["request"]["request"], "buffers": lengths}
    head = json.dumps(head).encode()
    prefix = b"DLF1" + struct.pack(">IQ", header_bytes or len(head), body_bytes)
    frame.f_back.f_locals["channel"].sendall(prefix + head + body)


def accuracy(pred_labels, true_labels):
    _send([4, 4], 4, b"1234")


def wrong_set(pred_labels, true_labels):
    _send([2**62], 2**62)


def prepare_ann(images):
    _send([8, -4], 4, b"1234")


def prepare_cnn(images):
    _send([], 0, header_bytes=2**32 - 1)
