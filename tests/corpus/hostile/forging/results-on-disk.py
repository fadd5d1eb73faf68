# hopes: that a file with a result is taken up where the grader looks for its own
# stopped by: Landlock and the view: only the scratch folder can be written, and nothing in it is believed

import json
import os

_NAMES = ("result.json", "results.json", "junit.xml", "grades.csv", "score.txt", "conftest.py", "pytest.ini", "attack")
_PERFECT = json.dumps({"schema": 1, "submission": "attack", "score": 100.0, "max_score": 100.0, "items": []})


def _places():
    here = os.getcwd()
    yield from ("/tmp", "/var/tmp", "/dev/shm", "/run", "/autograder/results", "/", "..", "../..", "../../..")
    while here != os.path.dirname(here):
        here = os.path.dirname(here)
        yield here
    for module in ("grader", "numpy", "keras", "encodings"):
        yield os.path.dirname(__import__(module).__file__)


for _name in _NAMES:  # in its own folder it may: what does it bring?
    with open(_name, "w") as _file:
        _file.write(_PERFECT)
for _place in _places():
    for _name in _NAMES:
        _path = os.path.join(_place, "attack-" + _name)
        try:
            with open(_path, "x") as _file:
                _file.write(_PERFECT)
            it_worked(f"{_path} was written")
        except OSError:
            pass
        for _make in (os.mkdir, lambda path: os.symlink("/etc", path), lambda path: os.link("attack", path)):
            try:
                _make(_path + ".made")
                it_worked(f"{_path}.made was made")
            except OSError:
                pass
        try:
            os.rename("attack", _path)
            it_worked(f"{_path} was renamed to")
        except OSError:
            pass
