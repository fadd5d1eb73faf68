"""What the framework costs: a class of copies of the reference, graded, against bare forked children.

    python benchmarks/class_cost.py --copies 40 --jobs 2

First the calls that a grading makes to the student's functions are recorded, with their arguments. Then the class is
graded; and bare children of one process that has imported TensorFlow, as many side by side, do the same calls with no
sandbox, no frames, no examiner and no tests. The ratio of the wall times is what all of that costs. Both run in turns,
in parts of the class, so that a busy machine strikes both alike. The bare children train twice: as Keras does by
itself, and with the grader's `steps_per_execution`.
"""

import argparse
import contextlib
import os
import pickle
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

from grader.engine import zygote_client
from grader.engine.grade import Grader
from grader.engine.run_settings import ZYGOTE_ENVIRONMENT, GradeSettings
from grader.proofs.variants import MODULE, solved
from grader.results.models import Confinement
from grader.sandbox.confinement import ALWAYS

SECRET = b"a secret of the benchmark"
RECORDER = """

def _record(path):
    import functools, io, os, pickle

    log, depth, results = open(path, "wb"), [0], {}

    def plain(value):
        if isinstance(value, io.BytesIO):
            return ("file", value.getvalue())
        if isinstance(value, str) and os.path.isfile(value):
            with open(value, "rb") as file:
                return ("path", os.path.basename(value), file.read())
        if isinstance(value, str) and os.path.isabs(value):
            return ("path", os.path.basename(value), None)
        return ("result", results[id(value)]) if id(value) in results else ("value", value)

    def wrap(name, function):
        @functools.wraps(function)
        def recorded(*args, **kwargs):
            if depth[0] == 0:
                entry = (name, [plain(arg) for arg in args], {key: plain(arg) for key, arg in kwargs.items()})
                pickle.dump(entry, log)
                log.flush()
                recorded_calls.append(name)
            number = len(recorded_calls) - 1
            depth[0] += 1
            try:
                value = function(*args, **kwargs)
            finally:
                depth[0] -= 1
            if depth[0] == 0:
                results[id(value)] = number
                kept.append(value)
            return value

        return recorded

    recorded_calls, kept = [], []
    for name, function in list(globals().items()):
        if callable(function) and getattr(function, "__module__", "") == __name__ and not name.startswith("_"):
            globals()[name] = wrap(name, function)


_record(LOG)
"""


def record_calls(folder: Path) -> list[tuple[str, list, dict]]:
    """Return the calls of one grading, in their order; a grading without walls lets the module write them down."""
    log = folder / "calls.pickle"
    path = folder / MODULE
    path.write_text(solved() + RECORDER.replace("LOG", repr(str(log))), encoding="utf-8")
    open_door = Confinement(level="none", layers=ALWAYS, missing=())
    with (
        mock.patch.object(zygote_client, "find_confinement", return_value=open_door),
        Grader(GradeSettings(secret=SECRET)) as grader,
    ):
        score = grader.grade(path).score
    assert score == 100, f"the recorded reference got {score}"
    calls = []
    with log.open("rb") as file, contextlib.suppress(EOFError):
        while True:
            calls.append(pickle.load(file))
    return calls


def grade_class(copies: int, jobs: int, path: Path, grader: Grader) -> float:
    """Return the seconds for grading `copies` of the reference."""
    start = time.perf_counter()
    with ThreadPoolExecutor(jobs) as pool:
        scores = list(pool.map(lambda number: grader.grade(path, name=f"copy-{number}").score, range(copies)))
    assert set(scores) == {100}, scores
    return time.perf_counter() - start


