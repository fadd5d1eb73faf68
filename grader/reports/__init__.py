"""Reports of graded submissions: HTML, CSV, JUnit and terminal tables, all made from results alone."""

from grader.reports.csv_gradebook import render_grades
from grader.reports.github_classroom import render_github
from grader.reports.gradescope import render_gradescope
from grader.reports.html import render_class_page, render_student_page
from grader.reports.junit import render_junit
from grader.reports.regrade import describe_outdated, describe_regraded
from grader.reports.terminal import class_table, last_error, print_class, print_submission
from grader.reports.write import ReportPaths, write_reports

__all__ = [
    "ReportPaths",
    "class_table",
    "describe_outdated",
    "describe_regraded",
    "last_error",
    "print_class",
    "print_submission",
    "render_class_page",
    "render_github",
    "render_grades",
    "render_gradescope",
    "render_junit",
    "render_student_page",
    "write_reports",
]
