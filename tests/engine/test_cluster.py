"""A class on a real scheduler with two worker processes on this machine; one of them is killed in the middle."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import trustme

distributed = pytest.importorskip("distributed", reason="the extra [dask] is not installed")

import dask  # noqa: E402

from grader.engine.batch import Work, class_keys, find_left, grade_class  # noqa: E402  (needs Dask)
from grader.engine.cluster import DaskExecutor, executor  # noqa: E402
from grader.engine.cluster.worker import GraderPlugin  # noqa: E402
from grader.engine.grade import Grader  # noqa: E402
from grader.engine.grading_key import grading_key  # noqa: E402
from grader.engine.run_settings import GradeSettings  # noqa: E402
from grader.results.journal import read_journal  # noqa: E402
from grader.results.store import ResultStore  # noqa: E402
from grader.system.errors import UsageError  # noqa: E402

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # of Dask's own
]
SECRET = "the-secret-of-the-cluster"
SOURCE = "import time\ntime.sleep(1)\ndef letter_of(label):\n    if 0 <= label < 26: return chr(65 + label)\n"
COUNT = 7


class Cluster:
    """A scheduler and workers as processes of their own, and what they log."""

    def __init__(self, folder: Path, level: str = "info", environment: Mapping[str, str] | None = None) -> None:
        self.file = folder / "scheduler.json"
        self.log = folder / "cluster.log"
        self.environment = os.environ | {"DASK_LOGGING__DISTRIBUTED": level} | dict(environment or {})
        self.processes: list[subprocess.Popen[bytes]] = []
        protocol = "tls" if environment else "tcp"
        self._start("dask_scheduler", "--port", "0", "--host", f"{protocol}://127.0.0.1", "--no-dashboard")
        for _ in range(600):
            if self.file.exists() and self.file.read_text():
                break
            time.sleep(0.1)
        self.address = json.loads(self.file.read_text())["address"]

    def add_worker(self) -> subprocess.Popen[bytes]:
        return self._start("dask_worker", "--nthreads", "1", "--no-nanny", "--no-dashboard")

    def _start(self, command: str, *options: str) -> subprocess.Popen[bytes]:
        line = [sys.executable, "-m", f"distributed.cli.{command}", "--scheduler-file", str(self.file), *options]
        with self.log.open("ab") as log:
            process = subprocess.Popen(line, stdout=log, stderr=log, cwd=self.file.parent, env=self.environment)
        self.processes.append(process)
        return process

    def close(self) -> None:
        for process in self.processes:  # a worker that is asked to end waits for its scheduler
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Cluster]:
    folder = tmp_path / "cluster"
    folder.mkdir()
    cluster = Cluster(folder, getattr(request, "param", "info"))
    yield cluster
    cluster.close()


def class_of(folder: Path, count: int) -> list[tuple[str, Path]]:
    folder.mkdir()
    entries = []
    for number in range(count):
        path = folder / f"student-{number}.py"
        path.write_text(f"# of student {number}\n{SOURCE}")
        entries.append((path.stem, path))
    return entries


def works_of(folder: Path, count: int) -> list[Work]:
    return [Work(name, path) for name, path in class_of(folder, count)]


def test_a_scheduler_that_dies_is_told_and_nobody_gets_a_fault_for_it(tmp_path: Path, cluster: Cluster) -> None:
    entries = class_of(tmp_path / "class", COUNT)
    cluster.add_worker()

    def on_result(_result) -> None:
        cluster.processes[0].kill()

    store = ResultStore(tmp_path / "out")
    store.prepare()
    grader = Grader(GradeSettings(secret=SECRET.encode()))
    keys = class_keys(entries, grading_key(grader, store.salt).whole, {})
    with contextlib.closing(grader), pytest.raises(UsageError, match="the connection to the scheduler was lost"):
        grade_class(
            DaskExecutor(cluster.address, grader),
            find_left(entries, store, keys),
            store,
            keys=keys,
            on_result=on_result,
        )
    assert not [result for result in store.load_all() if result.has_grader_error]


def test_a_scheduler_that_dies_while_the_workers_are_counted_is_told(
    tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executor, "LOOK_S", 0.2)
    monkeypatch.setattr(executor, "CONNECT_S", 5)
    worker = cluster.add_worker()

    def tell(_text: str) -> None:
        cluster.processes[0].kill()

    with contextlib.closing(Grader(GradeSettings(secret=SECRET.encode()))) as grader:
        batches = DaskExecutor(cluster.address, grader, tell=tell).grade(works_of(tmp_path / "class", 3))
        next(batches)
        worker.kill()
        with pytest.raises(UsageError, match="the connection to the scheduler was lost"):
            list(batches)


def test_a_worker_killed_in_the_middle_loses_nothing(tmp_path: Path, cluster: Cluster) -> None:
    entries = [*class_of(tmp_path / "class", COUNT), ("vanished", tmp_path / "class" / "vanished.py")]
    workers = [cluster.add_worker(), cluster.add_worker()]
    seen: list[str] = []

    def on_result(result) -> None:
        seen.append(result.submission)
        if len(seen) == 3:
            workers[0].kill()

    store = ResultStore(tmp_path / "out")
    store.prepare()
    grader = Grader(GradeSettings(secret=SECRET.encode()))
    keys = class_keys(entries, grading_key(grader, store.salt).whole, {})
    grade_class(
        DaskExecutor(cluster.address, grader), find_left(entries, store, keys), store, keys=keys, on_result=on_result
    )
    assert workers[0].wait(10) == -9
    names = [name for name, _path in entries]
    records = [record for record in read_journal(store.out_dir) if record["kind"] == "result"]
    assert Counter(record["result"]["submission"] for record in records) == Counter(names)
    results = {result.submission: result for result in store.load_all()}
    assert {results[name].score for name in names[:COUNT]} == {results["student-0"].score}
    assert all(not results[name].has_grader_error for name in names[:COUNT])
    assert (results["vanished"].score, "vanished.py" in results["vanished"].grader_log) == (None, True)
    assert store.load_sources()["student-0"].startswith("# of student 0")
    with distributed.Client(cluster.address, set_as_default=False) as client:
        plugins = client.run_on_scheduler(lambda dask_scheduler: [*dask_scheduler.worker_plugins])
    assert not [name for name in plugins if name.startswith("digitlab-")]
    grader.close()
    cluster.close()
    log = cluster.log.read_text()
    assert "digitlab-" in log, "the log tells of the plugin"
    assert SECRET not in log


def test_over_tls_a_class_is_graded_and_without_a_certificate_nobody_gets_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client takes its certificate from Dask's own configuration, as the scheduler and the workers do."""
    authority, files = trustme.CA(), tmp_path / "certificates"
    files.mkdir()
    authority.cert_pem.write_to_path(files / "ca.pem")
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(files / "own.pem")
    encrypted: dict[str, Any] = {"distributed.comm.require-encryption": True}
    encrypted["distributed.comm.tls.ca-file"] = str(files / "ca.pem")
    encrypted |= {
        f"distributed.comm.tls.{who}.cert": str(files / "own.pem") for who in ("scheduler", "worker", "client")
    }
    with dask.config.set(encrypted):
        environment = {"DASK_INTERNAL_INHERIT_CONFIG": dask.config.serialize(dask.config.global_config)}
        cluster = Cluster(files, environment=environment)
        try:
            cluster.add_worker()
            monkeypatch.setattr(executor, "CONNECT_S", 5)
            assert cluster.address.startswith("tls://")
            with contextlib.closing(Grader(GradeSettings(secret=SECRET.encode()))) as grader:
                works = [work._replace(parts=("letters",)) for work in works_of(tmp_path / "class", 1)]
                graded = [one for batch in DaskExecutor(cluster.address, grader).grade(works) for one in batch]
                assert [(one.name, one.result.has_grader_error) for one in graded] == [("student-0", False)]
                assert {item.part for item in graded[0].result.items} == {"letters"}
                with dask.config.set(dict.fromkeys(encrypted)):
                    with pytest.raises(UsageError, match=r"names no certificate of the client \(distrib"):
                        DaskExecutor(cluster.address, grader).check()
                    with pytest.raises(UsageError, match=r"--dask tcp://127.*: no scheduler answers there"):
                        DaskExecutor(cluster.address.replace("tls:", "tcp:"), grader).check()
        finally:
            cluster.close()


