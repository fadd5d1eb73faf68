"""The proof of a template: the sound one passes, and every way to be unsound is found and named."""

import json
import shutil

import numpy as np
import pytest

from grader.assignment.data_files import DatasetSizes
from grader.release import check, template
from grader.release.check import check_template, leaked_lines
from grader.release.notebook import reference_notebook_text, reference_source
from grader.release.same_content import has_same_content
from grader.release.stub_check import find_stub_problems
from grader.release.template import build_template
from grader.system.errors import ReleaseError

SMALL = DatasetSizes(12, 6, 10, 5)
MODULE = "mnist_all_models.py"
NOTEBOOK = "mnist_all_models.ipynb"


def no_points(_path):
    return 0.0


@pytest.fixture(scope="module")
def pristine(tmp_path_factory):
    folder = tmp_path_factory.mktemp("release") / "student_template"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(template, "PUBLIC_SIZES", SMALL)
        build_template(folder)
    return folder


@pytest.fixture
def real_folder(pristine, tmp_path, monkeypatch):
    """A copy to spoil; the import of TensorFlow in a subprocess is tested once, elsewhere."""
    monkeypatch.setattr(template, "PUBLIC_SIZES", SMALL)
    monkeypatch.setattr(check, "find_stub_problems", lambda *_: [])
    return shutil.copytree(pristine, tmp_path / "student_template")


@pytest.fixture
def folder(real_folder, monkeypatch):
    """The same without the search for solutions, so that a leak in a public test fails the tests about leaks only."""
    monkeypatch.setattr(check, "solution_lines", lambda *_, **__: [])
    return real_folder


def test_fresh_template_passes(real_folder):
    assert check_template(real_folder, grade=no_points) == []


@pytest.mark.slow
def test_fresh_template_is_proved_with_the_real_import(pristine, monkeypatch):
    """The whole proof, with the real import in a process of its own."""
    monkeypatch.setattr(template, "PUBLIC_SIZES", SMALL)
    graded = []
    assert check_template(pristine, grade=lambda path: graded.append(path.name) or 0.0) == []
    assert graded == [MODULE, NOTEBOOK]


def test_missing_folder_is_named(tmp_path):
    problems = check_template(tmp_path / "none", grade=no_points)
    assert problems == [f"{tmp_path / 'none'}: there is no such folder. Run: digitlab release"]


def test_changed_missing_and_extra_files_are_named(folder):
    (folder / "README.md").write_text("# Other\n", encoding="utf-8")
    (folder / "requirements.txt").unlink()
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "x.pyc").write_bytes(b"")
    assert check_template(folder, grade=no_points) == [
        "README.md: is not what the reference makes now. Run: digitlab release",
        "requirements.txt: is missing. Run: digitlab release",
        "notes.txt: the release did not make it. Move or delete it.",
    ]


def test_a_grader_with_other_demonstrations_is_named(folder, tmp_path, monkeypatch):
    kept = tmp_path / "demonstrations.txt"
    kept.write_text("print('of an older notebook')\n")
    for module in (check, template):
        monkeypatch.setattr(module, "DEMONSTRATIONS", kept)
    assert check_template(folder, grade=no_points) == [
        f"{kept}: is not what the reference makes now. Run: digitlab release"
    ]
    template.keep_demonstrations(folder)
    assert check_template(folder, grade=no_points) == []


def test_link_to_nowhere_is_a_missing_file(folder):
    (folder / "README.md").unlink()
    (folder / "README.md").symlink_to(folder / "gone")
    assert check_template(folder, grade=no_points) == ["README.md: is missing. Run: digitlab release"]


def test_template_without_module_and_notebook_is_not_graded(folder):
    (folder / MODULE).unlink()
    (folder / NOTEBOOK).unlink()
    problems = check_template(folder, grade=lambda _path: pytest.fail("graded"))
    assert [problem.split(":")[0] for problem in problems] == [NOTEBOOK, MODULE]


def test_template_without_notebook_says_so_once(folder):
    (folder / NOTEBOOK).unlink()
    assert check_template(folder, grade=no_points) == [f"{NOTEBOOK}: is missing. Run: digitlab release"]


