"""The population behind the thresholds: whole modules, of every kind, and the table that is made of them."""

import importlib.util
import json
import sys
from collections import Counter
from pathlib import Path

import pytest

from grader.marking.thresholds import Threshold
from grader.submissions.contract import CONTRACT_NAMES

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "accuracy.py"


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("accuracy_benchmark", BENCHMARK)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_population_is_large_enough(benchmark):
    counts = Counter((design.task, design.kind) for design in benchmark.population())
    assert counts["letters", "right"] >= 40
    assert counts["ann", "right"] >= 15
    assert counts["cnn", "right"] >= 15
    assert min(counts[task, "wrong"] for task in ("ann", "cnn", "letters")) >= 5
    assert {kind for _task, kind in counts} == {"right", "wrong", "weak"}


def test_each_design_is_a_module_with_the_contracts_names(benchmark):
    designs = benchmark.population()
    assert len({(design.task, design.name) for design in designs}) == len(designs)
    for design in designs:
        names = compile(design.source, design.name, "exec").co_names
        assert set(CONTRACT_NAMES) <= set(names), design.name
        assert design.like, design.name


THRESHOLD = Threshold(floor=0.3, full=0.7, epochs=5, longer=20)


@pytest.mark.parametrize(
    ("accuracy", "second", "share"),
    [
        ({5: 0.71}, None, 1),
        ({5: 0.08, 20: 0.8}, 0.8, 1),
        ({5: 0.55, 20: 0.45}, 0.45, 0.5),
        ({5: 0.04, 20: 0.05}, 0.05, 0),
    ],
)
def test_the_table_gives_the_points_that_the_grader_does(benchmark, accuracy, second, share):
    marks = benchmark.Marks(THRESHOLD, accuracy)
    assert (marks.second, marks.share) == (second, share)


def test_the_table_tells_runs_points_and_how_many_have_all(benchmark, tmp_path, capsys, monkeypatch):
    runs = [
        ("as the reference", {5: 0.9}, {5: 4.0}),
        ("as the reference", {5: 0.6, 20: 0.8}, {5: 4.0, 20: 16.0}),
        ("wrong: not trained", {5: 0.04, 20: 0.05}, {5: 0.1, 20: 0.1}),
    ]
    file = tmp_path / "runs.jsonl"
    file.write_text(
        "".join(
            json.dumps(
                {"task": "letters", "design": name, "secret": str(number), "dataset": "fixture", "generator": 2}
                | {"accuracy": accuracy, "cpu_s": cpu_s}
            )
            + "\n"
            for number, (name, accuracy, cpu_s) in enumerate(runs)
        )
    )
    options = ["--floor", "0.3", "--full", "0.7", "--epochs", "5", "--longer", "20"]
    monkeypatch.setattr(sys, "argv", ["accuracy.py", "table", str(file), *options])
    benchmark.main()
    told = capsys.readouterr().out
    assert "| as the reference | 2 | 0.600 to 0.900 | 0.800 | 100% | 10.0 |" in told
    assert "| wrong: not trained | 1 | 0.040 | 0.050 | 0% | 0.1 |" in told
    assert "right: 2 runs, all points 2 (100.0%), none 0, 100% to 100%" in told
    assert "wrong: 1 runs, all points 0 (0.0%), none 1, 0% to 0%" in told
