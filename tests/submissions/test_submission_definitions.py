import ast
import random
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.submissions.definitions import (
    AWAIT,
    BLOCK,
    CALL,
    COMMAND,
    EXPRESSION,
    LOOP,
    MAIN_BLOCK,
    OTHER,
    VALUE,
    keep_definitions,
)
from grader.submissions.module_facts import ModuleFacts
from grader.submissions.source_text import SourceText


def keep(text, *, with_needed=False):
    """Return the filtered source and the (line, reason) pairs; whatever comes out must compile."""
    source = SourceText(text)
    filtered = keep_definitions(ModuleFacts(source, ast.parse(text)), with_needed=with_needed)
    compile(filtered.source, "<test>", "exec", dont_inherit=True)
    assert filtered.source.count("\n") == text.count("\n")
    return filtered.source, [(one.line, one.reason) for one in filtered.left_out]


def code(text):
    return dedent(text).lstrip("\n")


def stays(text, *, with_needed=False):
    return keep(text, with_needed=with_needed) == (text, [])


PREFIX = "import os, re, struct, logging\nimport numpy as np\nfrom pathlib import Path\nfrom functools import partial\n"
PREFIX += "from collections import namedtuple\nfrom typing import TypeVar\nA = B = 1\nclass C: pass\nCONFIG = {}\n"


@pytest.mark.parametrize(
    "statement",
    [
        '"""Docstring."""',
        "from math import *",
        "x = 1",
        "x: int = 1",
        "x: int",
        "A += 1",
        "x, (y, *z) = 1, (2, 3)",
        "x = [i for i in range(3) if i]",
        "x = {k: v for k, v in zip('ab', range(2))}",
        "x = f'{A!r:>{B}}'",
        "x = lambda a, b=A: train(a)",
        "x = A if A > B else -B ** 2",
        "x = {**CONFIG, 'a': [1, 2][0:1]}",
        "x = np.dtype('>f4')",
        "x = np.array([1, 2], dtype=np.float32).reshape(2, 1)",
        "x = {0x08: np.dtype(np.uint8), 0x09: np.int8}",
        "x = struct.Struct('>i')",
        "x = re.compile('a')",
        "x = Path(__file__).parent / 'data'",
        "x = os.path.join('a', 'b')",
        "x = partial(C, 1)",
        "x = namedtuple('x', 'a b')",
        "T = TypeVar('T')",
        "x = logging.getLogger(__name__)",
        "x = ', '.join('abc').split()",
        "x = sorted(CONFIG.items())",
        "x = dict.fromkeys('ab', 0)",
        "x = ''.join(map(chr, range(65, 91)))",
        "CONFIG['a'] = 1",
        "C.attribute = A",
        "del A",
        "pass",
        "def f(a=[]): train()",
        "async def f(): await x",
        "@C\nclass D(C):\n    x = print()",
        "try:\n    import cv2\nexcept ImportError:\n    cv2 = None",
        "if A:\n    x = 1\nelif B:\n    x = 2\nelse:\n    x = 3",
        "with C:\n    x = 1",
        "if 0:\n    from nowhere import Thing",
    ],
)
def test_plain_statements_stay(statement):
    assert stays(PREFIX + statement + "\n")


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("train()", CALL),
        ("print('x')", CALL),
        ("A", EXPRESSION),
        ("x = train()", VALUE),
        ("x: int = train()", VALUE),
        ("x: train() = 1", VALUE),
        ("CONFIG[train()] = 1", VALUE),
        ("x = (y := 1)", VALUE),
        ("x = list(map(C, range(3)))", VALUE),
        ("x = os.get('a')", VALUE),
        ("x = [train(i) for i in range(3)]", VALUE),
        ("x = open('a').read()", VALUE),
        ("for i in range(3): A = i", LOOP),
        ("while True: pass", LOOP),
        ("assert A", OTHER),
        ("raise SystemExit", OTHER),
        ("del CONFIG['a']", OTHER),
        ("global Q", OTHER),
        ("match A:\n    case 1: pass", OTHER),
        ("if __name__ == '__main__':\n    def f(): pass", MAIN_BLOCK),
        ("if '__main__' == __name__:\n    pass", MAIN_BLOCK),
        ("if A and __name__ == '__main__':\n    pass", MAIN_BLOCK),
        ("if A: train()", BLOCK),
        ("with open('a') as f:\n    x = 1", BLOCK),
        ("try:\n    train()\nexcept C:\n    pass", BLOCK),
        ("get_ipython().run_line_magic('time', '')", COMMAND),
        ("x = get_ipython().getoutput('ls')", COMMAND),
        ("x = y + 1", "it needs `y`, which is not made here"),
        ("y += 1", "it needs `y`, which is not made here"),
        ("del y", "it needs `y`, which is not made here"),
        ("if y:\n    import sys", "it needs `y`, which is not made here"),
    ],
)
def test_statements_that_do_something_are_left_out(statement, reason):
    line = PREFIX.count("\n") + 1
    kept, left_out = keep(PREFIX + statement + "\n")
    assert left_out == [(line, reason)]
    assert kept.strip() == PREFIX.strip()