def test_notebook_that_differs_from_its_module_is_named(folder):
    notebook = json.loads((folder / NOTEBOOK).read_text(encoding="utf-8"))
    notebook["cells"][1]["source"].append("\nimport os")
    (folder / NOTEBOOK).write_text(json.dumps(notebook), encoding="utf-8")
    problems = check_template(folder, grade=no_points)
    assert f"{NOTEBOOK}: its code cells are not those of {MODULE}. Run: digitlab release" in problems


def test_broken_notebook_is_named(folder):
    (folder / NOTEBOOK).write_bytes(b"\xff not text")
    problems = check_template(folder, grade=no_points)
    assert any(problem.startswith(f"{NOTEBOOK}: not a") for problem in problems)


def test_module_without_cells_is_named(folder):
    (folder / MODULE).write_text("# %% [markdown]\n# nothing\n", encoding="utf-8")
    problems = check_template(folder, grade=no_points)
    assert any("has no code cell" in problem for problem in problems)


def test_solution_in_notebook_readme_or_tests_is_found(real_folder):
    (real_folder / NOTEBOOK).write_text(reference_notebook_text(), encoding="utf-8")
    with (real_folder / "tests" / "__init__.py").open("a", encoding="utf-8") as file:
        file.write("    # return chr(ord('A') + int(label))\n    # is_gzip = fd.read(2) == b\"\\x1f\\x8b\"\n")
        file.write('    #    return chr(ord("A") + int(label))\n')
    with (real_folder / "README.md").open("a", encoding="utf-8") as file:
        file.write("Try `return np.nonzero(np.asarray(pred_labels) != np.asarray(true_labels))[0]`.\n")
    problems = [text for text in check_template(real_folder, grade=no_points) if "holds a line of the solution" in text]
    assert any(text.startswith(f"{NOTEBOOK}: holds a line of the solution: '0x08: np.dtype") for text in problems)
    assert any(text.startswith("README.md: ") and "np.nonzero" in text for text in problems)
    assert any(text.startswith("tests/__init__.py: ") and "return chr" in text for text in problems)


def test_solution_hidden_in_the_metadata_of_a_notebook_is_found(real_folder):
    notebook = json.loads((real_folder / NOTEBOOK).read_text(encoding="utf-8"))
    notebook["metadata"]["secret"] = {"deep": ["x", 'return chr(ord("A") + int(label))']}
    (real_folder / NOTEBOOK).write_text(json.dumps(notebook), encoding="utf-8")
    problems = check_template(real_folder, grade=no_points)
    assert any("holds a line of the solution" in problem for problem in problems)


@pytest.mark.parametrize(
    ("text", "is_leak"),
    [
        ("x = secret(1)", True),
        ("    #   x = secret(1)", True),
        ("the line x = secret(1) is short", False),
        (json.dumps({"cells": [{"source": ["a\n", "x = secret(1)\n"]}]}), True),
        (json.dumps({"x = secret(1)": None}), True),
        (f"before {'y' * 40} after", True),
        ("nothing", False),
    ],
)
def test_leaked_lines(text, is_leak):
    assert bool(leaked_lines(text, ["x = secret(1)", "y" * 40])) is is_leak


def test_points_for_nothing_are_named(folder):
    problems = check_template(folder, grade=lambda path: 2.5 if path.suffix == ".py" else None)
    assert problems == [
        f"{MODULE}: is worth 2.5 points before anything is written, expected 0.",
        f"{NOTEBOOK}: the grader could not mark the untouched template. Run: digitlab grade {folder / NOTEBOOK}",
    ]


def test_unsound_reference_is_an_error_not_a_finding(folder, monkeypatch):
    monkeypatch.setattr(template, "reference_source", lambda: reference_source() + "# END SOLUTION\n")
    with pytest.raises(ReleaseError, match="END SOLUTION without"):
        check_template(folder, grade=no_points)


