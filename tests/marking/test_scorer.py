"""The scorer: what one section's import costs the others."""

from __future__ import annotations

from types import SimpleNamespace
from unittest.mock import Mock

from grader.marking.outcomes import OutcomeRecorder
from grader.marking.scorer import ScorerPlugin
from grader.marking.student_errors import ImportFailed
from grader.results.models import Outcome
from grader.results.rubric import load_rubric
from grader.system.errors import ForkServerLost


def test_a_module_that_cannot_be_imported_for_one_section_loses_its_lines_alone() -> None:
    rubric = load_rubric()
    plugin = ScorerPlugin(Mock(), Mock(), rubric, SimpleNamespace(thresholds={}, name="mnist"), None)
    plugin.outcomes = OutcomeRecorder(rubric)
    plugin.worker = Mock()
    every = frozenset(rubric.by_id)
    parser, *_others, letters = rubric.sections

    assert plugin._grade_section(parser, every) == ""
    plugin.worker.open.side_effect = ImportFailed("the disk of the lab was away")
    assert plugin._grade_section(letters, every, [""]) == "the disk of the lab was away"

    skipped = [item for item in plugin.outcomes.results() if item.outcome is Outcome.SKIPPED]
    assert {item.id for item in skipped} == {line.id for line in rubric.line if line.part == "letters"}
    assert {item.message for item in skipped} == {"the disk of the lab was away"}


def test_a_module_that_no_section_could_import_is_not_tried_again() -> None:
    rubric = load_rubric()
    plugin = ScorerPlugin(Mock(), Mock(), rubric, SimpleNamespace(thresholds={}, name="mnist"), None)
    plugin.outcomes, plugin.worker = OutcomeRecorder(rubric), Mock()
    assert plugin._grade_section(rubric.sections[1], frozenset(rubric.by_id), ["it hangs"]) == "it hangs"
    plugin.worker.open.assert_not_called()


def test_a_fault_of_ours_at_a_sections_start_leaves_its_lines_without_a_mark_and_the_others_as_they_are() -> None:
    rubric = load_rubric()
    plugin = ScorerPlugin(Mock(), Mock(), rubric, SimpleNamespace(thresholds={}, name="mnist"), None)
    plugin.outcomes, plugin.worker = OutcomeRecorder(rubric), Mock()
    plugin.outcomes.pass_test("parser.u1", 0)
    plugin.worker.open.side_effect = ForkServerLost("the warm process is gone")
    assert plugin._grade_section(frozenset({"letters"}), frozenset(rubric.by_id)) == ""
    outcomes = {item.id: item.outcome for item in plugin.outcomes.results()}
    assert outcomes["parser.u1"] is Outcome.PASSED
    assert {end for line, end in outcomes.items() if line.startswith("letters.")} == {Outcome.GRADER_ERROR}
    assert plugin.outcomes.lost_process
