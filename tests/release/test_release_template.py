"""The student template: what it holds, that it is the same every time, and that nobody's work is overwritten."""

import os
import stat
from pathlib import Path, PurePosixPath

import pytest

import grader.assignment
from grader.assignment.data_files import FILE_NAMES, PUBLIC_SIZES, DatasetSizes
from grader.release import template
from grader.release.figures import FIGURES
from grader.release.notebook import reference_notebook_text, reference_source
from grader.release.template import build_template, found_files, is_ignorable, stub_names, template_files
from grader.system.errors import ReleaseError

FIXED_FILES = {".gitattributes", ".gitignore", "README.md", "README.ru.md", "pytest.ini", "requirements.txt"}


@pytest.fixture(autouse=True)
def small_data(monkeypatch):
    """Draw few pictures: these tests are about files."""
    monkeypatch.setattr(template, "PUBLIC_SIZES", DatasetSizes(12, 6, 10, 5))


@pytest.fixture
def built(tmp_path):
    build_template(tmp_path / "student_template")
    return tmp_path / "student_template"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_template_holds_module_notebook_tests_data_and_fixed_files(built):
    names = set(contents(built))
    tests = {name for name in names if name.startswith("tests/")}
    checking = {name for name in names if name.startswith("checking/")}
    modules = {"mnist_all_models.py", "mnist_all_models.ipynb", "check.py", "draw.py"}
    page = {name for name in names if name.startswith("drawing_page/")}
    figures = {name for name in names if name.startswith("figures/")}
    assert names - tests - checking - page - figures == {*modules, *FIXED_FILES, *FILE_NAMES}
    assert page >= {f"drawing_page/{name}" for name in ("__init__.py", "server.py", "page.html", "page.css", "page.js")}
    assert len(figures) == len(list(FIGURES.glob("*.png"))) > 0
    assert checking >= {"checking/__init__.py", "checking/trial.py", "checking/loading.py"}
    assert "tests/checks/idx_files.py" in tests


def test_every_public_test_is_copied_whole_and_only_the_points_are_added(built):
    public_tests = Path(grader.assignment.__file__).parent / "public_tests"
    copied = [*public_tests.rglob("*.py"), *public_tests.rglob("*.mo")]
    expected = {path.relative_to(public_tests).as_posix(): path.read_bytes() for path in copied}
    tests = contents(built / "tests")
    assert b"public = false" in tests.pop("points.toml")
    assert tests == expected


def test_public_data_have_their_published_sizes():
    assert DatasetSizes(train=6_000, test=1_000, letters_train=5_200, letters_test=1_040) == PUBLIC_SIZES


def test_template_needs_nothing_of_the_grader(built):
    for name, data in contents(built).items():
        if name.endswith((".py", ".ini", ".txt", ".ipynb")):
            assert b"import grader" not in data, name
            assert b"from grader" not in data, name


def test_building_twice_gives_the_same_bytes(built, tmp_path):
    before = contents(built)
    build_template(built)
    assert contents(built) == before
    assert [path.name for path in tmp_path.iterdir()] == ["student_template"]


def test_parents_are_made_and_the_folder_is_readable_as_usual(tmp_path):
    umask = os.umask(0)
    os.umask(umask)
    build_template(tmp_path / "a" / "b")
    assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) == 0o777 & ~umask


def test_outdated_files_are_replaced_and_caches_may_go(built):
    (built / "README.md").write_text("old", encoding="utf-8")
    (built / "tests" / "__pycache__").mkdir()
    (built / "tests" / "__pycache__" / "x.pyc").write_bytes(b"")
    (built / ".pytest_cache").mkdir()
    (built / ".pytest_cache" / "README.md").write_text("cache", encoding="utf-8")
    build_template(built)
    assert (built / "README.md").read_text(encoding="utf-8").startswith("# Handwritten")
    assert not (built / ".pytest_cache").exists()


