import hashlib
import json
import os
import subprocess
import sys
from contextlib import suppress
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.sandbox.module_running import compile_text, run_tolerantly
from grader.submissions import digest, loading, opening, read_submission
from grader.submissions.parsing import find_problem
from grader.submissions.shown_text import shown, shown_list
from grader.system.errors import SubmissionError, UsageError

EXPECTED = "Expected one file, mnist_all_models.py or mnist_all_models.ipynb"
SCRIPT = '"""Doc."""\nimport os\nT = len("ж"); print(T)\n\n\ndef f():\n    return T, U\n\n\nU = f()\n'


@pytest.fixture
def handed_in(tmp_path):
    def make(content, name="mnist_all_models.py"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return make


def rejection(path):
    with pytest.raises(SubmissionError) as caught:
        read_submission(path)
    return str(caught.value)


def test_a_script_has_three_plans_with_the_same_lines(handed_in):
    submission = read_submission(handed_in(SCRIPT))
    blank = SCRIPT.replace("print(T)", "pass    ")
    assert [(plan.name, plan.source) for plan in submission.plans] == [
        ("whole", SCRIPT),
        ("needed", blank),
        ("plain", blank.replace("U = f()", " " * 7)),
    ]
    assert [plan.left_out for plan in submission.plans] == [
        (),
        ("line 3: `print(T)`: a call at top level is not run",),
        (
            "line 3: `print(T)`: a call at top level is not run",
            "line 10: `U = f()`: a value that takes a call to make is not made",
        ),
    ]


def test_plans_that_would_be_the_same_are_not_repeated(handed_in):
    assert [plan.name for plan in read_submission(handed_in("def f(): return 1\n")).plans] == ["whole", "needed"]
    assert [plan.name for plan in read_submission(handed_in("print(1)\n")).plans] == ["whole", "needed"]


def test_a_percent_script_is_ordinary_python(handed_in):
    text = "# %% [markdown]\n# # Lab\n# %%\nimport os\n"
    assert read_submission(handed_in(text)).plans[0].source == text


def test_nothing_of_the_submission_is_run(handed_in, tmp_path):
    read_submission(handed_in(f"open({str(tmp_path / 'ran')!r}, 'w')\nimport nowhere_to_be_found\n"))
    assert not (tmp_path / "ran").exists()


def test_facts_about_a_file(handed_in):
    submission = read_submission(handed_in(SCRIPT, "student-17.py"))
    assert submission.name == "student-17"
    assert submission.file_name == "student-17.py"
    assert submission.notes == ()
    assert submission.sha256 == hashlib.sha256(SCRIPT.encode()).hexdigest()
    assert submission.place(12) == "line 12"


def test_a_name_given_by_the_class_wins(handed_in):
    assert read_submission(handed_in(SCRIPT), name="Иванова").name == "Иванова"


def test_the_current_folder_has_a_name(handed_in, monkeypatch, tmp_path):
    handed_in(SCRIPT)
    monkeypatch.chdir(tmp_path)
    assert read_submission(loading.Path()).name == tmp_path.name


def test_left_out_statements_are_capped(handed_in):
    submission = read_submission(handed_in("print()\n" * 50))
    assert len(submission.plans[1].left_out) == 41
    assert submission.plans[1].left_out[-1] == "... and 10 more"


def test_a_long_statement_is_shortened(handed_in):
    submission = read_submission(handed_in(f"print('{'x' * 100}')\n"))
    assert submission.plans[1].left_out[0] == (f"line 1: `print('{'x' * 50}...`: a call at top level is not run")


def test_nothing_there(tmp_path):
    with pytest.raises(UsageError, match=r"gone: there is no such file or folder\. Check the path\."):
        read_submission(tmp_path / "gone")


def test_a_link_is_refused(handed_in, tmp_path):
    (tmp_path / "link.py").symlink_to(handed_in(SCRIPT))
    assert rejection(tmp_path / "link.py") == (
        "link.py: is a link, and links are not followed. Hand in the file itself."
    )


@pytest.mark.parametrize("name", ["pipe.py", "pipe.txt"])
def test_a_pipe_is_never_waited_for(tmp_path, name):
    os.mkfifo(tmp_path / name)
    assert rejection(tmp_path / name) == f"{name}: is not an ordinary file. Hand in the file itself."


def test_an_unreadable_file(handed_in, monkeypatch):
    path = handed_in(SCRIPT)

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(opening.os, "open", refuse)
    assert rejection(path) == (
        "mnist_all_models.py: cannot be read (Permission denied). Check the file's permissions and hand it in again."
    )


def test_a_disk_that_fails_while_reading(handed_in, monkeypatch):
    class Failing:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def read(self, _size):
            raise OSError(5, "Input/output error")

    def fail(descriptor, _mode):
        os.close(descriptor)
        monkeypatch.setattr(opening.os, "fstat", lambda _: path.stat())
        return Failing()

    path = handed_in(SCRIPT)
    monkeypatch.setattr(opening.os, "fdopen", fail)
    assert "cannot be read (Input/output error)" in rejection(path)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.txt", "a text file"),
        ("a.pdf", "a PDF document"),
        ("a.DOCX", "a Word document"),
        ("a.keras", "a trained model"),
        ("a.xyz", "a file of the kind .xyz"),
        ("solution", "a file without an extension"),
    ],
)
def test_another_kind_of_file_is_named(handed_in, name, kind):
    assert rejection(handed_in("x", name)) == f"{name}: is {kind}. {EXPECTED}, or a .zip with it."


