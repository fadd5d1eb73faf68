"""Draw a digit and see what your functions and your networks make of it: python draw.py

Opens a page in your browser. It is served to this computer alone, and draws, looks and saves with what you wrote:
load_drawing, restore_model, predict_drawing. What is not written yet is told there. Ctrl-C ends it.
"""

from __future__ import annotations

import argparse
import os
import sys
import webbrowser
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("MPLBACKEND", "Agg")

from drawing_page.server import DrawingServer
from tests.checks.language import LANGUAGES, find_language, tr, use_language

HERE = Path(__file__).resolve().parent


def main(arguments: list[str]) -> int:
    """Serve the page until Ctrl-C; return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # a Windows console may not know a letter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--no-browser", action="store_true", help="only print the page's address")
    parser.add_argument("--port", type=int, default=0, help="port of the page (default: any free one)")
    parser.add_argument("--notebook", action="store_true", help="use mnist_all_models.ipynb instead of the .py")
    parser.add_argument("--lang", choices=LANGUAGES, help="language of the page (default: the system's)")
    options = parser.parse_args(arguments)
    use_language(options.lang or find_language("utf-8"))
    sys.dont_write_bytecode = True  # a module that is saved twice in a second would be read from its cache
    try:
        server = DrawingServer(HERE, port=options.port, notebook=options.notebook)
    except (OSError, OverflowError) as error:
        problem = tr("port {port} cannot be used ({error}). Choose another one.", port=options.port, error=error)
        print(problem, file=sys.stderr)
        return 2
    print(tr("The page is at {url} (Ctrl-C ends it).", url=server.url), flush=True)
    if not options.no_browser:
        webbrowser.open(server.url)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()
    finally:
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
