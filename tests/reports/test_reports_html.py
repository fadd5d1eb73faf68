"""The pages: student text is only ever text, nothing is fetched, the log of the grader stays with the instructor."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from report_cases import (
    HOSTILE,
    make_class,
    make_every_outcome,
    make_hostile_result,
    make_item,
    make_result,
)

from grader.reports import html, render_class_page, render_student_page
from grader.reports.class_grades import StudentGrade
from grader.reports.escaping import one_line, visible
from grader.reports.html import FEEDBACK_HEAD, describe_confinement, split_code
from grader.reports.summary import OUTCOME_MEANINGS, OUTCOME_WORDS
from grader.results.models import Confinement, GraderInfo, Outcome
from grader.results.rubric import load_rubric
from grader.results.validation_record import Record, line_digests
from grader.similarity import CommonPart, Pair

OUR_ELEMENTS = re.findall(
    r"\w+",
    """html head meta title style body header main section footer figure figcaption h1 h2 h3 p strong span div code pre
    ul li dl dt dd a bdi table caption colgroup col thead tbody tr th td details summary svg desc rect text line
    script img wbr""",
)
OUR_ATTRIBUTES = re.findall(
    r"[\w-]+",
    """lang charset http-equiv content name class id href scope style tabindex role viewbox
    x y x1 x2 y1 y2 width height aria-labelledby aria-hidden data-sort data-value
    data-ascending data-descending""",
)
VOID_ELEMENTS = {"meta", "col", "wbr"}


class Page(HTMLParser):
    """Collect elements, attributes and text, and check that elements close in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.comments: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID_ELEMENTS:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def values(self, attribute: str) -> list[str | None]:
        return [attributes[attribute] for _, attributes in self.elements if attribute in attributes]


def assert_only_ours(page: Page) -> None:
    assert {tag for tag, _ in page.elements} <= set(OUR_ELEMENTS)
    assert {name for _, attributes in page.elements for name in attributes} <= set(OUR_ATTRIBUTES)
    assert all(re.fullmatch(r"#part-\d+|feedback/[\w.~%-]+\.html", str(href)) for href in page.values("href"))
    assert all(re.fullmatch(r"width:[\d.]+%", str(style)) for style in page.values("style"))
    assert len(page.comments) == 1


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_adds_no_element_to_the_student_page(kind: str) -> None:
    text = HOSTILE[kind]
    source = render_student_page(make_hostile_result(text))
    source.encode()
    page = Page(source)
    assert_only_ours(page)
    assert one_line(text, 255) in page.text
    assert visible(text).replace("`", "") in page.text


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_adds_no_element_to_the_class_page(kind: str) -> None:
    text = HOSTILE[kind]
    faulty = make_result(text, make_item(outcome=Outcome.GRADER_ERROR, title=text, message=text), grader_log=text)
    strange = {
        "grader": GraderInfo(version=text, rubric_sha256=text, dataset=text),
        "confinement": Confinement(level=text, layers=(text,), missing=(text,)),
        "started_at": text,
    }
    results = [make_hostile_result(text), faulty, make_result("b", make_item(text, Outcome.CRASHED), **strange)]
    source = render_class_page(results)
    source.encode()
    page = Page(source)
    assert_only_ours(page)
    assert one_line(text, 80) in page.text
    assert visible(text) in page.text


def test_every_outcome_is_shown_with_its_word_and_its_meaning() -> None:
    page = Page(render_student_page(make_every_outcome()))
    classes = page.values("class")
    for outcome in Outcome:
        assert f"outcome {outcome.value}" in classes
        assert OUTCOME_WORDS[outcome] in page.texts
        assert OUTCOME_MEANINGS[outcome] in page.text
        assert f"About {outcome.value}." in page.text


def test_only_the_words_that_occur_are_explained() -> None:
    text = Page(render_student_page(make_class()[0])).text
    assert OUTCOME_MEANINGS[Outcome.PASSED] in text
    assert OUTCOME_MEANINGS[Outcome.SKIPPED] not in text


def test_the_student_page_shows_score_notes_times_and_confinement() -> None:
    page = Page(render_student_page(make_class()[1]))
    words = " ".join(page.text.split())
    assert "student-2 0 of 10 points" in words
    assert "Left out: the notebook cell 3 (a shell command)." in words
    assert "letters.accuracy, 30.0 s" in words
    assert "Your code ran confined: full (landlock, seccomp); not available: cgroup." in words
    assert "parse_idx(fd)" in page.texts


