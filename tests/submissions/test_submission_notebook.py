import json

import pytest

from grader.submissions import read_submission
from grader.system.errors import SubmissionError

NAME = "mnist_all_models.ipynb"


def notebook(*cells, **fields):
    document = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [code(cell) for cell in cells]}
    return document | fields


def code(source):
    return source if isinstance(source, dict) else {"cell_type": "code", "source": source}


@pytest.fixture
def handed_in(tmp_path):
    def make(document):
        path = tmp_path / NAME
        if not isinstance(document, bytes):
            document = (document if isinstance(document, str) else json.dumps(document)).encode()
        path.write_bytes(document)
        return path

    return make


@pytest.fixture
def read(handed_in):
    def make(*cells, **fields):
        return read_submission(handed_in(notebook(*cells, **fields)))

    return make


def rejection(path):
    with pytest.raises(SubmissionError) as caught:
        read_submission(path)
    return str(caught.value)


def test_cells_are_joined_in_order_under_their_numbers(read):
    submission = read(
        "import os\n", {"cell_type": "markdown", "source": "# Lab"}, " \n", ["def f():\n", "    return 1"]
    )
    assert submission.file_name == NAME
    assert submission.plans[0].source == "# %% cell 1\nimport os\n\n# %% cell 2\ndef f():\n    return 1\n"
    assert [plan.name for plan in submission.plans] == ["needed"]


def test_places_count_code_cells_that_are_not_empty(read):
    submission = read("a = 1\nb = 2", "", "c = 3")
    assert [submission.place(line) for line in (1, 2, 3, 5, 99)] == [
        "cell 1, line 1",
        "cell 1, line 1",
        "cell 1, line 2",
        "cell 2, line 1",
        "cell 2, line 1",
    ]


def test_plans_and_what_they_leave_out(read):
    submission = read("def f(): return T", "T = f()\nmodel = f()\nf()")
    assert [plan.name for plan in submission.plans] == ["needed", "plain"]
    assert submission.plans[0].left_out == (
        "cell 2, line 2: `model = f()`: a value that takes a call to make is not made",
        "cell 2, line 3: `f()`: a call at top level is not run",
    )
    assert submission.plans[1].left_out[0].startswith("cell 2, line 1: `T = f()`")


@pytest.mark.parametrize(
    "command",
    ["%matplotlib inline", "!pip install numpy", "x = !ls", "x = %pwd", "?help", "help?", "%time x = 1", "  !ls"],
)
def test_magics_are_left_out_as_written(read, command):
    submission = read(
        f"def f(): pass\n{command.strip()}\ndef g(): pass" if command[0] != " " else f"{command}\n  x = 1"
    )
    line = 1 if command[0] == " " else 2
    assert submission.plans[0].left_out == (f"cell 1, line {line}: `{command.strip()}`: a notebook command is not run",)


def test_lines_after_a_continued_command_keep_their_numbers(read):
    submission = read("\n\n!pip install \\\n  a \\\n  b\nprint(1)\nx = !ls \\\n  -l\ndef f(): pass")
    assert submission.plans[0].left_out == (
        "cell 1, line 3: `!pip install \\`: a notebook command is not run",
        "cell 1, line 6: `print(1)`: a call at top level is not run",
        "cell 1, line 7: `x = !ls \\`: a notebook command is not run",
    )
    assert submission.plans[0].source.split("\n")[9] == "def f(): pass"


def test_a_magic_inside_a_function_does_not_break_it(read):
    submission = read("def f():\n    %matplotlib inline\n    return 1")
    namespace = {}
    exec(submission.plans[0].source, namespace)
    assert namespace["f"]() == 1
    assert submission.plans[0].left_out == ("cell 1, line 2: `%matplotlib inline`: a notebook command is not run",)


@pytest.mark.parametrize(
    "magic", ["%%time", "%%timeit -n 3", "%%capture out", "%%prun", "%%capture\n%%time", "\n%%time"]
)
def test_cell_magics_around_python_count(read, magic):
    submission = read(f"{magic}\ndef f(): pass\n!ls")
    assert "def f(): pass" in submission.plans[0].source
    lines = magic.count("\n") + 3
    assert submission.plans[0].left_out == (f"cell 1, line {lines}: `!ls`: a notebook command is not run",)


