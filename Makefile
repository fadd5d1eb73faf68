# Two commands matter: `make demo` and `make test`. Both set up a virtual environment first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help demo test test-fast validate hostile lint catalogues template example-class lock clean

help:            ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## */\t/'

# The environment is made anew when the dependencies change.
$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "digit-lab needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version). Use: make PYTHON=python3.12 ..." >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing the dependencies into $(VENV) (TensorFlow is large: a minute or two on a fast line)" >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,dask]'
	@touch $@

demo: $(VENV)/.installed  ## grade the bundled example class and name the report
	@$(BIN)/digitlab demo

test: lint       ## everything that CI runs: lint, types, all tests, the template's check
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder --durations=30 --ignore=tests/proofs/test_corpora.py
	@$(BIN)/python -m pytest tests/proofs/test_corpora.py
	@$(BIN)/digitlab release --check

test-fast: $(VENV)/.installed  ## the tests that grade no whole submissions
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m 'not slow'

validate: $(VENV)/.installed   ## the grader, graded: all of the corpus, and its record
	@$(BIN)/digitlab validate --hostile --mutants --stubs --record
	@$(BIN)/digitlab validate --alternates --seeds 5 --record
	@$(BIN)/digitlab validate --reference --seeds 200 --record

hostile: $(VENV)/.installed    ## attack the grader at both levels of confinement
	@$(BIN)/digitlab validate --hostile
	@$(BIN)/digitlab validate --hostile --level reduced

lint: $(VENV)/.installed       ## ruff and mypy
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

catalogues: $(VENV)/.installed ## bring the translations up to date with the sources and compile them
	@$(BIN)/python tests/catalogues.py

template: $(VENV)/.installed   ## make student_template/ anew from the reference
	@$(BIN)/digitlab release

example-class: $(VENV)/.installed  ## make the example class anew from the reference
	@$(BIN)/python tests/corpus/build_example_class.py

lock:            ## hold the dependencies at their newest versions (needs uv)
	@uv pip compile pyproject.toml --universal --all-extras --python-version 3.11 --quiet --no-header -o constraints.txt

clean:           ## remove the environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis demo-report