class BareServer:
    """A process that has imported TensorFlow and forks children that only do the calls."""

    def __init__(self, calls: list, source: str, *, faster: bool) -> None:
        self._here, there = os.pipe(), os.pipe()
        self._answers = there
        if os.fork() == 0:
            self._serve(calls, source, faster)
        os.close(self._here[0])
        os.close(there[1])

    def _serve(self, calls: list, source: str, faster: bool) -> None:
        os.environ.clear()
        os.environ.update(ZYGOTE_ENVIRONMENT)
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 1)
        os.dup2(null, 2)
        from grader.sandbox.zygote import warm_up

        warm_up()
        os.close(self._here[1])
        while True:
            copies, jobs = os.read(self._here[0], 2)
            if copies == 0:
                os._exit(0)
            living = 0
            for _copy in range(copies):
                if living == jobs:
                    assert os.waitstatus_to_exitcode(os.wait()[1]) == 0
                    living -= 1
                if os.fork() == 0:
                    _do_calls(calls, source, faster)
                living += 1
            for _child in range(living):
                assert os.waitstatus_to_exitcode(os.wait()[1]) == 0
            os.write(self._answers[1], b"!")

    def run(self, copies: int, jobs: int) -> float:
        """Return the seconds for `copies` children, `jobs` at a time."""
        start = time.perf_counter()
        os.write(self._here[1], bytes([copies, jobs]))
        assert os.read(self._answers[0], 1) == b"!", "a bare child failed"
        return time.perf_counter() - start

    def stop(self) -> None:
        os.write(self._here[1], bytes(2))
        os.wait()


def _do_calls(calls: list, source: str, faster: bool) -> None:
    import io

    import tensorflow

    from grader.sandbox.worker import _seed_everything, _speed_up_training

    tensorflow.config.threading.set_intra_op_parallelism_threads(1)
    tensorflow.config.threading.set_inter_op_parallelism_threads(1)
    if faster:
        _speed_up_training()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        def argument(told: tuple) -> object:
            kind, *rest = told
            if kind == "path":
                path = folder / rest[0]
                if rest[1] is not None:
                    path.write_bytes(rest[1])
                return str(path)
            if kind == "file":
                return io.BytesIO(rest[0])
            return results[rest[0]] if kind == "result" else rest[0]

        module: dict = {"__name__": "mnist_all_models"}
        exec(compile(source, "mnist_all_models.py", "exec"), module)
        results = []
        for number, (function, args, kwargs) in enumerate(calls):
            _seed_everything(number)
            try:
                value = module[function](*map(argument, args), **{key: argument(arg) for key, arg in kwargs.items()})
            except Exception as error:  # many tests want one
                value = error
            results.append(value)
    os._exit(0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--copies", type=int, default=40)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--parts", type=int, default=4, help="The class is divided so, and the ways take turns.")
    options = parser.parse_args()
    part = max(options.copies // options.parts, 1)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        calls = record_calls(Path(name))
        path = Path(name) / "honest" / MODULE
        path.parent.mkdir()
        path.write_text(solved(), encoding="utf-8")
        bare = BareServer(calls, solved(), faster=False)
        bare_faster = BareServer(calls, solved(), faster=True)
        print(f"{len(calls)} calls to the student's functions; {part} copies in each of {options.parts} parts")
        ways = {
            "bare children": lambda: bare.run(part, options.jobs),
            "bare children, faster fit": lambda: bare_faster.run(part, options.jobs),
        }
        with Grader(GradeSettings(secret=SECRET)) as grader:
            ways["graded"] = lambda: grade_class(part, options.jobs, path, grader)
            for server in (bare, bare_faster):
                server.run(1, 1)  # imports, caches
            grader.grade(path)
            taken: dict[str, list[float]] = {way: [] for way in ways}
            for _part in range(options.parts):
                for way, run in ways.items():
                    taken[way].append(run())
                print("  ".join(f"{way}: {values[-1]:.1f} s" for way, values in taken.items()), flush=True)
        bare.stop()
        bare_faster.stop()
    ours = sum(taken.pop("graded"))
    print(f"graded, confined: {ours:.1f} s for {part * options.parts}, {ours / part / options.parts:.2f} s each")
    for way, values in taken.items():
        print(f"{way}: {sum(values):.1f} s; ratio {ours / sum(values):.3f}")


if __name__ == "__main__":
    main()
