"""Results for the tests of the store and the reports: small builders, a class and hostile text."""

from __future__ import annotations

from grader.results.models import Confinement, GraderInfo, ItemResult, Outcome, SubmissionResult, total

HOSTILE = {
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "attribute": "\" onmouseover=\"alert(1)' style='x",
    "formula": "=cmd|' /C calc'!A0",
    "formula_after_semicolon": "shape;=HYPERLINK(1)",
    "escape_sequence": "\x1b[31mred\x1b[0m\x1b]0;title\x07\x9b2J",
    "cdata_end": "]]> <![CDATA[ &amp; &lt;b&gt; -->",
    "bidi": "\u202etxt.exe\u2066x\u2069",
    "surrogate": "lone \ud800 and \udcff",
    "nul": "a\x00b\ufffe\uffff",
    "long": "длинное" * 18 + "x" * 3,
    "rich_markup": "[bold red]x[/bold red] [link=file:///etc/passwd]y[/link] [/]",
    "jinja": "{{ 7 * 191 }}{% raw %}{# c #}",
    "separators": "a\tb\rc\u2028d\u0085e",
}
assert len(HOSTILE["long"].encode()) == 255

GRADER = GraderInfo(version="0.1.0", rubric_sha256="ab" * 32, dataset="fixture")
CONFINEMENT = Confinement(level="full", layers=("landlock", "seccomp"), missing=("cgroup",))


def make_item(
    item_id: str = "parser.u1",
    outcome: Outcome = Outcome.PASSED,
    *,
    points: float | None = None,
    max_points: float = 4.0,
    title: str = "Reads unsigned bytes",
    message: str = "",
    seconds: float = 0.01,
) -> ItemResult:
    """Build a rubric line; a passed one has all its points, any other none."""
    given = max_points if outcome is Outcome.PASSED else 0.0
    return ItemResult(
        id=item_id,
        points=given if points is None else points,
        max_points=max_points,
        outcome=outcome,
        title=title,
        message=message,
        seconds=seconds,
    )


def make_result(name: str = "student-1", *items: ItemResult, **changes: object) -> SubmissionResult:
    """Build a submission from its lines; its scores are the sums of theirs."""
    values: dict[str, object] = {
        "submission": name,
        "score": total(items),
        "max_score": sum(item.max_points for item in items),
        "items": items,
        "grader": GRADER,
        "confinement": CONFINEMENT,
        "submission_sha256": "cd" * 32,
        "started_at": "2025-03-01T10:00:00Z",
        "seconds": 11.25,
    }
    return SubmissionResult.model_validate(values | changes)


def make_hostile_result(text: str) -> SubmissionResult:
    """Build a submission in which every text that a student can choose is ``text``."""
    items = tuple(
        make_item(f"parser.{outcome.value}", outcome, title=text, message=text)
        for outcome in Outcome
        if outcome is not Outcome.GRADER_ERROR
    )
    return make_result(text, *items, reason=text, notes=(text, text), grader_log=text)


def make_every_outcome(name: str = "every-outcome") -> SubmissionResult:
    """Build a submission that has each outcome once."""
    items = [make_item(f"parser.{outcome.value}", outcome, message=f"About {outcome.value}.") for outcome in Outcome]
    return make_result(name, *items, grader_log="Traceback: secret-of-the-grader")


def make_class() -> list[SubmissionResult]:
    """Build five submissions: perfect, with faults, rejected, rejected without lines, without a mark."""
    unread = make_item("parser.u1", Outcome.FAILED, message="No code to run.")
    return [
        make_result("student-1", make_item(), make_item("letters.accuracy", max_points=6)),
        make_result(
            "student-2",
            make_item("parser.u1", Outcome.FAILED, message="parse_idx(fd) returned shape (3,), expected (3, 2)."),
            make_item("letters.accuracy", Outcome.TIMEOUT, max_points=6, message="No answer after 30 s.", seconds=30),
            notes=("Left out: the notebook cell 3 (a shell command).",),
        ),
        make_result("student-3", unread, score=0.0, reason="The zip file is damaged.\nZip it again."),
        make_result("student-4", score=0.0, max_score=10.0, reason="No Python file found."),
        make_result(
            "student-10",
            make_item(),
            make_item("letters.accuracy", Outcome.GRADER_ERROR, max_points=6, message="The grader failed."),
            grader_log="Traceback (most recent call last):\n  secret-of-the-grader",
        ),
    ]
