"""Grade a class: side by side, each result stored the moment it is known, nothing lost by one bad submission."""

from __future__ import annotations

import concurrent.futures
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from grader.errors import GraderFault, UsageError
from grader.grade import Grader
from grader.grading_key import grading_key, work_key
from grader.results import SubmissionResult
from grader.store import ResultStore, natural_key

Entry = tuple[str, Path]
"""A submission of a class: its name and where it lies."""


def grade_class(
    grader: Grader,
    entries: Sequence[Entry],
    store: ResultStore,
    *,
    jobs: int,
    on_result: Callable[[SubmissionResult], None] = lambda _result: None,
) -> list[SubmissionResult]:
    """Grade every entry that the store has no result of yet, `jobs` at a time; return all results sorted by name.

    A stored result counts when neither its submission nor anything else that it hangs on has changed, and when it has
    a mark. Results are stored by the calling thread as they come. On Ctrl-C or a full disk what is stored stays stored.

    Raises:
        UsageError: a result cannot be stored.
    """
    grading = grading_key(grader, store.salt)
    keys = {name: work_key(path, grading) for name, path in entries}
    results = store.load_done(keys)
    pool = concurrent.futures.ThreadPoolExecutor(max_workers=jobs, thread_name_prefix="grade")
    try:
        futures = [pool.submit(_grade_one, grader, name, path) for name, path in entries if name not in results]
        for future in concurrent.futures.as_completed(futures):
            name, result, sources = future.result()
            for source in sources:
                store.save_source(name, source)
            store.save(result, keys[name])
            results[name] = result
            on_result(result)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return sorted(results.values(), key=lambda result: natural_key(result.submission))


def _grade_one(grader: Grader, name: str, path: Path) -> tuple[str, SubmissionResult, list[str]]:
    """Grade one entry; return its name, its result and the text of its module, when it had one that was taken.

    The batch loop's border: whatever fails here is a fault of ours and stays with this entry.
    """
    sources: list[str] = []
    try:
        return name, grader.grade(path, name=name, on_source=sources.append), sources
    except UsageError as error:  # the entry vanished after the class was listed
        return name, grader.fault(path, name, GraderFault(str(error))), sources
    except Exception as error:
        text = "".join(traceback.format_exception(error))
        return name, grader.fault(path, name, GraderFault(f"an unexpected fault\n{text}")), sources
