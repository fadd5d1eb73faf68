"""Bad submissions and faults of ours, over the real processes: each becomes a result, and the rest goes on."""

import errno
import socket
import tempfile
import zipfile

import pytest
from processes import is_running

from grader.engine.batch import ThreadExecutor, class_keys, find_left, grade_class
from grader.engine.grade import Grader
from grader.engine.grading_key import grading_key
from grader.engine.run_settings import GradeSettings
from grader.engine.zygote_client import ZygoteClient
from grader.i18n.languages import in_language
from grader.results.models import Outcome
from grader.results.store import ResultStore
from grader.sandbox.frames import send_frame
from grader.sandbox.probe import probe
from grader.submissions import find_submissions
from grader.system.assets import reference_dir

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SECRET = b"a secret of the tests"


@pytest.fixture(scope="module")
def bad_class(tmp_path_factory):
    """Grade a class in which nobody handed in anything whole."""
    folder = tmp_path_factory.mktemp("class")
    (folder / "empty-folder").mkdir()
    (folder / "two-files").mkdir()
    (folder / "two-files" / "mnist_all_models.py").write_text("x = 1")
    (folder / "two-files" / "mnist_all_models.ipynb").write_text("{}")
    (folder / "essay.pdf").write_bytes(b"%PDF-1.4")
    (folder / "broken.zip").write_bytes(b"PK\x03\x04 and no more")
    with zipfile.ZipFile(folder / "climber.zip", "w") as archive:
        archive.writestr("../mnist_all_models.py", "x = 1")
    (folder / "no-json.ipynb").write_text("{this is not JSON")
    (folder / "utf16.py").write_bytes("x = 1\n".encode("utf-16"))
    (folder / "nul.py").write_bytes(b"x = 1\0\n")
    (folder / "quits.py").write_text("import os\nos._exit(0)\n")
    (folder / "raises.py").write_text("raise ValueError('no')\n")
    (folder / "empty-module.py").write_text("x = 1\n")
    (folder / "one-function.py").write_text("def letter_of(label):\n    if 0 <= label < 26: return chr(65 + label)\n"
                                            "    raise ValueError('outside')\n")  # fmt: skip
    store = ResultStore(tmp_path_factory.mktemp("out"))
    store.prepare()
    seen = []
    with Grader(GradeSettings(secret=SECRET)) as grader:
        entries = find_submissions(folder)
        keys = class_keys(entries, grading_key(grader, store.salt).whole, {})
        grade_class(ThreadExecutor(grader, 2), find_left(entries, store, keys), store, keys=keys, on_result=seen.append)
    return {result.submission: result for result in store.load_all()}, store, seen


REJECTED = ["empty-folder", "two-files", "essay", "broken", "climber", "no-json", "utf16", "nul"]


@pytest.mark.parametrize("name", REJECTED)
def test_rejected_submission_is_a_result_with_a_reason(bad_class, name):
    result = bad_class[0][name]
    assert result.score == 0
    assert name in result.reason
    assert {item.outcome for item in result.items} == {Outcome.SKIPPED}
    assert result.submission_sha256


def test_nothing_is_missing_and_all_is_stored(bad_class):
    results, store, seen = bad_class
    assert len(results) == len(seen) == len(store.load_all()) == 12
    assert not any(result.has_grader_error for result in results.values())


def test_top_level_code_that_quits_is_left_out(bad_class):
    result = bad_class[0]["quits"]
    assert "ended the program" in " ".join(result.notes)
    assert {item.outcome for item in result.items} <= {Outcome.FAILED, Outcome.SKIPPED}


def test_top_level_code_that_raises_is_left_out(bad_class):
    assert "raised ValueError: no (line 1)" in " ".join(bad_class[0]["raises"].notes)


def test_missing_function_is_named(bad_class):
    items = {item.id: item for item in bad_class[0]["empty-module"].items}
    assert items["parser.u1"].outcome is Outcome.FAILED
    assert items["parser.u1"].message.startswith("empty-module.py has no function `parse_idx`.")


def test_one_right_function_gets_its_points(bad_class):
    result = bad_class[0]["one-function"]
    passed = [item.id for item in result.items if item.outcome is Outcome.PASSED]
    assert passed == ["letters.letter_of", "letters.letter_of_range"]
    assert result.score == 2


def test_result_names_its_confinement(bad_class):
    confinement = bad_class[0]["quits"].confinement
    assert (confinement.level, confinement.layers) == (probe().level, probe().layers)
    assert {"landlock", "seccomp"} <= set(confinement.layers)


def test_weaker_confinement_that_was_asked_for_is_named(tmp_path):
    submission = tmp_path / "a.py"
    submission.write_text("def letter_of(number): return chr(65 + number)\n")
    with Grader(GradeSettings(secret=SECRET, level="reduced")) as grader:
        result = grader.grade(submission)
    assert result.confinement.level == "reduced"
    assert "namespaces" in result.confinement.missing
    assert result.score > 0


def test_scorer_that_cannot_start_is_a_grader_error(tmp_path, monkeypatch):
    def set_up_badly(self, stream):
        socket.send_fds(stream, [b"z"], [self._zygote.process.requests.fileno()])
        send_frame(stream, {"no": "settings"}, [SECRET])

    monkeypatch.setattr(Grader, "_set_up_scorers", set_up_badly)
    submission = tmp_path / "a.py"
    submission.write_text("x = 1\n")
    with Grader(GradeSettings(secret=SECRET)) as grader:
        result = grader.grade(submission)
    assert result.score is None
    assert {item.outcome for item in result.items} == {Outcome.GRADER_ERROR}
    assert "KeyError: 'time_s'" in result.grader_log


