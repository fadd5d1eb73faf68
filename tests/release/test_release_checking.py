"""The template's `check.py`: it takes in a file with the grader's own code, and says what the grader would."""

import ast
import datetime
import importlib
import importlib.util
import json
import os
import shutil
import sys
from pathlib import Path

import pytest

import grader.assignment
from grader.assignment.solutions import strip_solutions
from grader.i18n.languages import in_language
from grader.release import build_template
from grader.release.checking import checking_files
from grader.release.demonstrations import demonstrations_text
from grader.release.notebook import MODULE_NAME, notebook_text, reference_source
from grader.submissions import opening, read_submission
from grader.submissions.loading import MAX_STATEMENT_CHARS
from grader.submissions.shown_text import shown
from grader.system.assets import corpus_dir
from grader.system.errors import SubmissionError

TEMPLATE = Path(grader.assignment.__file__).parent / "template"
PUBLIC_TESTS = TEMPLATE.parent / "public_tests"
TEMPLATE_NOTEBOOK = notebook_text(strip_solutions(reference_source(), file_name=MODULE_NAME)).encode()
EMPTY_FUNCTIONS = "".join(
    f"{ast.unparse(node).partition(':')[0]}:\n    pass\n\n\n"
    for node in ast.parse(reference_source()).body
    if isinstance(node, ast.FunctionDef)
)


