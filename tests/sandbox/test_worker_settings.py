"""What a module sets at its top holds for its functions, and not for saving, examining and encoding in its process."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from conftest import OpenWorker

from grader.marking.student import StudentWorker
from grader.sandbox.values import Handle

FUNCTIONS = """
import keras, numpy as np, matplotlib.pyplot as plt
from keras import layers

def network():
    model = keras.Sequential([layers.Input((8, 8, 1)), layers.Flatten(), layers.Dense(3)])
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    return model

def numbers():
    return [np.arange(6, dtype=">i2").reshape(2, 3), 0.1, float("nan"), keras.ops.ones(2), list(range(3))]

def figure():
    drawn, axes = plt.subplots()
    axes.imshow(np.eye(4))
    axes.set_title("3 / 5")
    return drawn

def write(path):
    with open(path, "wb") as file:
        file.write(b"abc")
"""

FEW_CALLS = "import sys\nkept = network()\ndef network(): return kept\nsys.setrecursionlimit(70)"
SIGNALS = """
import signal
def ring(*_): raise SystemExit
for one in (signal.SIGALRM, signal.SIGPROF): signal.signal(one, ring)
"""
ALARM = """
import os, signal
rung = []
def ring(*_): rung.append(1)
signal.signal(signal.SIGUSR1, ring)
os.kill(os.getpid(), signal.SIGUSR1)
"""
SETTINGS = {
    "warnings that raise": ("import warnings; warnings.simplefilter('error')", "warnings.filters[0][0]", "error"),
    "own way to show warnings": (
        "import warnings\ndef show(*_): raise SystemExit\nwarnings.showwarning = show",
        "warnings.showwarning is show",
        True,
    ),
    "NumPy raises": ("import numpy as np; np.seterr(all='raise')", "np.geterr()['over']", "raise"),
    "NumPy calls": ("import numpy as np; np.seterrcall(print)", "np.geterrcall() is print", True),
    "NumPy prints": ("import numpy as np; np.set_printoptions(precision=2)", "np.get_printoptions()['precision']", 2),
    "floats of 64 bits": ("import keras; keras.config.set_floatx('float64')", "keras.config.floatx()", "float64"),
    "floats of 16 bits": ("import keras; keras.backend.set_floatx('float16')", "keras.config.floatx()", "float16"),
    "channels first": (
        "import keras; keras.config.set_image_data_format('channels_first')",
        "keras.config.image_data_format()",
        "channels_first",
    ),
    "epsilon": ("import keras; keras.config.set_epsilon(0.5)", "keras.config.epsilon()", 0.5),
    "mixed precision": (
        "import tensorflow as tf; tf.keras.mixed_precision.set_global_policy('mixed_float16')",
        "keras.config.dtype_policy().name",
        "mixed_float16",
    ),
    "eager functions": (
        "import tensorflow as tf; tf.config.run_functions_eagerly(True)",
        "tf.config.functions_run_eagerly()",
        True,
    ),
    "matplotlib's settings": (
        "import matplotlib; matplotlib.rcParams.update({'text.usetex': True, 'figure.dpi': 5})",
        "matplotlib.rcParams['text.usetex']",
        True,
    ),
    "matplotlib's backend": ("import matplotlib; matplotlib.use('TkAgg')", "matplotlib.get_backend().lower()", "agg"),
    "locale": ("import locale; locale.setlocale(locale.LC_ALL, 'C')", "locale.setlocale(locale.LC_ALL)", "C"),
    "current folder": ("import os; os.mkdir('sub'); os.chdir('sub')", "os.path.basename(os.getcwd())", "sub"),
    "a folder that is gone": (
        "import os; os.mkdir('sub'); os.chdir('sub'); os.rmdir('../sub')",
        "os.path.basename(os.path.dirname(__file__)) != ''",
        True,
    ),
    "few calls inside one another": (FEW_CALLS, "sys.getrecursionlimit()", 70),
    "signals": (SIGNALS, "signal.getsignal(signal.SIGPROF) is ring", True),
    "an alarm": (ALARM, "rung", [1]),
    "output elsewhere": ("import sys, io; sys.stdout = io.StringIO()", "type(sys.stdout).__name__", "StringIO"),
    "output closed": ("import sys; sys.stdout.close(); sys.stderr.close()", "sys.stdout.closed", True),
    "no output": ("import sys; sys.stdout = sys.stderr = None", "sys.stdout is None", True),
    "environment": (
        "import os; os.environ.clear(); os.environ['TMPDIR'] = '/nowhere'",
        "sorted(os.environ)",
        ["TMPDIR"],
    ),
    "temporary files": ("import tempfile; tempfile.tempdir = '/nowhere'", "tempfile.gettempdir()", "/nowhere"),
    "files that nobody may read": ("import os; os.umask(0o777)", "os.umask(0o777)", 0o777),
    "no collector": ("import gc; gc.disable()", "gc.isenabled()", False),
    "a tracer": ("import sys\ndef trace(*_): return None\nsys.settrace(trace)", "sys.gettrace() is trace", True),
    "a profiler": ("import sys\ndef watch(*_): return None\nsys.setprofile(watch)", "sys.getprofile() is watch", True),
}  # fmt: skip


def opened(open_worker: OpenWorker, name: str) -> tuple[StudentWorker, Any, Any]:
    statements, read, expected = SETTINGS[name]
    order = (FUNCTIONS, statements) if name == "few calls inside one another" else (statements, FUNCTIONS)
    return open_worker("\n".join([*order, f"def setting(): return {read}\n"])), read, expected


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_holds_for_the_students_code_and_for_it_alone(open_worker: OpenWorker, name: str) -> None:
    worker, _read, expected = opened(open_worker, name)
    assert worker.call("setting", (), {}) == expected
    array, tenth, nan, ones, items = worker.call("numbers", (), {})
    assert array.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert (tenth, np.isnan(nan), np.asarray(ones).tolist(), items) == (0.1, True, [1, 1], [0, 1, 2])
    network = worker.call("network", (), {})
    assert isinstance(network, Handle)
    saved = worker.save(network)
    assert saved.startswith(b"PK")
    assert worker.facts(network)["input_shape"] == (8, 8, 1)
    worker.centre(network, np.random.default_rng(1).random((12, 8, 8, 1)).astype(np.float32))
    worker.put_back()
    assert worker.load(saved).type_name == "Sequential"
    path = worker.path("made")
    if name != "files that nobody may read":
        worker.call("write", (path,), {})
        assert worker.get(path) == b"abc"
    assert worker.put("given", b"x").endswith("/given")
    assert worker.call("setting", (), {}) == expected, "it holds again"


@pytest.mark.parametrize("name", [name for name in SETTINGS if name != "few calls inside one another"])
def test_a_figure_is_looked_at_whatever_is_set(open_worker: OpenWorker, name: str) -> None:
    worker, _read, _expected = opened(open_worker, name)
    figure = worker.call("figure", (), {})
    assert figure.type_name == "Figure"
    assert figure.facts


def test_random_numbers_of_the_worker_are_not_the_students(open_worker: OpenWorker) -> None:
    source = f"{FUNCTIONS}\nimport random\ndef f(): return [random.random(), np.random.rand()]\n"
    plain, busy = open_worker(source), open_worker(source)
    busy.save(busy.call("network", (), {}))
    plain.begin_test("t"), busy.begin_test("t")
    assert plain.call("f", (), {}) == busy.call("f", (), {})
