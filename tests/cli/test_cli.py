"""The command line: help, wrong usage, exit status. Grading itself is in test_example_class.py and test_grade.py."""

import contextlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import MappingProxyType, SimpleNamespace

import pytest
from click.testing import CliRunner
from report_cases import make_item, make_result

from grader.cli import commands, report
from grader.engine import grading_key
from grader.engine.batch import Graded
from grader.results.journal_index import GradingKey, WorkKey
from grader.results.models import Outcome
from grader.results.store import ResultStore
from grader.system.errors import GraderFault, UsageError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def run():
    def run(*args, **env):
        return CliRunner().invoke(commands.main, [str(arg) for arg in args], env=env or None)

    return run


def each_command(group=commands.main, prefix=""):
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from each_command(command, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", command


@pytest.mark.parametrize(("name", "command"), list(each_command()), ids=lambda value: str(value).replace(" ", "-")[:20])
def test_every_command_has_help_with_an_example(name, command):
    assert f"Example: digitlab {name}" in command.help


def test_every_command_is_in_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name, _command in each_command():
        assert re.search(rf"digitlab {name}\b", readme), f"README.md does not tell of `digitlab {name}`"


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from grader.cli.commands import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'tensorflow', 'keras', 'numpy', 'cv2', 'pydantic', 'rich', 'pytest'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("option", ["--out", "--gradescope", "--github"])
def test_a_part_of_the_rubric_is_no_mark_to_store(run, tmp_path, option):
    done = run("grade", tmp_path / "a.py", "--line", "letters", option, tmp_path / "kept")
    assert done.exit_code == 2
    assert f"which is no mark to store: leave out --line or {option}" in done.stderr
    assert not (tmp_path / "kept").exists()


def test_missing_submission_is_wrong_usage(run, tmp_path):
    done = run("grade", tmp_path / "nobody.py")
    assert done.exit_code == 2
    assert "nobody.py: there is no such file or folder. Check the path." in done.stderr


def test_missing_class_is_wrong_usage(run, tmp_path):
    done = run("batch", tmp_path / "no-class", "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert "no-class" in done.stderr
    assert not (tmp_path / "out").exists()


def test_empty_class_is_wrong_usage(run, tmp_path):
    (tmp_path / "class").mkdir()
    done = run("batch", tmp_path / "class", "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert not (tmp_path / "out").exists()


def test_batch_refuses_a_folder_with_results_of_another_run(run, tmp_path):
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "a.txt").write_text("not python")
    (tmp_path / "out" / "results").mkdir(parents=True)
    (tmp_path / "out" / "results" / "old.json").write_text("{}")
    done = run("batch", tmp_path / "class", "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert "holds the results of an earlier run. Go on with it with --resume, choose another folder" in done.stderr
    assert (tmp_path / "out" / "results" / "old.json").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_output_folder_that_cannot_be_written(run, tmp_path):
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "a.txt").write_text("not python")
    tmp_path.chmod(0o500)
    try:
        done = run("batch", tmp_path / "class", "--out", tmp_path / "out")
    finally:
        tmp_path.chmod(0o700)
    assert done.exit_code == 2


def test_output_that_is_a_file_is_wrong_usage(run, tmp_path):
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "a.txt").write_text("not python")
    (tmp_path / "out").write_text("a file")
    done = run("batch", tmp_path / "class", "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert "out" in done.stderr
    assert (tmp_path / "out").read_text() == "a file"


def test_report_of_a_folder_without_results(run, tmp_path):
    done = run("report", tmp_path)
    assert done.exit_code == 2
    assert str(tmp_path) in done.stderr


def test_secret_that_is_too_short(run, tmp_path):
    submission = tmp_path / "a.py"
    submission.write_text("x = 1")
    done = run("grade", submission, DIGITLAB_SECRET="short")
    assert done.exit_code == 2
    assert "DIGITLAB_SECRET: the secret has 5 bytes, at least 8 are needed." in done.stderr


def test_fault_of_ours_has_exit_status_1_and_no_traceback(run, monkeypatch, tmp_path):
    def broken(*_args, **_kwargs):
        raise GraderFault("something of ours broke")

    monkeypatch.setattr(report, "write_reports_of", broken)
    done = run("report", tmp_path)
    assert done.exit_code == 1
    assert done.stderr == "digitlab: error: something of ours broke\n"


def test_debug_shows_the_traceback(run, tmp_path):
    done = run("--debug", "report", tmp_path)
    assert done.exit_code == 2
    assert "Traceback" in done.stderr


def test_doctor_tells_what_is_missing(run):
    done = run("doctor")
    assert done.exit_code == 0
    assert "tensorflow" in done.stdout
    assert "resource-limits" in done.stdout


@pytest.mark.parametrize("value", ["nan", "1e300", "0", "-1", "inf"])
def test_time_limit_that_no_clock_can_measure(run, tmp_path, value):
    submission = tmp_path / "a.py"
    submission.write_text("x = 1")
    assert run("grade", submission, "--time-limit", value).exit_code == 2


def test_a_check_of_the_template_draws_nothing(run):
    result = run("release", "--check", "--figures")
    assert result.exit_code == 2
    assert "--check changes nothing, and --figures draws anew" in result.output


def test_memory_limit_that_no_machine_has(run, tmp_path):
    submission = tmp_path / "a.py"
    submission.write_text("x = 1")
    assert run("grade", submission, "--memory-limit", "99999999999999").exit_code == 2


@pytest.mark.parametrize("out", ["class", "class/graded"])
def test_output_in_the_class_folder_is_refused(run, tmp_path, out):
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "a.py").write_text("x = 1")
    done = run("batch", tmp_path / "class", "--out", tmp_path / out)
    assert done.exit_code == 2
    assert "lies in the class folder, where each entry is a submission. Choose another --out." in done.stderr
    assert [path.name for path in (tmp_path / "class").iterdir()] == ["a.py"]


def test_jobs_and_a_cluster_do_not_go_together(tmp_path):
    done = CliRunner().invoke(
        commands.main, ["batch", "class", "--out", str(tmp_path), "--dask", "tcp://x:1", "--jobs", "2"]
    )
    assert (done.exit_code, "--jobs is for this machine; with --dask" in done.stderr) == (2, True)


def test_a_cluster_without_dask_names_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "grader.engine.cluster", None)
    with pytest.raises(UsageError, match=r"--dask needs Dask \(.*\)\. Install it: pip install 'digit-lab\[dask\]'"):
        commands._executor(None, None, "tcp://x:1").__enter__()


