"""The notebook: valid, deterministic, without outputs, and with the code of the module."""

import ast
import json

import nbformat
import pytest

from grader.assignment.solutions import strip_solutions
from grader.release.notebook import (
    MODULE_NAME,
    check_notebook,
    code_of,
    load_notebook,
    notebook_text,
    reference_notebook_text,
    reference_source,
    unwrap_main,
)
from grader.system.errors import ReleaseError

SMALL = '''# %% [markdown]
# # Title — заголовок

# %%
"""The module's docstring."""

import math

# %%
if __name__ == "__main__":
    # a remark
    print(math.pi)

    print("done")

# %%
print("last")
'''


def functions_of(source: str) -> dict[str, str]:
    return {node.name: ast.dump(node) for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}


def test_cells_keep_order_kind_and_text():
    cells = json.loads(notebook_text(SMALL))["cells"]
    assert [(cell["cell_type"], "".join(cell["source"])) for cell in cells] == [
        ("markdown", "# Title — заголовок"),
        ("code", '"""The module\'s docstring."""\n\nimport math'),
        ("code", '# a remark\nprint(math.pi)\n\nprint("done")'),
        ("code", 'print("last")'),
    ]


def test_file_is_plain_json_of_format_4_5_without_outputs():
    text = notebook_text(SMALL)
    notebook = json.loads(text)
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert text.startswith('{\n "cells": [')
    assert text.endswith("}\n")
    assert "заголовок" in text
    code_cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code_cells)
    assert all(cell["metadata"] == {} for cell in notebook["cells"])


def test_same_source_gives_the_same_bytes_and_equal_cells_get_different_ids():
    assert notebook_text(SMALL) == notebook_text(SMALL)
    ids = [cell["id"] for cell in json.loads(notebook_text(SMALL + '\n# %%\nprint("last")\n'))["cells"]]
    assert len(set(ids)) == len(ids)


def test_main_block_stays_when_the_cell_holds_more_or_has_an_else():
    for cell in (
        'x = 1\nif __name__ == "__main__":\n    print(x)',
        'if __name__ == "__main__":\n    print(1)\nelse:\n    print(2)',
        'if __name__ == "other":\n    print(1)',
        'if __name__ == "__main__": print(1)',
        "%matplotlib inline",
    ):
        assert unwrap_main(cell) == cell


def test_remark_above_a_main_block_stays():
    assert unwrap_main('# see it\nif __name__ == "__main__":\n    print(1)') == "# see it\nprint(1)"


def test_main_block_that_dedenting_would_change_is_refused():
    with pytest.raises(ReleaseError, match=r"'text = .* changes when it is dedented"):
        unwrap_main('if __name__ == "__main__":\n    text = """a\n    b"""')


def test_source_without_code_cells_is_refused():
    with pytest.raises(ReleaseError, match="no code cell"):
        notebook_text("# %% [markdown]\n# only text\n")


@pytest.mark.parametrize("text", ["", "no json", "[]", '{"cells": 1}'])
def test_text_that_is_no_notebook_is_refused(text):
    with pytest.raises(ReleaseError, match=r"lab\.ipynb: not a"):
        load_notebook(text, file_name="lab.ipynb")


def test_notebook_that_breaks_its_format_is_refused():
    notebook = nbformat.reads(notebook_text(SMALL), as_version=4)
    notebook.cells[1].cell_type = "poem"
    with pytest.raises(ReleaseError, match=r"lab\.ipynb: not a valid notebook"):
        check_notebook(notebook, "lab.ipynb")


@pytest.mark.parametrize("is_stripped", [True, False])
def test_code_cells_of_the_lab_define_the_functions_of_the_module(is_stripped):
    source = strip_solutions(reference_source(), file_name=MODULE_NAME) if is_stripped else reference_source()
    code = code_of(load_notebook(notebook_text(source), file_name="lab.ipynb"))
    assert functions_of(code) == functions_of(source)
    assert ast.get_docstring(ast.parse(code)) == ast.get_docstring(ast.parse(source))
    assert "__main__" not in code


def test_reference_notebook_runs_the_demonstrations_and_keeps_its_helpers():
    code = code_of(load_notebook(reference_notebook_text(), file_name="lab.ipynb"))
    assert 'DATA = Path("mnist_dataset")' in code.split("\n")
    assert "IDX_TYPES = {" in code
