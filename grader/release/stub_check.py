"""Prove in a process of its own that the template's module imports and that every function of it is a stub."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from grader.release.notebook import MODULE_NAME

TIME_LIMIT_S = 120
_ERROR_LINES = 3

# The folder is put on the path by hand: -I leaves it out, together with everything that could shadow a library.
# Stubs raise before they look at their arguments, so None will do for each of them.
_PROBE = """
import importlib, inspect, json, os, sys
sys.path.insert(0, os.getcwd())
module = importlib.import_module(sys.argv[1])
problems = []
for name in json.loads(sys.argv[2]):
    function = getattr(module, name, None)
    if not callable(function):
        problems.append(f"{name}() is missing")
        continue
    required = [p for p in inspect.signature(function).parameters.values() if p.default is p.empty]
    try:
        function(*[None] * len(required))
    except NotImplementedError as error:
        if not str(error).startswith(f"{name}: ") or chr(10) in str(error):
            problems.append(f"{name}() raises NotImplementedError without one line saying what to do")
    except Exception as error:
        problems.append(f"{name}() raises {type(error).__name__} instead of NotImplementedError")
    else:
        problems.append(f"{name}() returns instead of raising NotImplementedError")
print(chr(10) + json.dumps(problems))
"""


def find_stub_problems(template_dir: Path, functions: list[str], *, time_limit_s: float = TIME_LIMIT_S) -> list[str]:
    """Return one sentence for each function of the contract that is no stub, or one saying why nothing can be said."""
    command = [sys.executable, "-I", "-B", "-c", _PROBE, Path(MODULE_NAME).stem, json.dumps(functions)]
    quiet = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "MPLBACKEND": "Agg", "CUDA_VISIBLE_DEVICES": "-1"}
    try:
        done = subprocess.run(
            command, cwd=template_dir, env=quiet, capture_output=True, text=True, timeout=time_limit_s, check=False
        )
    except subprocess.TimeoutExpired:
        return [f"{MODULE_NAME}: the import took more than {time_limit_s:g} s and was stopped."]
    if done.returncode != 0:
        last_lines = " / ".join(done.stderr.strip().splitlines()[-_ERROR_LINES:])
        return [f"{MODULE_NAME}: cannot be imported: {last_lines or f'exit status {done.returncode}'}."]
    problems: list[str] = json.loads(done.stdout.splitlines()[-1])
    return [f"{MODULE_NAME}: {problem}." for problem in problems]
