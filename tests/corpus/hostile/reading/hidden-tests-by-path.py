# hopes: to read the hidden tests, the rubric or the reference from the grader's folder
# stopped by: the kit's own folder is not in the view, and Landlock does not allow it

import glob
import linecache
import os
import sys

_WANTED = (
    "assignment/hidden_tests/test_letters_hidden.py", "assignment/rubric.toml", "marking/thresholds.py",
    "marking/scorer.py", "secret.py", "sandbox/worker.py", "__init__.py",
)  # fmt: skip


def _folders():
    """Yield where the kit may lie: where its modules say, on every path of the interpreter, and above them."""
    for name, module in list(sys.modules.items()):
        if name == "grader" or name.startswith("grader."):
            yield os.path.dirname(getattr(module, "__file__", None) or "/nowhere/x")
    for entry in [*sys.path, "/work/digit-lab", "/root/digit-lab", "/app", "/srv/digit-lab", "/home"]:
        yield os.path.join(entry, "grader")
        yield from glob.glob(os.path.join(entry, "*", "grader"))


for _folder in dict.fromkeys(_folders()):
    for _wanted in _WANTED:
        for _path in (os.path.join(_folder, _wanted), f"/proc/self/root{_folder}/{_wanted}"):
            try:
                with open(_path, "rb") as _file:
                    if _file.read(1):
                        it_worked(f"{_path} was read")
            except OSError:
                pass
    for _clone in (os.path.dirname(_folder), os.path.dirname(os.path.dirname(_folder))):
        for _inside in ("reference_solution/mnist_all_models.py", ".git/HEAD", "tests/corpus", "student_template"):
            try:
                os.close(os.open(os.path.join(_clone, _inside), os.O_RDONLY))
                it_worked(f"{_clone}/{_inside} was opened")
            except OSError:
                pass
for _name, _module in list(sys.modules.items()):
    if _name.startswith("grader") and linecache.getlines(getattr(_module, "__file__", None) or ""):
        it_worked(f"the text of {_name} was read")
