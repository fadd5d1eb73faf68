"""A name that several statements build is there whole, or not at all, and then it is said why."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from textwrap import dedent
from types import ModuleType

import pytest
from conftest import StartChild

from grader.marking.student import StudentWorker
from grader.marking.student_errors import StudentException
from grader.sandbox.module_running import run_tolerantly
from grader.sandbox.statement_effects import Effects, effects_of, functions_in
from grader.submissions import Submission, read_submission


def submission_from(folder: Path, source: str, *, notebook: bool) -> Submission:
    path = folder / f"mnist_all_models.{'ipynb' if notebook else 'py'}"
    cells = [{"cell_type": "code", "source": cell} for cell in dedent(source).split("#---\n")]
    path.write_text(json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5}) if notebook else dedent(source))
    return read_submission(path)


def run_first(submission: Submission) -> ModuleType:
    """Return the module as a grader would have it from the first plan for a file that cannot be imported whole."""
    module = ModuleType("mnist_all_models")
    plan = next(plan for plan in submission.plans if plan.name != "whole")
    run_tolerantly(plan.source, "m.py", module)
    return module


CLASS = """
class Net:
    def __init__(self, layers=()): self.layers, self.compiled, self.trained = list(layers), False, False
    def add(self, layer): self.layers.append(layer)
    def compile(self, **how): self.compiled = True
    def fit(self, x, epochs=1): self.trained = True
    def freeze(self): self.frozen = True
    def summary(self): raise SystemExit("shown")
#---
"""


PUT = "def put(one):\n    one.add(7)\n"
WITH = "from contextlib import nullcontext\n"


@pytest.mark.parametrize(
    ("statements", "returned", "expected"),
    [
        ("net = Net()\nnet.add(1)\nnet.add(2)\nnet.compile()", "net.layers, net.compiled", ([1, 2], True)),
        ("net = Net([1])\n#---\nnet.compile()", "net.layers, net.compiled", ([1], True)),
        ("net = Net()\nfor n in (128, 40): net.add(Net(n * [0]))", "len(net.layers)", 2),
        ("net = Net()\nrest = [Net(), Net()]\n[net.add(one) for one in rest]", "len(net.layers)", 2),
        ("net = Net()\nnet.add(1)\nnet.summary()\nnet.fit(1)", "net.layers, net.trained", ([1], False)),
        ("net = Net()\nnet.freeze()", "net.frozen", True),
        ("net = Net()\nother = net\nother.add(1)", "net.layers", [1]),
        ("net = Net()\nlast = Net()\nfor one in (net, last): one.compile()", "net.compiled", True),
        ("nets = [Net()]\nnets[0].add(1)\nnets[0].layers[0] = 2", "nets[0].layers", [2]),
        ("net = Net()\nnet.rate = abs(-3)\nnet.rate += abs(-1)", "net.rate", 4),
        ("net = Net()\nhistory = net.add(1)", "net.layers", [1]),
        (f"{PUT}net = Net()\nput(net)", "net.layers", [7]),
        (f"{PUT}def twice(a, b):\n    put(b)\n    put(b)\nnet = Net()\ntwice(1, b=net)", "net.layers", [7, 7]),
        (f"{WITH}net = Net()\nwith nullcontext():\n    net.add(1)\n    net.compile()", "net.compiled", True),
        ("net = Net()\nif len(net.layers) == 0:\n    net.add(1)", "net.layers", [1]),
        ("net = Net()\ntry:\n    net.add(1)\nexcept ValueError:\n    net.add(2)", "net.layers", [1]),
        ("net = None\nif net is None:\n    net = Net()\nnet.add(1)", "net.layers", [1]),
        ("d = {}\nd['a'] = Net()\nd['b'] = 1", "sorted(d)", ["a", "b"]),
        ("t = []\nt.append(Net())\nt += [Net()]\nt.extend([Net()])", "len(t)", 3),
        ("t = [3, 1, 2]\nt.sort()\ndel t[0]\nt.pop()", "t", [2]),
        ("import numpy as np\nt = np.zeros(3)\nt[1:] = abs(-5)\nt.fill(abs(-2))", "t.tolist()", [2, 2, 2]),
        ("t = {}\nfor i in range(3):\n    t[i] = Net([i])", "[t[i].layers for i in t]", [[0], [1], [2]]),
        ("t = []\nwhile len(t) < 3:\n    t.append(Net())", "len(t)", 3),
        ("class Own:\n    pass\nOwn.total = abs(-3)\nsetattr(Own, 'more', 4)", "Own.total + Own.more", 7),
        ("import random\nt = [1]\nrandom.shuffle(t)\nt.insert(0, Net())", "len(t)", 2),
        ("import matplotlib.pyplot as plt\nplt.rcParams['figure.dpi'] = 77", "plt.rcParams['figure.dpi']", 77),
    ],
)  # fmt: skip
@pytest.mark.parametrize("notebook", [False, True])
def test_what_works_on_a_kept_name_is_kept(
    tmp_path: Path, statements: str, returned: str, expected: object, notebook: bool
) -> None:
    source = f"{CLASS}{statements}\n#---\nimport no_such_library\ndef build_ann(): return {returned}\n"
    module = run_first(submission_from(tmp_path, source, notebook=notebook))
    assert module.build_ann() == expected


@pytest.mark.parametrize(
    ("statements", "left_out"),
    [
        ("results = []\nfor n in (1, 2): results.append(Net())\ndef plot_results(): return results", "results.append"),
        ("lab = Net()\nlab.fit(1)", "lab.fit(1)"),
        ("lab = Net()\nlab.summary()", "lab.summary()"),
        ("Net.main()", "Net.main()"),
        ("build_ann().compile()", "build_ann().compile()"),
        ("print(net)", "print(net)"),
    ],
)
def test_what_no_function_of_the_assignment_needs_is_not_run(tmp_path: Path, statements: str, left_out: str) -> None:
    source = f"{CLASS}net = Net()\n{statements}\ndef build_ann(): return net, lab\n"
    plan = submission_from(tmp_path, source, notebook=True).plans[0]
    assert any(left_out in sentence for sentence in plan.left_out)


def test_where_it_takes_too_long_only_what_surely_builds_is_run(tmp_path: Path) -> None:
    """The second plan: a lab's own class whose `run` trains must not cost the functions that it holds."""
    source = f"{CLASS}lab = Net()\nlab.run()\nlab.compile()\nparse_idx = lab.add\n"
    plans = submission_from(tmp_path, source, notebook=True).plans
    assert [plan.name for plan in plans] == ["needed", "sure", "plain"]
    assert "lab.run()" in plans[0].source
    assert "lab.run()" not in plans[1].source
    assert "lab.compile()" in plans[1].source


