"""The cutting of solutions: what becomes of a block, and each slip of an author."""

import ast

import pytest

from grader.assignment.solutions import solution_lines, strip_solutions
from grader.release.notebook import MODULE_NAME, reference_source
from grader.submissions.contract import CONTRACT_NAMES
from grader.system.errors import ReleaseError

SOUND = '''"""A module."""
# BEGIN SOLUTION
SECRET_TABLE = {1: 2}


# END SOLUTION


def double(number):
    """Return twice the number."""
    # BEGIN SOLUTION: multiply by "two"
    factor = SECRET_TABLE[1]
    return number * factor
    # END SOLUTION


def given():
    return 1
'''

STRIPPED = '''"""A module."""
def double(number):
    """Return twice the number."""
    raise NotImplementedError("double: multiply by \\"two\\"")


def given():
    return 1
'''


def strip(source: str) -> str:
    return strip_solutions(source, file_name="lab.py")


def function_with(body: str) -> str:
    indented = "\n".join(f"    {line}" if line else "" for line in body.split("\n"))
    return f'def solve(value):\n    """Do it."""\n{indented}\n'


def test_block_in_function_becomes_one_raise_and_block_at_module_level_vanishes():
    assert strip(SOUND) == STRIPPED


def test_source_without_blocks_is_unchanged():
    assert strip(STRIPPED) == STRIPPED


def test_block_inside_a_loop_is_raised_where_it_stood():
    stripped = strip(function_with("for _ in value:\n    # BEGIN SOLUTION: look\n    print(value)\n    # END SOLUTION"))
    assert stripped.endswith('    for _ in value:\n        raise NotImplementedError("solve: look")\n')


def test_function_defined_inside_a_block_does_not_name_it():
    body = "# BEGIN SOLUTION: nest\ndef inner():\n    return 1\nreturn inner\n# END SOLUTION"
    assert '"solve: nest"' in strip(function_with(body))


def test_method_is_named_and_innermost_function_wins():
    source = (
        'class Model:\n    def fit(self):\n        """Fit."""\n        # BEGIN SOLUTION: fit it\n        return 1\n'
        "        # END SOLUTION\n"
    )
    assert '        raise NotImplementedError("fit: fit it")' in strip(source)


def test_text_with_backslashes_and_other_alphabets_survives():
    stripped = strip(function_with("# BEGIN SOLUTION: the byte \\x1f — байт\nreturn 1\n# END SOLUTION"))
    call = ast.parse(stripped).body[0].body[-1].exc
    assert call.args[0].value == "solve: the byte \\x1f — байт"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("def f():\n\treturn 1\n", "line 2: a tab was found"),
        (function_with("# BEGIN SOLUTION: x\nreturn 1"), "line 3: BEGIN SOLUTION is never closed"),
        (function_with("return 1\n# END SOLUTION"), "line 4: END SOLUTION without a BEGIN"),
        (
            function_with("# BEGIN SOLUTION: x\n# BEGIN SOLUTION: y\nreturn 1\n# END SOLUTION"),
            "line 4: BEGIN SOLUTION inside the block of line 3",
        ),
        (function_with("# BEGIN SOLUTION\nreturn 1\n# END SOLUTION"), r"line 3: .*solve\(\); the text after the colon"),
        (
            function_with("# BEGIN SOLUTION: \nreturn 1\n# END SOLUTION"),
            r"line 3: .*solve\(\); the text after the colon",
        ),
        (
            function_with("# begin solution: x\nreturn 1\n# END SOLUTION"),
            "line 3: '# begin solution: x' is not a marker",
        ),
        (function_with("#BEGIN SOLUTION: x\nreturn 1\n# END SOLUTION"), "line 3: '#BEGIN SOLUTION: x' is not a marker"),
        (
            function_with("return 1  # BEGIN SOLUTION: x\n# END SOLUTION"),
            "line 3: 'return 1  # BEGIN .* is not a marker",
        ),
        (function_with("# BEGIN SOLUTION: x\nreturn 1\n# END SOLUTION."), "line 5: '# END SOLUTION.' is not a marker"),
        (function_with("# BEGIN SOLUTION: x\n# only a remark\n# END SOLUTION"), "line 3: the solution is empty"),
        (
            function_with("# BEGIN SOLUTION: x\nif value:\n    return 1\n    # END SOLUTION"),
            "line 6: END SOLUTION is indented by 8 spaces, expected 4 as its BEGIN SOLUTION in line 3",
        ),
        (
            function_with("if value:\n# BEGIN SOLUTION: x\n    return 1\n# END SOLUTION"),
            "line 4: BEGIN SOLUTION is indented by 4 spaces, expected 8",
        ),
        (
            "class Model:\n    # BEGIN SOLUTION: x\n    size = 1\n    # END SOLUTION\n",
            "line 2: a solution stands inside a function or at module level, not 4 spaces deep",
        ),
        (
            "def solve():\n    # BEGIN SOLUTION: x\n    return 1\n    # END SOLUTION\n",
            r"line 2: solve\(\) would be left without a docstring",
        ),
        (
            'def solve():\n    # BEGIN SOLUTION: x\n    """Inside."""\n    return 1\n    # END SOLUTION\n',
            r"line 2: solve\(\) would be left without a docstring",
        ),
        ("def solve(:\n", "the reference does not compile: .*line 1: 'def solve"),
        ("return 1\n", "the reference does not compile: .*line 1"),
        (
            function_with("# BEGIN SOLUTION: x\nif value:\n    return 1\n# END SOLUTION\nelse:\n    return 2"),
            "what is left without the solutions does not compile: .*line 4: 'else:'",
        ),
    ],
)
def test_slip_of_the_author_is_named_with_file_and_line(source, message):
    with pytest.raises(ReleaseError, match=r"^lab\.py.*" + message):
        strip(source)


def test_solution_lines_are_the_telling_ones_that_stand_nowhere_else():
    source = (
        SOUND + '\n\ndef again():\n    """Say."""\n    # BEGIN SOLUTION: x\n    return number * factor\n    x = 1\n'
    )
    source += "    print(given())\n    return again\n    ((((((((((\n    # END SOLUTION\n# print(given())\n"
    assert solution_lines(source) == ["SECRET_TABLE = {1: 2}", "factor = SECRET_TABLE[1]", "return number * factor"]


def test_reference_strips_to_stubs_with_the_same_functions_and_signatures():
    stripped = ast.parse(strip_solutions(reference_source(), file_name=MODULE_NAME))
    original = {node.name: node for node in ast.parse(reference_source()).body if isinstance(node, ast.FunctionDef)}
    stubs = [node for node in stripped.body if isinstance(node, ast.FunctionDef)]
    assert {stub.name for stub in stubs} == CONTRACT_NAMES
    for stub in stubs:
        assert ast.dump(stub.args) == ast.dump(original[stub.name].args)
        assert ast.get_docstring(stub) == ast.get_docstring(original[stub.name])
        assert isinstance(stub.body[-1], ast.Raise)
        assert len(stub.body) == 2


def test_reference_has_telling_lines_and_none_is_left_after_stripping():
    lines = solution_lines(reference_source())
    stripped = strip_solutions(reference_source(), file_name=MODULE_NAME)
    assert len(lines) > 50
    assert not [line for line in lines if line in stripped]
