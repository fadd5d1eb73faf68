"""The client's side: sends submissions to the workers, and takes their results back. Both travel as data."""

from __future__ import annotations

import contextlib
import json
import logging
import secrets
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any

import dask
from distributed import CancelledError, Client, Future, KilledWorker, as_completed
from distributed.comm import CommClosedError
from distributed.comm.addressing import get_address_host_port, normalize_address

from grader.engine.batch import Graded, Work
from grader.engine.cluster.transfer import pack
from grader.engine.cluster.worker import GraderPlugin, grade_on_worker
from grader.engine.grade import Grader
from grader.engine.grading_key import grading_facts
from grader.engine.run_settings import GradeSettings
from grader.results.models import parse_result
from grader.system.errors import GraderFault, UsageError

CONNECT_S = 30
WORKERS_S = 300
"""How long to wait for the first worker: a batch system takes its time."""
NO_MESSAGE_LOG = {"distributed.admin.low-level-log-length": 0}
"""Dask keeps the last thousand messages of a connection for its own developers: some 4,000 whole submissions."""
LOOK_S = 10
"""How long nothing may come back before the workers are counted again."""
_OWN_CERTIFICATE = "distributed.comm.tls.client.cert"
NO_WORKER = "no worker is left. Nothing is lost: the grading goes on as soon as one comes. Start some: dask worker"
LOST = (CommClosedError, CancelledError)
"""What Dask raises when its scheduler is gone."""
AHEAD = 2
"""Submissions on their way for each thread of the workers: the next lies there when one is graded. No more, so that
memory does not grow with the class."""