@pytest.mark.parametrize("suffix", [".rar", ".7z", ".gz", ".tgz"])
def test_other_archives_are_to_be_packed_as_zip(handed_in, suffix):
    assert rejection(handed_in("x", f"a.tar{suffix}")) == (
        f"a.tar{suffix}: {suffix} archives are not opened; pack it as .zip. {EXPECTED}."
    )


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"PK\x03\x04...", "a zip archive (or an Office document)"),
        (b"%PDF-1.7", "a PDF document"),
        (b"Rar!\x1a", "a RAR archive"),
        (b"<!DOCTYPE html>", "a web page"),
    ],
)
@pytest.mark.parametrize("name", ["a.py", "a.ipynb"])
def test_a_false_name_does_not_help(handed_in, name, content, kind):
    assert rejection(handed_in(content, name)) == f"{name}: is {kind} by its content, whatever its name. {EXPECTED}."


def test_a_notebook_named_py(handed_in):
    text = '\ufeff{"cells": [{"cell_type": "code", "source": "x = 1"}], "metadata": {}}'
    submission = read_submission(handed_in(text))
    assert submission.file_name == "mnist_all_models.ipynb"
    assert submission.notes == ("mnist_all_models.py holds a notebook: its name should be mnist_all_models.ipynb.",)


COMMANDS = "%matplotlib inline\n!pip install keras\nimport os\n\ndef f():\n    !ls\n    return 1\n"


def test_a_script_with_notebook_commands_is_read_without_them(handed_in):
    submission = read_submission(handed_in(COMMANDS))
    (note,) = submission.notes
    assert note == (
        "mnist_all_models.py: notebook commands (% or ! at the start of a line) are no Python, and "
        "`python mnist_all_models.py` fails: take them out, or hand in the notebook."
    )
    (plan,) = submission.plans
    module = ModuleType("script")
    assert run_tolerantly(plan.source, "m.py", module) == []
    assert module.f() == 1
    assert plan.left_out[0] == "line 1: `%matplotlib inline`: a notebook command is not run"


@pytest.mark.parametrize(
    "text", ["%matplotlib inline\ndef f(:\n", "x = 5 %\n", "%%html\n<b>\n", "%time 1\nawait f()\n"]
)
def test_a_script_with_other_faults_is_no_python(handed_in, text):
    assert rejection(handed_in(text)).startswith("mnist_all_models.py, line ")


@pytest.mark.parametrize("text", ['{"nbformat": f()}', '{"nbformat"}'])
def test_a_dict_is_not_taken_for_a_notebook(handed_in, text):
    assert read_submission(handed_in(text)).plans[0].source == text


def test_a_script_of_two_mib_is_taken_and_a_larger_one_is_not(handed_in):
    limit = 2 * 1024 * 1024
    assert read_submission(handed_in("#" * limit)).plans
    assert rejection(handed_in("#" * (limit + 1))) == (
        "mnist_all_models.py: is larger than 2 MiB. Take data and saved outputs out of it and hand in the code alone."
    )


def test_a_syntax_error_says_where_and_what(handed_in):
    assert rejection(handed_in("x = 1\r\ny = = 2\r\n")) == (
        "mnist_all_models.py, line 2: `y = = 2`: invalid syntax. Run `python mnist_all_models.py` to see it."
    )


def test_the_line_of_a_syntax_error_is_shown_clean(handed_in):
    message = rejection(handed_in("def (: # hi\x1b[2J\u202e\n"))
    assert "line 1: `def (: # hi[2J`: " in message


def test_the_line_of_a_syntax_error_is_capped(handed_in):
    message = rejection(handed_in(f"x = (1,{'1' * 200}\n"))
    assert message == (
        f"mnist_all_models.py, line 1: `x = (1,{'1' * 70}...`: '(' was never closed. "
        "Run `python mnist_all_models.py` to see it."
    )


@pytest.mark.parametrize("text", ["return 1", "await f()", "break", "def f(a, a): pass", "x = 1\nglobal x"])
def test_what_parses_but_does_not_compile_is_a_syntax_error(handed_in, text):
    assert rejection(handed_in(text)).startswith("mnist_all_models.py, line ")


@pytest.mark.parametrize("text", ["-" * 100_000 + "1", "a" + ".b" * 20_000, "f" + "()" * 20_000, "1" + "+1" * 25_000])
def test_deep_nesting_is_refused(handed_in, text):
    assert rejection(handed_in(text)) == (
        "mnist_all_models.py: it is nested too deeply for Python to read. Run `python mnist_all_models.py` to see it."
    )