def test_a_rejected_submission_shows_the_reason_and_needs_no_lines() -> None:
    page = Page(render_student_page(make_class()[3]))
    assert "The submission could not be taken" in page.text
    assert "No Python file found." in page.text
    assert "Points by part" not in page.text


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", "The submission could not be taken The zip file is damaged. None of the 2 checks was run."),
        ("ru", "Работу не удалось принять The zip file is damaged. Ни одна из 2 проверок не выполнялась."),
    ],
)
def test_of_lines_that_nobody_tested_it_is_said_once(lang: str, words: str) -> None:
    """They were not skipped for a line that did not pass, and no code ran."""
    reason = "The zip file is damaged."
    items = [make_item(name, Outcome.SKIPPED, message=reason) for name in ("parser.u1", "letters.accuracy")]
    page = Page(render_student_page(make_result("anna", *items, reason=reason), lang))
    text = " ".join(page.text.split())
    assert words in text
    for absent in ("did not pass", "не пройден", "parser.u1", "пропущен", "confined", "изолирован"):
        assert absent not in text


def test_a_grader_error_shows_no_number_as_the_score() -> None:
    result = make_result("student-1", make_item(), make_item("x", Outcome.GRADER_ERROR), score=4.0)
    words = " ".join(Page(render_student_page(result)).text.split())
    assert "student-1 No mark grader error The grader failed" in words
    assert "of 8 points" not in words


def test_the_log_of_the_grader_is_for_the_instructor_only() -> None:
    results = make_class()
    assert not any("secret-of-the-grader" in render_student_page(result) for result in results)
    assert "secret-of-the-grader" in render_class_page(results)


def test_a_long_log_shows_its_end() -> None:
    log = "first line\n" + "x" * 10_000 + "\nlast line"
    page = render_class_page([make_result("a", make_item(outcome=Outcome.GRADER_ERROR), grader_log=log)])
    assert "last line" in page
    assert "first line" not in page
    assert "the whole log is in results/" in page


def test_the_class_page_names_who_needs_a_look() -> None:
    words = " ".join(Page(render_class_page(make_class())).text.split())
    assert "1 submission: no mark: grader error. Mean and median are of the other 4." in words
    assert "student-10 no mark: grader error x1 Log of student-10" in words
    assert "student-4 No Python file found." in words
    assert "student-2 timeout x1" in words


def test_a_class_without_trouble_says_so() -> None:
    text = Page(render_class_page(make_class()[:1])).text
    assert "Nobody: all were taken" in text
    assert "1 submission" in text
    assert "cannot be compared" not in text


def test_the_headline_counts_who_is_not_graded_yet() -> None:
    results = [make_result("anna", make_item()), make_result("boris", make_item(outcome=Outcome.GRADER_ERROR))]
    grades = [StudentGrade("chen", "chen", 1, False, None)]
    page = render_class_page(results, not_graded=["chen", "dora"], grades=grades)
    assert "<h1>4 submissions</h1>" in page
    assert "<div><dt>Not graded yet</dt><dd>2</dd></div>" in page
    assert "<dt>Without a mark</dt><dd>1</dd>" in page
    assert "Mean and median are of the other 1." in page
    assert "<td>not graded yet</td> <td></td>" in page
    assert "<dt>Not graded yet</dt>" not in render_class_page(results)


def test_a_path_breaks_between_folders() -> None:
    page = render_class_page([make_result("anna", make_item(points=0), reason="a/<b>.py: is empty.")])
    assert page.count("a/<wbr>&lt;b&gt;.py: is empty.") == 2


def test_a_class_graded_by_two_graders_is_not_comparable() -> None:
    other = make_result("b", make_item(), grader=GraderInfo(version="0.2.0", rubric_sha256="", dataset="mnist"))
    bare = make_result("c", make_item(), confinement=Confinement(level="none", layers=(), missing=()))
    text = Page(render_class_page([make_class()[0], other, bare])).text
    assert "their marks cannot be compared" in text
    assert "Not all submissions were confined alike." in text


def test_the_histogram_is_told_in_words() -> None:
    page = Page(render_class_page(make_class()))
    (svg,) = (attributes for tag, attributes in page.elements if tag == "svg")
    assert svg["role"] == "img"
    assert svg["aria-labelledby"] == "histogram-title histogram-description"
    assert "0 to 10 percent: 3; 90 to 100 percent: 1." in page.texts


@pytest.mark.parametrize(
    "render", [lambda: render_class_page(make_class()), lambda: render_student_page(make_class()[1])]
)
def test_pages_fetch_nothing_and_are_readable_by_machine(render) -> None:
    source = render()
    page = Page(source)
    policy = [attributes["content"] for _, attributes in page.elements if attributes.get("http-equiv")]
    scripts = re.findall(r"<script>(.*?)</script>", source, re.DOTALL)
    allowed = "".join(f"; script-src '{html._hash_for_csp(script)}'" for script in scripts)
    assert policy == [f"default-src 'none'; style-src 'unsafe-inline'; img-src data:{allowed}"]
    assert len(scripts) == ("Class report" in source)
    assert page.elements[0] == ("html", {"lang": "en"})
    assert not re.search(r"https?:|url\(|@import|<script |<link|<img|src=", source)
    header_scopes = [attributes.get("scope") for tag, attributes in page.elements if tag == "th"]
    assert header_scopes
    assert set(header_scopes) <= {"row", "col"}
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert set(page.values("aria-labelledby")) - {"histogram-title histogram-description"} <= set(ids)


