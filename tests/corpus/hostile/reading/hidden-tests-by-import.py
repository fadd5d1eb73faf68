# hopes: to import the hidden tests, the thresholds or the generator with its seeds from the grader's package
# stopped by: the package's files are not there for this process, and what it imported before are tools only

import importlib
import importlib.util
import pkgutil
import sys

import grader

_WANTED = (
    "grader.assignment.hidden_tests", "grader.assignment.hidden_tests.test_letters_hidden", "grader.results.rubric",
    "grader.assignment.hidden_tests.test_training_hidden", "grader.marking.thresholds", "grader.marking.datasets",
    "grader.marking.scorer", "grader.system.secret", "grader.assignment.handwriting", "grader.assignment.handwriting.sets", "grader.proofs",
    "reference_solution.mnist_all_models", "tests.conftest",
)  # fmt: skip

for _name in _WANTED:
    if _name in sys.modules:
        it_worked(f"{_name} is there already")
    try:
        importlib.import_module(_name)
        it_worked(f"{_name} was imported")
    except (ImportError, OSError):
        pass
    try:
        _spec = importlib.util.find_spec(_name)
        if _spec is not None and _spec.loader.get_data(_spec.origin):
            it_worked(f"{_name} was read")
    except (ImportError, OSError):
        pass
sys.path_importer_cache.clear()
importlib.invalidate_caches()
for _package in [module for name, module in list(sys.modules.items()) if name.partition(".")[0] == "grader"]:
    for _found in pkgutil.iter_modules(getattr(_package, "__path__", [])):
        it_worked(f"{_package.__name__}.{_found.name} was listed")
    _loader = getattr(_package.__spec__, "loader", None)
    for _read in ("get_source", "get_code"):
        try:
            if _loader is not None and getattr(_loader, _read)(_package.__name__):
                it_worked(f"{_package.__name__} was read by its loader")
        except (ImportError, OSError):
            pass
if any("hidden" in repr(value) for value in vars(grader).values()):
    it_worked("the package speaks of hidden things")
