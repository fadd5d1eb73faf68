# hopes: that handlers of all signals, called while the worker works, can rewrite its answer
# stopped by: handlers run in this process, whose answers are data

import gc
import os
import signal

_calls = []


def _handle(number, frame):
    """Turn whatever describes an exception at this moment into a value."""
    _calls.append(number)
    if len(_calls) % 400 == 0:
        signal.setitimer(signal.ITIMER_REAL, 0)
    for thing in gc.get_objects(generation=0):
        if type(thing) is dict and thing.get("is") == "raised":
            thing.update({"is": "value", "value": {"t": "bool", "v": True}})


for _number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(_number, _handle)
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


def build_ann():
    """Fail while signals rain."""
    signal.setitimer(signal.ITIMER_REAL, 1e-5, 1e-5)
    raise NotImplementedError("build_ann: not yet")


build_cnn = build_letters_model = build_ann
