"""The class page and the student pages: Jinja2 templates, self-contained, no request to anywhere.

Student text is untrusted. Three things hold for every value that a template prints: ``finalize`` makes it visible
(``grader.reports.escaping``), autoescape turns its ``<`` into text, and the page's CSP forbids whatever slipped by:
a student page may run no script, the class page the one that sorts its tables, named by its hash.
"""

from __future__ import annotations

import base64
import hashlib
import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from grader.assignment.public_tests.checks.language import SOURCE_LANGUAGE, language_in_use, tr, trn
from grader.i18n.languages import in_language
from grader.reports import class_look, summary
from grader.reports.class_grades import StudentGrade
from grader.reports.escaping import first_line, one_line, visible
from grader.reports.grade_words import penalty_lines
from grader.reports.histogram import score_histogram
from grader.reports.network_page import show_network
from grader.reports.words import count_words
from grader.results.models import ItemResult, Outcome, SubmissionResult
from grader.results.rubric import load_rubric
from grader.results.validation_record import Record, changed_lines
from grader.similarity import LEVEL, Pair
from grader.submissions.names import file_stem

FEEDBACK_HEAD = "<!doctype html>\n<!-- digit-lab feedback page: made from results/, will be replaced -->\n"
"""Every student page starts with this; a file that does not is not ours to remove."""

_CLASS_HEAD = "<!doctype html>\n<!-- digit-lab class page: made from results/, will be replaced -->\n"
_TEMPLATES = Path(__file__).parent / "templates"
_CSP = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_MAX_LOGS = 20
_MAX_LOG_CHARS = 4000
_MAX_MESSAGE_CHARS = 8000
_ARGUMENTS = r"\((?:[^()\n]|\([^()\n]{0,100}\)){0,200}\)"  # bounded: hostile text must not make this slow
_CODE = re.compile(rf"`([^`\n]+)`|(\b[A-Za-z_][\w.]{{0,60}}{_ARGUMENTS}(?:\.\w{{1,60}}{_ARGUMENTS}){{0,5}})")
_CODE_LINE = re.compile(r"(?: {4}|\t|Traceback \(most recent|  File \")")


def render_student_page(result: SubmissionResult, lang: str | None = None, grade: StudentGrade | None = None) -> str:
    """Return ``feedback/<stem>.html``, in `lang` or else in the result's own language.

    It holds nothing of ``grader_log`` and nothing of other submissions.

    Args:
        grade: what the course makes of the points, where this attempt is the one that counts.
    """
    with in_language(lang or result.lang):
        return _student_page(result, grade)


def _student_page(result: SubmissionResult, grade: StudentGrade | None) -> str:
    template = page_environment().get_template("student.html.j2")
    untested = summary.is_untested(result)
    occurred = {item.outcome for item in result.items}
    return FEEDBACK_HEAD + template.render(
        result=result,
        marked=summary.has_mark(result),
        penalty=penalty_lines(grade),
        networks=[show_network(look) for look in result.networks],
        untested=untested,
        parts=[] if untested else summary.part_scores(summary.say_reason_once(result)),
        meanings=[(outcome, tr(text)) for outcome, text in summary.OUTCOME_MEANINGS.items() if outcome in occurred],
    )


def render_class_page(
    results: Sequence[SubmissionResult],
    lang: str | None = None,
    *,
    similar: Sequence[Pair] | None = None,
    record: Record | None = None,
    grades: Sequence[StudentGrade] = (),
    not_graded: Sequence[str] = (),
) -> str:
    """Return ``report.html``, for the instructor: the marks of all, who needs a look, and the logs of our faults.

    Args:
        lang: of its words; None for the language of the first result.
        similar: pairs that are alike; None when nobody looked for them.
        record: what is proved of the grader.
        grades: of the students, where the course has rules.
        not_graded: names of the class's submissions that have no result.
    """
    with in_language(lang or next((result.lang for result in results), SOURCE_LANGUAGE)):
        return _class_page(results, similar, record, grades, not_graded)


def _says_more(grades: Sequence[StudentGrade]) -> bool:
    """Tell whether grades are more than the points of the submissions: by rules, attempts, or members of groups."""
    is_shared = len({row.submission for row in grades}) < len(grades)
    return is_shared or any(row.penalty or row.attempts > 1 or row.grade is None for row in grades)


def _class_page(
    results: Sequence[SubmissionResult],
    similar: Sequence[Pair] | None,
    record: Record | None,
    grades: Sequence[StudentGrade],
    not_graded: Sequence[str],
) -> str:
    template = page_environment().get_template("class.html.j2")
    faulty = [result for result in results if not summary.has_mark(result)]
    struck = [result for result in results if summary.what_needs_a_look(result) and not result.reason]
    script, rubric = _sort_script(), load_rubric()
    noted = class_look.unusual_notes(results)
    notes = {result.submission: note for result, note in noted}
    return _CLASS_HEAD + template.render(
        csp=f"{_CSP}; script-src '{_hash_for_csp(script)}'",
        sort_script=Markup(script),  # noqa: S704 -- a file of ours
        results=results,
        figures=summary.class_statistics(results, len(not_graded)),
        histogram=score_histogram(results),
        part_maxima=summary.part_maxima(results),
        rates=summary.line_rates(results),
        faulty=faulty,
        not_graded=not_graded,
        rejected=summary.rejected_ones(results),
        struck=[result for result in struck if summary.has_mark(result)],
        near_zero=class_look.near_zero(results),
        noted=noted,
        note_of=lambda result: notes[result.submission],
        similar=similar,
        level=LEVEL,
        grades=grades if _says_more(grades) else (),
        proved=record.figures() if record else None,
        unproved=sorted(set().union(*changed_lines(record, rubric).values())),
        is_of_this_grader=record is not None and record.is_of_this_grader(),
        outcomes=class_look.outcome_counts(results),
        times=class_look.grading_times(results),
        max_logs=_MAX_LOGS,
        graders=_count_alike(_describe_grader(result) for result in results),
        confinements=_count_alike(describe_confinement(result) for result in results),
        first_start=min((result.started_at for result in results), default=""),
    )


