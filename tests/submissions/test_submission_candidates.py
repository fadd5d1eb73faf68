import json
import os
import shutil
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from grader.submissions import folder as folder_module
from grader.submissions import read_submission
from grader.submissions.candidates import GIVEN, MAX_NOTES, Entry, EntryKind, choose_module
from grader.submissions.contents import Content
from grader.submissions.contract import CONTRACT_NAMES, is_named_as_module
from grader.system.errors import SubmissionError

SOURCE = "def f(): return 1\n"
TEMPLATE = Path(__file__).resolve().parents[2] / "student_template"


@pytest.fixture
def handed_in(tmp_path):
    """Make a folder ``student`` out of names; a name ending in ``/`` is a folder."""

    def make(*names, text=SOURCE):
        folder = tmp_path / "student"
        folder.mkdir()
        for name in names:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return folder

    return make


def rejection(path):
    with pytest.raises(SubmissionError) as caught:
        read_submission(path)
    return str(caught.value)


@pytest.mark.parametrize(
    "name",
    [
        "mnist_all_models.py",
        "MNIST_All_Models.PY",
        "wrapped/mnist_all_models.py",
        "a/b/c/d/mnist_all_models.py",
    ],
)
def test_the_contract_name_is_found(handed_in, name):
    submission = read_submission(handed_in(name, "helper.py", "zzz.py"))
    assert submission.file_name == PurePosixPath(name).name
    assert submission.name == "student"
    assert submission.notes == (
        "helper.py is not used: a submission is one module.",
        "zzz.py is not used: a submission is one module.",
    )


@pytest.mark.parametrize(
    "name",
    [
        ".hidden/mnist_all_models.py",
        ".mnist_all_models.py",
        "__pycache__/mnist_all_models.py",
        "__MACOSX/mnist_all_models.py",
        ".ipynb_checkpoints/mnist_all_models.py",
        "tests/mnist_all_models.py",
        "venv/mnist_all_models.py",
        "a/b/c/d/e/mnist_all_models.py",
    ],
)
def test_some_folders_are_never_looked_into(handed_in, name):
    folder = handed_in(name)
    assert rejection(folder) == (
        "student: is empty. Expected one file, mnist_all_models.py or mnist_all_models.ipynb in it."
    )


def test_one_module_of_another_name_is_taken_with_a_note(handed_in):
    submission = read_submission(handed_in("homework.py", "report.pdf"))
    assert submission.file_name == "homework.py"
    assert submission.notes == ("homework.py: its name should be mnist_all_models.py.",)


def test_trained_models_are_noted_and_other_files_are_not(handed_in):
    submission = read_submission(handed_in("mnist_all_models.py", "mnist_ann.keras", "readme.txt", "x.pth"))
    assert submission.notes == ("mnist_ann.keras is not used: the grader trains the models itself.",)


@pytest.mark.parametrize("name", ["numpy.py", "conftest.py", "sitecustomize.py", "x.pth", "x.pyc", "x.so"])
def test_nothing_but_the_one_module_goes_anywhere(handed_in, name):
    folder = handed_in("mnist_all_models.py")
    (folder / name).write_text("def smuggled(): pass\n")
    submission = read_submission(folder)
    assert {plan.source for plan in submission.plans} == {SOURCE}


def test_module_and_notebook_are_two_candidates(handed_in):
    folder = handed_in("mnist_all_models.py", "mnist_all_models.ipynb")
    (folder / "mnist_all_models.py").write_text("def f(): return 2\n")
    assert rejection(folder) == (
        "student: two candidate files: mnist_all_models.ipynb, mnist_all_models.py; leave one."
    )


def test_the_same_name_in_two_folders_is_two_candidates(handed_in):
    folder = handed_in("a/mnist_all_models.py", "b/mnist_all_models.py")
    (folder / "a/mnist_all_models.py").write_text("def f(): return 2\n")
    assert "two candidate files: a/mnist_all_models.py, b/mnist_all_models.py; leave one." in rejection(folder)


