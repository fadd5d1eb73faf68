"""Fetching over real HTTP from a mirror of the tests' own: whatever it does, nothing half is left in place."""

from __future__ import annotations

import dataclasses
import fcntl
import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from mirror_server import Mirror, running_mirror
from small_sets import sha256, small_emnist, small_mnist

from grader.assignment.realdata import DATA_SETS, DataSet, Standing, fetch_data_set
from grader.assignment.realdata.catalog import DataFile
from grader.cli import commands
from grader.system.errors import UsageError

MNIST, FILES = small_mnist()
FIRST = MNIST.files[0].name
Fetch = Callable[..., list[Standing]]


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    with running_mirror() as server:
        server.files |= FILES
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def fetch(mirror: Mirror, folder: Path) -> Fetch:
    def fetch(*manners: str, data_set: DataSet = MNIST, **options: object) -> list[Standing]:
        chosen = dataclasses.replace(data_set, mirrors=tuple(mirror.address(manner) for manner in manners))
        return [state.standing for state in fetch_data_set(chosen, folder, timeout_s=0.5, **options)]

    return fetch


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_good_files_are_put_in_place(fetch: Fetch, folder: Path) -> None:
    assert fetch("good") == [Standing.PUBLISHED] * 4
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == FILES


def test_files_that_are_there_are_not_fetched_again(fetch: Fetch, mirror: Mirror) -> None:
    fetch("good")
    mirror.asked.clear()
    assert fetch("good") == [Standing.PUBLISHED] * 4
    assert mirror.asked == []


def test_only_what_is_missing_is_fetched(fetch: Fetch, folder: Path, mirror: Mirror) -> None:
    fetch("good")
    (folder / FIRST).unlink()
    mirror.asked.clear()
    fetch("good")
    assert mirror.asked == [f"/good/{FIRST}"]


BAD = {
    "other": f"sha256 of what came is {sha256(bytes(len(FILES[FIRST])))}, expected {MNIST.files[0].sha256}",
    "truncated": "IncompleteRead",
    "half": f"{len(FILES[FIRST]) // 2:,} bytes came, expected {len(FILES[FIRST]):,}",
    "endless": f"more than the expected {len(FILES[FIRST]):,} bytes came",
    "nonsense": "ValueError: invalid literal",
    "missing": "the server answered 404 Not Found",
    "broken": "the server answered 503 Service Unavailable",
    "reset": "ConnectionResetError",
    "silent": "timed out",
}


@pytest.mark.parametrize("manner", BAD)
def test_bad_mirror_leaves_nothing_and_is_named_with_what_came(
    fetch: Fetch, folder: Path, mirror: Mirror, manner: str
) -> None:
    with pytest.raises(
        UsageError, match=f"^{FIRST}: no mirror gave the right file; nothing was put in place"
    ) as caught:
        fetch(manner)
    assert mirror.address(manner) + FIRST in str(caught.value)
    assert BAD[manner] in str(caught.value)
    assert "Check the network and try again" in str(caught.value)
    assert names(folder) == set()


@pytest.mark.parametrize("manner", BAD)
def test_second_mirror_is_asked_when_the_first_is_bad(fetch: Fetch, folder: Path, manner: str) -> None:
    assert fetch(manner, "good") == [Standing.PUBLISHED] * 4
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == FILES


@pytest.mark.parametrize("manner", ["moved", "encoded"])
def test_redirects_are_followed_and_nothing_is_unpacked_on_the_way(fetch: Fetch, manner: str) -> None:
    assert fetch(manner) == [Standing.PUBLISHED] * 4


def test_no_server_at_all_is_a_clear_message(folder: Path) -> None:
    with running_mirror() as server:
        gone = server.address("good")
    with pytest.raises(UsageError, match="Connection refused"):
        fetch_data_set(dataclasses.replace(MNIST, mirrors=(gone,)), folder)
    assert names(folder) == set()


def test_what_a_killed_fetch_left_is_replaced(fetch: Fetch, folder: Path) -> None:
    folder.mkdir()
    (folder / f"{FIRST}.part").write_bytes(b"x" * 100_000)
    fetch("good")
    assert names(folder) == set(FILES)


