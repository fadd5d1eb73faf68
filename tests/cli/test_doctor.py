"""The doctor: every need and every layer is named, and what is missing is said."""

from __future__ import annotations

import importlib.metadata

import pytest

from grader.cli import doctor
from grader.cli.doctor import LIBRARIES, NEEDED_MEMORY_MIB, Finding, examine_machine
from grader.sandbox.probe import probe


def found(name: str) -> Finding:
    (finding,) = (finding for finding in examine_machine() if finding.name == name)
    return finding


def test_every_library_and_layer_is_named_once() -> None:
    names = [finding.name for finding in examine_machine()]
    assert len(names) == len(set(names))
    assert set(LIBRARIES) <= set(names)
    assert {f"layer {layer}" for layer in (*probe().layers, *probe().missing)} <= set(names)


def test_libraries_are_shown_with_their_versions() -> None:
    for library in LIBRARIES:
        assert found(library) == Finding(library, importlib.metadata.version(library), True)


def test_a_library_that_is_not_installed_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LIBRARIES", ("no-such-library",))
    assert found("no-such-library") == Finding("no-such-library", "not installed", False, needed=True)


@pytest.mark.parametrize(("mib", "good"), [(NEEDED_MEMORY_MIB - 1, False), (NEEDED_MEMORY_MIB, True)])
def test_too_little_memory_is_no_good(monkeypatch: pytest.MonkeyPatch, mib: int, good: bool) -> None:
    monkeypatch.setattr(doctor, "memory_mib", lambda: mib)
    assert found("memory") == Finding("memory", f"{mib:,} MiB", good)


def test_layers_that_are_missing_are_told_and_do_not_stop_grading() -> None:
    for layer in probe().missing:
        finding = found(f"layer {layer}")
        assert not finding.good
        assert not finding.needed


def test_cores_are_those_of_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "usable_cores", lambda: 3)
    assert found("cores").value == "3"