def test_extra_files_are_named_and_nothing_changes(built):
    extra = ["emnist_letters.keras", "notes/a.txt", "notes/b.txt", "tests/test_mine.py", "x1", "x2", "x3"]
    for name in extra:
        (built / name).parent.mkdir(exist_ok=True)
        (built / name).write_text("mine", encoding="utf-8")
    (built / "README.md").write_text("old", encoding="utf-8")
    with pytest.raises(
        ReleaseError, match=r"emnist_letters\.keras, notes/a\.txt, .*, x1 and 2 more\. Nothing was changed"
    ):
        build_template(built)
    assert (built / "README.md").read_text(encoding="utf-8") == "old"
    assert all((built / name).exists() for name in extra)


def test_written_function_in_the_module_is_work_and_is_kept(built):
    module = built / "mnist_all_models.py"
    source = module.read_text(encoding="utf-8")
    written = source.replace('raise NotImplementedError("train_model: model.fit")', "return model.fit(x, y)")
    assert written != source
    module.write_text(written, encoding="utf-8")
    with pytest.raises(ReleaseError, match=r"mnist_all_models\.py holds work: train_model is written"):
        build_template(built)
    assert module.read_text(encoding="utf-8") == written


def test_written_functions_in_the_notebook_are_work(built):
    (built / "mnist_all_models.ipynb").write_text(reference_notebook_text(), encoding="utf-8")
    with pytest.raises(ReleaseError, match=r"mnist_all_models\.ipynb holds work: accuracy, build_ann"):
        build_template(built)


@pytest.mark.parametrize("name", ["mnist_all_models.py", "mnist_all_models.ipynb"])
def test_work_that_cannot_be_read_is_kept(built, name):
    (built / name).write_text("def half(:", encoding="utf-8")
    with pytest.raises(ReleaseError, match=r"cannot be read, so it may hold work"):
        build_template(built)


def test_target_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "taken").write_text("x", encoding="utf-8")
    with pytest.raises(ReleaseError, match="taken is a file; a folder was expected"):
        build_template(tmp_path / "taken")


def test_old_template_comes_back_when_the_new_one_cannot_be_moved_in(built, monkeypatch):
    before = contents(built)
    rename = Path.rename

    def fail_for_new(self, target):
        if self.name == "new":
            raise PermissionError(13, "Permission denied")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail_for_new)
    with pytest.raises(ReleaseError, match=r"cannot be written \(Permission denied\)\. Nothing was changed"):
        build_template(built)
    assert contents(built) == before


def test_target_below_a_file_cannot_be_written(tmp_path):
    (tmp_path / "taken").write_text("x", encoding="utf-8")
    with pytest.raises(ReleaseError, match=r"out: cannot be written \(.+\)\. Nothing was changed"):
        build_template(tmp_path / "taken" / "out")


def test_unsound_reference_stops_the_release(tmp_path, monkeypatch):
    monkeypatch.setattr(template, "reference_source", lambda: reference_source() + "# END SOLUTION\n")
    with pytest.raises(ReleaseError, match=r"mnist_all_models\.py, line \d+: END SOLUTION without"):
        build_template(tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_files_are_listed_sorted_without_caches(built):
    (built / "__pycache__").mkdir()
    (built / "__pycache__" / "x.pyc").write_bytes(b"")
    assert list(found_files(built)) == sorted(template_files())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("tests/__pycache__/a.py", True),
        (".ipynb_checkpoints/a.ipynb", True),
        (".DS_Store", True),
        ("a.pyc", True),
        ("tests/a.py", False),
        ("__pycache__", False),
    ],
)
def test_ignorable(name, expected):
    assert is_ignorable(PurePosixPath(name)) is expected


def test_stub_is_a_function_that_only_raises():
    source = (
        'def a():\n    """A."""\n    raise NotImplementedError("a: x")\ndef b():\n    raise NotImplementedError("b")\n'
    )
    source += 'def c():\n    x = 1\n    raise NotImplementedError("c")\ndef d():\n    return 1\n'
    assert stub_names(source) == {"a", "b"}