def test_when_no_worker_is_left_it_is_told_and_goes_on_with_the_next(
    tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executor, "LOOK_S", 0.5)
    workers, told = [cluster.add_worker()], []

    def tell(text: str) -> None:
        told.append(text)
        if len(told) == 1:
            cluster.add_worker()

    with contextlib.closing(Grader(GradeSettings(secret=SECRET.encode()))) as grader:
        results = []
        for batch in DaskExecutor(cluster.address, grader, tell=tell).grade(works_of(tmp_path / "class", 3)):
            results += [one.result for one in batch]
            if len(results) == 1:
                workers[0].kill()
    assert len(results) == 3
    assert not [result for result in results if result.has_grader_error]
    assert [text.partition(": ")[2] for text in told] == [executor.NO_WORKER, "there is a worker again"]


def test_a_worker_that_would_grade_otherwise_is_refused(tmp_path: Path, cluster: Cluster) -> None:
    cluster.add_worker()
    grader = Grader(GradeSettings(secret=SECRET.encode()))
    other = DaskExecutor(cluster.address, grader)
    grader.confinement = grader.confinement.model_copy(update={"level": "better"})
    with pytest.raises(UsageError, match=r"the worker tcp://.* cannot grade: .* these differ: confinement .*'better'"):
        list(other.grade(works_of(tmp_path / "class", 1)))
    grader.close()