def test_more_cell_magics_than_anybody_needs_leave_the_cell_out(read):
    submission = read("x = 1", "%%time\n" * 41 + "y = 2")
    assert submission.plans[0].left_out == ("cell 2 was left out: it has more than 40 notebook commands.",)


@pytest.mark.parametrize("space", ["\n", " \n", "\f\n"])
def test_very_many_blank_lines_above_a_broken_cell_are_passed_over(read, space):
    submission = read("x = 1", space * 300_000 + "y y")
    assert submission.plans[0].left_out[0].startswith("cell 2 was left out: invalid syntax")


@pytest.mark.parametrize("magic", ["bash", "html", "writefile a.py", "javascript"])
def test_cells_that_are_not_python_are_left_out(read, magic):
    submission = read("x = 1", f"%%{magic}\ndef f(): pass")
    assert "def f" not in submission.plans[0].source
    name = magic.split()[0]
    assert submission.plans[0].left_out == (f"cell 2 was left out: `%%{name}` makes it something else than Python.",)


def test_a_broken_cell_is_left_out_and_listed(read):
    submission = read("x = 1", "y = 2\n\ndef (:", "%time\ny = = 3", "z = '\ud800'", "z = '\x00'")
    assert submission.plans[0].source == "# %% cell 1\nx = 1\n"
    left_out = submission.plans[0].left_out
    assert left_out[0] == "cell 2 was left out: invalid syntax in line 3."
    assert left_out[1] == "cell 3 was left out: invalid syntax in line 2."
    assert left_out[2].startswith("cell 4 was left out: ")
    assert left_out[3].startswith("cell 5 was left out: ")


def test_a_cell_that_ipython_cannot_transform_is_left_out(read, monkeypatch):
    from IPython.core.inputtransformer2 import TransformerManager

    def fail(_self, _cell):
        raise RuntimeError("still changing")

    monkeypatch.setattr(TransformerManager, "transform_cell", fail)
    assert read("x = 1", "!ls").plans[0].left_out == ("cell 2 was left out: invalid syntax in line 1.",)


def test_a_cell_of_commands_without_end_is_left_out(read):
    assert read("x = 1", "!ls\n" * 41).plans[0].left_out == (
        "cell 2 was left out: it has more than 40 notebook commands.",
    )


def test_all_cells_broken(handed_in):
    assert rejection(handed_in(notebook("def (", "%%bash\nls"))) == (
        f"{NAME}: no code cell can be read; cell 1 was left out: invalid syntax in line 1. "
        "Restart the kernel, run all cells, and correct those that fail."
    )


@pytest.mark.parametrize("cells", [[], [""], [{"cell_type": "markdown", "source": "x"}], [{"cell_type": "code"}], [{}]])
def test_no_code(handed_in, cells):
    document = notebook() | {"cells": [cell if isinstance(cell, dict) else code(cell) for cell in cells]}
    assert rejection(handed_in(document)) == (
        f"{NAME}: has no code cells with code in them. Save the notebook in Jupyter and hand it in again."
    )


def test_await_at_top_level_is_left_out(read):
    submission = read("await f()\ndef g(): pass")
    assert submission.plans[0].left_out == ("cell 1, line 1: `await f()`: `await` at top level is not run",)


def test_future_imports_move_to_the_top(read):
    submission = read("x = 1", '"""D"""\nfrom __future__ import annotations, division\ndef f(a: Foo): pass')
    lines = submission.plans[0].source.split("\n")
    assert lines[0] == "from __future__ import annotations  # %% cell 1"
    assert "__future__" not in "".join(lines[1:])
    exec(submission.plans[0].source, {})


def test_other_future_imports_are_dropped(read):
    assert "__future__" not in read("x = 1", "from __future__ import division").plans[0].source


def test_cells_that_do_not_fit_together(handed_in):
    assert rejection(handed_in(notebook("@(await g())\ndef f(): pass"))) == (
        f"{NAME}, cell 1, line 1: `@(await g())`: 'await' outside function. "
        "Restart the kernel and run all cells to see it."
    )


def test_a_global_statement_that_only_fits_its_cell(read):
    assert read("x = 1", "global x\nx = 2").plans[0].left_out == (
        "cell 2, line 1: `global x`: a statement of this kind at top level is not run",
    )


def test_carriage_returns_in_cells(read):
    assert read("x = 1\r\ny = 2\rz = 3").plans[0].source == "# %% cell 1\nx = 1\ny = 2\nz = 3\n"


