"""How long the worst submissions hold their place in a class: all functions sleep, burn or crash, or the import does.

    python benchmarks/worst.py
    python benchmarks/worst.py --only sleep

Each is the reference with other bodies for all functions that do not train (and, at last, for those too). Prints
seconds on the clock and points.
"""

import argparse
import ast
import tempfile
from pathlib import Path

from grader.engine.grade import Grader
from grader.engine.run_settings import GradeSettings
from grader.proofs.variants import MODULE, solved
from grader.submissions.contract import CONTRACT_NAMES

TRAININGS = frozenset({"train_model", "train_letters"})
ACTS = {
    "sleep": "import time; time.sleep(10**6)",
    "sleep a little, for ever": "import time\nwhile True: time.sleep(0.4)",
    "burn": "while True: pass",
    "end the process": "import os; os._exit(0)",
    "eat memory": "all_of_it = []\nwhile True: all_of_it.append(bytearray(1 << 20))",
}
ENDLESS = "class Endless:\n    while True: pass\n"
"""It stands in every way of importing a module: a class is a definition."""


def with_bodies(source: str, act: str, functions: frozenset[str]) -> str:
    """Return a module whose functions of these names do nothing but `act`."""
    tree = ast.parse(source)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name in functions:
            node.body = ast.parse(act).body
    return ast.unparse(tree)


def worst() -> dict[str, str]:
    """Return the modules, by what is bad in them."""
    right = solved()
    modules = {f"functions {name}": with_bodies(right, act, CONTRACT_NAMES - TRAININGS) for name, act in ACTS.items()}
    modules["the import never ends"] = "while True: pass\n" + right
    modules["a class never ends"] = right + "\n" + ENDLESS
    modules["the import sleeps"] = "import time\ntime.sleep(10**6)\n" + right
    modules["the trainings burn, too"] = with_bodies(right, ACTS["burn"], CONTRACT_NAMES)
    return modules


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default="", help="those with this in their names")
    only = parser.parse_args().only
    with Grader(GradeSettings(secret=b"a secret of the benchmark")) as grader, tempfile.TemporaryDirectory() as folder:
        grader.grade(_written(Path(folder), "x = 1\n"))  # the servers are warm then
        for name, source in worst().items():
            if only in name:
                result = grader.grade(_written(Path(folder), source))
                print(f"{name:<40}{result.seconds:7.1f} s{result.score:7g} points", flush=True)


def _written(folder: Path, source: str) -> Path:
    path = folder / MODULE
    path.write_text(source, encoding="utf-8")
    return path


if __name__ == "__main__":
    main()
