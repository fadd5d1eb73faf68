"""The handout: both languages tell the same, name every function and leave nothing out."""

import re
from pathlib import Path

import pytest

import grader.assignment
from grader.assignment.solutions import strip_solutions
from grader.release.notebook import MODULE_NAME, reference_source
from grader.release.template import function_names

FOLDER = Path(grader.assignment.__file__).parent / "template"
LANGUAGES = ("README.md", "README.ru.md")


def read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def code_in(text: str) -> list[str]:
    """Return code blocks without their comments, and the code inside sentences."""
    blocks = re.findall(r"```\n(.*?)```", text, re.DOTALL)
    sentences = re.sub(r"```\n.*?```", "", text, flags=re.DOTALL)
    return [re.sub(r" +#.*", "", block) for block in blocks] + sorted(re.findall(r"`([^`]+)`", sentences))


@pytest.mark.parametrize("name", LANGUAGES)
def test_every_function_of_the_contract_is_described(name):
    functions = function_names(strip_solutions(reference_source(), file_name=MODULE_NAME))
    text = read(name)
    assert [function for function in sorted(functions) if f"`{function}(" not in text] == []


def test_signatures_are_those_of_the_reference():
    for call in re.findall(r"^\* `(\w+\(.*?\))`", read("README.md"), re.MULTILINE):
        assert f"def {call}:" in reference_source()


def test_both_languages_have_the_same_code_headings_tables_and_points():
    english, russian = (read(name) for name in LANGUAGES)
    for pattern in (r"^#+ ", r"^\|", r"^\* ", r"^\*\*[^*]+[?.]\*\*"):
        assert len(re.findall(pattern, english, re.MULTILINE)) == len(re.findall(pattern, russian, re.MULTILINE))
    same_names = {"README.md", "README.ru.md", "N", "(N, classes)", "(N, число классов)"}
    code = [{text for text in code_in(page) if not text.startswith("parser: ")} for page in (english, russian)]
    assert sorted(code[0] - same_names) == sorted(code[1] - same_names), "but for what the tests print in each language"


@pytest.mark.parametrize("name", LANGUAGES)
def test_points_add_up(name):
    points = [int(number) for number in re.findall(r"^\| \d .*\| (\d+) \|$", read(name), re.MULTILINE)]
    assert len(points) == 7
    assert sum(points) == 100


def test_parameter_counts_are_stated():
    assert "**106,050**" in read("README.md")
    assert "**12,450**" in read("README.md")
    assert "**106 050**" in read("README.ru.md")
    assert "**12 450**" in read("README.ru.md")


def test_requirements_name_what_the_reference_imports():
    requirements = read("requirements.txt")
    for package in ("tensorflow", "numpy", "opencv-python", "matplotlib", "pytest", "notebook"):
        assert re.search(rf"^{package}>=\d", requirements, re.MULTILINE)
