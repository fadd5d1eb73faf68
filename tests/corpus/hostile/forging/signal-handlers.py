# hopes: that handlers of all signals, called while the worker works, can rewrite its answer
# stopped by: handlers run in this process, whose answers are data

import gc
import os
import signal
import sys


def _handle(number, frame):
    while frame is not None:
        if frame.f_code.co_name == "serve":
            for name in ("header", "buffers"):
                frame.f_locals.get(name, {})
        if frame.f_code.co_name == "answer":
            frame.f_locals["request"].setdefault("is", "value")
        frame = frame.f_back
    for thing in gc.get_objects():
        if type(thing) is dict and thing.get("is") == "raised":
            thing.clear()
            thing.update({"is": "value", "value": {"t": "bool", "v": True}})


for _number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(_number, _handle)
signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
os.kill(os.getpid(), signal.SIGTERM)
for _target in (os.getppid(), -1, 0, -os.getpgrp()):  # number 0 reaches without harm
    try:
        os.kill(_target, 0)
        it_worked(f"{_target} could be signalled")
    except OSError:
        pass
try:
    signal.pidfd_send_signal(os.pidfd_open(os.getppid()), 0)
    it_worked("the server could be signalled by its descriptor")
except OSError:
    pass
sys.setswitchinterval(1e-6)
