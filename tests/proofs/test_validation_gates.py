"""Messages that were reviewed, and what must stay hidden."""

from __future__ import annotations

import gzip
import marshal
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from validation_cases import HALF, case_of, report_of, result_of, verdict_of

import grader
from grader.marking.thresholds import FIXTURE
from grader.proofs.cases import Fault, Kind
from grader.proofs.gates import with_leaks, with_reviewed_messages
from grader.proofs.golden import (
    changes,
    keep_messages_of,
    messages_of,
    read_messages,
    without_numbers,
    write_messages,
)
from grader.proofs.leaks import Hidden, hidden_lines
from grader.proofs.leaks_in_files import leaks_in_files, thresholds_in
from grader.proofs.leaks_of_labels import LABEL_RUN
from grader.results.models import Outcome
from grader.system.assets import template_dir
from grader.system.errors import UsageError

SECRET = b"a secret of these tests"
ANN = FIXTURE["ann"]
FILES = ("JUnit file", "Gradescope file", "GitHub file")
MUTANT = verdict_of(case_of("parser/x", Kind.MUTANT), HALF)


@pytest.fixture(scope="module")
def hidden() -> Hidden:
    return Hidden.of(SECRET)


def test_messages_are_kept_and_compared_without_their_numbers(tmp_path) -> None:
    path = tmp_path / "messages.txt"
    found = messages_of([MUTANT, verdict_of(), verdict_of(MUTANT.case, HALF, seed=1)])
    assert found == {("parser/x", "second"): "second: 3 came"}
    write_messages(found, path)
    assert read_messages(path) == found
    assert changes({("parser/x", "second"): "second: 4 came"}, found) == []
    ((name, problem),) = changes({("parser/x", "second"): "second: four came"}, found)
    assert (name, problem.fault) == ("parser/x", Fault.MESSAGE)
    assert problem.text.splitlines()[1:] == ["- second: 3 came", "+ second: four came"]
    ((_name, new),) = changes(found, {})
    told = "second: a new message. Is it good? Then keep it with --keep-messages."
    assert new.text == f"{told}\nsecond: 3 came"
    assert without_numbers("(28, 28), 0.5 to 1e-7, -3") == "(#, #), # to #, #"


def test_a_line_that_trains_may_have_any_message_that_was_reviewed_for_it() -> None:
    kept = {("a", "training.ann_accuracy"): "right in 40%", ("a", "parser.u1"): "3 came"}
    assert changes({("b", "training.ann_accuracy"): "right in 70%"}, kept) == []
    assert len(changes({("b", "training.cnn_accuracy"): "right in 70%"}, kept)) == 1, "of another line"
    assert len(changes({("b", "parser.u1"): "3 came"}, kept)) == 1, "its message hangs on no arithmetic"


def test_messages_of_graded_mistakes_take_the_place_of_the_old_ones(tmp_path) -> None:
    path = tmp_path / "messages.txt"
    write_messages({("parser/x", "first"): "gone", ("parser/y", "second"): "stays"}, path)
    keep_messages_of([MUTANT], path)
    assert read_messages(path) == {("parser/x", "second"): "second: 3 came", ("parser/y", "second"): "stays"}


def test_messages_of_several_lines_survive_the_file(tmp_path) -> None:
    messages = {("a/b", "parser.u1"): "one\n  came:  two\n\n  try: three", ("a/c", "parser.u1"): ""}
    write_messages(messages, tmp_path / "m.txt")
    assert read_messages(tmp_path / "m.txt") == messages


def test_a_skipped_line_has_no_message_to_review() -> None:
    skipped = result_of(first=Outcome.PASSED, second=Outcome.SKIPPED)
    assert messages_of([verdict_of(MUTANT.case, skipped)]) == {}
    ours = result_of(first=Outcome.PASSED, second=Outcome.GRADER_ERROR)
    assert messages_of([verdict_of(MUTANT.case, ours)]) == {}


def test_without_a_file_there_are_no_messages_and_a_bad_one_is_told(tmp_path) -> None:
    assert read_messages(tmp_path / "none.txt") == {}
    (tmp_path / "bad.txt").write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(UsageError, match="cannot be read"):
        read_messages(tmp_path / "bad.txt")
    with pytest.raises(UsageError, match="cannot be written"):
        write_messages({}, tmp_path / "missing" / "m.txt")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<<<<<<< ours\n=== a b\nc\n", "it begins with '<<<<<<< ours'"),
        ("=== a b\nc\n=== a b\nd\n", "=== a b` stands there"),
    ],
)
def test_damaged_messages_are_told(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "m.txt").write_text(text)
    with pytest.raises(UsageError, match=words):
        read_messages(tmp_path / "m.txt")