@pytest.mark.parametrize("statement", ["await f()", "async with f() as g: pass", "x = [i async for i in f()]"])
def test_await_at_top_level_of_a_notebook_is_left_out(statement):
    assert keep(statement) == (" " * len(statement), [(1, AWAIT)])


def test_a_block_that_awaits_in_its_header_is_left_out():
    assert keep("if await f():\n    import os")[1] == [(1, BLOCK)]


def test_comments_and_line_numbers_of_kept_statements_stay():
    text = "# about f\nprint(1)  # gone, not its comment\ndef f():  # body\n    return 1\n"
    assert keep(text)[0] == "# about f\n          # gone, not its comment\ndef f():  # body\n    return 1\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a = 1; f()", "a = 1; 0  "),
        ("a = 1; print()", "a = 1; pass   "),
        ("f(); a = 1", "0  ; a = 1"),
        ("é = 'ö'; g(é); ü = 'ж'", "é = 'ö'; pass; ü = 'ж'"),
        ("f(\n1\n); a = 1", "( \n \n); a = 1"),
        ("a = 1; f(\n1\n)", "a = 1; 0 \n \n "),
        ("a = 1; f(\n1\n); b = 2", "a = 1; ( \n \n); b = 2"),
        ("a = 1; \\\n  f()\nb = 1", "a = 1; \\\n  0  \nb = 1"),
        ("f() \\\n\na = 1", "     \n\na = 1"),
        ("for i in a:\n    f();\nb = 1", "           \n        \nb = 1"),
        ("f('''\n# not a comment\n''')\nb = 1", "     \n               \n    \nb = 1"),
        ("f();", "    "),
    ],
)
def test_what_shares_a_line_stays_valid(before, after):
    assert keep(before)[0] == after


def test_an_emptied_body_keeps_a_statement():
    before = code("""
        try:
            import cv2
        except ImportError:
            print("no cv2")
            train()
        else:
            f()
    """)
    after = before.replace('print("no cv2")', "pass           ").replace("train()", "       ").replace("f()", "0  ")
    assert keep(before) == (after, [(4, CALL), (5, CALL), (7, CALL)])


def test_a_mixed_block_keeps_its_definitions_and_imports():
    before = "if check():\n    import os\n    x = os.sep\n    train()\n"
    before += "elif other():\n    train()\nelse:\n    def f(): pass\n    f()\n"
    before = "from checks import check, other\n" + before
    kept, left_out = keep(before)
    assert "import os" in kept
    assert "def f(): pass" in kept
    assert "other()" in kept
    assert left_out == [(5, CALL), (7, CALL), (10, CALL)]


def test_an_emptied_elif_disappears():
    before = "if True:\n    import os\nelif 1:\n    f()\nelse:\n    g()\n"
    assert keep(before)[0] == "if True:\n    import os\n       \n       \n     \n       \n"


def test_a_left_out_block_makes_no_names():
    kept, left_out = keep("with open('a') as f:\n    x = 1\ny = x\n")
    assert kept.split() == []
    assert left_out == [(1, BLOCK), (3, "it needs `x`, which is not made here")]


