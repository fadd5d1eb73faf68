"""The secret: found in one of three places, made once, never too short, never readable by others."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.system.errors import UsageError
from grader.system.secret import MIN_BYTES, VARIABLE, find_secret, own_secret_file


@pytest.fixture(autouse=True)
def _own_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def told() -> list[str]:
    return []


def test_the_named_file_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: list[str]) -> None:
    monkeypatch.setenv(VARIABLE, "of the environment")
    path = tmp_path / "secret"
    path.write_bytes(b"  of the file \n")
    assert find_secret(path, tell=told.append) == b"of the file"
    assert told == []


def test_the_environment_comes_next(monkeypatch: pytest.MonkeyPatch, told: list[str]) -> None:
    monkeypatch.setenv(VARIABLE, "of the environment\n")
    assert find_secret(None, tell=told.append) == b"of the environment"
    assert not own_secret_file().exists()


def test_a_secret_in_the_environment_may_be_any_bytes(monkeypatch: pytest.MonkeyPatch, told: list[str]) -> None:
    monkeypatch.setitem(os.environb, VARIABLE.encode(), b"\xff\xfe not valid text")
    assert find_secret(None, tell=told.append) == b"\xff\xfe not valid text"


def test_a_secret_is_made_once_and_told(told: list[str]) -> None:
    secret = find_secret(None, tell=told.append)
    assert len(secret) == 32
    assert find_secret(None, tell=told.append) == secret
    assert len(told) == 1
    assert str(own_secret_file()) in told[0]
    assert secret.decode() not in told[0]


def test_a_made_secret_is_for_its_owner_alone(told: list[str]) -> None:
    find_secret(None, tell=told.append)
    assert stat.S_IMODE(own_secret_file().stat().st_mode) == 0o600


def test_another_run_that_was_faster_made_the_secret(monkeypatch: pytest.MonkeyPatch, told: list[str]) -> None:
    path = own_secret_file()
    path.parent.mkdir(parents=True)
    path.write_text("made by another run")
    exists: Callable[..., bool] = Path.exists
    monkeypatch.setattr(Path, "exists", lambda self, **options: self != path and exists(self, **options))
    assert find_secret(None, tell=told.append) == b"made by another run"


def test_without_a_config_folder_it_stands_in_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert own_secret_file() == tmp_path / ".config" / "digitlab" / "secret"


@pytest.mark.parametrize("content", [b"", b"   \n", b"x" * (MIN_BYTES - 1), b" " * 20 + b"x" * (MIN_BYTES - 1)])
def test_a_short_secret_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: list[str], content: bytes
) -> None:
    path = tmp_path / "secret"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=f"at least {MIN_BYTES} are needed"):
        find_secret(path, tell=told.append)
    monkeypatch.setenv(VARIABLE, content.decode())
    with pytest.raises(UsageError, match=f"^{VARIABLE}: the secret has"):
        find_secret(None, tell=told.append)


def test_a_secret_of_just_enough_bytes_is_taken(tmp_path: Path, told: list[str]) -> None:
    path = tmp_path / "secret"
    path.write_bytes(b"x" * MIN_BYTES)
    assert find_secret(path, tell=told.append) == b"x" * MIN_BYTES


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, told: list[str]) -> None:
    for path in (tmp_path / "nothing", tmp_path):
        with pytest.raises(UsageError, match=r"Expected a file with the secret\. Check --secret-file"):
            find_secret(path, tell=told.append)


def test_a_place_where_nothing_can_be_stored_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "file"))
    with pytest.raises(UsageError, match=f"no secret can be stored here .*Set {VARIABLE}"):
        find_secret(None, tell=told.append)
    assert told == []


def test_a_secret_that_cannot_be_stored_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch, told: list[str]) -> None:
    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    with pytest.raises(UsageError, match=r"no secret can be stored here \(Operation not permitted\)"):
        find_secret(None, tell=told.append)
    assert list(own_secret_file().parent.iterdir()) == []


def test_a_user_without_a_home_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch, told: list[str]) -> None:
    """As in a container that runs as a user whom its image does not know."""
    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setattr(Path, "home", no_home)
    with pytest.raises(UsageError, match=rf"has no home folder: .*Set {VARIABLE} or use --secret-file"):
        find_secret(None, tell=told.append)


def no_home() -> Path:
    raise RuntimeError("Could not determine home directory.")
