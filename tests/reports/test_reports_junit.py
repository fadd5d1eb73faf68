"""junit.xml: well-formed for any input, with the element that CI servers expect for each outcome."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from report_cases import HOSTILE, make_class, make_every_outcome, make_hostile_result, make_result

from grader.reports import render_junit
from grader.reports.escaping import visible


def test_each_outcome_has_its_element() -> None:
    root = ET.fromstring(render_junit([make_every_outcome()]))
    verdicts = {
        case.get("name").partition(":")[0]: [(c.tag, c.get("type")) for c in case] for case in root.iter("testcase")
    }
    assert verdicts == {
        "parser.passed": [],
        "parser.partial": [("failure", "partial")],
        "parser.failed": [("failure", "failed")],
        "parser.crashed": [("failure", "crashed")],
        "parser.timeout": [("failure", "timeout")],
        "parser.memory": [("failure", "memory")],
        "parser.skipped": [("skipped", None)],
        "parser.grader_error": [("error", "grader_error")],
    }
    (suite,) = root
    counts = [suite.get(name) for name in ("tests", "failures", "errors", "skipped")]
    assert counts == ["8", "5", "1", "1"] == [root.get(name) for name in ("tests", "failures", "errors", "skipped")]


def test_the_whole_file_of_one_submission() -> None:
    assert render_junit(make_class()[3:4]) == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<testsuites name="digit-lab" tests="1" failures="1" errors="0" skipped="0">\n'
        '  <testsuite name="student-4" timestamp="2025-03-01T10:00:00Z" time="11.250" tests="1" failures="1"'
        ' errors="0" skipped="0">\n'
        "    <properties>\n"
        '      <property name="score" value="0" />\n'
        '      <property name="max_score" value="10" />\n'
        '      <property name="dataset" value="fixture" />\n'
        '      <property name="grader" value="0.1.0" />\n'
        '      <property name="confinement" value="full" />\n'
        "    </properties>\n"
        '    <testcase classname="student-4" name="submission">\n'
        '      <failure type="rejected" message="No Python file found.">No Python file found.</failure>\n'
        "    </testcase>\n"
        "  </testsuite>\n"
        "</testsuites>\n"
    )


def test_a_submission_without_mark_and_without_lines_is_an_error() -> None:
    root = ET.fromstring(render_junit([make_result("student-1", score=None)]))
    assert root.get("errors") == "1"
    assert root.find(".//property[@name='score']").get("value") == "no mark: grader error"


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_parses_back(kind: str) -> None:
    text = HOSTILE[kind]
    root = ET.fromstring(render_junit([make_hostile_result(text)]).encode())
    tags = {element.tag for element in root.iter()}
    assert tags == {"testsuites", "testsuite", "properties", "property", "testcase", "failure", "skipped"}
    assert root[0].get("name") == visible(text)
    assert root.find(".//failure[@type='crashed']").text == visible(text)


def test_the_log_of_the_grader_is_left_out() -> None:
    assert "secret-of-the-grader" not in render_junit([make_every_outcome()])
