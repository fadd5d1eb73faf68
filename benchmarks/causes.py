"""Which causes the reviewed messages name, and for which mistakes: the matrix of `docs/causes.md`.

    python benchmarks/causes.py             # the counts, and what is vague or wrong
    python benchmarks/causes.py --write     # docs/causes.md anew

Reads `tests/corpus/mutants/`: what each mistake declares in `causes`, and the messages in `messages.txt`. Ends with
status 1 when a message names a cause that is not its mistake's.
"""

import argparse
import sys
from pathlib import Path

from grader.proofs.causes import Matrix, matrix_of
from grader.proofs.golden import read_messages
from grader.proofs.mutants import load_mutants
from grader.system.assets import corpus_dir

TABLE = Path(__file__).resolve().parent.parent / "docs" / "causes.md"
MOST = 3
"""Mistakes that are named beside a cause."""


def measured() -> Matrix:
    return matrix_of(load_mutants(corpus_dir() / "mutants"), read_messages())


def table_of(matrix: Matrix) -> str:
    """Return the page: the counts, a row for each cause, and the vague messages."""
    lines = [
        "# What the messages name",
        "",
        "Made by `python benchmarks/causes.py --write` from the reviewed messages of the corpus' mistakes; a test",
        "compares it. `#` stands for a number. Each mistake declares its causes; to name any other is an error.",
        "Each cause that no mistake of the corpus has is proven by a test in",
        "`tests/template/test_told_mistakes*.py` or `tests/checks/test_checks_library_errors.py`.",
        "",
        f"{str(matrix)[0].upper()}{str(matrix)[1:]}.",
        "",
        "| cause | mistakes |",
        "|---|---|",
    ]
    for cause, names in matrix.mistakes.items():
        more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
        lines.append(f"| {cause.replace('|', '/')} | {', '.join(f'`{name}`' for name in names[:MOST])}{more} |")
    lines += ["", "Messages that do not say what the mistake is, by mistake and line:", ""]
    vague: dict[str, list[str]] = {}
    for name, line in matrix.vague:
        vague.setdefault(name, []).append(f"`{line}`")
    lines += [f"* `{name}`: {', '.join(found)}" for name, found in sorted(vague.items())]
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write docs/causes.md")
    asked, matrix = parser.parse_args(), measured()
    if asked.write:
        TABLE.write_text(table_of(matrix), encoding="utf-8")
    for kind in ("vague", "wrong", "idle"):
        for name, what in getattr(matrix, kind):
            print(f"{kind:<6} {name}  {what}")
    print(matrix)
    return bool(matrix.wrong)


if __name__ == "__main__":
    sys.exit(main())
