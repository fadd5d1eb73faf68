"""The zygote: a process that imported NumPy, OpenCV, TensorFlow and Keras once and forks confined children.

It runs no TensorFlow operation (so it stays single-threaded), holds no secret, no label and no hidden test, and
starts with a small, fixed environment. Each request names a role: ``worker`` or ``examiner``.
"""

from __future__ import annotations

import functools
import os
import socket
import sys
import traceback

from grader.sandbox import confinement, examiner, worker
from grader.sandbox.forkserver import ForkServer, Request, settle
from grader.sandbox.frames import send_frame
from grader.sandbox.layers.limits import ChildLimits


def warm_up() -> None:
    """Import what student code and the examiner need, and nothing else."""
    import cv2
    import keras  # noqa: F401
    import matplotlib.pyplot  # noqa: F401
    import tensorflow  # noqa: F401

    cv2.setNumThreads(1)


def child_main(layers: confinement.Layers, channel: socket.socket, request: Request) -> None:
    """Confine the fresh child, say that it is ready, then let it serve its role until its channel closes.

    What fails before ``ready`` is a fault of ours, not the student's: it is told as such.
    """
    try:
        limits = ChildLimits(memory_mib=request["memory_mib"], cpu_s=request["cpu_s"])
        place = confinement.ChildPlace(layers, request["scratch"], request["slot"])
        scratch = confinement.enter(channel, place, limits)
        _pin_tensorflow()
    except Exception:
        send_frame(channel, {"is": "fault", "text": traceback.format_exc()[-4000:]})
        raise
    send_frame(channel, {"is": "ready", "scratch": scratch})
    {"worker": worker.serve, "examiner": examiner.serve}[request["role"]](channel)


def _pin_tensorflow() -> None:
    """One thread for each job: jobs side by side do not fight, and the same seed gives the same training."""
    import tensorflow

    tensorflow.config.threading.set_intra_op_parallelism_threads(1)
    tensorflow.config.threading.set_inter_op_parallelism_threads(1)


def main() -> None:
    """Run the server: descriptors of the request socket and of the set-up stream, and the layers, are arguments."""
    requests = socket.socket(fileno=int(sys.argv[1]))
    os.close(int(sys.argv[2]))
    layers = tuple(sys.argv[3].split(","))
    os.set_inheritable(requests.fileno(), False)
    confinement.prepare_server(layers)
    warm_up()
    confinement.narrow_server(layers)
    settle()
    ForkServer(requests, functools.partial(child_main, layers), fork=confinement.fork_for(layers)).serve()


if __name__ == "__main__":
    main()
