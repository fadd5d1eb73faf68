"""What holds for a run: a folder for matplotlib that nobody else can fill."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.engine.run_settings import matplotlib_cache


def test_the_cache_lies_in_the_users_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = matplotlib_cache(tmp_path / "fallback")
    assert folder == tmp_path / ".cache" / "digitlab" / "matplotlib"
    assert folder.is_dir()


def test_without_a_home_the_folder_of_the_run_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("HOME", str(tmp_path / "file"))
    assert matplotlib_cache(tmp_path / "fallback") == tmp_path / "fallback"
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)

    def no_home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", no_home)
    assert matplotlib_cache(tmp_path / "fallback") == tmp_path / "fallback"