def test_a_changed_message_is_a_problem_of_its_mutant() -> None:
    report = with_reviewed_messages(report_of(verdict_of(), MUTANT), {("parser/x", "second"): "other words"})
    assert [verdict.good for verdict in report.verdicts] == [True, False]
    assert with_reviewed_messages(report_of(MUTANT), {("parser/x", "second"): "second: 3 came"}).good


def test_what_must_stay_hidden_is_found(hidden) -> None:
    labels = hidden.labels["the digits' hidden labels"]
    assert hidden.found_in("a message about (28, 28) and 10 classes") == []
    assert hidden.found_in(SECRET.decode()) == ["the secret"]
    assert hidden.found_in(SECRET.hex()) == ["the secret"]
    listed = " ".join(str(label) for label in labels[100 : 100 + LABEL_RUN])
    assert hidden.found_in(f"came: [{listed}]") == ["the digits' hidden labels"]
    assert hidden.found_in(listed.replace(" ", "")) == ["the digits' hidden labels"]
    assert hidden.found_in(f"[{listed.replace(' ', '.0, ')}.0]") == ["the digits' hidden labels"]
    letters = [chr(ord("A") + label) for label in hidden.labels["the letters' hidden labels"][7 : 7 + LABEL_RUN]]
    assert hidden.found_in("".join(letters)) == hidden.found_in(str(letters)) == ["the letters' hidden labels"]
    for words in ("full=", "at least ", "from "):
        assert "the threshold of ann" in hidden.found_in(f"{words}{ANN.full:g}")
        assert "the threshold of ann" in hidden.found_in(f"{words}{ANN.full:.0%} right")
    line = next(iter(hidden_lines()))
    assert hidden.found_in(f"    {line}")[0].startswith("a line of test_")


def test_a_result_that_gives_away_is_told(hidden) -> None:
    leaking = result_of(messages={"second": f"came: {SECRET.hex()}"}, first=Outcome.PASSED, second=Outcome.FAILED)
    assert [problem.fault for problem in hidden.problems(leaking)] == [Fault.LEAK]
    assert hidden.problems(HALF) == []


def test_a_traceback_gives_the_machine_away(hidden) -> None:
    for where in (pytest.__file__, grader.__file__, sys.executable):
        assert hidden.found_in(f'File "{where}", line 7') == ["a path of this machine"]


def test_files_are_searched_unpacked(hidden, tmp_path) -> None:
    labels = hidden.labels["the digits' hidden labels"]
    (tmp_path / "labels.gz").write_bytes(gzip.compress(b"\0\0\x08\x01" + bytes(labels)))
    (tmp_path / "emnist").write_bytes(
        b"\0\0" + bytes(label + 1 for label in hidden.labels["the letters' hidden labels"])
    )
    (tmp_path / "catalogue.mo").write_bytes(b"\xde\x12\x04\x95\0" + SECRET)
    (tmp_path / "notes.md").write_text(f"the secret is {SECRET.decode()}")
    (tmp_path / "fine.md").write_text("nothing")
    found = [problem.text for problem in leaks_in_files(sorted(tmp_path.iterdir()), hidden)]
    assert found == [
        "the secret in catalogue.mo",
        "the letters' hidden labels in emnist",
        "the digits' hidden labels in labels.gz",
        "the secret in notes.md",
    ]


@pytest.mark.parametrize("form", ["uint8", "int64", "float32", "one-hot", "columns", "nested", "str"])
def test_labels_in_archives_are_found_as_numbers_of_any_kind(hidden: Hidden, tmp_path: Path, form: str) -> None:
    labels = np.array(hidden.labels["the digits' hidden labels"])
    one_hot = np.eye(10, dtype="float32")[labels]
    made = {"one-hot": one_hot, "columns": one_hot.T, "nested": one_hot[:, :, None]}
    given = made[form] if form in made else labels.astype(form)
    np.savez_compressed(tmp_path / "some.npz", fine=np.arange(100), given=given, words=np.array(["a"]))
    assert [problem.text for problem in leaks_in_files([tmp_path / "some.npz"], hidden)] == [
        "the digits' hidden labels in some.npz: given.npy"
    ]


def test_an_archive_in_an_archive_is_searched(hidden: Hidden, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "outer", "w") as outer:
        outer.writestr("notes.gz", gzip.compress(SECRET))
    assert [what.text for what in leaks_in_files([tmp_path / "outer"], hidden)] == ["the secret in outer: notes.gz"]


