"""A student's first `pytest` in the template: a list of what to do, in their language, and nothing like a crash."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from processes import wait_until

from grader.proofs.variants import solved
from grader.release import build_template, reference_notebook_text
from grader.results.rubric import load_rubric

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

LETTER_OF = '    raise NotImplementedError("letter_of: check the range, then chr and ord")'
LOOP = "    Path('in it').touch()\n    while True:\n        pass\n"
RIGHT = '    if not 0 <= label <= 25:\n        raise ValueError("no letter")\n    return chr(ord("A") + label)'
SMALL = '    return chr(ord("a") + label)'


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("student") / "student_template"
    build_template(folder)
    return folder


def run(folder: Path, *options: str, status: int = 1, **environment: str) -> list[str]:
    """Return what `pytest` prints there; the package `grader` is out of its reach."""
    kept = {
        name: value for name, value in os.environ.items() if name not in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options],
        cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=280, check=False,
        env=kept | {"PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "120"} | environment,
    )  # fmt: skip
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout.splitlines()


def test_the_untouched_template_is_a_list_of_what_to_do(template: Path) -> None:
    lines = run(template, LANG="en_GB.UTF-8")
    assert lines[-1] == "0 of 100 points"
    assert lines[-2] == (
        "ACCEPTED: mnist_all_models.py can be handed in. Nothing is written yet. More: python check.py"
    )
    assert "parser: reading the files" in lines
    assert not [line for line in lines if "Traceback" in line or "Error:" in line or "\x1b" in line]
    assert all(len(line) <= 120 for line in lines)
    assert not [line for line in lines if line.startswith("  [x]")]
    assert sum(line.startswith("  [") for line in lines) == len(load_rubric().line)


@pytest.mark.parametrize(("options", "environment"), [(["--lang", "ru"], {}), ([], {"LANG": "ru_RU.UTF-8"})])
def test_it_speaks_russian(template: Path, options: list[str], environment: dict[str, str]) -> None:
    lines = run(template, *options, "tests/test_parser.py", **environment)
    assert lines[-1] == "0 из 100 баллов", "of stubs nothing is promised, though their tests were left out"
    assert "parser: чтение файлов" in lines
    assert (
        "             сделать: load_mnist: np.load даёт объект с четырьмя массивами; возьмите их и закройте его"
        in lines
    )


def test_a_wrong_function_is_told_with_its_cause_and_in_colour_when_asked(template: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(template, tmp_path / "mine")
    module = folder / "mnist_all_models.py"
    source = module.read_text(encoding="utf-8")
    assert LETTER_OF in source
    module.write_text(source.replace(LETTER_OF, SMALL) + "print('printed at the import')\n", encoding="utf-8")
    lines = run(folder, "tests/test_letters.py", "--lang", "en", "--color=yes")
    assert "printed at the import" not in " ".join(lines)
    (place,) = [number for number, line in enumerate(lines) if "letter_of returned other letters." in line]
    told = [line.strip() for line in lines[place + 1 : place + 6]]
    assert told[0] == "given:    the labels 0 to 25"
    assert told[3] == "cause:    small letters, not capital ones"
    assert told[4].startswith("try:")
    assert lines[place - 1].startswith("\x1b[31m")


def test_a_file_that_would_be_refused_is_told(template: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(template, tmp_path / "mine")
    (folder / "mnist_all_models.py").write_text("def (", encoding="utf-8")
    lines = run(folder, "--lang", "ru", status=2)
    (place,) = [number for number, line in enumerate(lines) if line.startswith("НЕ ПРИНИМАЕТСЯ: ")]
    told = " ".join(lines[place : place + 2])
    assert "строка 1" in told
    assert told.endswith("Подробнее: python check.py")


def test_the_notebook_is_checked_when_it_is_tested(template: Path) -> None:
    lines = run(template, "--notebook", "-k", "letter_of", LANG="C.UTF-8")
    assert lines[-2].startswith("ACCEPTED: mnist_all_models.ipynb can be handed in. Nothing is written yet.")
    assert lines[-2].endswith("More: python check.py mnist_all_models.ipynb")


def test_a_finished_notebook_gets_the_points_of_the_module(template: Path, tmp_path: Path) -> None:
    """Its demonstrations stay in it, as the handout allows, and only what the grader takes of it is run."""
    folder = shutil.copytree(template, tmp_path / "mine")
    (folder / "mnist_all_models.ipynb").write_text(reference_notebook_text(), encoding="utf-8")
    (folder / "mnist_all_models.py").write_text(solved(), encoding="utf-8")
    totals = [run(folder, *form, status=0, LANG="C.UTF-8")[-1] for form in ((), ("--notebook",))]
    assert totals[0] == totals[1]
    assert totals[0] == (
        "between 76 and 100 of 100 points; not run: 2.5 (try: pytest --train); tested by the grader only: 21.5"
    )


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def (", ["NOT ACCEPTED: mnist_all_models.py, line 1: `def (`: ", ""]),
        ("class A(1 / 0): pass", ["mnist_all_models.py cannot be imported: ZeroDivisionError", "  try: a statement"]),
        (None, ["There is no mnist_all_models.py in this folder.", "  try: give it this name again"]),
    ],
)
def test_a_module_that_cannot_be_imported_is_told_in_one_paragraph(
    template: Path, tmp_path: Path, source: str | None, words: list[str]
) -> None:
    folder = shutil.copytree(template, tmp_path / "mine")
    module = folder / "mnist_all_models.py"
    module.unlink()
    if source is not None:
        module.write_text(source, encoding="utf-8")
    lines = run(folder, "tests/test_letters.py", status=2, LANG="C.UTF-8")
    place = next(number for number, line in enumerate(lines) if line.startswith(words[0]))
    assert lines[place + 1].startswith(words[1])
    assert not [line for line in lines if "[-]" in line or "_pytest" in line]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("exit(3)", ["mnist_all_models.py cannot be imported: SystemExit: 3", "  try: something ends the program"]),
        ("input()", ["mnist_all_models.py cannot be imported: OSError", "  try: input() at the top level"]),
        ("import cv3", ["mnist_all_models.py cannot be imported: ModuleNotFoundError", "  try: the grader has only"]),
        ("1 / 0", ["mnist_all_models.py cannot be imported: ZeroDivisionError", "  try: a statement outside"]),
        ("open('notes.txt')", ["mnist_all_models.py cannot be imported: FileNotFoundError", "  try: a statement"]),
    ],
)
def test_what_the_grader_passes_over_is_passed_over_and_told(
    template: Path, tmp_path: Path, source: str, words: list[str]
) -> None:
    folder = shutil.copytree(template, tmp_path / "mine")
    (folder / "notes.txt").write_text("beside the file, where the grader has nothing", encoding="utf-8")
    module = folder / "mnist_all_models.py"
    text = module.read_text(encoding="utf-8").replace(LETTER_OF, RIGHT)
    module.write_text(f"{text}\n{source}\n", encoding="utf-8")
    lines = run(folder, "-k", "letter_of", LANG="C.UTF-8", status=0)
    place = next(number for number, line in enumerate(lines) if line.startswith(words[0]))
    assert lines[place + 1].startswith(words[1])
    assert "  [x]    1  letter_of: 0 is A, 25 is Z" in lines


def test_without_opencv_the_reason_is_told(template: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(template, tmp_path / "mine")
    (folder / "cv2.py").write_text("raise ImportError('libGL.so.1: cannot open shared object file')", encoding="utf-8")
    lines = run(folder, "-k", "letter_of", LANG="C.UTF-8")
    assert any("cannot be imported: ImportError: libGL.so.1" in line for line in lines)
    assert any("opencv-python-headless" in line for line in lines)
    assert not [line for line in lines if "will not exist in the grader" in line], "the grader has OpenCV"


def test_what_will_not_be_there_is_told_beside_the_verdict_and_is_not_there(template: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(template, tmp_path / "mine")
    (folder / "helper.py").write_text("FIRST = 65", encoding="utf-8")
    module = folder / "mnist_all_models.py"
    text = module.read_text(encoding="utf-8").replace(LETTER_OF, RIGHT.replace('ord("A")', "FIRST"))
    module.write_text("from helper import FIRST\n" + text, encoding="utf-8")
    lines = run(folder, "-k", "letter_of", LANG="C.UTF-8")
    place = next(number for number, line in enumerate(lines) if line.startswith("ACCEPTED: "))
    assert "But 1 name that it uses will not exist in the grader:" in " ".join(lines[place : place + 2])
    assert "letter_of uses `FIRST` (line " in " ".join(lines[place:])
    assert "line 1 does not work there (No module named 'helper')" in " ".join(lines[place:])
    assert "  [ ]    1  letter_of: 0 is A, 25 is Z" in lines


def test_a_check_that_is_missing_stops_no_test(template: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(template, tmp_path / "mine")
    (folder / "check.py").unlink()
    lines = run(folder, "-k", "letter_of", LANG="C.UTF-8")
    assert lines[-2] == "Whether the file would be accepted could not be checked. More: python check.py"


def test_several_processes_are_refused(template: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-n", "2", "--lang", "en"]
    done = subprocess.run(command, cwd=template, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 4
    assert "These tests run in one process: leave -n out." in done.stderr


def test_lines_that_were_not_chosen_get_no_advice_to_train(template: Path) -> None:
    lines = run(template, "tests/test_letters.py", "-k", "letter_of", LANG="C.UTF-8")
    assert "--train" not in lines[-1]


def test_tracebacks_that_are_asked_for_show_no_checks(template: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(template, tmp_path / "mine")
    module = folder / "mnist_all_models.py"
    module.write_text(module.read_text(encoding="utf-8").replace(LETTER_OF, SMALL), encoding="utf-8")
    shown = "\n".join(run(folder, "tests/test_letters.py", "-k", "letter_of", "--tb=short", LANG="C.UTF-8"))
    assert "test_letters.py:" in shown
    assert "expect.py" not in shown


def test_what_keras_raises_of_a_network_in_a_test_is_told_of_the_network(template: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(template, tmp_path / "mine")
    wrong = solved().replace("layers.Input((784,)),", "").replace("model.save(path)", "model.export(path)")
    (folder / "mnist_all_models.py").write_text(wrong, encoding="utf-8")
    lines = [line.strip() for line in run(folder, "-k", "builders or save", LANG="C.UTF-8")]
    assert "Keras refuses the network that build_ann returned." in lines
    assert "try:      make layers.Input((784,)) the first layer" in lines
    assert not [line for line in lines if "the test raised" in line]


@pytest.mark.usefixtures("ctrl_c")
def test_a_loop_without_an_end_is_named_and_found_by_ctrl_c(template: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(template, tmp_path / "lab")
    entered = LOOP.replace("in it", (folder / "in it").as_posix())  # the module runs in an empty folder
    loop = solved().replace("    zeros, type_code", f"{entered}    zeros, type_code", 1)
    (folder / "mnist_all_models.py").write_text(loop, encoding="utf-8")
    waiting = folder / "tests" / "checks" / "still_running.py"
    waiting.write_text(waiting.read_text(encoding="utf-8").replace("WAIT_S = 30.0", "WAIT_S = 1.0"), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--lang", "en", "-k", "magic"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as running:
        try:
            assert running.stdout is not None
            said = next(line for line in running.stdout if "This test runs for 1 s already" in line)
            assert "A wrong magic number is a ValueError" in said
            wait_until((folder / "in it").exists, wait_s=120)
            running.send_signal(signal.SIGINT)
            lines, _ = running.communicate(timeout=120)
        finally:
            running.kill()
    assert running.returncode == pytest.ExitCode.INTERRUPTED
    place = next(number for number, line in enumerate(loop.splitlines(), 1) if "while True" in line)
    assert any(f"Ctrl-C stopped it (parse_idx, line {number})" in lines for number in (place, place + 1))
    assert "stopped by Ctrl-C" in lines
    assert "KeyboardInterrupt" not in lines


def test_a_word_that_no_test_has_is_named(template: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-k", "nothinglikeit", "--lang", "en"],
        cwd=template, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "-k nothinglikeit: no test has this in its name. parser showpics builders" in done.stderr


def test_tests_run_in_the_order_of_the_list(template: Path) -> None:
    lines = run(template, "-o", "addopts=", "--collect-only", "-q", "--lang", "en", status=0)
    files = list(dict.fromkeys(re.findall(r"test_(\w+)\.py", "\n".join(lines))))
    assert files == ["parser", "showpics", "builders", "training", "save", "drawing", "letters"]
