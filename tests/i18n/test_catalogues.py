"""The catalogues are complete: every text of the sources has its Russian, with the same values in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import pytest
from babel.messages.catalog import Catalog, Message
from catalogues import TRANSLATED, Domain, compiled, domains, load

from grader.assignment.public_tests.checks import language
from grader.assignment.solutions import solution_lines
from grader.release.check import leaked_lines
from grader.release.notebook import MODULE_NAME, reference_source

FIELD = re.compile(r"\{[^{}]*\}|%\(\w+\)s")


@cache
def both() -> tuple[Domain, Domain]:
    return domains()


def catalogues() -> Iterator[tuple[Domain, Catalog]]:
    for domain in both():
        for name in TRANSLATED:
            yield domain, load(domain.po(name), name)


def messages() -> Iterator[Message]:
    for _domain, catalogue in catalogues():
        yield from (message for message in catalogue if message.id)


def forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def test_every_text_of_the_sources_is_in_its_catalogue_and_no_other_text() -> None:
    for domain, catalogue in catalogues():
        assert {forms(message.id) for message in catalogue if message.id} == {
            forms(text) for _, text in domain.messages
        }
        assert not catalogue.obsolete


def test_every_text_is_translated_by_a_person() -> None:
    for message in messages():
        assert all(
            text.strip() or not form.strip()
            for text, form in zip(forms(message.string), forms(message.id), strict=False)
        )
        assert all(forms(message.string)), message.id
        assert not message.fuzzy, message.id


def test_a_translation_has_the_values_of_its_text() -> None:
    for message in messages():
        for text in forms(message.string):
            assert set(FIELD.findall(text)) == set(FIELD.findall(forms(message.id)[-1])), message.id


def test_russian_has_its_three_plural_forms() -> None:
    for _domain, catalogue in catalogues():
        assert catalogue.num_plurals == 3
    for message in messages():
        assert len(forms(message.string)) == (3 if message.pluralizable else 1), message.id


def test_spaces_around_a_text_are_kept() -> None:
    for message in messages():
        for text, source in zip(forms(message.string), forms(message.id), strict=False):
            assert (text[0] == " ", text[-1] == " ") == (source[0] == " ", source[-1] == " "), message.id


def test_sentences_end_as_in_english() -> None:
    for message in messages():
        ends = {
            text.endswith(".") and not text.endswith("...") for text in (*forms(message.string), *forms(message.id))
        }
        assert len(ends) == 1, message.id


def test_the_compiled_catalogues_are_those_of_the_sources() -> None:
    """Both are committed: a clone and a wheel need no build step. Run: make catalogues."""
    for domain, catalogue in catalogues():
        for name in TRANSLATED:
            assert domain.mo(name).read_bytes() == compiled(catalogue), f"{domain.mo(name)}: run make catalogues"


def test_students_get_no_text_of_the_hidden_tests() -> None:
    """But for the titles of their lines, which the list at the end of a local run shows."""
    public, _own = both()
    assert not [place for place, _text in public.messages if "hidden" in place]


def test_the_catalogue_of_the_template_holds_no_line_of_the_solution() -> None:
    text = both()[0].po("ru").read_text(encoding="utf-8")
    assert not leaked_lines(text, solution_lines(reference_source(), file_name=MODULE_NAME))


@pytest.mark.parametrize("name", TRANSLATED)
def test_the_standard_library_reads_them(name: str) -> None:
    for domain in both():
        translations = language.gettext.translation(language.DOMAIN, domain.folder, [name])
        for _place, text in domain.messages:
            if isinstance(text, str):
                assert translations.gettext(text)