DEEP = {
    "sum": "x = " + " + ".join(["1"] * 1_500) + "\ndef f(): return x\n",
    "sum in a function": "def f():\n    return " + " + ".join(["1"] * 1_500) + "\n",
    "longest sum": "def f():\n    return " + " + ".join(["1"] * 2_900) + "\n",
    "signs": "x = " + "-" * 1_400 + "1\ndef f(): return x\n",
    "calls": "x = 'a'" + ".strip()" * 900 + "\ndef f(): return x\n",
    "elif": "a = 5\nif a == 0: pass\n" + "elif a == 5: x = 5\n" * 1_400 + "def f(): return x\n",
}  # fmt: skip


@pytest.mark.parametrize("text", DEEP.values(), ids=list(DEEP))
@pytest.mark.parametrize("name", ["mnist_all_models.py", "mnist_all_models.ipynb"])
def test_whatever_python_compiles_is_read_and_run(handed_in, text, name):
    compile_text(text, "deep.py")
    cells = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code", "source": text}]}
    submission = read_submission(handed_in(json.dumps(cells) if name.endswith(".ipynb") else text, name))
    filtered = submission.plans[-1]
    module = ModuleType("deep")
    assert run_tolerantly(filtered.source, "deep.py", module) == []
    assert module.f() in {1_500, 2_900, 1, "a", 5}
    assert (submission.plans[0].name == "whole") == name.endswith(".py")


def test_a_script_that_only_the_filter_finds_too_deep_is_graded_whole(handed_in, monkeypatch):
    def overflow(*_args, **_kwargs):
        raise RecursionError

    monkeypatch.setattr(loading, "keep_definitions", overflow)
    assert [plan.name for plan in read_submission(handed_in("x = 1")).plans] == ["whole"]


def test_a_notebook_that_the_filter_finds_too_deep_is_refused(handed_in, monkeypatch):
    def overflow(*_args, **_kwargs):
        raise RecursionError

    monkeypatch.setattr(loading, "keep_definitions", overflow)
    text = '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code", "source": "x = 1"}]}'
    assert rejection(handed_in(text, "a.ipynb")) == (
        "a.ipynb: it is nested too deeply for Python to read. Split long chains and nested blocks."
    )


def test_embedded_data_without_end_is_refused(handed_in):
    assert rejection(handed_in("x = [" + "1," * 60_000 + "]")) == (
        "mnist_all_models.py: holds more than 60000 words and signs. "
        "Take data and generated tables out of it and hand in the code alone."
    )


def test_python_warnings_are_not_ours(handed_in):
    """Warnings are errors here: an invalid escape and ``is`` with a literal would fail the test."""
    assert read_submission(handed_in("x = '\\d'\ny = x is 'a'\n")).plans


def test_a_value_error_of_the_parser_is_a_problem():
    assert find_problem("x = '\ud800'") is not None


def test_a_file_name_is_shown_clean(tmp_path):
    path = tmp_path / "a\x1b[2J\u202eb.py"
    path.write_text(SCRIPT)
    submission = read_submission(path)
    assert submission.file_name == "a[2Jb.py"
    assert submission.name == "a[2Jb"


def test_shown_text_is_one_clean_capped_line():
    assert shown("a\nb\tc\x00d\u2066e\u2028f\ud800") == "a b cde f\ufffd"
    assert shown("x" * 100, 10) == "xxxxxxx..."
    assert shown_list(["c", "a", "b"], limit=2) == "a, b and 1 more"


def test_taking_in_a_script_imports_neither_numpy_nor_ipython(handed_in):
    """Only a notebook with magics needs IPython; the supervisor stays small."""
    program = (
        "import sys; from pathlib import Path; from grader.submissions import read_submission; "
        f"read_submission(Path({str(handed_in(SCRIPT))!r})); "
        "print([m for m in ('IPython', 'nbformat', 'numpy', 'tensorflow') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@settings(max_examples=300, deadline=None, database=None)
@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"# coding: cp1251\n", b"\xef\xbb\xbf", b'{"nbformat": 4, "cells": ']),
)
def test_only_a_submission_error_comes_out_of_random_bytes(tmp_path_factory, junk, start):
    for suffix in (".py", ".ipynb", ".zip", ".bin"):
        path = tmp_path_factory.getbasetemp() / f"fuzzed{suffix}"
        path.write_bytes(start + junk)
        with suppress(SubmissionError):
            read_submission(path)


def test_digest_of_a_file_that_claims_terabytes_ends(tmp_path):
    huge = tmp_path / "huge.py"
    with huge.open("wb") as file:
        file.truncate(1 << 40)
    other = tmp_path / "other.py"
    with other.open("wb") as file:
        file.truncate((1 << 40) + 1)
    assert digest(huge) != digest(other)