def test_needed_keeps_a_value_that_a_function_reads():
    text = "def make(): return {}\nTABLE = make()\nOTHER = make()\ndef use(): return TABLE\n"
    assert keep(text, with_needed=True) == (text.replace("OTHER = make()", " " * 14), [(3, VALUE)])
    assert keep(text)[1] == [(2, VALUE), (3, VALUE)]


def test_needed_follows_values_through_values():
    text = "import m\na = m.a()\nb = a + 1\nc = [b]\ndef f(): return c\n"
    assert stays(text, with_needed=True)
    assert [line for line, _ in keep(text)[1]] == [2, 3, 4]


def test_needed_knows_local_names_from_global_ones():
    """``x`` is a parameter, ``y`` a local variable and ``z`` belongs to the enclosing function."""
    text = "import m\nx = m.x()\ny = m.y()\nz = m.z()\n"
    text += "def f(x):\n    y = z = 1\n    def g(): return z\n    return [x for x in y]\n"
    assert [line for line, _ in keep(text, with_needed=True)[1]] == [2, 3, 4]


@pytest.mark.parametrize(
    "reader",
    [
        "class K:\n    def m(self): return T",
        "class K:\n    t = T",
        "def f(a=T): pass",
        "@T\ndef f(): pass",
        "class K(T): pass",
        "def f():\n    def g(): return [T for _ in a]",
        "predict_labels = T.predict",
        "predict_labels = lambda x: T[x]",
        "predict_labels = h = T",
        "if T:\n    import os",
    ],
)
def test_needed_sees_every_kind_of_reader(reader):
    assert stays(f"import m\nT = m.make()\n{reader}\n", with_needed=True)


def test_needed_keeps_what_the_grader_itself_looks_up():
    """A callable object under a contract name is a right solution, though no code reads it."""
    assert stays("class Parser: pass\nparse_idx = Parser()\n", with_needed=True)


def test_needed_keeps_tables_that_a_loop_or_a_method_fills():
    text = code("""
        LETTERS = []
        CODES = {}
        for i in range(26):
            if i:
                LETTERS.append(chr(65 + i))
            CODES[LETTERS[-1]] = i
        LETTERS.extend(["x"])
        def f(): return LETTERS, CODES
    """)
    assert stays(text, with_needed=True)
    assert [line for line, _ in keep(text)[1]] == [3, 7]


@pytest.mark.parametrize("loop", ["for i in f(): T[i] = 1", "for i in range(9): T[i] = f()", "while f(): T[1] = 1"])
def test_needed_runs_no_loop_that_calls(loop):
    text = f"T = {{}}\ndef f(): return T\n{loop}\n"
    assert keep(text, with_needed=True)[1] == [(3, LOOP)]


def test_needed_keeps_a_file_that_fills_a_table():
    text = "import json\nwith open('a') as f:\n    T = json.load(f)\n    print(T)\ndef g(): return T\n"
    kept, left_out = keep(text, with_needed=True)
    assert "with open('a') as f:\n    T = json.load(f)\n" in kept
    assert left_out == [(4, CALL)]


def test_setting_up_an_imported_module_is_left_out_even_if_functions_use_it():
    text = "import m\nm.seed(1)\nm.update(1)\nm.option = f()\ndef g(): return m\n"
    assert [line for line, _ in keep(text, with_needed=True)[1]] == [2, 3, 4]


def test_a_star_import_may_bring_any_unknown_name():
    assert keep("from m import *\nx = unknown\ny = train()\nz = y\n")[1] == [
        (3, VALUE),
        (4, "it needs `y`, which is not made here"),
    ]


def test_postponed_annotations_are_not_read():
    assert stays("from __future__ import annotations\nx: train() = 1\n")


def test_a_function_may_make_a_global_name():
    assert stays("def f():\n    global X\n    X = 1\nY = X\n")


def test_a_command_inside_a_function_becomes_pass():
    command = "get_ipython().system('ls')"
    after = f"def f():\n    {'pass'.ljust(len(command))}\n    return 1\n"
    assert keep(f"def f():\n    {command}\n    return 1\n") == (after, [(2, COMMAND)])