def test_files_fetched_before_a_failure_stay(fetch: Fetch, folder: Path, mirror: Mirror) -> None:
    mirror.files[MNIST.files[1].name] = b"something else"
    with pytest.raises(UsageError, match=r"14 bytes came"):
        fetch("good")
    assert names(folder) == {FIRST}


def test_half_a_file_in_place_is_named_and_kept(fetch: Fetch, folder: Path, mirror: Mirror) -> None:
    folder.mkdir()
    half = FILES[FIRST][: len(FILES[FIRST]) // 2]
    (folder / FIRST).write_bytes(half)
    with pytest.raises(UsageError) as caught:
        fetch("good")
    assert f"{folder / FIRST}: cannot be read" in str(caught.value)
    assert f"It has {len(half):,} bytes, published are {len(FILES[FIRST]):,}." in str(caught.value)
    assert "Move it away and fetch it again" in str(caught.value)
    assert (folder / FIRST).read_bytes() == half
    assert mirror.asked == []


def test_wrong_contents_under_the_right_name_are_named_and_kept(fetch: Fetch, folder: Path) -> None:
    folder.mkdir()
    (folder / FIRST).write_bytes(FILES[MNIST.files[1].name])
    with pytest.raises(UsageError, match=r"its contents begin with 0000080100.*expected 0000080300"):
        fetch("good")
    assert names(folder) == {FIRST}


def test_folder_that_is_a_file(fetch: Fetch, folder: Path) -> None:
    folder.write_text("a file")
    with pytest.raises(UsageError, match=r"data: cannot be written \(File exists"):
        fetch("good")


@pytest.mark.parametrize("place", ["/sys", "/sys/digitlab"])
def test_folder_that_nobody_may_write(place: str, mirror: Mirror) -> None:
    data_set = dataclasses.replace(MNIST, mirrors=(mirror.address("good"),))
    with pytest.raises(UsageError, match=r"/sys/.*cannot be written .*nothing was put in place. Check its rights"):
        fetch_data_set(data_set, Path(place))


def test_full_disk_is_a_clear_message(folder: Path, mirror: Mirror, tmp_path: Path) -> None:
    """A bound on the size of files stands for the full disk: the kernel refuses the write in the same way."""
    code = (
        "import dataclasses, resource, sys; from pathlib import Path; from small_sets import small_mnist\n"
        "from grader.system.errors import UsageError; import pooch, requests\n"
        "from grader.assignment.realdata import fetch_data_set\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))\n"
        "try: fetch_data_set(dataclasses.replace(small_mnist()[0], mirrors=(sys.argv[1],)), Path(sys.argv[2]))\n"
        "except UsageError as error: print(error)"
    )
    command = [sys.executable, "-c", code, mirror.address("good"), str(folder)]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, timeout=120)
    assert f"{folder / FIRST}: cannot be written (File too large); nothing was put in place. Make room" in done.stdout
    assert names(folder) == set()


def test_second_fetch_in_a_folder_is_refused(fetch: Fetch, folder: Path) -> None:
    folder.mkdir()
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        with pytest.raises(UsageError, match="another fetch works here"):
            fetch("good")
    finally:
        os.close(descriptor)


def test_progress_tells_all_bytes(fetch: Fetch) -> None:
    told: dict[str, int] = {}

    def watch(name: str, size_bytes: int) -> Callable[[int], None]:
        assert size_bytes == len(FILES[name])
        return lambda count: told.update({name: told.get(name, 0) + count})

    fetch("good", watch=watch)
    assert told == {name: len(data) for name, data in FILES.items()}


# --- a set that is taken out of an archive


