"""What the reports of a class of 300 cost: size and time of the class page, time of the comparison of all texts.

python benchmarks/class_page.py
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from test_reports_browser import big_class
from test_similarity import renamed, some_code

from grader.reports import render_class_page, write_reports
from grader.results.journal_index import WorkKey
from grader.results.store import ResultStore
from grader.similarity import find_pairs
from grader.similarity.known import known_code

COUNT = 300


def main() -> None:
    template = known_code()[1]
    sources = {f"student-{number}": template + some_code(number, 20) for number in range(COUNT)}
    sources["student-1"] = template + renamed(some_code(7, 20))
    results = big_class(COUNT)
    started = time.process_time()
    pairs = find_pairs(sources, known_code())
    print(f"{time.process_time() - started:5.1f} s  all texts compared, {len(pairs)} pair found, 1 was made")
    started = time.process_time()
    page = render_class_page(results, similar=pairs)
    print(f"{time.process_time() - started:5.1f} s  the class page, {len(page.encode()) / 1000:.0f} kB")
    with tempfile.TemporaryDirectory() as folder:
        store = ResultStore(Path(folder))
        store.prepare()
        key = WorkKey("content", "grading")
        store.save_all([(result, key, sources.get(result.submission)) for result in results])
        started = time.process_time()
        write_reports(Path(folder), results)
        print(f"{time.process_time() - started:5.1f} s  all reports, the comparison and {COUNT} student pages included")


if __name__ == "__main__":
    main()
