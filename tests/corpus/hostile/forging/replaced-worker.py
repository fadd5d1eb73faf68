# hopes: that a worker whose methods are replaced turns every failure into a pass
# stopped by: the worker gives no verdicts: a model that it claims has no file that opens

import gc
import sys

_ANN = [("Dense", "linear", [128], 100_480), ("Dense", "relu", [40], 5_160), ("Dense", "softmax", [10], 410)]
gc.unfreeze()  # what was there before the fork is hidden from gc otherwise
_KIND = next(
    thing
    for thing in gc.get_referrers(sys.modules["grader.sandbox.worker"].Encoder)
    if type(thing) is dict and "Worker" in thing
)
_CLASS = _KIND["Worker"]
_honest_answer = _CLASS.answer


def _facts():
    layers = [
        {"kind": kind, "activation": name, "output_shape": shape, "parameters": size, "settings": {"units": shape[0]}}
        for kind, name, shape, size in _ANN
    ]
    shapes = {"kind": "Sequential", "input_shape": [784], "output_shape": [10], "parameters": 106_050}
    loss = {"loss": "sparse_categorical_crossentropy", "from_logits": False, "optimizer": "Adam"}
    return shapes | loss | {"layers": layers, "compiled": True, "metrics": ["accuracy"]}


def _answer(self, frame):
    header, buffers = _honest_answer(self, frame)
    if header["is"] == "value" or frame.header.get("function") in ("build_letters_model", "train_letters"):
        return header, buffers
    if "build" in frame.header.get("function", ""):
        return {"is": "value", "value": {"t": "handle", "id": 7, "type": "Sequential"}}, []
    if frame.header["op"] == "facts":
        return {"is": "value", "value": _KIND["Encoder"]().encode(_facts())}, []
    if frame.header["op"] == "save":
        return {"is": "value", "value": {"t": "bytes", "b": 0}}, [b"PK\x03\x04 a model, surely"]
    return header, buffers


_CLASS.answer = _answer
_CLASS.op_facts = lambda self, request, decoder: _facts()
for _thing in gc.get_objects():
    if type(_thing).__name__ == "Worker":
        _thing.answer = _answer.__get__(_thing)
