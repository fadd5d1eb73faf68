"""What a file that could be the module holds: the template as it was given out, work, the same code as another one."""

import hashlib
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from grader.submissions.contract import CONTRACT_NAMES
from grader.submissions.decoding import decode_python
from grader.submissions.kinds import holds_notebook
from grader.submissions.notebook import read_notebook
from grader.system.errors import SubmissionError

_STUB = re.compile(rb"""raise NotImplementedError\(\\?["'](\w+): """)
"""In a notebook, which is JSON, the quote is escaped."""
_MADE = re.compile(rb"(?:\bdef|\bclass) +(\w+)|\b(\w+) *=(?!=)")
_NOT_CODE = frozenset({tokenize.COMMENT, tokenize.NL, tokenize.ENCODING})
_SPACING = frozenset({tokenize.INDENT, tokenize.NEWLINE})


def is_untouched(data: bytes) -> bool:
    """Tell whether a module or notebook still has the template's stub of every function of the contract.

    Students hand in its whole folder, with the form that they did not use, or with a copy that they worked in.
    """
    stubs = {name.decode() for name in _STUB.findall(data)}
    return stubs >= CONTRACT_NAMES


@dataclass(frozen=True)
class Content:
    """The bytes of a file that could be the module, and what they say; nothing of it is run."""

    data: bytes

    @cached_property
    def is_untouched(self) -> bool:
        return is_untouched(self.data)

    @cached_property
    def holds_work(self) -> bool:
        """Tell whether it makes a function of the contract, and is not the template as it was given out."""
        made = {name for pair in _MADE.findall(self.data) for name in pair}
        return not self.is_untouched and any(name.encode() in made for name in CONTRACT_NAMES)

    @cached_property
    def code(self) -> str:
        """Return a digest that two files share whose code is the same, whatever their comments, outputs and spacing."""
        hasher = hashlib.sha256()
        try:
            for part in _tokens(self._source()):
                hasher.update(part)
        except (SubmissionError, SyntaxError, tokenize.TokenError):  # it is no Python: then every byte counts
            return hashlib.sha256(self.data).hexdigest()
        return hasher.hexdigest()

    def _source(self) -> str:
        return read_notebook(self.data, "").text if holds_notebook(self.data) else decode_python(self.data, "")


def _tokens(source: str) -> Iterator[bytes]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in _NOT_CODE:
            text = "" if token.type in _SPACING else token.string
            yield f"{token.type} {len(text)} {text}".encode("utf-8", "replace")