@pytest.mark.parametrize("cluster", ["debug"], indirect=True)
def test_a_cluster_that_would_log_the_secret_is_refused(tmp_path: Path, cluster: Cluster) -> None:
    cluster.add_worker()
    grader = Grader(GradeSettings(secret=SECRET.encode()))
    with pytest.raises(UsageError, match=r"log of the scheduler, tcp://.* is at level debug, which would write the"):
        list(DaskExecutor(cluster.address, grader).grade(works_of(tmp_path / "class", 1)))
    grader.close()
    cluster.close()
    assert SECRET not in cluster.log.read_text()


def test_without_a_scheduler_or_workers_it_says_so(
    tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executor, "WORKERS_S", 1)
    monkeypatch.setattr(executor, "CONNECT_S", 2)
    grader = Grader(GradeSettings(secret=SECRET.encode()))
    works = works_of(tmp_path / "class", 1)
    with pytest.raises(UsageError, match=r"--dask tcp://127.*no worker came within 1 s\. Start some: dask worker"):
        list(DaskExecutor(cluster.address, grader).grade(works))
    with pytest.raises(UsageError, match=r"--dask tcp://127\.0\.0\.1:9: no scheduler answers"):
        list(DaskExecutor("tcp://127.0.0.1:9", grader).grade(works))
    assert list(DaskExecutor("nowhere", grader).grade([])) == []
    grader.close()


@pytest.mark.parametrize("address", ["nowhere", "tcp://host", "http://host:1"])
def test_what_is_no_address_is_refused_before_a_client_is_made(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """One that could not be made waits a minute at the end of the process, and then prints a traceback."""
    monkeypatch.setattr(executor, "Client", None)
    with pytest.raises(UsageError, match=r"no scheduler answers there \(.*\)\. Start one: dask scheduler"):
        executor._connected(address)


def test_the_plugin_does_not_show_its_secret() -> None:
    plugin = GraderPlugin(GradeSettings(secret=SECRET.encode()), None)
    assert SECRET not in repr(plugin) + str(plugin) + repr(plugin._settings)
