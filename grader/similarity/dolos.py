"""The texts of a class as Dolos reads them (https://dolos.ugent.be): a zip of modules with an ``info.csv`` beside them.

The columns are those of its documentation, and ``ignored``, by which its library knows the one file that everybody was
given. JPlag takes the unpacked folder: each text is a file of its own.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping

from grader.submissions.names import OWN_ZIP, file_stem

TEMPLATE = "template.py"
_FOLDER = "submissions"
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The same class gives the same bytes."""


def dolos_zip(sources: Mapping[str, str], template: str, *, handed_in: Mapping[str, str]) -> bytes:
    """Return the zip.

    Args:
        sources: the text of each submission's module, by the submission's name; a notebook's as it was graded.
        template: what everybody was given: Dolos leaves it out of account.
        handed_in: when, in ISO 8601, by the submission's name, of those whose time is known.
    """
    files = {f"{_FOLDER}/{file_stem(name)}.py": name for name in sorted(sources)}
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(("filename", "full_name", "created_at", "ignored"))
    writer.writerows((file, name, handed_in.get(name, ""), "") for file, name in files.items())
    writer.writerow((TEMPLATE, TEMPLATE, "", "true"))
    texts = {file: sources[name] for file, name in files.items()} | {TEMPLATE: template, "info.csv": table.getvalue()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = OWN_ZIP
        for file, text in texts.items():
            archive.writestr(zipfile.ZipInfo(file, _EPOCH), text.encode("utf-8", "replace"), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