def test_graders_with_different_secrets_share_a_zygote_that_outlives_them(tmp_path):
    submission = tmp_path / "a.py"
    submission.write_text("def letter_of(number): return chr(65 + number)\n")
    with ZygoteClient(GradeSettings(secret=SECRET)) as zygote:
        for secret in (SECRET, b"another secret of the tests"):
            with Grader(GradeSettings(secret=secret), zygote) as grader:
                assert grader.warm_pids[0] == zygote.process.pid
                assert grader.grade(submission, lines=["letters.letter_of"]).score > 0
        assert zygote.process.restarts == 0


def test_a_zygote_serves_no_settings_that_confine_otherwise():
    zygote = ZygoteClient(GradeSettings(secret=SECRET))
    with pytest.raises(ValueError, match=r"a zygote for \('full', False, 'reduced'\) cannot grade for \('reduced'"):
        Grader(GradeSettings(secret=SECRET, level="reduced"), zygote)
    zygote.close()


STATEFUL = """
calls = []

def parse_idx(file):
    calls.append(file)
    raise ValueError("not IDX")

def letter_of(label):
    calls.append(label)
    if any(isinstance(call, str) for call in calls):
        raise RuntimeError("the parser was called before")
    if label not in range(26):
        raise ValueError(label)
    return chr(65 + label)
"""


def test_what_one_section_leaves_in_the_module_reaches_no_other(tmp_path):
    submission = tmp_path / "a.py"
    submission.write_text(STATEFUL)
    with Grader(GradeSettings(secret=SECRET)) as grader:
        whole = {item.id: item for item in grader.grade(submission, lines=["parser", "letters"]).items}
        alone = {item.id: item for item in grader.grade(submission, lines=["letters"]).items}
    assert whole["parser.u1"].points == 0
    assert whole["letters.letter_of"].outcome is Outcome.PASSED
    assert {name: whole[name].outcome for name in alone} == {name: item.outcome for name, item in alone.items()}


def test_for_no_lines_no_code_of_the_student_runs(tmp_path):
    submission = tmp_path / "a.py"
    submission.write_text("while True:\n    pass\n")
    sources = []
    with Grader(GradeSettings(secret=SECRET)) as grader:
        result = grader.grade(submission, lines=(), on_source=sources.append)
    assert (result.items, result.reason, result.notes, result.score) == ((), "", (), 0)
    assert sources == ["while True:\n    pass\n"]


def test_lines_graded_alone_do_not_read_the_public_digits():
    sources = []
    with Grader(GradeSettings(secret=SECRET)) as grader:
        result = grader.grade(
            reference_dir() / "mnist_all_models.py", lines=["training.trains_ann"], on_source=sources.append
        )
    assert [item.id for item in result.items] == ["training.trains_ann"]
    assert {item.outcome for item in result.items} == {Outcome.PASSED}
    assert not any(look.public_digits for look in result.networks)
    assert "def parse_idx" in sources[0]


def test_a_result_speaks_the_language_of_the_run(tmp_path):
    (tmp_path / "quits.py").write_text("import os\nos._exit(0)\n")
    (tmp_path / "utf16.py").write_bytes("x = 1\n".encode("utf-16"))
    (tmp_path / "stub.py").write_text("def letter_of(label):\n    raise NotImplementedError('write it')\n")
    with in_language("en"), Grader(GradeSettings(secret=SECRET, lang="ru")) as grader:
        quits, utf16, stub = (grader.grade(tmp_path / f"{name}.py") for name in ("quits", "utf16", "stub"))
    assert {result.lang for result in (quits, utf16, stub)} == {"ru"}
    assert "импорт quits.py не удался" in quits.notes[0]
    assert utf16.reason == "utf16.py: сохранён в UTF-16; сохраните в UTF-8."
    messages = {item.id: item.message for item in stub.items}
    assert messages["letters.letter_of"] == "Ещё не написано: write it"
    assert messages["letters.accuracy"].startswith("Не проверено: сначала нужна строка letters.train (")
    assert messages["parser.u1"].startswith("в stub.py нет функции `parse_idx`.\n  совет:")
    assert {item.title for item in utf16.items} == {item.title for item in stub.items}
    assert "Пустой файл — ValueError" in {item.title for item in stub.items}


def test_a_zygote_does_not_outlive_a_readers_server_that_cannot_start(monkeypatch):
    warm = ZygoteClient(GradeSettings(secret=SECRET))

    def no_memory():
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    monkeypatch.setattr(warm.readers, "start", no_memory)
    with pytest.raises(OSError, match="Cannot allocate memory"), warm:
        pass
    assert warm.process._process is not None
    assert warm.process._process.poll() is not None


def test_a_start_that_fails_leaves_nothing_behind(tmp_path, monkeypatch):
    """The zygote runs already when the scorers' server finds no memory."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    grader = Grader(GradeSettings(secret=SECRET))
    groups = []

    def no_memory():
        groups.append(grader._groups and grader._groups.folder)
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    monkeypatch.setattr(grader._scorers, "start", no_memory)
    with pytest.raises(OSError, match="Cannot allocate memory"), grader:
        pass
    assert not is_running(grader._zygote.process.pid)
    assert list(tmp_path.iterdir()) == []
    assert not any(folder and folder.exists() for folder in groups)


def test_a_grader_that_cannot_be_prepared_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def full():
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("grader.engine.grade.RunFolder", full)
    with pytest.raises(OSError, match="No space left on device"):
        Grader(GradeSettings(secret=SECRET))
    assert list(tmp_path.iterdir()) == []
