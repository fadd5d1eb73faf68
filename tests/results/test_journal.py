"""The journal: nothing that was appended is lost, whatever happens to the run, the disk or the file."""

from __future__ import annotations

import hashlib
import os
import re
import resource
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from grader.results import journal
from grader.results.journal import FILE_NAME, Journal, read_journal
from grader.system.errors import UsageError

APPEND_FOR_EVER = """
import itertools, sys
from pathlib import Path
from grader.results.journal import Journal
journal = Journal(Path(sys.argv[1]))
for number in itertools.count():
    journal.append({"kind": "number", "number": number, "text": "ы" * 9000})
    print(number, flush=True)
"""


def numbers(folder: Path) -> list[int]:
    return [record["number"] for record in read_journal(folder) if record["kind"] == "number"]


def fill(folder: Path, count: int = 3) -> Path:
    opened = Journal(folder)
    for number in range(count):
        opened.append({"kind": "number", "number": number})
    opened.close()
    return folder / FILE_NAME


def test_records_come_back_in_order_after_the_header(tmp_path: Path) -> None:
    path = fill(tmp_path)
    header, *rest = read_journal(tmp_path)
    assert (header["kind"], header["schema"], len(header["salt"])) == ("journal", 2, 32)
    assert [record["number"] for record in rest] == [0, 1, 2]
    assert path.stat().st_mode & 0o777 == 0o600


def test_another_run_goes_on_where_the_first_ended(tmp_path: Path) -> None:
    fill(tmp_path)
    fill(tmp_path)
    assert numbers(tmp_path) == [0, 1, 2, 0, 1, 2]


def test_where_there_is_no_journal_there_are_no_records(tmp_path: Path) -> None:
    assert list(read_journal(tmp_path)) == []


def test_a_second_run_is_refused_while_the_first_lives(tmp_path: Path) -> None:
    first = Journal(tmp_path)
    with pytest.raises(UsageError, match=r"another run writes to this folder now\. Wait until it has ended"):
        Journal(tmp_path)
    first.append({"kind": "number", "number": 7})
    assert numbers(tmp_path) == [7], "readers are not refused"
    first.close()
    Journal(tmp_path).close()


def test_what_was_acknowledged_outlives_a_kill(tmp_path: Path) -> None:
    for delay in (1, 5, 23, 60):
        command = [sys.executable, "-c", APPEND_FOR_EVER, tmp_path]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
            assert run.stdout
            for _ in range(delay):
                run.stdout.readline()
            run.send_signal(signal.SIGKILL)
            said = delay + len(run.stdout.read().splitlines())
        found = numbers(tmp_path)
        assert found == list(range(len(found)))
        assert len(found) in (said, said + 1), "at most the one that was written and not yet said"
        opened = Journal(tmp_path)
        opened.begin_anew()
        opened.close()


@pytest.mark.parametrize("cut", [1, 2, 20, 60])
def test_a_torn_last_record_is_passed_over_and_cut_off(tmp_path: Path, cut: int) -> None:
    path = fill(tmp_path)
    path.write_bytes(path.read_bytes()[:-cut])
    assert numbers(tmp_path) == [0, 1]
    fill(tmp_path, 1)
    assert numbers(tmp_path) == [0, 1, 0]


def test_zeros_after_a_power_cut_are_a_torn_record(tmp_path: Path) -> None:
    path = fill(tmp_path)
    path.write_bytes(path.read_bytes() + bytes(5000))
    assert numbers(tmp_path) == [0, 1, 2]
    fill(tmp_path, 1)
    assert numbers(tmp_path) == [0, 1, 2, 0]


def test_a_journal_torn_in_its_header_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b'{"sha256": "01')
    fill(tmp_path, 1)
    assert numbers(tmp_path) == [0]


@pytest.mark.parametrize(("old", "new"), [(b'"number":1', b'"number":8'), (b'"sha256": "', b'"sha256": "x')])
def test_damage_is_an_error_that_names_the_line_and_changes_nothing(tmp_path: Path, old: bytes, new: bytes) -> None:
    path = fill(tmp_path)
    lines = path.read_bytes().splitlines(keepends=True)
    lines[2] = lines[2].replace(old, new)
    damaged = b"".join(lines)
    path.write_bytes(damaged)
    for use in (Journal, numbers):
        with pytest.raises(UsageError, match=rf"{FILE_NAME}: line 3 is damaged; nothing was changed\. Restore"):
            use(tmp_path)
    assert path.read_bytes() == damaged
    path.write_bytes(b"".join([*lines[:2], *lines[3:]]))
    assert numbers(tmp_path) == [0, 2], "without the line, the others are read"


