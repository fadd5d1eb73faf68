"""The natural forms in which files give labels, the secret and thresholds away."""

from __future__ import annotations

import base64
import bz2
import io
import json
import lzma
import pickle
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest

from grader.marking.thresholds import FIXTURE
from grader.proofs import leaks_in_files as module
from grader.proofs.leaks import Hidden
from grader.proofs.leaks_in_files import leaks_in_files, thresholds_in

SECRET = "a secret of these tests"
LABELS = np.random.default_rng(5).integers(0, 10, 300)
NAMES = np.random.default_rng(6).integers(0, 26, 300)
HIDDEN = Hidden({SECRET: "the secret"}, {"labels": tuple(LABELS.tolist()), "names": tuple(NAMES.tolist())})
HALF = np.random.default_rng(7).uniform(0, 1, 300)


def told(folder: Path, name: str, data: bytes | str) -> list[str]:
    (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    return [problem.text for problem in leaks_in_files([folder / name], HIDDEN)]


def lines(form: str, start: int = 0) -> str:
    return "".join(form.format(i=start + i, v=v, p=p) for i, (v, p) in enumerate(zip(LABELS, HALF, strict=True)))


@pytest.mark.parametrize(
    "text",
    [
        lines("{i},{v}\n"),
        lines("{i}\t{v}\n", 5000),
        lines("{v},{p:.2f}\n"),
        lines("{i},{p:.4f},{v},{p:.3f}\n"),
        lines("<tr><td>{i}</td><td>{v}</td></tr>"),
        json.dumps({str(i): int(v) for i, v in enumerate(LABELS)}),
        json.dumps([{"id": i, "label": int(v)} for i, v in enumerate(LABELS)]),
        json.dumps([{"label": float(v), "p": p} for v, p in zip(LABELS, HALF, strict=True)], indent=1),
        "\n".join(",".join(map(str, row)) for row in np.eye(10, dtype=int)[LABELS]),
        json.dumps(np.eye(10)[LABELS].tolist()),
        "\n".join(f"{i}," + ",".join(map(str, row)) for i, row in enumerate(np.eye(10)[LABELS])),
    ],
)
def test_labels_in_columns_of_text_are_found(tmp_path: Path, text: str) -> None:
    assert told(tmp_path, "some", text) == ["labels in some"]


def test_letters_in_columns_are_found(tmp_path: Path) -> None:
    text = "".join(f"{i},{chr(65 + name)}\n" for i, name in enumerate(NAMES))
    assert told(tmp_path, "some.csv", text) == ["names in some.csv"]


@pytest.mark.parametrize(
    "array",
    [
        np.stack([np.arange(300), LABELS], axis=1),
        np.stack([LABELS, np.arange(300)]),
        np.array(list(zip(range(300), LABELS, strict=True)), dtype=[("id", "i4"), ("label", "u1")]),
        np.eye(10)[LABELS].reshape(300, 1, 1, 10),
        np.eye(10)[LABELS].reshape(30, 10, 10),
        (LABELS / 9).astype("float32"),
    ],
    ids=["columns", "rows", "structured", "four-dimensions", "three-dimensions", "scaled"],
)
def test_labels_in_arrays_of_any_shape_are_found(tmp_path: Path, array: np.ndarray) -> None:
    np.savez(tmp_path / "some.npz", given=array)
    assert told(tmp_path, "some.npz", (tmp_path / "some.npz").read_bytes()) == ["labels in some.npz: given.npy"]


def test_letters_in_an_array_are_found(tmp_path: Path) -> None:
    np.save(tmp_path / "some.npy", np.array([chr(65 + name) for name in NAMES]))
    assert told(tmp_path, "some.npy", (tmp_path / "some.npy").read_bytes()) == ["names in some.npy"]


@pytest.mark.parametrize("kind", ["<i2", ">i2", "<i4", ">i4", "<i8", ">i8"])
def test_raw_integers_are_found(tmp_path: Path, kind: str) -> None:
    assert told(tmp_path, "some.bin", b"\1\2\3" + LABELS.astype(kind).tobytes()) == ["labels in some.bin"]


@pytest.mark.parametrize("kind", ["<f4", ">f4", "<f8", ">f8"])
@pytest.mark.parametrize("first", [0, 1])
def test_raw_floats_are_found(tmp_path: Path, kind: str, first: int) -> None:
    data = b"\1\2\3" + (LABELS + first).astype(kind).tobytes()
    assert told(tmp_path, "some.bin", data) == ["labels in some.bin"]
    assert told(tmp_path, "some.bin", HALF.astype(kind).tobytes()) == []


@pytest.mark.parametrize("taken", [LABELS[::-1], LABELS[::2], LABELS[1::2], LABELS[::3], LABELS[::-2] + 1])
def test_labels_in_another_order_are_found(tmp_path: Path, taken: np.ndarray) -> None:
    for data in (
        b"\0" + taken.astype("u1").tobytes(),
        str(taken.tolist()),
        "".join(f"{i},{v}\n" for i, v in enumerate(taken)),
    ):
        assert told(tmp_path, "some", data) == ["labels in some"]


def test_a_pickle_is_searched_raw_and_else_told(tmp_path: Path) -> None:
    assert told(tmp_path, "some.pkl", pickle.dumps(LABELS.tolist())) == ["labels in some.pkl"]
    assert told(tmp_path, "some.pkl", pickle.dumps(LABELS)) == ["labels in some.pkl"]
    assert told(tmp_path, "some.pkl", pickle.dumps({})) == ["some.pkl cannot be searched: a pickle"]


def tarred(mode: str) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=mode) as archive:
        member = tarfile.TarInfo("in/notes")
        member.size = len(SECRET)
        archive.addfile(member, io.BytesIO(SECRET.encode()))
    return made.getvalue()