def test_a_shadowed_constructor_is_a_call():
    assert keep("def dict(): return train()\nx = dict()\n")[1] == [(2, VALUE)]


def test_statements_indented_by_form_feeds_and_tabs_are_read():
    assert keep("if 1:\n\timport os\n\tif os:\n\t\tf()\n\telse:\n\t\tg()\n\x0cf()\n")[1] == [(3, BLOCK), (7, CALL)]


NAMES = st.sampled_from(["a", "bé", "T", "np", "x_train", "parse_idx"])
VALUES = st.one_of(
    st.sampled_from(
        ["1", "'ж'", "[]", "f()", "train(\n 1,\n)", "'''a\n# b\n'''", "lambda: a", "[i for i in a]", "a + T"]
    ),
    NAMES,
)
SIMPLE = st.one_of(
    st.builds("{} = {}".format, NAMES, VALUES),
    st.builds("{} += {}".format, NAMES, VALUES),
    st.builds("{}[0] = {}".format, NAMES, VALUES),
    st.builds("{}.append({})".format, NAMES, VALUES),
    VALUES,
    st.sampled_from(["import np", "from m import a, T", "pass", "del a", "f()", "assert a", "f('''\n''')"]),
)
LINE = st.builds(
    "{}{}{}".format,
    st.lists(SIMPLE, min_size=1, max_size=3).map("; ".join),
    st.sampled_from(["", ";", "  # note; é", " \\\n", "; \\\n"]),
    st.just("\n"),
)


def indented(text):
    """Indent the lines of a block; lines inside brackets and strings move along, which keeps the text valid."""
    return "".join(f"    {line}\n" for line in text.removesuffix("\n").split("\n"))


def blocks(inner):
    body = st.lists(inner, min_size=1, max_size=3).map("".join).map(indented)
    return st.one_of(
        st.builds("if {}:\n{}elif T:\n{}else:\n{}".format, NAMES, body, body, body),
        st.builds("if f({}): {}".format, NAMES, LINE),
        st.builds("try:\n{}except E as e:\n{}finally:\n{}".format, body, body, body),
        st.builds("with {} as w:\n{}".format, NAMES, body),
        st.builds("for i in {}:\n{}else:\n{}".format, NAMES, body, body),
        st.builds("while 0:\n{}".format, body),
        st.builds("@a\n@ a\ndef parse_idx(x={}):\n{}".format, NAMES, body),
        st.builds("class T({}):\n{}".format, NAMES, body),
        st.builds("if __name__ == '__main__':\n{}".format, body),
    )


MODULES = st.lists(st.recursive(LINE, blocks, max_leaves=8), max_size=6).map("".join)


def compiles(text):
    try:
        compile(text, "<test>", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


@settings(max_examples=200, deadline=None, database=None)
@given(MODULES.filter(compiles), st.booleans())
def test_the_result_always_compiles_and_keeps_every_definition(text, with_needed):
    kept, left_out = keep(text, with_needed=with_needed)
    assert len(kept) == len(text)
    outside = {one.name for one in ast.parse(text).body if isinstance(one, ast.FunctionDef | ast.ClassDef)}
    still = {one.name for one in ast.parse(kept).body if isinstance(one, ast.FunctionDef | ast.ClassDef)}
    assert outside == still
    assert bool(left_out) or kept == text


def test_a_large_module_is_filtered_in_reasonable_time():
    lines = [f"x{i} = f{i % 7}(x{random.Random(i).randrange(5000)})" for i in range(5000)]
    assert len(keep("\n".join([*lines, "def use(): return x1"]), with_needed=True)[1]) > 4000


def test_columns_behind_letters_of_every_width_are_found():
    text = "é = 'ж'; g(é, '😀'); z = '€😀'; g(z); y = 1"
    assert keep(text, with_needed=False)[0] == "é = 'ж'; pass     ; z = '€😀'; pass; y = 1"


def test_a_very_wide_line_is_filtered_in_reasonable_time():
    line = "é = '" + "x" * 1_500_000 + "'" + "; print(é)" * 3000
    assert len(keep(line, with_needed=True)[1]) == 3000