def test_several_other_modules_are_listed(handed_in):
    folder = handed_in("a.py", "b.py", "c.ipynb")
    for path in folder.iterdir():
        path.write_text(f"def {path.stem}(): return 1\n")
    assert rejection(folder) == (
        "student: 3 candidate files: a.py, b.py, c.ipynb. "
        "Leave one, named mnist_all_models.py or mnist_all_models.ipynb."
    )


def test_without_a_module_the_message_lists_five_names(handed_in):
    assert rejection(handed_in(*(f"{number}.txt" for number in range(7)))) == (
        "student: holds no Python module, only 0.txt, 1.txt, 2.txt, 3.txt, 4.txt and 2 more. "
        "Expected one file, mnist_all_models.py or mnist_all_models.ipynb."
    )


def test_of_two_zips_in_a_folder_none_is_opened(handed_in):
    assert rejection(handed_in("a.zip", "b.zip")).endswith(
        "a.zip is not opened: a zip is when it is the only one, is no link and lies in no other zip."
    )


def test_a_zip_beside_a_module_is_not_opened(handed_in):
    submission = read_submission(handed_in("mnist_all_models.py", "data.zip"))
    assert (submission.file_name, submission.notes) == ("mnist_all_models.py", ())


def test_a_zip_beside_a_module_of_another_name_is_told(handed_in):
    submission = read_submission(handed_in("helper.py", "work.zip"))
    assert submission.file_name == "helper.py"
    assert "work.zip is not opened: a module lies beside it." in submission.notes


def test_a_lone_zip_in_a_folder_is_what_was_handed_in(handed_in, tmp_path):
    """Platforms make a folder for each student, and put what was handed in into it."""
    folder = handed_in("feedback.txt", "__MACOSX/other.zip", "__MACOSX/mnist_all_models.py")
    with zipfile.ZipFile(folder / "Работа.ZIP", "w") as archive:
        archive.writestr("work/mnist_all_models.py", SOURCE)
        archive.writestr("work/mnist_cnn.keras", b"x")
    submission = read_submission(folder)
    assert (submission.name, submission.file_name) == ("student", "mnist_all_models.py")
    assert submission.plans[0].source == SOURCE
    assert submission.notes == ("work/mnist_cnn.keras is not used: the grader trains the models itself.",)


def test_a_lone_zip_in_a_folder_is_checked_as_one_by_itself(handed_in):
    folder = handed_in("work.zip")
    assert rejection(folder).startswith("student/work.zip: is not a sound zip archive (")
    (folder / "work.zip").unlink()
    with zipfile.ZipFile(folder / "work.zip", "w") as archive:
        archive.writestr("../mnist_all_models.py", SOURCE)
    assert rejection(folder).startswith("student/work.zip, ../mnist_all_models.py: the name leads out of the archive.")
    (folder / "work.zip").unlink()
    (folder / "work.zip").symlink_to("/etc/passwd")
    assert "work.zip (a link)" in rejection(folder)


def test_links_are_not_followed(handed_in, tmp_path):
    (tmp_path / "secret.py").write_text(SOURCE)
    folder = handed_in("mnist_all_models.py")
    (folder / "link.py").symlink_to(tmp_path / "secret.py")
    (folder / "up").symlink_to(tmp_path)
    assert read_submission(folder).notes == (
        "link.py is not used: links are not followed.",
        "up is not used: links are not followed.",
    )


def test_a_link_with_the_contract_name_is_no_module(handed_in, tmp_path):
    (tmp_path / "secret.py").write_text(SOURCE)
    folder = handed_in()
    (folder / "mnist_all_models.py").symlink_to(tmp_path / "secret.py")
    assert "holds no Python module, only mnist_all_models.py (a link)." in rejection(folder)


def test_a_pipe_with_the_contract_name_is_not_opened(handed_in):
    folder = handed_in()
    os.mkfifo(folder / "mnist_all_models.py")
    assert "mnist_all_models.py (not a file)" in rejection(folder)


