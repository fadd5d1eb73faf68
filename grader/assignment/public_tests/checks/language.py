"""The language of everything that a student reads: English in the sources, other languages from gettext catalogues.

Standard library only: the tests run in a folder where there is no `grader`. The `.mo` files lie in `locale/` beside
this file; the grader adds a folder of its own for what students do not run. A text is looked up when it is shown, so
the language may be chosen after everything is imported.
"""

from __future__ import annotations

import functools
import gettext
import locale
import os
from collections.abc import Mapping
from pathlib import Path

SOURCE_LANGUAGE = "en"
LANGUAGES = (SOURCE_LANGUAGE, "ru")
DOMAIN = "digitlab"
FOLDER = Path(__file__).resolve().parent / "locale"
_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


class _Chosen:
    """The language of this process and the translations that it is looked up in."""

    language = SOURCE_LANGUAGE
    translations: gettext.NullTranslations = gettext.NullTranslations()


def use_language(language: str, *more_folders: Path) -> None:
    """Choose the language of this process.

    Args:
        more_folders: further places with catalogues, asked when the one beside this file does not know a text.
    Raises:
        ValueError: there is no such language.
    """
    if language not in LANGUAGES:
        raise ValueError(f"language {language!r} is not known; choose one of: {', '.join(LANGUAGES)}")
    _Chosen.language, _Chosen.translations = language, _translations(language, *more_folders)


@functools.cache
def _translations(language: str, *more_folders: Path) -> gettext.NullTranslations:
    """Return the translations; a confined process, which could not read them any more, has what was asked before."""
    if language == SOURCE_LANGUAGE:
        return gettext.NullTranslations()
    first, *others = (gettext.translation(DOMAIN, folder, [language]) for folder in (FOLDER, *more_folders))
    for other in others:
        first.add_fallback(other)
    return first


def language_in_use() -> str:
    """Return the language that was chosen last."""
    return _Chosen.language


def tr(text: str, /, **values: object) -> str:
    """Return a text in the chosen language, its ``{names}`` filled in (a text without values is taken as it is)."""
    found = _Chosen.translations.gettext(text) if text else ""  # gettext keeps the catalogue's head under ""
    return found.format(**values) if values else found


def trn(one: str, many: str, count: int, /, **values: object) -> str:
    """Return the form of a text that goes with a number; the number is ``{count}`` in it."""
    return _Chosen.translations.ngettext(one, many, count).format(count=count, **values)


def later(text: str) -> str:
    """Mark a text for the catalogues that is looked up when it is shown: for constants."""
    return text


def find_language(encoding: str | None, environment: Mapping[str, str] = os.environ) -> str:
    """Return the language that the system asks for, when there is a catalogue and the terminal can show it.

    Args:
        encoding: that of the terminal.
    """
    wanted = [environment[name] for name in _VARIABLES if environment.get(name)][:1] or [locale.getlocale()[0] or ""]
    # LANGUAGE is a list: "ru:en". Windows says "Russian_Russia".
    language = next((one for one in LANGUAGES if wanted[0].lower().startswith(one)), SOURCE_LANGUAGE)
    return language if _can_show(language, encoding or "ascii") else SOURCE_LANGUAGE


def language_for(wanted: str | None, encoding: str | None) -> str:
    """Return the wanted language, or the system's when none is wanted; English where the terminal cannot show it."""
    language = wanted or find_language(encoding)
    return language if _can_show(language, encoding or "ascii") else SOURCE_LANGUAGE


def _can_show(language: str, encoding: str) -> bool:
    try:
        {"ru": "ёЯ"}.get(language, "").encode(encoding)
    except (LookupError, UnicodeEncodeError):
        return False
    return True
