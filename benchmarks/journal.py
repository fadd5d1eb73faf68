"""How many results a second an output folder takes: one by one, and when several wait.

    python benchmarks/journal.py --folder /where/results/lie

Each record is on the disk before the next is begun, so what is measured is the disk of that folder.
"""

import argparse
import tempfile
import time
from pathlib import Path

from grader.release.notebook import reference_source
from grader.results.journal_index import WorkKey
from grader.results.models import Confinement, GraderInfo, ItemResult, Outcome, SubmissionResult
from grader.results.rubric import load_rubric
from grader.results.store import ResultStore

SOURCE = reference_source()


def result_of(name: str) -> SubmissionResult:
    """Return a result of a usual size."""
    items = tuple(
        ItemResult(id=line.id, points=0, max_points=line.points, outcome=Outcome.FAILED, title=line.title,
                   message="Expected 10, got 9. " * 6, seconds=0)
        for line in load_rubric().line
    )  # fmt: skip
    return SubmissionResult(
        submission=name, score=0, max_score=100, items=items, submission_sha256="0" * 64, seconds=1,
        grader=GraderInfo(version="0", rubric_sha256="0" * 64, dataset="fixture"), started_at="2026-11-23T00:00:00Z",
        confinement=Confinement(level="full", layers=(), missing=()),
    )  # fmt: skip


def rate(folder: Path, count: int, waiting: int) -> float:
    """Return the results that are stored in a second when `waiting` of them wait."""
    store, key = ResultStore(folder), WorkKey("0" * 64, "0" * 64)
    store.prepare()
    results = [(result_of(f"student-{number}"), key, SOURCE) for number in range(count)]
    start = time.perf_counter()
    for first in range(0, count, waiting):
        store.save_all(results[first : first + waiting])
    seconds = time.perf_counter() - start
    store.close()
    return count / seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--folder", type=Path, help="on the disk to measure (default: the temporary folder)")
    parser.add_argument("--count", type=int, default=500)
    options = parser.parse_args()
    for waiting in (1, 2, 8, 32):
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            print(f"{waiting:>3} waiting: {rate(Path(folder), options.count, waiting):6.0f} results a second")


if __name__ == "__main__":
    main()