def test_similar_submissions_stand_side_by_side_as_text() -> None:
    part = CommonPart(3, 7, "<script>1</script>", "</pre><b>", 40)
    pairs = [Pair("<i>a", "b", 0.755, 1.0, (part,)), Pair("c", "d", 0.5, 0.5, ())]
    page = Page(render_class_page(make_class(), similar=pairs))
    assert_only_ours(page)
    words = " ".join(page.text.split())
    assert "A hint where to look, not a proof." in words
    assert "<i>a and b: 76 % and 100 % <i>a, line 3<script>1</script> b, line 7</pre><b>" in words
    assert "c and d: 50 % and 50 % The texts: digitlab report DIR --dolos texts.zip" in words


def test_a_class_that_nobody_compared_has_no_such_section() -> None:
    assert "Similar submissions" not in Page(render_class_page(make_class())).text
    assert "There are none." in Page(render_class_page(make_class(), similar=[])).text


def test_what_being_late_cost_stands_beside_the_points():
    result = make_class()[0]
    late = StudentGrade("7", result.submission, 2, late=True, result=result, late_days=2, penalty=3, grade=1.5)
    text = " ".join(Page(render_student_page(result, grade=late)).text.split())
    assert "Penalty: 3 (2 days late) Grade: 1.5" in text
    assert "Penalty" not in Page(render_student_page(result)).text
    unknown = StudentGrade("8", result.submission, 1, late=True, result=result, late_days=None)
    words = " ".join(Page(render_class_page(make_class(), grades=[late, unknown])).text.split())
    assert "Student Submission Points Days late Penalty Grade" in words
    assert f"7 {result.submission} {result.score:g} 2 3 1.5" in words
    assert f"8 {result.submission} {result.score:g} ? no grade" in words
    plain = StudentGrade("7", result.submission, 1, late=False, result=result, penalty=0, grade=result.score)
    assert "Days late" not in Page(render_class_page(make_class(), grades=[plain])).text
    members = [replace(plain, student=name) for name in ("kim", "lee")]
    words = " ".join(Page(render_class_page(make_class(), grades=members)).text.split())
    assert "kim" in words
    assert "lee" in words


def test_the_class_page_says_what_is_proved_of_the_grader():
    kind = {
        "date": "2026-01-02", "version": "1", "level": "full", "secrets": 5, "cases": 34, "gradings": 170,
        "minutes": 1.0, "tested": {}, "seconds": {}, "lines": line_digests(load_rubric()) | {"parser.u1": "another"},
        "grader": "another",
    }  # fmt: skip
    right = dict.fromkeys(("alternate", "reference"), kind | {"tested": dict.fromkeys(load_rubric().by_id, 200)})
    record = Record.model_validate({"kinds": right | dict.fromkeys(("mutant", "automatic", "hostile"), kind)})
    text = " ".join(Page(render_class_page(make_class(), record=record)).text.split())
    tests = f"{400 * len(load_rubric().line):,}".replace(",", " ")
    assert f"(version 1, 2026-01-02): 68 right solutions lost none of {tests} tests of single lines" in text
    assert "in less than 0.7 % of the cases" in text
    assert "what follows is said of version 1 as it was then" in text
    assert "Rubric lines that were changed since, and are not proved: parser.u1." in text
    assert "proved of the grader" not in Page(render_class_page(make_class(), record=Record(kinds={}))).text


def test_the_same_results_give_the_same_bytes() -> None:
    html.page_environment.cache_clear()
    first = render_class_page(make_class()), render_student_page(make_every_outcome())
    html.page_environment.cache_clear()
    assert first == (render_class_page(make_class()), render_student_page(make_every_outcome()))


def test_a_student_page_starts_with_the_mark_of_ours() -> None:
    assert render_student_page(make_class()[0]).startswith(FEEDBACK_HEAD)
    assert not render_class_page(make_class()).startswith(FEEDBACK_HEAD)


