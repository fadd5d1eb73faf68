"""``junit.xml``: the results in the form that CI servers show. No ``grader_log``: students may read CI pages."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from grader.reports.escaping import first_line, visible
from grader.reports.summary import NO_MARK, format_points, has_mark
from grader.results.models import ItemResult, Outcome, SubmissionResult

_FAILURES = (Outcome.PARTIAL, Outcome.FAILED, Outcome.CRASHED, Outcome.TIMEOUT, Outcome.MEMORY)


def render_junit(results: Sequence[SubmissionResult]) -> str:
    """Return the text of ``junit.xml``: a testsuite per submission, a testcase per rubric line."""
    root = ET.Element("testsuites", name="digit-lab")
    for result in results:
        root.append(_suite(result))
    _count(root)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _suite(result: SubmissionResult) -> ET.Element:
    name = visible(result.submission)
    suite = ET.Element("testsuite", name=name, timestamp=visible(result.started_at), time=f"{result.seconds:.3f}")
    suite.append(_properties(result))
    if result.reason:
        _add_verdict(_add_case(suite, name, "submission"), "failure", "rejected", result.reason)
    if not has_mark(result) and not result.has_grader_error:
        _add_verdict(_add_case(suite, name, "submission"), "error", Outcome.GRADER_ERROR.value, NO_MARK)
    for item in result.items:
        _add_item(suite, name, item)
    _count(suite)
    return suite


def _properties(result: SubmissionResult) -> ET.Element:
    properties = ET.Element("properties")
    score = format_points(result.score) if result.score is not None and has_mark(result) else NO_MARK
    facts = {
        "score": score,
        "max_score": format_points(result.max_score),
        "dataset": visible(result.grader.dataset),
        "grader": visible(result.grader.version),
        "confinement": visible(result.confinement.level),
    }
    for key, value in facts.items():
        ET.SubElement(properties, "property", name=key, value=value)
    return properties


def _add_item(suite: ET.Element, classname: str, item: ItemResult) -> None:
    case = _add_case(suite, classname, f"{item.id}: {item.title}")
    case.set("time", f"{item.seconds:.3f}")
    message = item.message or f"{format_points(item.points)} of {format_points(item.max_points)} points"
    if item.outcome in _FAILURES:
        _add_verdict(case, "failure", item.outcome.value, message)
    elif item.outcome is Outcome.GRADER_ERROR:
        _add_verdict(case, "error", item.outcome.value, message)
    elif item.outcome is Outcome.SKIPPED:
        ET.SubElement(case, "skipped", message=first_line(message))


def _add_case(suite: ET.Element, classname: str, name: str) -> ET.Element:
    return ET.SubElement(suite, "testcase", classname=classname, name=visible(name))


def _add_verdict(case: ET.Element, tag: str, kind: str, message: str) -> None:
    verdict = ET.SubElement(case, tag, type=kind, message=first_line(message))
    verdict.text = visible(message)


def _count(element: ET.Element) -> None:
    element.set("tests", str(len(list(element.iter("testcase")))))
    element.set("failures", str(len(list(element.iter("failure")))))
    element.set("errors", str(len(list(element.iter("error")))))
    element.set("skipped", str(len(list(element.iter("skipped")))))