@pytest.fixture
def graded(tmp_path):
    """A class, and the folder of an earlier run over it."""
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "a.py").write_text("x = 1")
    store = ResultStore(tmp_path / "out")
    store.prepare()
    store.begin(["a"])
    store.save(make_result("a"), WorkKey("content", "grading"))
    store.close()
    return tmp_path / "class", store


@pytest.mark.parametrize("options", [["--secret-file", "/nonexistent"], ["--dask", "tcp://127.0.0.1:1"]])
def test_results_are_given_up_only_when_grading_can_begin(run, graded, options, monkeypatch):
    executor = pytest.importorskip("grader.engine.cluster.executor")
    monkeypatch.setattr(executor, "CONNECT_S", 1)
    class_dir, store = graded
    done = run("batch", class_dir, "--out", store.out_dir, "--overwrite", *options)
    assert done.exit_code == 2
    assert [result.submission for result in store.load_all()] == ["a"]


def test_the_demo_does_not_overwrite_a_class(run, graded):
    _class_dir, store = graded
    done = run("demo", "--out", store.out_dir)
    assert done.exit_code == 2
    assert "out: holds the results of another class. Choose another folder with --out." in done.stderr
    assert [result.submission for result in store.load_all()] == ["a"]


class FakeCrew:
    """Grades nothing: says what was asked for, or is stopped."""

    def __init__(self, stop_at: str = "", items=()) -> None:
        self.stop_at = stop_at
        self.items = items or (make_item(), make_item("save.file"))
        self.graded_parts = {}

    def grade(self, works):
        for work in works:
            self.graded_parts[work.name] = work.parts
            if work.name == self.stop_at:
                raise KeyboardInterrupt
            yield [Graded(work.name, make_result(work.name, *self.items))]


@pytest.fixture
def without_grading(monkeypatch):
    """Let `batch` hand its work to who grades nothing; return a function that sets who, and the grading key."""

    def use(executor, key=MappingProxyType({"parser": "a", "save": "b"})):
        monkeypatch.setattr(commands, "_grader", lambda **_options: None)
        monkeypatch.setattr(commands, "_executor", lambda *_: contextlib.nullcontext(executor))
        monkeypatch.setattr(grading_key, "grading_key", lambda *_: GradingKey(key))

    return use


