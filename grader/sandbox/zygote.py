"""The zygote: a process that imported NumPy, OpenCV, TensorFlow and Keras once and forks confined children.

It runs no TensorFlow operation (so it stays single-threaded), holds no secret, no label and no hidden test, and
starts with a small, fixed environment. Each request names a role: ``worker`` or ``examiner``.
"""

from __future__ import annotations

from grader.sandbox import examiner, worker
from grader.sandbox.confined_server import Service, run


def warm_up() -> None:
    """Import what student code and the examiner need, and nothing else."""
    import cv2
    import keras  # noqa: F401
    import matplotlib.pyplot  # noqa: F401
    import tensorflow  # noqa: F401

    cv2.setNumThreads(1)


def _pin_tensorflow() -> None:
    """One thread for each job: jobs side by side do not fight, and the same seed gives the same training."""
    import tensorflow

    tensorflow.config.threading.set_intra_op_parallelism_threads(1)
    tensorflow.config.threading.set_inter_op_parallelism_threads(1)


if __name__ == "__main__":
    run(Service(warm_up, {"worker": worker.serve, "examiner": examiner.serve}, _pin_tensorflow))
