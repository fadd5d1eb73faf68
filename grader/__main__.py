"""Where the command `digitlab` starts: here nothing is imported yet, so that Ctrl-C finds somebody from the first."""

import sys

_INTERRUPTED = 130
"""As `grader.cli.options.EXIT_INTERRUPTED`, whose import may be what is interrupted."""


def start() -> None:
    """Run the command line; end with one line where Ctrl-C comes before a command runs."""
    try:
        from grader.cli.commands import main

        main()
    except KeyboardInterrupt:
        sys.stderr.write("digitlab: stopped.\n")
        sys.exit(_INTERRUPTED)


if __name__ == "__main__":
    start()
