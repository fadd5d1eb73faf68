"""Two Dask workers of this machine against `--jobs 2`: the same class, the two ways in turns.

    python benchmarks/cluster.py --count 60 --turns 3

Each submission is a module of one function, of which most lines fail at once: what the way to a worker costs weighs
more than it would beside trainings. The clock runs from the fourth result on: the start of the warm processes, of which
the cluster has two pairs and the machine alone one, is left out.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from scale import scheduler_and_workers

from grader.engine.batch import Executor, ThreadExecutor, Work
from grader.engine.cluster import DaskExecutor
from grader.engine.grade import Grader
from grader.engine.run_settings import GradeSettings

LEFT_OUT = 4
SOURCE = "def letter_of(label):\n    if 0 <= label < 26: return chr(65 + label)\n    raise ValueError('outside')\n"
SETTINGS = GradeSettings(secret=b"a secret of the benchmark")


def rate(executor: Executor, works: list[Work]) -> float:
    """Return how many submissions are graded in a second once all is warm."""
    moments = [time.perf_counter() for batch in executor.grade(works) for _graded in batch]
    return (len(moments) - LEFT_OUT) / (moments[-1] - moments[LEFT_OUT - 1])


def on_this_machine(works: list[Work]) -> float:
    with Grader(SETTINGS) as grader:
        return rate(ThreadExecutor(grader, 2), works)


def on_a_cluster(works: list[Work]) -> float:
    grader = Grader(SETTINGS)
    with tempfile.TemporaryDirectory() as folder, scheduler_and_workers(Path(folder), 2, 1) as (address, _pid):
        found = rate(DaskExecutor(address, grader), works)
    grader.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    ways: dict[str, Callable[[list[Work]], float]] = {"--jobs 2": on_this_machine, "--dask": on_a_cluster}
    found: dict[str, list[float]] = {way: [] for way in ways}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "student.py")
        path.write_text(SOURCE, encoding="utf-8")
        works = [Work(f"student-{number}", path) for number in range(options.count)]
        for _ in range(options.turns):
            for way, measure in ways.items():
                found[way].append(measure(works))
                print(f"{way:<10}{found[way][-1]:6.2f} a second", flush=True)
    jobs, dask = (statistics.median(rates) for rates in found.values())
    print(f"medians: --jobs 2 {jobs:.2f}, --dask {dask:.2f}, ratio {dask / jobs:.2f}")


if __name__ == "__main__":
    main()