class TestStubCheck:
    """The probe runs on small modules here, without TensorFlow."""

    @staticmethod
    def problems(tmp_path, source, functions, **limits):
        (tmp_path / MODULE).write_text(source, encoding="utf-8")
        return find_stub_problems(tmp_path, functions, **limits)

    def test_stubs_pass_whatever_they_print_and_require(self, tmp_path):
        source = 'print("noise")\ndef f(a, b, c=1):\n    raise NotImplementedError("f: do it")\n'
        assert self.problems(tmp_path, source, ["f"]) == []

    @pytest.mark.parametrize(
        ("body", "message"),
        [
            ("return 1", "f() returns instead of raising NotImplementedError"),
            ("1 / 0", "f() raises ZeroDivisionError instead of NotImplementedError"),
            ("raise NotImplementedError", "f() raises NotImplementedError without one line saying what to do"),
            ("raise NotImplementedError('f: a\\nb')", "f() raises NotImplementedError without one line"),
        ],
    )
    def test_function_that_is_no_stub_is_named(self, tmp_path, body, message):
        (problem,) = self.problems(tmp_path, f"def f():\n    {body}\n", ["f"])
        assert problem.startswith(f"{MODULE}: {message}")

    def test_missing_function_is_named(self, tmp_path):
        assert self.problems(tmp_path, "f = 1\n", ["f", "g"]) == [
            f"{MODULE}: f() is missing.",
            f"{MODULE}: g() is missing.",
        ]

    def test_import_that_fails_tells_the_error(self, tmp_path):
        (problem,) = self.problems(tmp_path, "import no_such_library\n", [])
        assert problem.startswith(f"{MODULE}: cannot be imported: ")
        assert "No module named 'no_such_library'" in problem

    def test_import_that_exits_without_a_word_tells_the_status(self, tmp_path):
        assert self.problems(tmp_path, "import os\nos._exit(3)\n", []) == [
            f"{MODULE}: cannot be imported: exit status 3."
        ]

    def test_import_that_hangs_is_stopped(self, tmp_path):
        assert self.problems(tmp_path, "while True: pass\n", [], time_limit_s=0.5) == [
            f"{MODULE}: the import took more than 0.5 s and was stopped."
        ]

    def test_nothing_is_written_beside_the_module(self, tmp_path):
        self.problems(tmp_path, "", [])
        assert [path.name for path in tmp_path.iterdir()] == [MODULE]


class TestSameContent:
    """What counts as the same file although the bytes differ."""

    def test_gzip_is_compared_decompressed(self):
        import gzip

        slow, fast = gzip.compress(b"x" * 5000, 9), gzip.compress(b"x" * 5000, 1, mtime=5)
        assert has_same_content("a.gz", fast, slow)
        assert not has_same_content("a.gz", gzip.compress(b"y"), slow)

    @pytest.mark.parametrize("damaged", [b"", b"not gzip", b"\x1f\x8b\x08" + b"\0" * 7 + b"\xff" * 20])
    def test_damaged_gzip_is_different(self, damaged):
        import gzip

        assert not has_same_content("a.gz", damaged, gzip.compress(b"x"))

    def test_npz_is_compared_by_its_arrays(self, tmp_path):
        np.savez(tmp_path / "plain.npz", x=np.arange(9))
        np.savez_compressed(tmp_path / "packed.npz", x=np.arange(9))
        np.savez(tmp_path / "other.npz", x=np.arange(8))
        plain, packed, other = ((tmp_path / f"{name}.npz").read_bytes() for name in ("plain", "packed", "other"))
        assert has_same_content("a.npz", plain, packed)
        assert not has_same_content("a.npz", other, packed)
        assert not has_same_content("a.npz", packed[:50], packed)

    def test_picture_is_compared_by_its_pixels(self):
        import cv2

        def jpeg(picture, quality=95):
            return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()

        gray = np.full((56, 56), 200, np.uint8)
        drawn = gray.copy()
        drawn[20:30, 20:30] = 20
        assert has_same_content("8.jpg", jpeg(gray, 100), jpeg(gray, 90))
        assert not has_same_content("8.jpg", jpeg(drawn), jpeg(gray))
        assert not has_same_content("8.jpg", jpeg(gray[:40]), jpeg(gray))
        assert not has_same_content("8.jpg", b"", jpeg(gray))
        assert not has_same_content("8.jpg", b"no picture", jpeg(gray))

    def test_text_is_compared_byte_for_byte(self):
        assert has_same_content("a.md", b"x\n", b"x\n")
        assert not has_same_content("a.md", b"x\r\n", b"x\n")