def test_a_journal_of_a_newer_schema_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    content = journal._framed({"kind": "journal", "schema": 3}, 0, 0) + journal._framed({"kind": "new"}, 1, 0)
    path.write_bytes(content)
    for use in (Journal, numbers):
        with pytest.raises(UsageError, match=r"is a journal of schema 3; this digitlab reads schema 2\. Use the"):
            use(tmp_path)
    assert path.read_bytes() == content


def of_schema_1(*records: bytes) -> bytes:
    return b"".join(
        b'{"sha256": "%s", "record": %s}\n' % (hashlib.sha256(text).hexdigest()[:16].encode(), text)
        for text in (b'{"kind":"journal","schema":1,"salt":"00"}', *records)
    )


def test_a_journal_of_schema_1_is_read_and_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(of_schema_1(*(b'{"kind":"number","number":%d}' % number for number in range(3))))
    assert numbers(tmp_path) == [0, 1, 2]
    fill(tmp_path, 2)
    assert numbers(tmp_path) == [0, 1, 2, 0, 1]
    path.write_bytes(path.read_bytes().replace(b'"number":2', b'"number":7'))
    with pytest.raises(UsageError, match="line 4 is damaged"):
        numbers(tmp_path)


def fill_batch(folder: Path, count: int, **more: str) -> Path:
    opened = Journal(folder)
    opened.append(*({"kind": "number", "number": number, **more} for number in range(count)))
    opened.close()
    return folder / FILE_NAME


@pytest.mark.parametrize("lost", range(5))
def test_any_page_of_the_last_append_may_be_lost(tmp_path: Path, lost: int) -> None:
    """The power went before it was acknowledged: pages come to the disk in any order, its last line, too."""
    path = fill(tmp_path, 2)
    whole = path.stat().st_size
    fill_batch(tmp_path, 3, text="x" * 6000)
    data = bytearray(path.read_bytes())
    data[whole + lost * 4096 : whole + (lost + 1) * 4096] = bytes(min(4096, len(data) - whole - lost * 4096))
    path.write_bytes(data)
    found = numbers(tmp_path)
    assert found[:2] == [0, 1]
    assert found[2:] == list(range(len(found) - 2)), "of the lost append, at most its sound beginning counts"
    fill(tmp_path, 1)
    assert numbers(tmp_path) == [*found, 0]
    data = path.read_bytes()
    path.write_bytes(data[:-20])
    assert numbers(tmp_path) == found, "what goes on behind a cut may be torn in its turn"


@pytest.mark.parametrize("line", [3, 4, 5])
def test_damage_before_a_later_append_is_an_error(tmp_path: Path, line: int) -> None:
    fill(tmp_path, 1)
    path = fill_batch(tmp_path, 3)
    fill_batch(tmp_path, 2)
    lines = path.read_bytes().splitlines(keepends=True)
    lines[line - 1] = lines[line - 1].replace(b'"number":', b'"numbex":')
    path.write_bytes(b"".join(lines))
    with pytest.raises(UsageError, match=f"line {line} is damaged"):
        numbers(tmp_path)
    path.write_bytes(b"".join([*lines[: line - 1], *lines[line:]]))
    assert len(numbers(tmp_path)) == 5, "without the line, the others are read"