def test_a_folder_with_the_contract_name_is_looked_into(handed_in):
    assert read_submission(handed_in("mnist_all_models.py/mnist_all_models.py")).file_name == "mnist_all_models.py"


def test_an_unreadable_folder_is_said_so(handed_in, monkeypatch):
    folder = handed_in("mnist_all_models.py")

    def refuse(_path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(folder_module.os, "scandir", refuse)
    assert rejection(folder) == (
        "student: the folder cannot be read (Permission denied). Check its permissions and hand it in again."
    )


def test_too_many_files_are_refused(handed_in, monkeypatch):
    monkeypatch.setattr(folder_module, "MAX_FOLDER_ENTRIES", 2)
    assert "holds more than 2 files" in rejection(handed_in("a.py", "b.py", "c.py"))


def test_notes_are_capped():
    entries = [Entry(PurePosixPath(f"{number}.py")) for number in range(MAX_NOTES + 3)]
    module = Entry(PurePosixPath("mnist_all_models.py"))
    choice = choose_module([*entries, module], "x", look=lambda _path: Content(b""))
    assert choice.notes[-1] == "... and 3 more files that are not used."
    assert len(choice.notes) == MAX_NOTES + 1


def test_names_are_shown_without_control_and_bidi_characters():
    entries = [Entry(PurePosixPath("a\x1b[2J\u202etxt.fdp")), Entry(PurePosixPath("l"), EntryKind.LINK)]
    with pytest.raises(SubmissionError, match=r"only a\[2Jtxt\.fdp, l \(a link\)\."):
        choose_module(entries, "x", look=lambda _path: Content(b""))


STUBS = "".join(
    f'def {name}():\n    raise NotImplementedError("{name}: write it")\n\n\n' for name in sorted(CONTRACT_NAMES)
)
WRITTEN = STUBS.replace('raise NotImplementedError("accuracy: write it")', "return 1.0")


def whole_template(folder, module, cells):
    cell = {"cell_type": "code", "metadata": {}, "source": cells, "outputs": [], "execution_count": None}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    folder.mkdir()
    (folder / "mnist_all_models.py").write_text(module)
    (folder / "mnist_all_models.ipynb").write_text(json.dumps(notebook))
    return folder


@pytest.mark.parametrize(
    ("module", "cells", "taken"),
    [
        (WRITTEN, STUBS, "mnist_all_models.py"),
        (STUBS, WRITTEN, "mnist_all_models.ipynb"),
        (STUBS, STUBS, "mnist_all_models.ipynb"),
    ],
)
def test_untouched_form_in_a_whole_template_folder_is_passed_over(tmp_path, module, cells, taken):
    folder = whole_template(tmp_path / "lab", module, cells)
    assert read_submission(folder).file_name == taken
    archive = Path(shutil.make_archive(str(tmp_path / "packed"), "zip", folder))
    assert read_submission(archive).file_name == taken


OTHER = WRITTEN.replace("return 1.0", "return 0.5")


def test_two_written_forms_are_refused(tmp_path):
    with pytest.raises(SubmissionError, match="two candidate files"):
        read_submission(whole_template(tmp_path / "lab", WRITTEN, OTHER))


COPIES = [
    "mnist_all_models (1)", "mnist_all_models(2)", "mnist_all_models-1", "mnist_all_models 2", "mnist_all_models_2",
    "mnist_all_models - Copy", "mnist_all_models - Copy (2)", "mnist_all_models-Copy1", "mnist_all_models copy 2",
    "Copy of mnist_all_models", "Copy (2) of mnist_all_models", "mnist_all_models — копия", "Копия mnist_all_models",
    "mnist_all_models — копия (2)", "Kopie von mnist_all_models", "mnist_all_models - Kopie",
    "Copie de mnist_all_models",
    "mnist_all_models - Co\u0301pia", "mnist_all_models-DESKTOP-AB12CD3", "mnist_all_models-ANNA-PC-2",
    "mnist_all_models (Anna's conflicted copy 2026-11-30)", "mnist_all_models (конфликтующая копия 2026-11-30)",
    "mnist_all_models.sync-conflict-20261130-101112-ABCDEFG", "MNIST_all_models",
]  # fmt: skip


@pytest.mark.parametrize("stem", COPIES)
def test_copies_bear_the_modules_name(stem):
    assert is_named_as_module(stem)


@pytest.mark.parametrize("stem", ["mnist_all_models_old", "my_mnist_all_models", "mnist_all_modelsx", "mnist_all", ""])
def test_names_that_people_choose_are_other_names(stem):
    assert not is_named_as_module(stem)


@pytest.mark.parametrize("name", ["mnist_all_models (1).py", "solution.py", "mnist_all_models - Copy.ipynb"])
def test_the_untouched_template_beside_a_written_file_is_passed_over(tmp_path, name):
    folder = whole_template(tmp_path / "lab", STUBS, STUBS)
    (folder / "check.py").write_text("def check(): pass\n")
    text = (folder / "mnist_all_models.ipynb").read_text().replace(json.dumps(STUBS)[1:-1], json.dumps(WRITTEN)[1:-1])
    (folder / name).write_text(text if name.endswith(".ipynb") else WRITTEN)
    submission = read_submission(folder)
    assert submission.file_name == name
    unused = "is not used: it is the template, and nothing is written in it."
    assert f"mnist_all_models.py {unused}" in submission.notes
    assert f"mnist_all_models.ipynb {unused}" in submission.notes
    archive = Path(shutil.make_archive(str(tmp_path / "packed"), "zip", folder))
    assert read_submission(archive).file_name == name


def test_an_untouched_notebook_that_was_run_and_saved_again_stays_untouched(tmp_path):
    folder = whole_template(tmp_path / "lab", WRITTEN, STUBS)
    path = folder / "mnist_all_models.ipynb"
    notebook = json.loads(path.read_text())
    output = {"output_type": "error", "ename": "NotImplementedError", "evalue": "", "traceback": ["..."]}
    notebook["cells"][0] |= {"outputs": [output], "execution_count": 7, "metadata": {"collapsed": True}}
    notebook["cells"][0]["source"] = [f"{line}  \n" for line in STUBS.splitlines()]
    path.write_text(json.dumps(notebook, indent=4, ensure_ascii=False))
    assert read_submission(folder).file_name == "mnist_all_models.py"


def test_a_written_file_and_a_written_copy_are_refused_and_named(tmp_path):
    folder = whole_template(tmp_path / "lab", WRITTEN, STUBS)
    (folder / "mnist_all_models (1).py").write_text(OTHER)
    assert "two candidate files: mnist_all_models (1).py, mnist_all_models.py; leave one." in rejection(folder)


def test_two_written_files_of_other_names_beside_the_template_are_refused(tmp_path):
    folder = whole_template(tmp_path / "lab", STUBS, STUBS)
    (folder / "first.py").write_text(WRITTEN)
    (folder / "second.py").write_text(OTHER)
    assert "two candidate files: first.py, second.py." in rejection(folder)


@pytest.mark.parametrize("name", ["mnist_all_models - Copy.py", "mnist_all_models.ipynb"])
def test_the_same_code_twice_is_one_candidate(tmp_path, name):
    folder = whole_template(tmp_path / "lab", WRITTEN, "# Мой блокнот\n" + WRITTEN.replace("    ", "  "))
    if name.endswith(".py"):
        (folder / "mnist_all_models.ipynb").unlink()
        (folder / name).write_text("# a copy\n" + WRITTEN.replace("\n", "\r\n"), newline="")
    submission = read_submission(folder)
    assert submission.file_name == "mnist_all_models.py"
    assert f"{name} is not used: it has the same code as mnist_all_models.py." in submission.notes


def test_the_same_broken_text_twice_is_one_candidate(handed_in):
    folder = handed_in("mnist_all_models.py", "mnist_all_models (1).py", text="def f(:\n  'open\n")
    assert "two candidate files" not in rejection(folder)
    (folder / "mnist_all_models (1).py").write_text("def g(:\n")
    assert "two candidate files" in rejection(folder)


def test_a_written_file_of_the_contracts_name_wins_over_others(handed_in):
    folder = handed_in("mnist_all_models.py", "old.py", text=WRITTEN)
    (folder / "old.py").write_text(OTHER)
    assert read_submission(folder).notes == ("old.py is not used: a submission is one module.",)


def test_a_renamed_module_is_known_by_what_it_holds(handed_in):
    folder = handed_in("check.py", "draw.py", "lab.py")
    (folder / "lab.py").write_text(WRITTEN)
    assert read_submission(folder).file_name == "lab.py"


def test_of_many_modules_none_is_opened(handed_in):
    folder = handed_in(*(f"{number}.py" for number in range(9)), text=WRITTEN)
    assert "9 candidate files" in rejection(folder)
    (folder / "mnist_all_models.py").write_text(STUBS)
    assert read_submission(folder).file_name == "mnist_all_models.py"


NOTEBOOK = json.dumps({"cells": [{"cell_type": "code", "source": SOURCE}], "nbformat": 4, "nbformat_minor": 5})


@pytest.mark.parametrize(
    ("name", "text", "right"),
    [
        ("mnist_all_models.py.txt", SOURCE, "mnist_all_models.py"),
        ("mnist_all_models.ipynb.txt", NOTEBOOK, "mnist_all_models.ipynb"),
        ("mnist_all_models.ipynb.json", NOTEBOOK, "mnist_all_models.ipynb"),
        ("Mnist_all_models.PY.TXT", SOURCE, "Mnist_all_models.PY"),
        ("mnist_all_models.py", NOTEBOOK, "mnist_all_models.ipynb"),
        ("mnist_all_models.py.txt", NOTEBOOK, "mnist_all_models.ipynb"),
        ("mnist_all_models.ipynb", SOURCE, "mnist_all_models.py"),
        ("homework.py.txt", SOURCE, "homework.py"),
    ],
)
def test_a_name_that_hides_what_the_file_is_costs_nothing(handed_in, name, text, right):
    folder = handed_in(name, text=text)
    kind = "a notebook" if right.endswith(".ipynb") else "Python source"
    for path in (folder, folder / name):
        submission = read_submission(path)
        assert submission.file_name == right
        assert f"{name} holds {kind}: its name should be {right}." in submission.notes
        assert SOURCE in submission.plans[-1].source
        assert submission.name == ("student" if path == folder else Path(name).stem)


@pytest.mark.parametrize("name", ["mnist_all_models.txt", "mnist_all_models.json", "notes.txt"])
def test_a_text_file_is_still_none(handed_in, name):
    assert "Expected one file, mnist_all_models.py or mnist_all_models.ipynb" in rejection(handed_in(name))


def test_who_hands_in_the_whole_template_reads_nothing_of_its_other_modules(tmp_path):
    """Clones hold all of it: ten files that nobody but the release wrote were named as not used."""
    folder = tmp_path / "lab"
    shutil.copytree(TEMPLATE, folder, ignore=shutil.ignore_patterns("*_dataset", "figures", "test_images"))
    (folder / "mnist_all_models.py").write_text(WRITTEN)
    (folder / "extra.py").write_text(OTHER)
    given = {path.name for path in TEMPLATE.iterdir() if path.suffix == ".py" or list(path.glob("*.py"))}
    assert given - {"mnist_all_models.py", "tests"} == GIVEN
    assert read_submission(folder).notes == (
        "extra.py is not used: a submission is one module.",
        "mnist_all_models.ipynb is not used: it is the template, and nothing is written in it.",
    )
