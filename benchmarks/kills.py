"""SIGKILL at random moments of a class, then `--resume`: the same gradebook, nobody graded twice, nobody missing.

    python benchmarks/kills.py --times 30 --seed 1

A moment is drawn over the grading, not over the clock: after how many of the results, and how long after the last of
them. Every third run that is gone on with is killed as well. One round in ten is killed while the warm processes start.
"""

import argparse
import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from grader.proofs.variants import without
from grader.results.journal import FILE_NAME, read_journal

COUNT, JOBS = 20, 2
STARTING_S = 3.0
SOURCE = without(("build_ann", "build_cnn", "build_letters_model", "showpics", "load_drawing", "train_letters"))
"""It takes a second: the parser, and all that needs no network."""


def start(class_dir: Path, out: Path, *options: str) -> subprocess.Popen[bytes]:
    line = [
        sys.executable,
        "-c",
        "from grader.cli.commands import main; main()",
        "batch",
        str(class_dir),
        "--out",
        str(out),
    ]
    return subprocess.Popen(
        [*line, "--jobs", str(JOBS), *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"DIGITLAB_SECRET": "a secret of the benchmark"},
    )


def graded(out: Path) -> Counter[str]:
    return Counter(record["result"]["submission"] for record in read_journal(out) if record["kind"] == "result")


def lines_in(out: Path) -> int:
    """Return how many whole lines the journal has; two of them, or more after each --resume, are no results."""
    with contextlib.suppress(FileNotFoundError):
        return (out / FILE_NAME).read_bytes().count(b"\n")
    return 0


def kill_after(run: subprocess.Popen[bytes], out: Path, results: int, later_s: float) -> int:
    """Kill a run so many seconds after it brought so many results; return how many there are then."""
    before = sum(graded(out).values())
    headers = lines_in(out) - before + 1 if before else 2
    while run.poll() is None and lines_in(out) < headers + results:
        time.sleep(0.01)
    time.sleep(later_s)
    run.send_signal(signal.SIGKILL)
    run.wait()
    return sum(graded(out).values())


def one_round(class_dir: Path, out: Path, moments: random.Random, gap_s: float) -> str:
    """Kill a run, perhaps a second one, and let the last one finish; return what was struck when."""
    run = start(class_dir, out)
    if moments.random() < 0.1:
        time.sleep(moments.uniform(0, STARTING_S))
        run.send_signal(signal.SIGKILL)
        run.wait()
        found = 0
    else:
        found = kill_after(run, out, moments.randrange(COUNT), moments.uniform(0, gap_s))
    struck = [str(found)]
    if moments.random() < 1 / 3 and found < COUNT - 1:
        again = start(class_dir, out, "--resume")
        struck.append(str(kill_after(again, out, moments.randrange(found, COUNT), moments.uniform(0, gap_s))))
    if start(class_dir, out, "--resume").wait() != 0:
        raise SystemExit(f"killed after {' and '.join(struck)} results: --resume failed")
    return " and ".join(struck)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--times", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    moments = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as name:
        class_dir, whole = Path(name, "class"), Path(name, "whole")
        class_dir.mkdir()
        for number in range(COUNT):
            (class_dir / f"student-{number}.py").write_text(f"# of student {number}\n{SOURCE}")
        run = start(class_dir, whole)
        while lines_in(whole) < 3:
            time.sleep(0.01)
        begin = time.perf_counter()
        run.wait()
        gap_s = (time.perf_counter() - begin) / (COUNT - 1)
        gradebook = (whole / "grades.csv").read_bytes()
        same = once = 0
        for number in range(options.times):
            out = Path(name, f"out-{number}")
            struck = one_round(class_dir, out, moments, gap_s)
            same += (out / "grades.csv").read_bytes() == gradebook
            once += graded(out) == dict.fromkeys((f"student-{number}" for number in range(COUNT)), 1)
            print(f"round {number + 1}: killed after {struck} of {COUNT} results", flush=True)
        print(f"{options.times} rounds: the same gradebook {same} times, everybody graded exactly once {once} times")


if __name__ == "__main__":
    main()
