"""What a very large class costs besides the grading: Dask's scheduler, the way to the workers and back, the journal.

    python benchmarks/scale.py --count 100000 --workers 2

The real client, scheduler, workers and journal; the workers' graders return one and the same result at once. Prints the
throughput and the memory of the client and the scheduler over the run, then what going on with the run takes.
"""

import argparse
import contextlib
import functools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from journal import SOURCE, result_of

from grader.engine.batch import class_keys, find_left, grade_class
from grader.engine.cluster import DaskExecutor
from grader.engine.grade import Grader
from grader.engine.run_settings import GradeSettings
from grader.results.models import SubmissionResult
from grader.results.store import ResultStore

STEPS = 10


class InstantGrader:
    """Takes the place of `Grader` in the workers."""

    def __init__(self, result: SubmissionResult, _settings: GradeSettings) -> None:
        self._result = result

    def start(self) -> None:
        pass

    def close(self) -> None:
        pass

    def grade(self, path: Path, *, name: str, on_source) -> SubmissionResult:
        on_source(path.read_text(encoding="utf-8"))
        return self._result.model_copy(update={"submission": name})


@contextlib.contextmanager
def scheduler_and_workers(folder: Path, workers: int, threads: int) -> Iterator[tuple[str, int]]:
    """Start them as processes of their own; yield the scheduler's address and process id."""
    file = folder / "scheduler.json"
    common = ["--scheduler-file", str(file), "--no-dashboard"]
    lines = [["dask_scheduler", "--host", "127.0.0.1", "--port", "0", *common]]
    lines += [["dask_worker", "--nthreads", str(threads), "--no-nanny", *common]] * workers
    with (folder / "cluster.log").open("wb") as log:
        processes = [
            subprocess.Popen([sys.executable, "-m", f"distributed.cli.{line[0]}", *line[1:]], stderr=log, cwd=folder)
            for line in lines
        ]
    try:
        while not (file.exists() and file.read_text()):
            time.sleep(0.1)
        yield json.loads(file.read_text())["address"], processes[0].pid
    finally:
        for process in processes:  # a worker that is asked to end waits for its scheduler
            process.kill()
            process.wait()


def resident_mib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def run(folder: Path, address: str, scheduler_pid: int, count: int) -> None:
    path = folder / "student.py"
    path.write_text(SOURCE, encoding="utf-8")
    entries = [(f"student-{number}", path) for number in range(count)]
    store = ResultStore(folder / "out")
    store.prepare()
    grader = Grader(GradeSettings(secret=b"a secret of the benchmark"))
    executor = DaskExecutor(address, grader, make=functools.partial(InstantGrader, result_of("student")))
    begin, done = time.perf_counter(), 0
    keys = class_keys(entries, "0" * 64, {})

    def on_result(_result: SubmissionResult) -> None:
        nonlocal done
        done += 1
        if done % (count // STEPS) == 0:
            client, scheduler = resident_mib(os.getpid()), resident_mib(scheduler_pid)
            rate = done / (time.perf_counter() - begin)
            print(
                f"{done:>7} {rate:5.0f} a second, client {client:4.0f} MiB, scheduler {scheduler:4.0f} MiB", flush=True
            )

    grade_class(executor, find_left(entries, store, keys), store, keys=keys, on_result=on_result)
    store.close()
    journal = (store.out_dir / "journal.jsonl").stat().st_size
    print(f"{time.perf_counter() - begin:7.0f} s in all, journal {journal / 1e6:.0f} MB")
    begin = time.perf_counter()
    grade_class(executor, find_left(entries, store, keys), store, keys=keys)
    store.close()
    print(f"{time.perf_counter() - begin:7.0f} s to go on with nothing left to grade")
    grader.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=16, help="of each worker: twice as many are on their way")
    parser.add_argument("--folder", type=Path, help="on the disk that the journal shall stand on")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=options.folder)))
        address, pid = stack.enter_context(scheduler_and_workers(folder, options.workers, options.threads))
        run(folder, address, pid, options.count)


if __name__ == "__main__":
    main()