@pytest.mark.parametrize(
    "words",
    ["reach {:.2f}", "об {:.1%} идёт речь", "about {:.0%}", "{:.0f} % are enough", "{:.0f}&nbsp;%", "{:.0f} percent"],
)
def test_a_threshold_is_found_in_files_whatever_the_words(hidden: Hidden, tmp_path: Path, words: str) -> None:
    value = ANN.full * 100 if words.startswith("{:.0f}") else ANN.full
    (tmp_path / "notes.md").write_text(words.format(value), encoding="utf-8")
    assert [what.text for what in leaks_in_files([tmp_path / "notes.md"], hidden)] == [
        "the threshold of ann in notes.md"
    ]


def test_any_run_of_labels_is_found_in_bytes(hidden: Hidden, tmp_path: Path) -> None:
    labels = hidden.labels["the digits' hidden labels"]
    (tmp_path / "some").write_bytes(b"\0" + bytes(labels[1 : 1 + LABEL_RUN]))
    assert [what.text for what in leaks_in_files([tmp_path / "some"], hidden)] == ["the digits' hidden labels in some"]


def test_sizes_of_a_style_are_no_threshold(hidden: Hidden, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "pages.zip", "w") as archive:
        archive.writestr("page.css", "body { width: 90% }")
        archive.writestr("page.html", "<style>a { top: 40% }</style><p style='opacity: .25'>fine</p>")
    assert leaks_in_files([tmp_path / "pages.zip"], hidden) == []


@pytest.mark.parametrize("data", [b"\x1f\x8b\0", b"PK\x03\x04", b"\x93NUMPY\1"], ids=["gzip", "zip", "npy"])
def test_what_cannot_be_searched_is_told(hidden: Hidden, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "some").write_bytes(data)
    (problem,) = leaks_in_files([tmp_path / "some"], hidden)
    assert problem.text.startswith("some cannot be searched: ")


@pytest.mark.parametrize("text", ["10.71", "1771 %", "0.719", "71 pictures"])
def test_other_numbers_are_no_threshold(text: str) -> None:
    assert thresholds_in(text) == []


def test_the_template_and_the_pages_are_searched(tmp_path) -> None:
    assert with_leaks(report_of(verdict_of()), SECRET).leaks == ()
    (tmp_path / "README.md").write_text(SECRET.decode())
    leaking = result_of(messages={"second": SECRET.decode()}, first=Outcome.PASSED, second=Outcome.FAILED)
    assert with_leaks(report_of(verdict_of(result=leaking)), SECRET, tmp_path).leaks == (
        "the secret in README.md",
        *(f"the secret in the {form} of one" for form in ("page", "result.json", *FILES)),
    )


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", folder, *arguments], check=True, capture_output=True)


def test_caches_are_passed_over_only_where_git_keeps_the_rest(tmp_path: Path) -> None:
    cache = tmp_path / "tests" / "__pycache__" / "test_all.pyc"
    cache.parent.mkdir(parents=True)
    cache.write_bytes(marshal.dumps(compile("assert 1", "test_all.py", "exec")))
    (tmp_path / "README.md").write_text("fine")
    told = "tests/__pycache__/test_all.pyc"
    opaque = ("test_all.pyc cannot be searched: compiled Python",)
    assert with_leaks(report_of(), SECRET, tmp_path).leaks == opaque, "no clone: it may be given out as it is"
    git(tmp_path, "init")
    assert with_leaks(report_of(), SECRET, tmp_path).leaks == opaque, "git keeps nothing of it"
    git(tmp_path, "add", "README.md")
    assert with_leaks(report_of(), SECRET, tmp_path).leaks == ()
    assert with_leaks(report_of(), SECRET, tmp_path).passed_over == (told,)
    git(tmp_path, "add", "-f", told)
    assert with_leaks(report_of(), SECRET, tmp_path).leaks == opaque, "git keeps the cache, too"


@pytest.mark.parametrize("quote", ['"', "&quot;", "&#34;", '\\"'])
def test_a_line_of_a_hidden_test_is_found_however_its_quotes_are_written(hidden: Hidden, quote: str) -> None:
    line = next(line for line in hidden_lines() if line.count('"') > 1)
    assert hidden.found_in(f"<td>{line.replace(chr(34), quote)}</td>") != []


def test_the_template_that_students_get_gives_nothing_away(hidden) -> None:
    """A validation looks too, after minutes; a threshold among the figures of a public test is told here at once."""
    files = sorted(path for path in template_dir().rglob("*") if path.is_file() and path.suffix != ".pyc")
    assert len(files) > 80
    assert leaks_in_files(files, hidden) == []