@pytest.fixture
def course_of_two(tmp_path):
    (tmp_path / "a class").mkdir()
    for name in "ab":
        (tmp_path / "a class" / f"{name}.py").write_text(f"{name} = 1")
    course = tmp_path / "course.toml"
    course.write_text('due = 2026-12-01T23:59:00\ntime_zone = "Europe/Moscow"\npenalty_per_day = 10\n')
    return tmp_path / "a class", course


def test_the_command_to_go_on_is_the_one_that_was_stopped(run, without_grading, course_of_two, tmp_path):
    class_dir, course = course_of_two
    without_grading(FakeCrew(stop_at="b"))
    given = ["batch", class_dir, "--out", tmp_path / "out", "--overwrite", "--course", course, "--time-limit", "55"]
    done = run(*given)
    assert done.exit_code == 130
    expected = f"Go on: digitlab batch --resume '{class_dir}' --out {tmp_path}/out --course {course} --time-limit 55\n"
    assert done.stderr.endswith(expected)
    without_grading(FakeCrew())
    assert run(*shlex.split(expected.partition("digitlab ")[2])).exit_code == 0


def test_an_error_in_the_middle_of_a_run_says_the_whole_command_to_go_on(run, without_grading, course_of_two, tmp_path):
    def lost(_works):
        raise UsageError("--dask tcp://a:1: the connection to the scheduler was lost.")

    class_dir, _course = course_of_two
    executor = FakeCrew()
    executor.grade = lost
    without_grading(executor)
    done = run("batch", class_dir, "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert done.stderr.endswith(f"lost. Go on: digitlab batch --resume '{class_dir}' --out {tmp_path}/out\n")


def test_a_report_of_a_stopped_run_says_the_whole_command_to_go_on(
    run, without_grading, course_of_two, tmp_path, monkeypatch
):
    class_dir, _course = course_of_two
    out = tmp_path / "out"
    without_grading(FakeCrew(stop_at="b"))
    monkeypatch.chdir(tmp_path)
    run("batch", class_dir.name, "--out", "out", "--time-limit", "55")
    told = "1 not graded yet, as handed in now: b. Grade the rest: "
    command = "digitlab batch --resume 'a class' --out out --time-limit 55"
    assert f"{told}{command}\n" in run("report", "out").stderr
    monkeypatch.chdir("/")
    assert f"{told}cd {tmp_path} && {command}\n" in run("report", out).stderr


def test_a_report_of_a_run_that_kept_no_command_says_what_it_needs(run, tmp_path):
    store = ResultStore(tmp_path)
    store.prepare()
    store.begin(["a", "b"])
    store.save(make_result("a"), WorkKey("content", "grading"))
    store.close()
    told = f"Grade the rest: digitlab batch --resume CLASS --out {tmp_path}, with the class folder and the options of"
    assert told in run("report", tmp_path).stderr


def test_a_run_that_is_stopped_before_it_began_names_no_results(run, graded, monkeypatch):
    class_dir, store = graded

    def stopped(**_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "settings_of", stopped)
    done = run("batch", class_dir, "--out", store.out_dir, "--overwrite")
    assert (done.exit_code, done.stderr) == (130, "digitlab: stopped.\n")
    assert [result.submission for result in store.load_all()] == ["a"]


def test_a_resumed_run_keeps_the_rules_unless_it_is_given_others(run, without_grading, course_of_two, tmp_path):
    class_dir, course = course_of_two
    without_grading(FakeCrew())
    out, store = tmp_path / "out", ResultStore(tmp_path / "out")
    told = f"digitlab: {out}: the course's rules of the run before still hold; for others, give --course\n"
    assert told not in run("batch", class_dir, "--out", out, "--course", course).stderr
    rules = store.load_course_table()
    assert rules["penalty_per_day"] == 10
    assert told in run("batch", class_dir, "--out", out, "--resume").stderr
    assert store.load_course_table() == rules
    course.write_text('attempts = "best"\n')
    assert told not in run("batch", class_dir, "--out", out, "--resume", "--course", course).stderr
    assert store.load_course_table() != rules


def test_a_resumed_run_counts_what_is_to_be_graded_and_says_what_is_kept(run, without_grading, course_of_two, tmp_path):
    class_dir, _course = course_of_two
    without_grading(FakeCrew(stop_at="b"))
    assert "kept" not in run("batch", class_dir, "--out", tmp_path / "out").stderr.partition("stopped")[0]
    without_grading(FakeCrew())
    done = run("batch", class_dir, "--out", tmp_path / "out", "--resume")
    assert done.stderr.startswith("digitlab: graded before and kept: 1 of 2; to grade: 1\nb: 8 (")
    assert ", 1 of 1\n" in done.stderr
    done = run("batch", class_dir, "--out", tmp_path / "out", "--resume")
    assert done.stderr == "digitlab: graded before and kept: 2 of 2; to grade: 0\n"


MOODLES = "{}_7_assignsubmission_file{}"


@pytest.mark.parametrize("own", ["/lab.py", "_/lab.py", "_lab.py"])
def test_who_was_renamed_is_not_graded_again(run, without_grading, tmp_path, own):
    """A student or a group: the platform's name of what was handed in changes, and nothing was handed in anew."""
    out, class_dir = tmp_path / "out", tmp_path / "class"
    without_grading(FakeCrew())
    handed_in = class_dir / MOODLES.format("Anna Petrova", own)
    handed_in.parent.mkdir(parents=True)
    handed_in.write_text("x = 1")
    assert "Anna Petrova: 8 (" in run("batch", class_dir, "--out", out).stderr
    shutil.rmtree(class_dir)
    handed_in = class_dir / MOODLES.format("Anna Ivanova", own)
    handed_in.parent.mkdir(parents=True)
    handed_in.write_text("x = 1")
    assert "kept: 1 of 1; to grade: 0\n" in run("batch", class_dir, "--out", out, "--resume").stderr
    assert [result.submission for result in ResultStore(out).load_all()] == ["Anna Ivanova"]
    handed_in.rename(handed_in.with_name(handed_in.name.replace("lab.py", "other.py")))
    assert "Anna Ivanova: 8 (" in run("batch", class_dir, "--out", out, "--resume").stderr, "the file's name counts"


def test_a_stopped_run_says_what_there_is_to_see(run, without_grading, course_of_two, tmp_path):
    class_dir, _course = course_of_two
    out = tmp_path / "my out"
    without_grading(FakeCrew(stop_at="a"))
    assert "stopped. Nothing is graded yet. Go on: digitlab" in run("batch", class_dir, "--out", out).stderr
    without_grading(FakeCrew(stop_at="b"))
    told = f"stopped. Every result so far is kept; see them: digitlab report '{out}'. Go on: digitlab"
    assert told in run("batch", class_dir, "--out", out, "--resume").stderr


def test_how_many_are_graded_again_is_told_before(run, without_grading, course_of_two, tmp_path):
    class_dir, _course = course_of_two
    without_grading(FakeCrew())
    run("batch", class_dir, "--out", tmp_path / "out")
    (class_dir / "b.py").write_text("b = 2")
    without_grading(FakeCrew(stop_at="a"), key={"parser": "other", "save": "other"})
    done = run("batch", class_dir, "--out", tmp_path / "out", "--resume")
    told = "digitlab: results of other conditions (grader, options or secret), which are graded again: 1 as a whole\n"
    assert done.stderr.startswith(told)


def test_nothing_is_graded_again_when_the_rubric_lost_a_part(run, without_grading, course_of_two, tmp_path):
    class_dir, _course = course_of_two
    without_grading(FakeCrew(items=[make_item(), make_item("save.file")]))
    run("batch", class_dir, "--out", tmp_path / "out")
    executor = FakeCrew(items=[])
    without_grading(executor, key={"parser": "a"})
    done = run("batch", class_dir, "--out", tmp_path / "out", "--resume")
    assert ": 2 in nothing, since only a part is no longer there\n" in done.stderr
    assert executor.graded_parts == {"a": (), "b": ()}
    assert [[item.id for item in result.items] for result in ResultStore(tmp_path / "out").load_all()] == [
        ["parser.u1"],
        ["parser.u1"],
    ]


def test_only_the_parts_whose_conditions_changed_are_graded_again(run, without_grading, course_of_two, tmp_path):
    class_dir, _course = course_of_two
    without_grading(FakeCrew())
    run("batch", class_dir, "--out", tmp_path / "out")
    (class_dir / "b.py").write_text("b = 2")
    executor = FakeCrew(items=[make_item(outcome=Outcome.FAILED), make_item("save.file", Outcome.FAILED)])
    without_grading(executor, key={"parser": "a", "save": "other"})
    done = run("batch", class_dir, "--out", tmp_path / "out", "--resume")
    told = "digitlab: results of other conditions (grader, options or secret), which are graded again: 1 in save\n"
    assert done.stderr.startswith(told)
    assert executor.graded_parts == {"a": ("save",), "b": None}
    first, second = ResultStore(tmp_path / "out").load_all()
    assert [(item.id, item.points) for item in first.items] == [("parser.u1", 4), ("save.file", 0)]
    assert (first.score, second.score) == (4, 0)
    changes = {row["submission"]: row for row in json.loads((tmp_path / "out/regrade.json").read_text())}
    assert (changes["a"]["parts"], [line["line"] for line in changes["a"]["lines"]]) == (["save"], ["save.file"])
    assert (changes["b"]["changed"], changes["b"]["parts"]) == (["submission", "grader"], ["parser", "save"])


def test_reports_say_a_reason_without_the_platforms_folder(run, without_grading, tmp_path):
    folder = tmp_path / "class" / "Emil_106_assignsubmission_file_"
    folder.mkdir(parents=True)
    (folder / "lab.py").write_text("")
    executor = FakeCrew()
    rejected = make_result("Emil", make_item(points=0), reason=f"{folder.name}/lab.py: is empty.")
    executor.grade = lambda works: ([Graded(work.name, rejected)] for work in works)
    without_grading(executor)
    done = run("batch", tmp_path / "class", "--out", tmp_path / "out")
    assert done.exit_code == 0, done.stderr
    reports = [path for path in (tmp_path / "out").rglob("*.*") if path.name != "journal.jsonl"]
    texts = [path.read_text(encoding="utf-8") for path in reports]
    assert sum("lab.py: is empty." in text for text in texts) >= 4
    assert not any("assignsubmission" in text for text in [done.stdout, *texts])


@pytest.mark.parametrize(("name", "reason"), [("", "submission/hw.py: is empty."), ("hw.py", "hw.py: is empty.")])
def test_a_platforms_file_names_what_was_handed_in_as_its_author_did(run, tmp_path, monkeypatch, name, reason):
    """Gradescope puts every submission into a folder of its own, which no student knows."""
    path = tmp_path / "submission"
    path.mkdir()
    (path / "hw.py").write_text("")
    rejected = make_result("submission", make_item(points=0), reason=reason)
    grader = SimpleNamespace(grade=lambda *_args, **_options: rejected)
    monkeypatch.setattr(commands, "_grader", lambda **_options: contextlib.nullcontext(grader))
    done = run("grade", path / name, "--gradescope", tmp_path / "results.json")
    assert done.exit_code == 0, done.stderr
    assert json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))["output"] == "hw.py: is empty."


