"""The documents say what is: scores in the README, files in CONTRIBUTING, keys in the schema."""

import json
import re
from pathlib import Path

import pytest

from grader.results.models import Outcome, SubmissionResult
from grader.results.rubric import load_rubric
from grader.submissions.contract import CONTRACT_NAMES
from grader.system.assets import corpus_dir

ROOT = Path(__file__).resolve().parent.parent


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def test_readme_shows_the_scores_that_the_example_class_gets():
    readme = text("README.md")
    expectations = sorted((corpus_dir() / "example_class").glob("*.expected.json"))
    for path in expectations:
        name = path.name.removesuffix(".expected.json")
        score = json.loads(path.read_text(encoding="utf-8"))["score"]
        assert re.search(rf"^ {re.escape(name)} +{score:g}/100 ", readme, re.MULTILINE), name
    assert f"{len(expectations)} submissions" in readme


def test_readme_tells_the_rubrics_size():
    rubric = load_rubric()
    assert f"{rubric.total:g} points, {len(rubric.line)} lines" in text("README.md")
    assert f"{rubric.total:g} points in {len(rubric.line)} lines" in text("CHANGELOG.md")
    public = sum(line.points for line in rubric.line if line.public)
    assert f"{public:g} of them public" in text("CHANGELOG.md")


@pytest.mark.parametrize(
    "document",
    ["README.md", "CONTRIBUTING.md", "docs/security.md", "docs/class.md", "docs/scaling.md", "datasets/README.md"],
)
def test_files_that_a_document_names_exist(document):
    folder = (ROOT / document).parent
    for name in re.findall(
        r"`((?:grader|tests|docs|datasets|benchmarks|reference_solution)/[\w./*-]+)`", text(document)
    ):
        assert list(ROOT.glob(name.rstrip("/"))), f"{document} names {name}"
    for link in re.findall(r"\]\(([^)#:]+)\)", text(document)):
        assert (folder / link).exists(), f"{document} links to {link}"


def test_schema_document_has_every_key_and_outcome():
    document = text("docs/result-schema.md")
    for key, field in SubmissionResult.model_fields.items():
        assert f"`{field.alias or key}`" in document or f"`{key}." in document, key
    for outcome in Outcome:
        assert f"| `{outcome.value}` |" in document


def test_contract_of_the_intake_is_the_reference():
    defined = set(re.findall(r"^def (\w+)", text("reference_solution/mnist_all_models.py"), re.MULTILINE))
    assert defined - {"read_exactly"} == CONTRACT_NAMES
