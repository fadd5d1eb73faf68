"""Import a module in a process of its own and say what it defines; called by `check.py`, not by hand.

Reads one JSON object from standard input (source, path, tolerant, calls) and writes one to the file named as the
argument: what the student's code prints stays apart from the answer.
"""

import importlib.util
import inspect
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

MODULE = "mnist_all_models"


def main() -> None:
    """Answer with what the import raised, or with what failed in it, what each function lacks, and all its names."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from tests.checks.windows import hush_windows

    from checking.module_running import run_tolerantly, run_whole
    from checking.outside import keep_out

    hush_windows()
    request = json.loads(sys.stdin.buffer.read())
    sys.path.pop(0)
    outside = keep_out(
        request["source"]
    )  # helper modules beside the file do not count, nor do libraries that only you have
    spec = importlib.util.spec_from_file_location(MODULE, request["path"])
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[MODULE] = module
    failed: list[list[int | str]] = []
    try:
        if request["tolerant"]:
            failed = run_tolerantly(request["source"], request["path"], module)
        else:
            run_whole(request["source"], request["path"], module)
    except BaseException as error:  # the border to student code: SystemExit is an answer, too
        answer: dict[str, Any] = {"raised": f"{type(error).__name__}: {error}"}
    else:
        found = ((name, *find_problem(getattr(module, name, None), call)) for name, call in request["calls"].items())
        answer = {
            "failed": failed,
            "problems": [problem for problem in found if problem[2]],
            "names": list(vars(module)),
            "outside": outside,
        }
    Path(sys.argv[1]).write_text(json.dumps(answer), encoding="utf-8")


def find_problem(function: Callable[..., object] | None, parameters: list[str]) -> tuple[str | None, str]:
    """Return a function's signature, None when there is no function, and what keeps the grader from calling it."""
    if not callable(function):
        return None, "missing"
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return "", ""  # a function of a library may have none to show
    try:
        required = [parameter for parameter in parameters if "=" not in parameter]
        optional = {parameter.partition("=")[0]: None for parameter in parameters if "=" in parameter}
        signature.bind(*required)
        signature.bind(*required, **optional)
    except TypeError as error:
        return str(signature), str(error)
    return str(signature), ""


if __name__ == "__main__":
    main()
