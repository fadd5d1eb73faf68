"""The bundled example class, graded for real: each submission's points and outcomes are what stands beside it."""

import json
import sys
from pathlib import Path

import pytest

from grader.engine.batch import ThreadExecutor, class_keys, find_left, grade_class
from grader.engine.grade import Grader
from grader.engine.grading_key import grading_key
from grader.engine.run_settings import GradeSettings
from grader.results.models import TIME_FIELDS
from grader.results.store import ResultStore
from grader.submissions import find_submissions
from grader.system.assets import corpus_dir
from grader.system.machine import usable_cores
from grader.system.secret import DEMO_SECRET

CLASS = corpus_dir() / "example_class"
NAMES = [name for name, _path in find_submissions(CLASS)]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Grade the class side by side, and the first submission a second time."""
    store = ResultStore(tmp_path_factory.mktemp("graded"))
    store.prepare()
    with Grader(GradeSettings(secret=DEMO_SECRET)) as grader:
        entries = find_submissions(CLASS)
        keys = class_keys(entries, grading_key(grader, store.salt).whole, {})
        grade_class(ThreadExecutor(grader, usable_cores()), find_left(entries, store, keys), store, keys=keys)
        again = grader.grade(CLASS / "ivan-exit.py")
    return {result.submission: result for result in store.load_all()}, again


@pytest.mark.parametrize("name", NAMES)
def test_submission_gets_what_is_expected_of_it(graded, name):
    result = graded[0][name]
    expected = json.loads((CLASS / f"{name}.expected.json").read_text(encoding="utf-8"))
    lines = {item.id: item.outcome.value for item in result.items if item.outcome != "passed"}
    if "*" in expected["lines"]:
        assert set(lines.values()) == {expected["lines"]["*"]}
    else:
        assert lines == expected["lines"]
    assert result.score == expected["score"]
    assert result.reason == expected["reason"]
    assert result.grader_log == ""


def test_every_entry_has_a_result(graded):
    assert sorted(graded[0]) == sorted(NAMES)


def test_notebook_and_module_get_the_same_points(graded):
    module, notebook = graded[0]["anna-petrova"], graded[0]["Борис Иванов"]
    assert [item.points for item in module.items] == [item.points for item in notebook.items]


def test_same_submission_gives_the_same_result_but_for_times(graded):
    def timeless(result):
        table = json.loads(result.to_json())
        for record in [table, *table["items"]]:
            for field in TIME_FIELDS:
                record.pop(field, None)
        return table

    results, again = graded
    assert timeless(results["ivan-exit"]) == timeless(again)


def test_example_class_is_what_its_script_makes():
    sys.path.insert(0, str(CLASS.parent))
    try:
        from build_example_class import submissions
    finally:
        sys.path.remove(str(CLASS.parent))
    made = submissions()
    on_disk = {path.name for path in CLASS.iterdir() if not path.name.endswith(".expected.json")}
    assert on_disk == set(made)
    for name, content in made.items():
        assert (CLASS / name).read_bytes() == content, f"{name}: run `make example-class`"


def test_class_folder_holds_an_expectation_for_each_submission():
    assert {Path(path.name).name for path in CLASS.glob("*.expected.json")} == {
        f"{name}.expected.json" for name in NAMES
    }