@pytest.mark.parametrize(
    ("statements", "whole"),
    [
        ("t = [1]\nfor i in range(3): t.append(f(i))", False),
        ("t = [1]\nt += [f(1)]", False),
        ("t = [1]\nt.append(f(1))\nt = [2]", True),
        ("t = {'a': 1}\nt['b'] = f(1)", True),
        ("t = [1]\nprint(t)", True),
        ("t = [1]\nif __name__ == '__main__':\n    t.append(f(1))", True),
        ("t = [1]\nu = t\nu.append(f(1))", False),
    ],
)
def test_a_name_that_would_be_half_built_is_left_out_whole(tmp_path: Path, statements: str, whole: bool) -> None:
    source = f"def f(x): return x\n{statements}\ndef build_ann(): return t\n"
    plan = submission_from(tmp_path, source, notebook=True).plans[-1]
    module = ModuleType("m")
    assert run_tolerantly(plan.source, "m.py", module) == []
    assert hasattr(module, "t") is whole
    assert any("`t` is left out whole, since `" in one for one in plan.left_out) is not whole
    assert ("t" in dict(plan.unmade)) is not whole or whole


FAILING = (
    CLASS
    + """
net = Net()
net.add(1)
net.add(missing.layer())
net.add(3)
table = {"a": 1}
table["b"] = missing.value()
def build_ann(): return net.layers
def build_cnn(): return table
"""
)


def test_a_network_whose_layer_fails_is_not_there_and_it_is_said_why(start_child: StartChild, tmp_path: Path) -> None:
    submission = submission_from(tmp_path, "import missing\n" + FAILING, notebook=True)
    worker = StudentWorker(submission, start_child, seed=7)
    worker.open()
    with pytest.raises(StudentException, match="name 'net' is not defined") as caught:
        worker.call("build_ann", (), {})
    assert caught.value.cause.startswith(
        "`net` does not exist: cell 2, line 4: did not work and is left out: name 'missing' is not defined"
    )
    assert worker.call("build_cnn", (), {}) == {"a": 1}


def test_a_name_that_is_left_out_is_the_cause_of_what_lacks_it(start_child: StartChild, tmp_path: Path) -> None:
    source = "if __name__ == '__main__':\n    size = 10\n#---\ndef build_ann(): return size\n"
    worker = StudentWorker(submission_from(tmp_path, source, notebook=True), start_child, seed=7)
    worker.open()
    with pytest.raises(StudentException) as caught:
        worker.call("build_ann", (), {})
    assert caught.value.cause.startswith("`size` does not exist: cell 1, line 1: `if __name__ == '__main__':`")


@pytest.mark.parametrize(
    ("statement", "built", "worked"),
    [
        ("a.add(1)", "a", "a"),
        ("a.b[0].c.append(1)", "a", "a"),
        ("a.get_layer('x').set_weights(w)", "a", "a"),
        ("a.fit(x)", "", ""),
        ("a.predict(x)", "", ""),
        ("a.own(x)", "", "a"),
        ("f().add(1)", "", ""),
        ("a.x = 1", "", "a"),
        ("a['x'] = 1", "", "a"),
        ("a[i], b.x = 1, 2", "a", "a b"),
        ("a += 1", "a", "a"),
        ("del a[0], b", "a", "a"),
        ("x = lambda: a.add(1)", "", ""),
        ("def f(): a.add(1)", "", ""),
        ("for i in b:\n    if i:\n        a.add(i)", "a", "a"),
        ("np.random.shuffle(a)", "a", "a"),
        ("print(a)", "", ""),
    ],
)
def test_effects_of_a_statement(statement: str, built: str, worked: str) -> None:
    (node,) = ast.parse(statement).body
    assert effects_of(node, {}) == Effects(frozenset(built.split()), frozenset(worked.split()))


def test_functions_that_call_each_other_are_followed_so_far() -> None:
    text = "def f(x): g(x)\ndef g(x): f(x)\ndef h(x): h(x)\nf(a)\nh(a)\n"
    tree = ast.parse(text)
    assert effects_of(tree.body[-2], functions_in(tree.body)) == Effects()
    assert effects_of(tree.body[-1], functions_in(tree.body)) == Effects()
