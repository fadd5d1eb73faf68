"""SIGKILL at random moments of a class, then `--resume`: the same gradebook, nobody graded twice, nobody missing.

python benchmarks/kills.py --times 30 --seed 1
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from grader.journal import read_journal

COUNT = 20
SOURCE = "def letter_of(label):\n    if 0 <= label < 26: return chr(65 + label)\n    raise ValueError('outside')\n"


def start(class_dir: Path, out: Path, *options: str) -> subprocess.Popen[bytes]:
    line = [sys.executable, "-c", "from grader.cli import main; main()", "batch", str(class_dir), "--out", str(out)]
    return subprocess.Popen(
        [*line, "--jobs", "2", *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"DIGITLAB_SECRET": "a secret of the benchmark"},
    )


def graded(out: Path) -> Counter[str]:
    return Counter(record["result"]["submission"] for record in read_journal(out) if record["kind"] == "result")


def killed(class_dir: Path, out: Path, after_s: float) -> int:
    """Kill a run at a moment and go on with it; return how many results it had by then."""
    run = start(class_dir, out)
    time.sleep(after_s)
    run.send_signal(signal.SIGKILL)
    run.wait()
    by_then = sum(graded(out).values())
    if start(class_dir, out, "--resume").wait() != 0:
        raise SystemExit(f"killed after {after_s:.1f} s: --resume failed")
    return by_then


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--times", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    moments = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as name:
        class_dir = Path(name, "class")
        class_dir.mkdir()
        for number in range(COUNT):
            (class_dir / f"student-{number}.py").write_text(f"# of student {number}\n{SOURCE}")
        begin = time.perf_counter()
        start(class_dir, Path(name, "whole")).wait()
        whole_s = time.perf_counter() - begin
        gradebook = Path(name, "whole", "grades.csv").read_bytes()
        same = once = 0
        for time_number in range(options.times):
            out, after_s = Path(name, f"out-{time_number}"), moments.uniform(0, whole_s)
            by_then = killed(class_dir, out, after_s)
            same += (out / "grades.csv").read_bytes() == gradebook
            once += graded(out) == dict.fromkeys((f"student-{number}" for number in range(COUNT)), 1)
            print(f"killed after {after_s:4.1f} s of {whole_s:.1f} s, {by_then} results by then", flush=True)
        print(f"{options.times} kills: the same gradebook {same} times, everybody graded exactly once {once} times")


if __name__ == "__main__":
    main()
