# hopes: that a forged description of an exception confuses whoever judges or shows it
# stopped by: names are looked up, texts are capped and escaped, numbers are checked for their type
# costs: training.prepare_ann crashed
# costs: training.prepare_cnn crashed
# costs: training.prepare_sizes crashed
# costs: training.input_unchanged crashed
# costs: training.accuracy crashed
# costs: training.wrong_set crashed
# costs: training.lists crashed
# costs: training.nothing_wrong crashed

import sys

_worker = sys.modules["grader.sandbox.worker"]
_honest_answer = _worker.Worker.answer
_SHOWN = (
    "\x1b[2J\x1b]0;owned\x07\x1b[32mPASSED\x1b[0m\r\n</pre><script>alert(1)</script><img src=x onerror=alert(1)>"
    '"\n=cmd|\' /C calc\'!A0\n@SUM(1+1)\n]]><testcase name="all"/>\u202e100/100\u2028\ud800\udfff\x00\uffff'
)


def _nested(depth):
    inner = []
    for _level in range(depth):
        inner = [inner]
    return inner


_FORGED = {
    "accuracy": {"type": '=HYPERLINK("http://x")\ud800', "message": _SHOWN * 20, "bases": [], "line": 1},
    "wrong_set": {
        "type": _nested(900),
        "message": _nested(900),
        "bases": ["OSError", "KeyError", "AttributeError", "NameError", "ImportError", "ZeroDivisionError"],
        "line": -1,
    },
    "prepare_ann": {"type": "Passed", "message": "", "bases": ["AssertionError", "CheckFailed"], "line": 10**4000},
    "prepare_cnn": {"type": None, "bases": {"MemoryErrors": 1}, "errno": [28], "line": True},
}


def _answer(self, frame):
    if frame.header.get("function") in _FORGED:
        return {"is": "raised"} | _FORGED[frame.header["function"]], []
    return _honest_answer(self, frame)


_worker.Worker.answer = _answer