@cache
def _sort_script() -> str:
    return (_TEMPLATES / "sort.js").read_text(encoding="utf-8")


def _hash_for_csp(script: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"


def describe_confinement(result: SubmissionResult) -> str:
    """Return in one line how the student's code was held, and what was missing."""
    confinement = result.confinement
    layers = f" ({', '.join(confinement.layers)})" if confinement.layers else ""
    missing = "; " + tr("not available: {layers}", layers=", ".join(confinement.missing)) if confinement.missing else ""
    return f"{confinement.level}{layers}{missing}"


def split_code(message: str) -> list[tuple[str, str]]:
    """Split a message into ``(kind, text)`` pieces; kind is text, code (within a line) or lines (whole code lines).

    Code is what stands in backticks, calls such as ``predict(model, x)``, and lines indented by four or more.
    """
    shown = visible(message).strip("\n")
    if len(shown) > _MAX_MESSAGE_CHARS:
        shown = f"{shown[:_MAX_MESSAGE_CHARS]}\n… (cut here)"
    pieces: list[tuple[str, str]] = []
    for line in shown.splitlines(keepends=True):
        pieces.extend([("lines", line)] if _CODE_LINE.match(line) else _split_line(line))
    return _joined(pieces)


def _split_line(line: str) -> list[tuple[str, str]]:
    pieces = []
    end = 0
    for match in _CODE.finditer(line):
        pieces += [("text", line[end : match.start()]), ("code", match[1] or match[2])]
        end = match.end()
    return [*pieces, ("text", line[end:])]


def _joined(pieces: list[tuple[str, str]]) -> list[tuple[str, str]]:
    joined: list[tuple[str, str]] = []
    for kind, text in pieces:
        if joined and joined[-1][0] == kind != "code":
            joined[-1] = (kind, joined[-1][1] + text)
        elif text:
            joined.append((kind, text))
    return [(kind, textwrap.dedent(text) if kind == "lines" else text) for kind, text in joined]


def _describe_grader(result: SubmissionResult) -> str:
    info = result.grader
    return tr(
        "digit-lab {version}, rubric {rubric}, dataset {dataset}",
        version=info.version,
        rubric=info.rubric_sha256[:12],
        dataset=info.dataset,
    )


def _count_alike(texts: Iterable[str]) -> list[tuple[str, int]]:
    return Counter(texts).most_common()


def _feedback_href(result: SubmissionResult) -> str:
    return f"feedback/{quote(file_stem(result.submission), safe='')}.html"


def _log_tail(log: str) -> str:
    shown = visible(log)
    return shown if len(shown) <= _MAX_LOG_CHARS else f"… (the whole log is in results/)\n{shown[-_MAX_LOG_CHARS:]}"


def _make_visible(value: object) -> object:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _between_folders(text: str) -> Markup:
    """Return the text escaped; where a path is too long for its line, it breaks between folders and not in a name."""
    return Markup("/<wbr>").join(visible(text).split("/"))


def _plural(one: str, many: str, count: int) -> str:
    """Return the form that goes with a number; the template fills it in."""
    return trn(one, many, count)


def _of_points(scored: ItemResult | summary.PartScore) -> str:
    points, most = (summary.format_points(number or 0) for number in (scored.points, scored.max_points))
    return tr("{points} of {most}", points=points, most=most)


def _passed_words(count: int, is_all: bool) -> str:
    if is_all and count > 1:
        return trn("all {count} passed", "all {count} passed", count)
    return trn("{count} passed", "{count} passed", count)


@cache
def page_environment() -> Environment:
    """Return what renders the templates: every value made visible and escaped."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_make_visible,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    # `finalize` does not see the values in a `trans` block: each of them goes through a filter that makes it visible.
    environment.install_gettext_callables(tr, _plural, newstyle=False)  # type: ignore[attr-defined]
    environment.globals["_"] = tr  # with its values by name
    environment.globals.update(
        Outcome=Outcome,
        csp=_CSP,
        outcome_word=lambda outcome: tr(summary.OUTCOME_WORDS[outcome]),
        no_mark=lambda: tr(summary.NO_MARK),
        language=language_in_use,
        count_words=count_words,
        of_points=_of_points,
        passed_words=_passed_words,
        # For `listing`: functions, because what a template macro returns is escaped already and would be so twice.
        untested_words=summary.untested_words,
        reason_line=lambda result: first_line(result.reason),
        what_went_wrong=summary.what_went_wrong,
        what_needs_a_look=summary.what_needs_a_look,
    )
    environment.filters.update(
        aligned_parts=summary.aligned_parts,
        between_folders=_between_folders,
        code_pieces=split_code,
        confinement=describe_confinement,
        feedback_href=_feedback_href,
        first_line=first_line,
        has_mark=summary.has_mark,
        log_tail=_log_tail,
        one_line=one_line,
        part_scores=summary.part_scores,
        points=summary.format_points,
        wrong=summary.what_went_wrong,
    )
    return environment