def test_300_submissions_with_long_names_and_logs_stay_below_one_mebibyte() -> None:
    outcomes = [*(set(Outcome) - {Outcome.GRADER_ERROR}), Outcome.CRASHED]
    items = tuple(
        make_item(f"{part}.line{number}", outcomes[number], title="A title of a usual length, or a bit longer")
        for part in ("parser", "showpics", "builders", "training", "save", "drawing", "letters")
        for number in range(8)
    )
    fault = make_item("letters.fault", Outcome.GRADER_ERROR)
    results = [
        make_result(f"{number:03}" + '"' * 252, *items, fault, grader_log="<" * 100_000) for number in range(300)
    ]
    assert len(render_class_page(results).encode()) < 1024 * 1024


@pytest.mark.parametrize(
    ("message", "pieces"),
    [
        ("", []),
        ("plain", [("text", "plain")]),
        ("use `x = 1` here", [("text", "use "), ("code", "x = 1"), ("text", " here")]),
        ("f(g(1), 2).sum() is", [("code", "f(g(1), 2).sum()"), ("text", " is")]),
        ("shape (3,), expected (3, 2)", [("text", "shape (3,), expected (3, 2)")]),
        ("it said:\n    a\n      b\nend", [("text", "it said:\n"), ("lines", "a\n  b\n"), ("text", "end")]),
        ("x\ny", [("text", "x\ny")]),
    ],
)
def test_code_in_messages_is_told_from_words(message: str, pieces: list[tuple[str, str]]) -> None:
    assert split_code(message) == pieces


def test_endless_messages_are_cut() -> None:
    assert split_code("x" * 100_000)[0][1].endswith("x\n… (cut here)")


@pytest.mark.parametrize("text", ["a." * 4000, "a(" * 4000, "a(()" * 2000, "`" * 8000, "a(b)." * 1600])
def test_hostile_messages_are_split_fast(text: str) -> None:
    assert "".join(piece for _, piece in split_code(text))


def test_confinement_without_layers_is_named_too() -> None:
    bare = make_result(confinement=Confinement(level="none", layers=(), missing=("landlock", "seccomp")))
    assert describe_confinement(bare) == "none; not available: landlock, seccomp"


STYLE = Path(html.__file__).parent / "templates" / "style.css"
FOREGROUNDS = ("ink", "muted", "accent", "passed", "partial", "failed", "limit")
LIGHT, DARK = (
    dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
    for block in re.findall(r":root \{(.*?)\}", STYLE.read_text(), re.DOTALL)[:2]
)


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("foreground", FOREGROUNDS)
@pytest.mark.parametrize("background", ["paper", "wash"])
def test_text_has_enough_contrast(colors: dict[str, str], foreground: str, background: str) -> None:
    """WCAG 2.1 asks for 4.5 to 1."""
    assert contrast(colors[foreground], colors[background]) >= 4.5


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
def test_alarms_have_enough_contrast(colors: dict[str, str]) -> None:
    assert contrast(colors["on-alarm"], colors["alarm"]) >= 4.5


def contrast(first: str, second: str) -> float:
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(color: str) -> float:
    """Return the relative luminance by the formula of WCAG 2.1."""
    channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_reason_in_the_class_page_is_escaped_once() -> None:
    page = render_class_page([make_result("a", reason="expected ':' & <more>")])
    assert "expected &#39;:&#39; &amp; &lt;more&gt;" in page
    assert "&amp;#39;" not in page


def test_a_student_page_speaks_the_language_of_its_result() -> None:
    result = make_every_outcome().model_copy(update={"lang": "ru"})
    source = render_student_page(result)
    assert '<html lang="ru">' in source
    text = " ".join(Page(source).text.split())
    for words in ("Отзыв", "Баллы по частям", "Что значат эти слова", "пропущено", "нет оценки"):
        assert words in text
    assert '<html lang="en">' in render_student_page(result, "en")
    assert "Отчёт о группе" in render_class_page([result])
    assert "Class report" in render_class_page([result], "en")


def test_a_class_page_in_russian_has_no_english_heading() -> None:
    source = render_class_page(make_class(), "ru", similar=[Pair("a", "b", 0.5, 1.0, ())])
    headings = re.findall(r"<(?:h1|h2|h3|dt|th scope=\"col\"[^>]*)>(.*?)</", source)
    named = {"letters", "parser", "part"}  # parts of the rubric are called so everywhere
    strange = [
        text
        for text in headings
        if re.search("[A-Za-z]{3}", re.sub("<[^>]*>", "", text)) and text.split()[0] not in named
    ]
    assert len(headings) > 20
    assert strange == []
    words = " ".join(Page(source).text.split())
    assert "a и b: 50 % и 100 % Тексты: digitlab report DIR --dolos texts.zip" in words
    assert 'data-ascending="по возрастанию"' in source


def test_the_default_language_of_a_page_is_english_again() -> None:
    assert '<html lang="en">' in render_student_page(make_every_outcome())
