"""Grade a class: side by side, each result stored the moment it is known, nothing lost by one bad submission."""

from __future__ import annotations

import concurrent.futures
import contextlib
import queue
import secrets
import traceback
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from grader.engine.grade import Grader
from grader.engine.grading_key import work_key
from grader.results.journal_index import WorkKey
from grader.results.models import SubmissionResult
from grader.results.store import Kept, ResultStore
from grader.system.errors import GraderFault, UsageError

Entry = tuple[str, Path]
"""A submission of a class: its name and where it lies."""


class Work(NamedTuple):
    """What is to be graded of an entry."""

    name: str
    path: Path
    parts: tuple[str, ...] | None = None
    """Of the rubric; None for all."""


@dataclass(frozen=True)
class Graded:
    """What comes of one entry."""

    name: str
    result: SubmissionResult
    source: str | None = None
    """The text of its module, when it had one that was taken."""


class Executor(Protocol):
    """Whoever grades entries side by side: threads of this process (`ThreadExecutor`), or the workers of a cluster."""

    def grade(self, works: Sequence[Work]) -> Generator[Sequence[Graded]]:
        """Yield what is finished and was not yielded yet, as soon as there is anything, in any order.

        Closing the generator stops the rest.
        """


def class_keys(
    entries: Sequence[Entry],
    grading: str,
    own_names: Mapping[str, str],
    *,
    tell: Callable[[str], None] = lambda _words: None,
) -> dict[str, WorkKey]:
    """Return the key of each entry's result, by name; the batch loop's border, as `grade_work` is.

    An entry of which no key can be made gets one that no other run has: it is graded, for what comes of it, every time.

    Args:
        grading: what the results hang on besides the submissions; see `grading_key`.
        own_names: by name, how their authors called what is named by a platform; see `work_key`.
        tell: is called with a sentence for each of them: it is a fault of ours, and a resumed run grades it again.
    """
    keys = {}
    for name, path in entries:
        try:
            keys[name] = work_key(path, grading, own_names.get(name))
        except Exception as error:  # the grading itself records what is wrong with the entry
            tell(f"{name}: its content cannot be told from another's ({error!r}); it is graded at every run")
            keys[name] = WorkKey(f"no content, {secrets.token_hex(16)}", grading)
    return keys


@dataclass(frozen=True)
class Left:
    """What of a class is still to be graded."""

    works: Sequence[Work]
    outdated: dict[str, Kept]
    """Of these, by name, the results that count in part; each is let go when it is joined with its new lines."""


def find_left(entries: Sequence[Entry], store: ResultStore, keys: Mapping[str, WorkKey]) -> Left:
    """Return of every entry what the store has no result of yet.

    A stored result counts when neither its submission nor anything else that it hangs on has changed, and when it has
    a mark; where the conditions of some parts of the rubric have changed, it counts for the others.

    Args:
        keys: of the entries; see `class_keys`.
    """
    done, outdated = store.find_done(keys), store.find_outdated(keys)
    works = [
        Work(name, path, outdated[name].changed if name in outdated else None)
        for name, path in entries
        if name not in done
    ]
    return Left(works, outdated)


def grade_class(
    executor: Executor,
    left: Left,
    store: ResultStore,
    *,
    keys: Mapping[str, WorkKey],
    on_result: Callable[[SubmissionResult], None] = lambda _result: None,
) -> None:
    """Grade what is left of a class, and join it with what is kept.

    Results are stored by the calling thread as they come, all that wait at once, and are not kept in memory. On Ctrl-C
    or a full disk what is stored stays stored.

    Args:
        left: see `find_left`.
        keys: of the entries; see `class_keys`.
        on_result: is called with each result that is on the disk.
    Raises:
        UsageError: a result cannot be stored.
    """
    with contextlib.closing(executor.grade(left.works)) as batches:
        for finished in batches:
            results = [_with_kept(graded.result, left.outdated.pop(graded.name, None)) for graded in finished]
            store.save_all(
                [(result, keys[graded.name], graded.source) for result, graded in zip(results, finished, strict=True)]
            )
            for result in results:
                on_result(result)


def _with_kept(result: SubmissionResult, kept: Kept | None) -> SubmissionResult:
    return result if kept is None else result.with_kept(kept.result, kept.parts)


class ThreadExecutor:
    """Grades on this machine, `jobs` entries at a time."""

    def __init__(self, grader: Grader, jobs: int) -> None:
        self._grader = grader
        self._jobs = jobs

    def grade(self, works: Sequence[Work]) -> Generator[Sequence[Graded]]:
        """Yield what is finished; see `Executor`."""
        finished: queue.SimpleQueue[concurrent.futures.Future[Graded]] = queue.SimpleQueue()
        pool = concurrent.futures.ThreadPoolExecutor(max_workers=self._jobs, thread_name_prefix="grade")
        try:
            for work in works:
                pool.submit(grade_work, self._grader, work).add_done_callback(finished.put)
            left = len(works)
            while left:
                batch = [finished.get().result()]
                while not finished.empty():  # nobody else takes from it
                    batch.append(finished.get().result())
                left -= len(batch)
                yield batch
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def grade_work(grader: Grader, work: Work) -> Graded:
    """Grade one entry; the batch loop's border: whatever fails here is a fault of ours and stays with this entry."""
    name, path, parts = work
    sources: list[str] = []
    try:
        result = grader.grade(path, name=name, lines=parts, on_source=sources.append)
    except UsageError as error:  # the entry vanished after the class was listed
        result = grader.fault(path, name, GraderFault(str(error)))
    except Exception as error:
        text = "".join(traceback.format_exception(error))
        result = grader.fault(path, name, GraderFault(f"an unexpected fault\n{text}"))
    return Graded(name, result, sources[0] if sources else None)