def test_a_single_submission_is_not_added_to_a_class(run, graded):
    class_dir, store = graded
    done = run("grade", class_dir / "a.py", "--out", store.out_dir)
    assert done.exit_code == 2
    assert "out: holds a class, which a single submission cannot be added to. Choose another folder" in done.stderr
    assert f"anew: digitlab batch --resume CLASS --out {store.out_dir}, with" in done.stderr


def test_a_single_submission_waits_for_no_grading_to_be_refused(run, graded, tmp_path, monkeypatch):
    class_dir, _store = graded
    other = ResultStore(tmp_path / "other")
    other.prepare()
    other.save(make_result("b"), WorkKey("content", "grading"))
    monkeypatch.setattr(commands, "_grader", lambda **_options: pytest.fail("graded"))
    done = run("grade", class_dir / "a.py", "--out", other.out_dir)
    assert done.exit_code == 2
    assert "another run writes to this folder now." in done.stderr


def test_ctrl_c_while_the_command_is_imported_shows_no_traceback():
    code = (
        "import sys\n"
        "class Stop:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'grader.cli.commands': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Stop())\n"
        "from grader.__main__ import start\n"
        "start()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (commands.EXIT_INTERRUPTED, "digitlab: stopped.\n")


def test_the_command_starts_where_nothing_is_imported():
    code = "import sys, grader.__main__; print([name for name in sys.modules if name.startswith(('grader', 'click'))])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "['grader', 'grader.__main__']\n"
    script = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]["digitlab"]
    assert script == "grader.__main__:start"
