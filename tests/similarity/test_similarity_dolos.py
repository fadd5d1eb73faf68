"""The zip for Dolos: every text once under a safe name, whose it is and when, and the template to leave out."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

from click.testing import CliRunner
from report_cases import make_item, make_result

from grader.cli.commands import main
from grader.results.journal_index import WorkKey
from grader.results.store import ResultStore
from grader.similarity.dolos import TEMPLATE, dolos_zip

SOURCES = {"anna": "x = 1\n", "Борис, Иванов/../..": "y = 2\n", "=1+1": "z = '\udc80'\n"}


def rows_of(archive: zipfile.ZipFile) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read("info.csv").decode())))


def test_every_text_is_there_with_its_student_and_time() -> None:
    data = dolos_zip(SOURCES, "given = 0\n", handed_in={"anna": "2026-12-01T10:00:00+00:00"})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        rows = {row["full_name"]: row for row in rows_of(archive)}
        assert rows.keys() == {*SOURCES, TEMPLATE}
        assert archive.read(rows["anna"]["filename"]) == b"x = 1\n"
        assert archive.read(rows["Борис, Иванов/../.."]["filename"]) == b"y = 2\n"
        assert rows["anna"]["created_at"] == "2026-12-01T10:00:00+00:00"
        assert [row["full_name"] for row in rows.values() if row["ignored"] == "true"] == [TEMPLATE]
        assert archive.read(TEMPLATE) == b"given = 0\n"
        assert all(".." not in Path(name).parts for name in archive.namelist())
    assert dolos_zip(SOURCES, "given = 0\n", handed_in={"anna": "2026-12-01T10:00:00+00:00"}) == data


def test_the_command_writes_it_and_names_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    store = ResultStore(tmp_path)
    store.prepare()
    store.save(make_result("anna", make_item()), WorkKey("content", "grading"), "x = 1\n")
    store.close()
    done = CliRunner().invoke(main, ["report", str(tmp_path), "--dolos", str(tmp_path / "texts.zip")])
    assert done.exit_code == 0, done.output
    assert "texts.zip (1 text)" in done.output
    with zipfile.ZipFile(tmp_path / "texts.zip") as archive:
        assert "def parse_idx" in archive.read(TEMPLATE).decode()
    done = CliRunner().invoke(main, ["report", str(tmp_path), "--dolos", str(tmp_path / "no" / "texts.zip")])
    assert done.exit_code == 2
    assert "cannot be written" in done.output