def test_oddities_of_hand_made_notebooks_are_fine(read):
    cell = {"cell_type": "code", "source": ["x = 1\n", 7], "outputs": "none", "attachments": 3, "metadata": None}
    assert read(cell, nbformat_minor=0, metadata=None, extra=[1]).plans[0].source == "# %% cell 1\nx = 1\n\n"


def test_a_notebook_of_format_3(handed_in, caplog, capsys):
    cells = [
        {"cell_type": "code", "input": ["x = 1\n", "y = 2"], "language": "python", "outputs": [{"odd": 1}]},
        {"cell_type": "heading", "level": 1, "source": "Lab"},
    ]
    document = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": cells}]}
    assert read_submission(handed_in(document)).plans[0].source == "# %% cell 1\nx = 1\ny = 2\n"
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    "metadata",
    [{"kernelspec": {"language": "R"}}, {"language_info": {"name": "R"}, "kernelspec": {"language": 3}}],
)
def test_another_language_is_named(handed_in, metadata):
    assert rejection(handed_in(notebook("x <- 1", metadata=metadata))) == (
        f"{NAME}: is a notebook for R. Expected one for Python: choose a Python kernel, save, and hand it in again."
    )


def test_python_kernels_are_fine(read):
    metadata = {"kernelspec": {"language": "python"}, "language_info": {"name": "ipython"}}
    assert read("x = 1", metadata=metadata).plans


@pytest.mark.parametrize(
    "document",
    [
        "[]",
        "1",
        "{}",
        '{"nbformat": 4}',
        '{"nbformat": 4, "cells": 1}',
        '{"nbformat": 9, "cells": []}',
        '{"nbformat": "4"}',
        '{"nbformat": 3, "worksheets": [1]}',
        '{"nbformat": 3, "worksheets": [{}]}',
    ],
)
def test_json_that_is_no_notebook(handed_in, document):
    assert rejection(handed_in(document)) == (
        f"{NAME}: is not a notebook that Jupyter writes. Save it in Jupyter again, as .ipynb."
    )


def test_broken_json(handed_in):
    assert rejection(handed_in('{"cells":\n [')) == (
        f"{NAME}: is not a notebook: its JSON is broken (line 2). Save the notebook in Jupyter again."
    )


def test_json_nested_without_end(handed_in):
    assert "its JSON is broken (nested too deeply)" in rejection(handed_in("[" * 100_000))


def test_python_source_named_ipynb(handed_in):
    assert read_submission(handed_in("import os\nprint(os)\n")).file_name == "mnist_all_models.py"


@pytest.mark.parametrize("number", ["", '"nbformat": null, ', '"nbformat": "4", '])
def test_a_notebook_without_the_number_of_its_format_is_read(handed_in, number):
    text = f'{{{number}"cells": [{{"cell_type": "code", "source": ["x = 1\\n", "y = x"]}}]}}'
    assert read_submission(handed_in(text)).plans[-1].source == "# %% cell 1\nx = 1\ny = x\n"


def test_an_empty_notebook_file(handed_in):
    assert rejection(handed_in("")) == f"{NAME}: is empty. Save the notebook in Jupyter and hand it in again."


def test_a_notebook_in_another_encoding(handed_in):
    assert rejection(handed_in(b'{"cells": "\xe6"}')) == (
        f"{NAME}: is not UTF-8 text. Save the notebook in Jupyter again."
    )


def test_a_byte_order_mark_is_fine(handed_in):
    assert read_submission(handed_in("\ufeff" + json.dumps(notebook("x = 1")))).plans


def test_outputs_may_be_large_and_code_may_not(handed_in):
    picture = {"cell_type": "code", "source": "x = 1", "outputs": [{"data": {"image/png": "A" * 3_000_000}}]}
    assert read_submission(handed_in(notebook(picture))).plans
    large = notebook(*["#" * 1_000_000] * 3)
    assert rejection(handed_in(large)).startswith(f"{NAME}: its code: is larger than 2 MiB.")


def test_embedded_data_without_end_is_refused(handed_in):
    assert rejection(handed_in(notebook("x = [" + "1," * 30_000 + "]", "y = [" + "1," * 30_000 + "]"))).startswith(
        f"{NAME}: holds more than 60000 words and signs."
    )