@pytest.fixture
def folder(tmp_path):
    """Make the part of the template that `check.py` needs."""
    target = tmp_path / "Пользователь" / "lab"
    (target / "checking").mkdir(parents=True)
    for name in ("check.py", "requirements.txt", "checking/__init__.py", "checking/trial.py", "checking/outside.py"):
        (target / name).write_bytes((TEMPLATE / name).read_bytes())
    for name, data in checking_files().items():
        (target / name).write_bytes(data)
    (target / "checking" / "demonstrations.txt").write_text(demonstrations_text(TEMPLATE_NOTEBOOK), encoding="utf-8")
    shutil.copytree(PUBLIC_TESTS, target / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    return target


@pytest.fixture
def check(folder, monkeypatch):
    """Import the copy, and forget it after the test."""
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("LANGUAGE", "en")
    yield importlib.import_module("check")
    for name in [name for name in sys.modules if name.split(".")[0] in ("check", "checking", "tests")]:
        del sys.modules[name]


def verdict(read, path):
    """Return what an intake says: the refusal, or everything that it would grade."""
    try:
        taken = read(path)
    except Exception as error:
        return type(error).__name__, str(error)
    plans = [(plan.name, plan.source, plan.left_out) for plan in taken.plans]
    return taken.name, taken.file_name, taken.notes, taken.sha256, plans


def checked(check, path, source, capsys):
    path.write_text(source, encoding="utf-8")
    status = check.main([str(path)])
    return status, capsys.readouterr().out


def test_the_copies_name_nothing_of_the_grader_package():
    for name, data in checking_files().items():
        modules = [node for node in ast.walk(ast.parse(data)) if isinstance(node, ast.Import | ast.ImportFrom)]
        assert not [ast.unparse(node) for node in modules if "grader" in ast.unparse(node)], name


def test_the_copies_import_only_each_other_the_standard_library_and_what_jupyter_brings():
    files = checking_files()
    for name, data in files.items():
        for node in ast.walk(ast.parse(data)):
            if isinstance(node, ast.ImportFrom) and node.level:
                assert f"checking/{node.module}.py" in files, f"{name} needs {node.module}"
            elif isinstance(node, ast.Import | ast.ImportFrom):
                found = [node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
                roots = {str(module).split(".")[0] for module in found}
                assert roots <= {*sys.stdlib_module_names, "IPython", "nbformat", "tests"}, name


@pytest.mark.parametrize("path", sorted((corpus_dir() / "example_class").iterdir()), ids=lambda path: path.name)
def test_the_example_class_gets_the_verdict_of_the_grader(check, path):
    assert verdict(check.read_submission, path) == verdict(read_submission, path)


BROKEN = {
    "nothing.py": b"",
    "syntax.py": b"import numpy as np\n\n\ndef parse_idx(fd:\n    pass\n",
    "wide.py": "\ufeffdef f():\n    pass\n".encode("utf-16"),
    "latin.py": b"# \xe9\nX = 1\n",
    "report.py": b"%PDF-1.7\n",
    "json.ipynb": b"{",
    "other.ipynb": b'{"cells": [], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}',
    "thesis.docx": b"PK\x03\x04",
    "damaged.zip": b"PK\x03\x04 and no more",
}


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("name", BROKEN)
def test_what_the_grader_refuses_is_refused_in_its_words(check, folder, capsys, name, language):
    path = folder / name
    path.write_bytes(BROKEN[name])
    with in_language(language), pytest.raises(SubmissionError) as refusal:
        read_submission(path)
    assert check.main([str(path), "--lang", language]) == 1
    word = {"en": "NOT ACCEPTED", "ru": "НЕ ПРИНИМАЕТСЯ"}[language]
    assert capsys.readouterr().out == f"{word}: {refusal.value}\n"


def test_the_whole_template_can_be_handed_in(check, tmp_path, capsys):
    lab = tmp_path / "lab"
    build_template(lab)
    (lab / "mnist_all_models.py").write_text(EMPTY_FUNCTIONS, encoding="utf-8")
    archive = Path(shutil.make_archive(str(lab), "zip", lab))
    assert check.main([str(archive)]) == 0
    assert "ACCEPTED: lab.zip can be handed in; its module is mnist_all_models.py." in capsys.readouterr().out
    assert verdict(check.read_submission, archive) == verdict(read_submission, archive)


def test_a_folder_that_has_no_name_in_the_command_is_named(check, folder, capsys, monkeypatch):
    (folder / "mnist_all_models.py").write_text(EMPTY_FUNCTIONS, encoding="utf-8")
    monkeypatch.chdir(folder)
    assert check.main(["."]) == 0
    assert capsys.readouterr().out.startswith("ACCEPTED: lab can be handed in;")


def test_the_whole_folder_can_be_handed_in(check, folder, capsys):
    (folder / "mnist_all_models.py").write_text(EMPTY_FUNCTIONS, encoding="utf-8")
    assert check.main([str(folder)]) == 0
    assert verdict(check.read_submission, folder) == verdict(read_submission, folder)
    archive = Path(shutil.make_archive(str(folder), "zip", folder))
    assert check.main([str(archive)]) == 0
    assert capsys.readouterr().out.count("its module is mnist_all_models.py.") == 2


TODAY = datetime.datetime.now(datetime.UTC).toordinal()
ALTERNATES = sorted(path for path in (corpus_dir() / "alternates").iterdir() if path.suffix in (".py", ".ipynb"))
"""Each is imported in a process of its own, with TensorFlow: a quarter of them a day."""


@pytest.mark.slow
@pytest.mark.parametrize("path", ALTERNATES[TODAY % 4 :: 4], ids=lambda path: path.name)
def test_right_solutions_are_accepted(check, path, capsys):
    assert check.main([str(path)]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"ACCEPTED: {path.name} can be handed in")
    assert "cannot be called" not in said
    assert verdict(check.read_submission, path) == verdict(read_submission, path)


def test_the_copies_differ_from_the_grader_in_import_lines_only():
    package = Path(grader.assignment.__file__).parent.parent
    for name, data in checking_files().items():
        stem = name.removeprefix("checking/")
        places = (package / part / stem for part in ("system", "submissions", "sandbox"))
        source = next(path for path in places if path.is_file())
        pairs = zip(source.read_text(encoding="utf-8").splitlines(), data.decode().splitlines(), strict=True)
        assert all(copy.startswith(("from .", "from tests.checks")) for line, copy in pairs if copy != line), name


def test_the_functions_and_parameters_are_those_of_the_reference(check):
    functions = {n.name: n.args for n in ast.parse(reference_source()).body if isinstance(n, ast.FunctionDef)}
    calls = {name: ast.unparse(functions[name]).split(", ") if functions[name].args else [] for name in check.CALLS}
    assert calls == check.CALLS
    contract = importlib.import_module("checking.contract")
    assert check.CALLS.keys() == contract.CONTRACT_NAMES


def test_a_whole_module_is_accepted_without_a_word_more(check, folder, capsys):
    status, said = checked(check, folder / "mnist_all_models.py", EMPTY_FUNCTIONS, capsys)
    assert status == 0
    assert said == "ACCEPTED: mnist_all_models.py can be handed in.\n"


def test_without_a_file_the_module_of_the_folder_is_checked(check, folder, capsys):
    (folder / "mnist_all_models.py").write_text("def (", encoding="utf-8")
    assert check.main([]) == 1
    assert "NOT ACCEPTED: mnist_all_models.py, line 1" in capsys.readouterr().out


def test_it_speaks_the_language_that_is_asked_for(check, folder, capsys):
    path = folder / "mnist_all_models.py"
    path.write_text(EMPTY_FUNCTIONS.replace("def letter_of(", "def leter_of("), encoding="utf-8")
    assert check.main([str(path), "--lang", "ru"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("ПРИНИМАЕТСЯ: mnist_all_models.py можно сдавать")
    assert "1 функцию нельзя вызвать." in said
    assert "letter_of: такой функции нет. Ожидается: def letter_of(label)" in said
    path.write_bytes(b"")
    assert check.main([str(path), "--lang", "ru"]) == 1
    with in_language("ru"), pytest.raises(SubmissionError) as refusal:
        read_submission(path)
    assert capsys.readouterr().out == f"НЕ ПРИНИМАЕТСЯ: {refusal.value}\n"


def test_a_wrong_name_and_a_wrong_signature_are_told(check, folder, capsys):
    wrong = EMPTY_FUNCTIONS.replace("def parse_idx(fd)", "def parse_idx()").replace("def letter_of(", "def leter_of(")
    status, said = checked(check, folder / "mnist_all_models.py", wrong, capsys)
    assert status == 0
    assert "parse_idx(): cannot be called as the tests call it (too many positional arguments)" in said
    assert "letter_of: there is no such function. Expected: def letter_of(label)" in said


def test_a_keyword_that_the_tests_use_must_be_there(check, folder, capsys):
    wrong = EMPTY_FUNCTIONS.replace("validation_data=None", "val=None")
    _, said = checked(check, folder / "mnist_all_models.py", wrong, capsys)
    assert "got an unexpected keyword argument 'validation_data'" in said


def test_a_helper_module_beside_the_file_does_not_count(check, folder, capsys):
    (folder / "my_helpers.py").write_text("X = 1\n", encoding="utf-8")
    source = "import my_helpers\n" + EMPTY_FUNCTIONS
    status, said = checked(check, folder / "mnist_all_models.py", source, capsys)
    assert status == 0
    assert "cannot be imported:\n  ModuleNotFoundError: No module named 'my_helpers'" in said
    assert "and is left out:\n  line 1: No module named 'my_helpers'" in said


def test_an_import_that_only_a_notebook_has_is_passed_over_and_told(check, folder, capsys):
    source = "import my_helpers\nprint(1)\n" + EMPTY_FUNCTIONS
    status, said = checked(check, folder / "mnist_all_models.py", source, capsys)
    assert status == 0
    assert "line 1: No module named 'my_helpers'" in said


def test_what_stops_the_import_is_left_out_and_told(check, folder, capsys):
    source = EMPTY_FUNCTIONS + "open('data.bin')\n"
    status, said = checked(check, folder / "mnist_all_models.py", source, capsys)
    assert status == 0
    assert "cannot be imported:\n  FileNotFoundError" in said
    assert "`open('data.bin')`: a call at top level is not run" in said


@pytest.mark.parametrize("end", ["", " + 1)"])
def test_the_demonstrations_that_were_given_out_are_not_told(check, folder, capsys, end):
    """One that begins as a demonstration does is the student's own."""
    line = next(line for line in demonstrations_text(TEMPLATE_NOTEBOOK).splitlines() if line.startswith("print("))
    own = line.removesuffix(")") + end if end else "print('mine')"
    status, said = checked(check, folder / "mnist_all_models.ipynb", TEMPLATE_NOTEBOOK.decode(), capsys)
    assert status == 0
    assert "Left out" not in said
    document = json.loads(TEMPLATE_NOTEBOOK)
    document["cells"].insert(0, document["cells"][1] | {"cell_type": "code", "source": own, "outputs": []})
    status, said = checked(check, folder / "mnist_all_models.ipynb", json.dumps(document), capsys)
    assert status == 0
    _, title, *told = [line for line in said.splitlines() if line]
    assert title.startswith("Left out: ")
    assert told == [f"  cell 1, line 1: `{shown(own, MAX_STATEMENT_CHARS)}`: a call at top level is not run"]


def test_an_import_that_cannot_be_saved_is_not_accepted(check, folder, capsys):
    status, said = checked(check, folder / "mnist_all_models.py", "class A(1 / 0):\n    pass\n", capsys)
    assert status == 1
    assert "NOT ACCEPTED: importing mnist_all_models.py did not work: ZeroDivisionError" in said


def test_a_process_that_ends_by_itself_is_told(check, folder, capsys):
    source = "import os\n\n\nclass A(os._exit(0)):\n    pass\n"
    status, said = checked(check, folder / "mnist_all_models.py", source, capsys)
    assert (status, "does the file call exit" in said) == (1, True)


def test_an_endless_import_is_stopped(check, folder, capsys, monkeypatch):
    monkeypatch.setattr(check, "IMPORT_TIME_S", 2.0)
    status, said = checked(check, folder / "mnist_all_models.py", "class A(list(iter(int, 1))):\n    pass\n", capsys)
    assert (status, "does the file train" in said) == (1, True)


def test_wrong_usage_has_its_own_status(check, folder, capsys):
    with pytest.raises(SystemExit, match="2"):
        check.main(["a", "b"])
    assert check.main([str(folder / "nothing.py")]) == 2
    assert "there is no such file" in capsys.readouterr().err


def test_a_notebook_without_jupyter_is_told_what_to_install(check, folder, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "nbformat", None)
    path = corpus_dir() / "example_class" / "Борис Иванов.ipynb"
    assert check.main([str(path)]) == 2
    assert "requirements.txt" in capsys.readouterr().err


def test_files_are_opened_where_the_system_has_only_the_flags_of_windows(monkeypatch):
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC"):
        monkeypatch.delattr(os, name)
    monkeypatch.setattr(os, "O_BINARY", 0x8000, raising=False)
    spec = importlib.util.spec_from_file_location("opening_on_windows", opening.__file__)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module._FLAGS == os.O_RDONLY | 0x8000


def test_where_grading_happens_links_pipes_and_children_are_guarded_against():
    guarded = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    assert opening._FLAGS & guarded == guarded


def test_a_long_import_is_not_waited_for_in_silence(check, folder, monkeypatch, capsys):
    monkeypatch.setattr(check, "PATIENCE_S", 0.2)
    (folder / "mnist_all_models.py").write_text("import time\ntime.sleep(1.5)\n", encoding="utf-8")
    check.main(["--lang", "en"])
    shown = capsys.readouterr()
    assert shown.err.count("The import of your file still runs: is there a loop") == 1
    assert shown.out.startswith("ACCEPTED: ")
