"""The workflow for GitHub Classroom: it runs the public tests, and nothing else, in each student's repository.

The hidden tests and the secret must not get there: whoever may push to a repository may read all that its workflows
read. Grade the clones with `digitlab batch` for the marks.

The tests that train run, too. Module or notebook is tested, whichever would be graded. OpenCV is the one without
windows, which needs no graphics library of the machine.
"""

from __future__ import annotations

from collections import defaultdict

from grader.results.rubric import load_rubric

_HEAD = """\
# Made by `digitlab pack github`: the public tests of each part, with the points of their lines.
# A part gives its points when all of its public tests pass; the service counts whole points, so these are tenths.
# The marks come from `digitlab batch`, not from here.
name: Autograding Tests
on: [push, workflow_dispatch]
permissions:
  checks: write
  actions: read
  contents: read
jobs:
  run-autograding-tests:
    runs-on: ubuntu-latest
    if: github.actor != 'github-classroom[bot]'
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: sed s/^opencv-python/opencv-python-headless/ requirements.txt > ci-requirements.txt
      - run: python -m pip install -r ci-requirements.txt
      - name: Module or notebook
        id: work
        run: python -c '{chooses}' >> "$GITHUB_OUTPUT" || true
"""
_CHOOSES = (
    "from pathlib import Path; from checking.loading import read_submission; "
    'print("option=" + "--notebook" * read_submission(Path()).file_name.endswith(".ipynb"))'
)
"""Prints pytest's option for what would be graded of this folder; where nothing could be, the module is tested."""
_STEP = """\
      - name: {part}
        id: {part}
        uses: classroom-resources/autograding-command-grader@v1
        with:
          test-name: {part}
          command: python -m pytest --train ${{{{ steps.work.outputs.option }}}} tests/test_{part}.py
          timeout: 10
          max-score: {tenths}
"""
_TAIL = """\
      - name: Report
        uses: classroom-resources/autograding-grading-reporter@v1
        env:
{results}
        with:
          runners: {parts}
"""


def classroom_workflow() -> str:
    """Return the text of ``.github/workflows/classroom.yml``."""
    points: dict[str, float] = defaultdict(float)
    for line in load_rubric().line:
        if line.public:
            points[line.part] += line.points
    steps = [_STEP.format(part=part, tenths=round(value * 10)) for part, value in points.items()]
    results = "\n".join(
        f'          {part.upper()}_RESULTS: "${{{{ steps.{part}.outputs.result }}}}"' for part in points
    )
    return "".join([_HEAD.format(chooses=_CHOOSES), *steps, _TAIL.format(results=results, parts=",".join(points))])
