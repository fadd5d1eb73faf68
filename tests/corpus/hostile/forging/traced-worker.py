# hopes: that a trace function which rewrites the worker's variables turns failures into passes
# stopped by: what comes out of the worker is data, whoever wrote it

import ctypes
import sys
import threading

_refresh = ctypes.pythonapi.PyFrame_LocalsToFast
_refresh.argtypes = [ctypes.py_object, ctypes.c_int]


def _trace(frame, event, argument):
    if frame.f_code.co_name == "describe_error" and event == "line":
        frame.f_locals["bases"] = ["AssertionError", "Warning"]
        frame.f_locals["message"] = "passed"
        _refresh(frame, 0)
    if frame.f_code.co_name == "serve" and "header" in frame.f_locals:
        header = frame.f_locals["header"]
        if header.get("is") == "raised" and header.get("type") == "NotImplementedError":
            header.clear()
            header.update({"is": "value", "value": {"t": "bool", "v": True}})
    return _trace


sys.settrace(_trace)
threading.settrace(_trace)
_frame = sys._getframe()
while _frame is not None:
    if _frame.f_code.co_name in ("serve", "answer"):
        _frame.f_trace = _trace
    _frame = _frame.f_back
