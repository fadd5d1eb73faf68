"""List what the template's notebook does between its functions: the intake does not tell of it."""

from __future__ import annotations

from grader.submissions.definitions import keep_definitions
from grader.submissions.module_facts import ModuleFacts
from grader.submissions.notebook import read_notebook
from grader.submissions.parsing import parse_tree
from grader.submissions.source_text import SourceText


def demonstrations_text(notebook: bytes) -> str:
    """Return the first line of each statement that the intake leaves out of a notebook."""
    text = read_notebook(notebook, "the template's notebook").text
    facts = ModuleFacts(SourceText(text), parse_tree(text))
    plans = ({"with_needed": True, "with_work": True}, {"with_needed": True}, {"with_needed": False})
    left_out = [one.text for plan in plans for one in keep_definitions(facts, **plan).left_out]
    return "".join(f"{one}\n" for one in sorted(set(left_out)))