class DaskExecutor:
    """Grades on the workers of the cluster whose scheduler is at `address`, as many at a time as they have threads.

    A worker that dies loses nothing: Dask gives what it was grading to another. A submission under which worker after
    worker dies gets a fault of the grader for a result. The secret is in no task: a plugin brings it to each worker.
    """

    def __init__(
        self,
        address: str,
        grader: Grader,
        *,
        make: Callable[[GradeSettings], Grader] | None = None,
        tell: Callable[[str], None] = lambda _text: None,
    ) -> None:
        """Prepare; nothing is connected yet.

        Args:
            grader: of this machine; need not be started. Workers whose own differs are refused.
            make: makes the workers' graders, which are then not compared; None for the real ones.
            tell: called with a sentence when no worker is left, and when there is one again.
        """
        self._address = address
        self._grader = grader
        self._make = make
        self._tell = tell
        self._has_workers = True

    def check(self) -> None:
        """Connect once, before results of an earlier run are given up.

        Raises:
            UsageError: there is no scheduler or no worker, or they log too much.
        """
        with dask.config.set(NO_MESSAGE_LOG), _connected(self._address) as client:
            _refuse_debug_logs(client)

    def grade(self, works: Sequence[Work]) -> Generator[Sequence[Graded]]:
        """Yield what is finished; see `grader.engine.batch.Executor`.

        Raises:
            UsageError: there is no scheduler or no worker, they log too much, or a worker cannot grade.
        """
        if not works:
            return
        name = f"digitlab-{secrets.token_hex(8)}"
        facts = grading_facts(self._grader) if self._make is None else None
        plugin = GraderPlugin(self._grader.settings, facts, self._make or Grader)
        with dask.config.set(NO_MESSAGE_LOG), _connected(self._address) as client:
            _refuse_debug_logs(client)
            client.register_plugin(plugin, name)
            try:
                yield from self._graded(client, name, works)
            except LOST as error:
                raise self._lost() from error
            finally:
                with contextlib.suppress(*LOST, OSError):  # a scheduler that is gone took the plugin along
                    client.unregister_worker_plugin(name)

    def _graded(self, client: Any, name: str, works: Sequence[Work]) -> Generator[Sequence[Graded]]:
        waiting, running = iter(works), dict[Any, Work]()
        finished = as_completed(with_results=True, raise_errors=False, loop=client.loop)
        while True:
            window = AHEAD * max(1, self._threads(client))
            if unsent := list(self._send(client, name, waiting, running, finished, window)):
                yield unsent
            if not running:
                return
            self._wait(client, finished)
            batch = [self._received(future, result, running.pop(future)) for future, result in finished.next_batch()]
            yield batch

    def _threads(self, client: Any) -> int:
        """Return how many submissions the workers can grade at a time; 0 when there are none."""
        try:
            return sum(client.nthreads().values())
        except (OSError, AttributeError) as error:  # a client that has given up has no scheduler to ask
            raise self._lost() from error

    def _wait(self, client: Any, finished: Any) -> None:
        """Wait until something is finished. Dask itself waits for workers in silence, and they may never come."""
        while not finished.has_ready():
            with finished.thread_condition:
                finished.thread_condition.wait_for(finished.has_ready, timeout=LOOK_S)
            if (self._threads(client) > 0) is not self._has_workers:
                self._has_workers = not self._has_workers
                told = "there is a worker again" if self._has_workers else NO_WORKER
                self._tell(f"--dask {self._address}: {told}")

    def _send(
        self, client: Any, name: str, waiting: Iterator[Work], running: dict[Any, Work], finished: Any, window: int
    ) -> Iterator[Graded]:
        """Send until the window is full; yield what cannot be sent, with a fault of ours for a result."""
        while len(running) < window and (work := next(waiting, None)) is not None:
            try:
                # Dask copies large data from worker to worker by itself; its key says nothing of whose it is.
                packed = pack(work.path)
            except UsageError as error:
                yield self._fault(work, str(error))
                continue
            key = f"{name}-{secrets.token_hex(8)}"
            future = client.submit(grade_on_worker, name, work.name, packed, work.parts, key=key, pure=False)
            running[future] = work
            finished.add(future)

    def _received(self, future: Future, result: Any, work: Work) -> Graded:
        if future.status == "finished":
            answer = json.loads(result)
            return Graded(work.name, parse_result(answer["result"], f"a worker's, {work.name}"), answer["source"])
        if future.status in {"cancelled", "lost"}:
            raise self._lost()
        error = future.exception()
        if isinstance(error, UsageError):
            raise error
        told = "worker after worker died while it was graded" if isinstance(error, KilledWorker) else repr(error)
        return self._fault(work, told)

    def _lost(self) -> UsageError:
        return UsageError(
            f"--dask {self._address}: the connection to the scheduler was lost. What is graded is stored; start a "
            "scheduler, then go on with --resume."
        )

    def _fault(self, work: Work, told: str) -> Graded:
        return Graded(work.name, self._grader.fault(work.path, work.name, GraderFault(told)))


def _connected(address: str) -> Any:
    if address.startswith("tls:") and not dask.config.get(_OWN_CERTIFICATE):  # Dask itself ends with a TypeError
        raise UsageError(
            f"--dask {address}: Dask's configuration names no certificate of the client ({_OWN_CERTIFICATE}). "
            "Set it as docs/scaling.md says."
        )
    try:
        get_address_host_port(normalize_address(address))  # of one that is none, a client waits a minute at the end
        client = Client(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"--dask {address}: no scheduler answers there ({error}). Start one: dask scheduler"
        ) from error
    try:
        client.wait_for_workers(1, timeout=WORKERS_S)
    except TimeoutError as error:
        client.close()
        raise UsageError(f"--dask {address}: no worker came within {WORKERS_S} s. Start some: dask worker") from error
    return client


def _refuse_debug_logs(client: Any) -> None:
    """At level debug Dask writes whole messages into its log, the one with the secret too."""
    found = {"the scheduler": client.run_on_scheduler(_logs_messages)} | client.run(_logs_messages)
    if loud := [str(who) for who, logs in found.items() if logs]:
        raise UsageError(
            f"the Dask log of {', '.join(loud)} is at level debug, which would write the secret into it. "
            "Start the cluster with logging at level info."
        )


def _logs_messages() -> bool:
    return logging.getLogger("distributed.core").isEnabledFor(logging.DEBUG)