def test_a_reader_does_not_take_a_run_that_writes_for_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An append that was half there when reading began is followed by another one when the reader comes to it."""
    path = fill(tmp_path, 1)
    half = path.stat().st_size + 30
    fill(tmp_path, 2)
    real = os.fstat

    def fstat(descriptor: int) -> object:
        return SimpleNamespace(st_size=half) if real(descriptor).st_size > half else real(descriptor)

    monkeypatch.setattr(journal.os, "fstat", fstat)
    assert numbers(tmp_path) == [0]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (1, r"Restore the file from a copy, or choose another folder with --out: this line is the header"),
        (2, r"remove this line and go on at once with `digitlab batch --resume` and --course, .* says who is in the"),
        (3, r"or remove this line: only what stands in it is graded again\."),
        (4, r"remove this line and go on at once with .*: what stood in it cannot be told any more\."),
    ],
)
def test_the_advice_is_for_the_kind_of_record(tmp_path: Path, line: int, words: str) -> None:
    opened = Journal(tmp_path)
    for record in ({"kind": "class"}, {"kind": "result"}, {"kind": "result"}, {"kind": "result"}):
        opened.append(record)
    path = tmp_path / FILE_NAME
    lines = path.read_bytes().splitlines(keepends=True)
    lines[line - 1] = b"?" * 90 + b"\n" if line == 4 else lines[line - 1].replace(b'"sha256"', b'"sha255"')
    path.write_bytes(b"".join(lines))
    with pytest.raises(UsageError, match=f"line {line} is damaged; nothing was changed. .*{words}"):
        numbers(tmp_path)


def test_a_full_disk_leaves_the_journal_as_it_was(tmp_path: Path) -> None:
    """A file may not grow beyond the limit: a write takes a part first and fails then, as on a full disk."""
    opened = Journal(tmp_path)
    opened.append({"kind": "number", "number": 0})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            opened.append({"kind": "number", "number": 1, "text": "x" * 5000})
        opened.append({"kind": "number", "number": 2})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    opened.append({"kind": "number", "number": 3, "text": "x" * 5000})
    assert numbers(tmp_path) == [0, 2, 3]


def test_many_records_take_one_sync(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened, syncs, sync = Journal(tmp_path), [], os.fsync
    monkeypatch.setattr(journal.os, "fsync", lambda descriptor: (syncs.append(descriptor), sync(descriptor)))
    opened.append(*({"kind": "number", "number": number} for number in range(50)))
    assert len(syncs) == 1
    assert numbers(tmp_path) == list(range(50))


def test_of_many_records_those_that_fit_on_the_disk_stay(tmp_path: Path) -> None:
    opened = Journal(tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            opened.append(*({"kind": "number", "number": number, "text": "x" * 900} for number in range(5)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert numbers(tmp_path) == [0, 1]


def test_a_failing_sync_is_a_failing_append(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Journal(tmp_path)

    def fail(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(journal.os, "fsync", fail)
        with pytest.raises(OSError, match="No space left"):
            opened.append({"kind": "number", "number": 0})
    assert numbers(tmp_path) == []


def test_an_unreadable_journal_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(UsageError, match=re.escape(f"{FILE_NAME}: cannot be read (Is a directory)")):
        list(read_journal(tmp_path))


def test_a_link_is_no_journal(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).symlink_to(os.devnull)
    with pytest.raises(OSError, match="symbolic links"):
        Journal(tmp_path)


@pytest.mark.parametrize("name", ["студент", "\udce4\udcff.py", "\u2028"])
def test_names_that_are_no_text_come_back_as_they_are(tmp_path: Path, name: str) -> None:
    journal = Journal(tmp_path)
    journal.append({"kind": "class", "name": name})
    journal.close()
    assert [record["name"] for record in read_journal(tmp_path) if record["kind"] == "class"] == [name]


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_file_of_somebody_else_is_no_journal(tmp_path: Path, end: str) -> None:
    (tmp_path / FILE_NAME).write_text(f"my diary{end}")
    with pytest.raises(UsageError, match=r"line 1 is damaged"):
        Journal(tmp_path)
    assert (tmp_path / FILE_NAME).read_text() == f"my diary{end}"


def test_a_journal_that_is_begun_anew_while_another_run_opens_it_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other run holds a file that has lost its name: what it wrote would be gone."""
    first, lock = Journal(tmp_path), journal._lock

    def lock_late(descriptor: int, path: Path) -> None:
        monkeypatch.setattr(journal, "_lock", lock)
        first.begin_anew({"kind": "class"})
        first.close()
        lock(descriptor, path)

    monkeypatch.setattr(journal, "_lock", lock_late)
    with pytest.raises(UsageError, match="another run writes to this folder now"):
        Journal(tmp_path)
    assert [record["kind"] for record in read_journal(tmp_path)] == ["journal", "class"]