def zipped(content: str = SECRET) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("in/notes", content)
    return made.getvalue()


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_tar_archives_are_searched(tmp_path: Path, mode: str) -> None:
    assert told(tmp_path, "some", tarred(mode)) == ["the secret in some: in/notes"]


def test_other_containers_are_searched(tmp_path: Path) -> None:
    assert told(tmp_path, "some", bz2.compress(SECRET.encode())) == ["the secret in some"]
    assert told(tmp_path, "some", lzma.compress(SECRET.encode())) == ["the secret in some"]
    assert told(tmp_path, "some", b"#!/bin/sh\n" + zipped()) == ["the secret in some: in/notes"]


@pytest.mark.parametrize(
    "data",
    [b"7z\xbc\xaf\x27\x1c..", b"BZh91AY&SY..", lzma.compress(b"x" * 99)[:-9], tarred("w:bz2")[:-9]],
    ids=["7z", "bz2", "xz", "tar"],
)
def test_containers_that_cannot_be_searched_are_told(tmp_path: Path, data: bytes) -> None:
    (text,) = told(tmp_path, "some", data)
    assert text.startswith("some cannot be searched: ")


def test_what_is_unpacked_has_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_BYTES", 1000)
    for data in (bz2.compress(bytes(2000)), zipped("x" * 2000)):
        (text,) = told(tmp_path, "some", data)
        assert "MiB unpacked" in text
    deep = b"x"
    for _ in range(7):
        deep = bz2.compress(deep)
    (text,) = told(tmp_path, "some", deep)
    assert "deep" in text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_text_with_a_byte_order_mark_is_searched(tmp_path: Path, encoding: str) -> None:
    assert told(tmp_path, "some", f"it is {SECRET}".encode(encoding)) == ["the secret in some"]
    assert told(tmp_path, "some", lines("{i},{v}\n").encode(encoding)) == ["labels in some"]


def test_the_secret_is_found_in_other_letters() -> None:
    hidden = Hidden.of(b"\xfb\xff a secret")
    for form in (b"\xfb\xff a secret".hex().upper(), base64.urlsafe_b64encode(b"\xfb\xff a secret").decode()):
        assert hidden.found_in(form) == ["the secret"]


@pytest.mark.parametrize(
    "form",
    ["{} per cent", "{}-percent", "{}**%**", "**{}**%", "{}&#37;", "{}&percnt;", r"{}\%", "{} of 100", "{} out of 100"],
)
def test_a_threshold_in_other_spellings_is_found(form: str) -> None:
    assert "the threshold of ann" in thresholds_in(form.format(f"{FIXTURE['ann'].full * 100:.0f}"))


def test_a_row_of_numbers_is_no_threshold() -> None:
    assert thresholds_in("id,size\n0,66\n1,40\n2,71\n") == []
    assert thresholds_in("reach 0,66") == ["the threshold of cnn"]
