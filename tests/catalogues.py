"""Bring the catalogues of messages up to date with the sources and compile them: `make catalogues`.

There are two, so that students are not handed the texts of the hidden tests: one beside the checks, which goes into the
student template, and one for what only the grader says. A text that is in the first is not in the second. English is
the language of the sources and needs no catalogue.

The `.po` files are written by people, the `.mo` files from them; both are committed, so that a clone, an editable
install and a wheel work without a build step.
"""

from __future__ import annotations

import datetime
import io
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

import grader
from grader.assignment.public_tests.checks import language
from grader.assignment.solutions import strip_solutions
from grader.i18n.languages import FOLDER as GRADER_LOCALE
from grader.release.notebook import MODULE_NAME, reference_source
from grader.results.rubric import RUBRIC_FILE

PACKAGE = Path(grader.__file__).resolve().parent
PUBLIC = PACKAGE / "assignment" / "public_tests"
IN_TEMPLATE = (PACKAGE / "assignment" / "template", PACKAGE / "submissions")
"""The release copies these, too: a student's check speaks the grader's words."""
TRANSLATED = [name for name in language.LANGUAGES if name != language.SOURCE_LANGUAGE]
KEYWORDS = {"tr": None, "trn": (1, 2), "later": None}
TEMPLATE_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
DAY = datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC)
"""Stands in every catalogue: the same texts give the same file."""

Found = tuple[str, str | tuple[str, ...]]
"""Where a text stands, and the text, or its two forms."""


@dataclass(frozen=True)
class Domain:
    """One catalogue: where it lies, and the texts that it must have."""

    folder: Path
    messages: tuple[Found, ...]

    def po(self, name: str) -> Path:
        return self.folder / name / "LC_MESSAGES" / f"{language.DOMAIN}.po"

    def mo(self, name: str) -> Path:
        return self.po(name).with_suffix(".mo")


def domains() -> tuple[Domain, Domain]:
    """Return the public catalogue and the grader's own."""
    public = [*_titles(), *_stubs()]
    for folder in (PUBLIC, *IN_TEMPLATE):
        public += _in_sources(folder)
    known = {text for _place, text in public}
    own = [*_in_sources(PACKAGE), *_in_templates()]
    return Domain(language.FOLDER, tuple(public)), Domain(
        GRADER_LOCALE, tuple(found for found in own if found[1] not in known)
    )


def _place(path: Path) -> str:
    return path.relative_to(PACKAGE.parent).as_posix()


def _in_sources(folder: Path) -> Iterator[Found]:
    for path in sorted(folder.rglob("*.py")):
        with path.open("rb") as file:
            for _line, text, _comments, _context in extract("python", file, KEYWORDS):
                yield _place(path), text


def _in_templates() -> Iterator[Found]:
    for path in sorted(PACKAGE.rglob("*.j2")):
        with path.open("rb") as file:
            options = {"trimmed": "true", "silent": "false"}
            for _line, _name, texts, _comments in babel_extract(file, TEMPLATE_KEYWORDS, [], options):
                yield _place(path), texts if isinstance(texts, str) else next(text for text in texts if text)


def _titles() -> Iterator[Found]:
    """Yield the titles of all lines: students see those of hidden ones, too, and nothing else of them."""
    for line in tomllib.loads(RUBRIC_FILE.read_text(encoding="utf-8"))["line"]:
        yield _place(RUBRIC_FILE), line["title"]


def _stubs() -> Iterator[Found]:
    """Yield what the functions of the student's module say while they are not written."""
    source = strip_solutions(reference_source(), file_name=MODULE_NAME).encode()
    for _line, text, _comments, _context in extract("python", io.BytesIO(source), {"NotImplementedError": None}):
        yield MODULE_NAME, text


def load(path: Path, name: str) -> Catalog:
    """Return a catalogue of the language `name`; an empty one when there is no file."""
    if not path.is_file():
        return Catalog(locale=name)
    with path.open("rb") as file:
        return read_po(file, locale=name, domain=language.DOMAIN)


def compiled(catalogue: Catalog) -> bytes:
    """Return the bytes of the `.mo` file."""
    file = io.BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def update(domain: Domain, name: str, earlier: Sequence[Catalog] = ()) -> Catalog:
    """Write a catalogue anew: texts of the sources, translations where there are any; return it.

    Args:
        domain: whose texts they are.
        name: of the language.
        earlier: catalogues that may have the translation of a text that was another domain's.
    """
    template = Catalog(locale=name)
    for place, text in domain.messages:
        template.add(text, locations=[(place, 0)])
    catalogue = Catalog(
        locale=name, domain=language.DOMAIN, project="digit-lab", version=grader.__version__,
        header_comment="# Messages of digit-lab. See tests/catalogues.py.",
        copyright_holder="", msgid_bugs_address="", last_translator="", language_team="", creation_date=DAY,
        revision_date=DAY, fuzzy=False,
    )  # fmt: skip
    for message in template:
        if message.id:
            known = next((found.string for one in earlier if (found := one.get(message.id))), "")
            catalogue.add(message.id, known, locations=message.locations)
    path = domain.po(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=120, include_lineno=False)
    domain.mo(name).write_bytes(compiled(load(path, name)))
    return catalogue


def main() -> int:
    """Update and compile every catalogue; say what is not translated yet."""
    missing = 0
    known = {name: [load(domain.po(name), name) for domain in domains()] for name in TRANSLATED}
    for domain in domains():
        for name in TRANSLATED:
            messages = [message for message in update(domain, name, known[name]) if message.id]
            untranslated = [
                message for message in messages
                if not (all(message.string) if isinstance(message.string, tuple) else message.string)
            ]  # fmt: skip
            print(f"{_place(domain.po(name))}: {len(messages)} messages, {len(untranslated)} not translated")
            for message in untranslated:
                print(f"  {message.id!r}")
            missing += len(untranslated)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