def zipped(contents: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("gzip/emnist-digits-train-images-idx3-ubyte.gz", b"of another set")
        for name, data in contents.items():
            archive.writestr(f"gzip/{name}", data)
    return packed.getvalue()


LETTERS, LETTER_FILES = small_emnist()


def with_archive(mirror: Mirror, data: bytes) -> DataSet:
    mirror.files["gzip.zip"] = data
    assert LETTERS.archive is not None
    archive = dataclasses.replace(LETTERS.archive, size_bytes=len(data), sha256=sha256(data))
    return dataclasses.replace(LETTERS, archive=archive)


@pytest.mark.parametrize("keep", [False, True])
def test_members_are_taken_out_and_the_zip_is_kept_only_when_wanted(
    fetch: Fetch, folder: Path, mirror: Mirror, keep: bool
) -> None:
    data_set = with_archive(mirror, zipped(LETTER_FILES))
    assert fetch("good", data_set=data_set, keep_archive=keep) == [Standing.WELL_FORMED] * 4
    assert names(folder) == set(LETTER_FILES) | ({"gzip.zip"} if keep else set())
    assert all((folder / name).read_bytes() == data for name, data in LETTER_FILES.items())


def test_zip_that_is_there_is_used_and_kept(fetch: Fetch, folder: Path, mirror: Mirror) -> None:
    data_set = with_archive(mirror, zipped(LETTER_FILES))
    folder.mkdir()
    (folder / "gzip.zip").write_bytes(mirror.files["gzip.zip"])
    fetch("good", data_set=data_set)
    assert mirror.asked == []
    assert names(folder) == {*LETTER_FILES, "gzip.zip"}


def test_wrong_zip_that_is_there_is_named_and_kept(fetch: Fetch, folder: Path, mirror: Mirror) -> None:
    data_set = with_archive(mirror, zipped(LETTER_FILES))
    folder.mkdir()
    (folder / "gzip.zip").write_bytes(b"half")
    with pytest.raises(UsageError, match=rf"gzip\.zip: sha256 is {sha256(b'half')}, expected .*4 bytes.*Move it away"):
        fetch("good", data_set=data_set)
    assert names(folder) == {"gzip.zip"}


@pytest.mark.parametrize("manner", ["truncated", "other", "missing"])
def test_bad_zip_leaves_nothing(fetch: Fetch, folder: Path, mirror: Mirror, manner: str) -> None:
    with pytest.raises(UsageError, match=r"gzip\.zip: no mirror gave the right file"):
        fetch(manner, data_set=with_archive(mirror, zipped(LETTER_FILES)))
    assert names(folder) == set()


def test_zip_without_a_member(fetch: Fetch, folder: Path, mirror: Mirror) -> None:
    lacking = dict(list(LETTER_FILES.items())[:3])
    with pytest.raises(UsageError, match=r"gzip/emnist-letters-test-labels-idx1-ubyte\.gz cannot be taken out"):
        fetch("good", data_set=with_archive(mirror, zipped(lacking)))
    assert names(folder) == set(lacking)


def test_member_with_wrong_contents_is_not_put_in_place(fetch: Fetch, folder: Path, mirror: Mirror) -> None:
    name = LETTERS.files[0].name
    with pytest.raises(UsageError, match="its contents begin with"):
        fetch("good", data_set=with_archive(mirror, zipped(LETTER_FILES | {name: LETTER_FILES[LETTERS.files[1].name]})))
    assert names(folder) == set()


# --- the command


@pytest.fixture
def known_set(mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the name `mnist` stand for the small set on the tests' mirror."""
    monkeypatch.setitem(DATA_SETS, "mnist", dataclasses.replace(MNIST, mirrors=(mirror.address("good"),)))


def test_command_fetches_and_says_where(known_set: None, folder: Path) -> None:
    done = CliRunner().invoke(commands.main, ["data", "fetch", "mnist", "--data-dir", str(folder)])
    assert done.exit_code == 0
    assert done.stdout == "".join(f"published   {name}\n" for name in FILES) + f"mnist is in {folder}\n"
    assert done.stderr == "".join(f"fetching {name} ({len(data):,} bytes)\n" for name, data in FILES.items())


def test_command_refuses_an_unknown_set() -> None:
    done = CliRunner().invoke(commands.main, ["data", "fetch", "cifar"])
    assert done.exit_code == 2
    assert "'cifar' is no data set. The data sets are mnist, mnist-npz, emnist-letters." in done.stderr


def test_published_sets_can_be_fetched() -> None:
    """Each file has a hash of its own or comes out of an archive that has one."""
    for data_set in DATA_SETS.values():
        assert all(mirror.startswith("https://") and mirror.endswith("/") for mirror in data_set.mirrors)
        hashed: list[DataFile | object] = [data_set.archive] if data_set.archive else list(data_set.files)
        assert all(len(one.sha256) == 64 and one.size_bytes > 0 for one in hashed)
