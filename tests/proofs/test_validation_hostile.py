"""The hostile corpus' rules, and that a grader which does not hold is told: a proof that cannot fail proves nothing."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest
from validation_cases import result_of

from grader.marking.student import IMPORT_FAILED
from grader.proofs import host_monitor as watch_module
from grader.proofs.cases import Fault
from grader.proofs.host_monitor import HostMonitor
from grader.proofs.hostile import (
    MAX_SECONDS,
    Attack,
    attack_problems,
    base_problems,
    bases,
    differences,
    hostile_cases,
    load_attacks,
)
from grader.proofs.variants import changed, solved, without
from grader.results.models import Outcome
from grader.system.errors import GraderFault, UsageError

HEAD = "# hopes: a mark\n# stopped by: nothing\n"
EXITS = "def accuracy(a, b):\n    import os\n    os._exit(0)\n"


def corpus(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        (tmp_path / "kind").mkdir(exist_ok=True)
        (tmp_path / "kind" / f"{name}.py").write_text(text)
    return tmp_path


def attack_of(**changes) -> Attack:
    fields = {"name": "kind/name", "hopes": "h", "stopped_by": "s", "base": "plain", "make": lambda folder: folder}
    return Attack(**(fields | changes))


def test_the_solved_reference_holds_no_markers_and_stubs_are_named() -> None:
    assert "SOLUTION" not in solved()
    assert 'raise NotImplementedError("accuracy: not yet")' in without(["accuracy"])
    assert "np.mean" not in without(["accuracy"]).partition("def accuracy")[2].partition("def ")[0]


def test_a_function_that_the_reference_lacks_is_named() -> None:
    with pytest.raises(UsageError, match="no function build_rnn"):
        without(["build_rnn"])


@pytest.mark.parametrize(("piece", "count"), [("no such text", 0), ("import", "[0-9]+")])
def test_a_piece_to_change_must_stand_there_once(piece: str, count: object) -> None:
    with pytest.raises(UsageError, match=f"stands {count} times in the reference, not once"):
        changed((piece, ""))


def test_bases_hold_what_they_say_and_an_alarm() -> None:
    for name, base in bases().items():
        compile(base.source, name, "exec")
        assert "def it_worked(what):" in base.source
    assert "build_ann: not yet" in bases()["plain"].source
    assert "train_model: not yet" in bases()["models"].source
    assert "not yet" not in bases()["whole"].source


def test_an_attack_is_put_behind_its_base(tmp_path: Path) -> None:
    text = HEAD + "# base: models\n# costs: training.accuracy crashed\n# costs: training.lists skipped\n" + EXITS
    (attack,) = load_attacks(corpus(tmp_path, one=text))
    assert (attack.name, attack.hopes, attack.base) == ("kind/one", "a mark", "models")
    assert attack.costs == {"training.accuracy": Outcome.CRASHED, "training.lists": Outcome.SKIPPED}
    (tmp_path / "out").mkdir()
    assert attack.make(tmp_path / "out").read_text() == bases()["models"].source + text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = 1\n", "first lines must be"),
        ("# hopes: a mark\n", "first lines must be"),
        (HEAD + "# base: other\n", "one of plain, models, whole"),
        (HEAD + "# costs: training.accuracy exploded\n", "expected a rubric line and one of passed"),
    ],
    ids=["no head", "half a head", "unknown base", "unknown outcome"],
)
def test_an_attack_without_its_head_is_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        load_attacks(corpus(tmp_path, bad=text))


def test_a_folder_without_attacks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no attacks"):
        load_attacks(tmp_path)


PACKAGES = """
from grader.proofs.hostile import Package
def make(folder, honest):
    path = folder / "a.py"
    path.write_text(honest)
    return path
PACKAGES = [Package("one", hopes="h", stopped_by="s", make=make, costs={"training.accuracy": "failed"})] * COUNT
"""


def test_packages_are_made_from_the_honest_module(tmp_path: Path) -> None:
    (tmp_path / "packages.py").write_text(PACKAGES.replace("COUNT", "1"))
    (attack,) = load_attacks(tmp_path)
    assert attack.name == "packaging/one"
    assert attack.make(tmp_path).read_text() == bases()["plain"].source
    assert attack.costs == {"training.accuracy": Outcome.FAILED}


def test_two_attacks_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "packages.py").write_text(PACKAGES.replace("COUNT", "2"))
    with pytest.raises(UsageError, match="two attacks are called packaging/one"):
        load_attacks(tmp_path)


HONEST = result_of(first=Outcome.PASSED, second=Outcome.FAILED)


def held(attack: Attack, result) -> bool:
    return attack_problems(attack, result, HONEST) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"first": Outcome.FAILED}, "first: failed with 0 points, not passed"),
        ({"second": Outcome.PASSED}, "second: passed with 1 points, not failed"),
        ({"first": Outcome.GRADER_ERROR}, "first: grader_error"),
        ({"second": Outcome.GRADER_ERROR}, "second: grader_error"),
    ],
    ids=["lost", "won", "fault", "fault where nothing was to be had"],
)
def test_every_line_that_differs_from_the_honest_one_is_told(changes: dict[str, Outcome], words: str) -> None:
    got = result_of(**({"first": Outcome.PASSED, "second": Outcome.FAILED} | changes))
    (problem,) = attack_problems(attack_of(), got, HONEST)
    assert problem.fault is Fault.NOT_HELD
    assert words in problem.text


def test_how_a_line_without_points_was_lost_is_the_same() -> None:
    assert held(attack_of(), result_of(first=Outcome.PASSED, second=Outcome.CRASHED))


def test_an_attack_that_never_ran_or_held_up_the_class_has_not_held() -> None:
    stripped = HONEST.model_copy(update={"notes": (f"importing a.py did not work: it raised. {IMPORT_FAILED}",)})
    assert "it never attacked" in attack_problems(attack_of(), stripped, HONEST)[0].text
    assert held(attack_of(import_fails=True), stripped)
    slow = HONEST.model_copy(update={"seconds": MAX_SECONDS + 1})
    assert "it held up the class" in attack_problems(attack_of(), slow, HONEST)[0].text


def test_a_line_may_cost_what_was_said_and_nothing_else() -> None:
    costs = {"first": Outcome.CRASHED}
    assert held(attack_of(costs=costs), result_of(first=Outcome.CRASHED, second=Outcome.FAILED))
    assert not held(attack_of(costs=costs), HONEST), "a cost that was not paid is told, too"
    assert "no such rubric line" in differences(HONEST, HONEST, {"third": Outcome.FAILED})[0]


def test_a_base_without_a_mark_proves_nothing() -> None:
    faulty = result_of(first=Outcome.GRADER_ERROR, second=Outcome.FAILED)
    with pytest.raises(GraderFault, match="the honest base plain got no mark"):
        attack_problems(attack_of(), HONEST, faulty)


def test_a_submission_that_should_be_rejected_must_be_with_the_right_words() -> None:
    rejected = result_of(reason="it climbs out by ..", first=Outcome.SKIPPED, second=Outcome.SKIPPED)
    assert held(attack_of(rejected="climbs"), rejected)
    assert not held(attack_of(rejected="other words"), rejected)
    assert not held(attack_of(rejected="climbs"), HONEST)


def test_the_bases_are_graded_again_among_the_attacks(tmp_path: Path) -> None:
    attack, neighbour = hostile_cases([attack_of()])
    assert (attack.name, attack.base) == ("kind/name", "plain")
    assert neighbour.make(tmp_path).read_text() == bases()["plain"].source
    honest = result_of(letters__letter_of=Outcome.PASSED, second=Outcome.FAILED)
    assert neighbour.judge(honest, honest) == []
    other = result_of(letters__letter_of=Outcome.PASSED, second=Outcome.PASSED)
    assert [problem.fault for problem in neighbour.judge(other, honest)] == [Fault.NOT_HELD]


def test_a_base_that_says_nothing_of_attacks_is_told() -> None:
    marked = result_of(letters__letter_of=Outcome.PASSED, second=Outcome.FAILED)
    assert base_problems("plain", marked) == []
    refused = result_of(reason="no", letters__letter_of=Outcome.FAILED, second=Outcome.FAILED)
    assert base_problems("plain", refused) == [
        "the base was not taken: no",
        "the base does not pass letters.letter_of, which every one of them solves",
    ]
    assert base_problems("whole", marked) == ["the whole base has 1 of 2 points"]
    noted = marked.model_copy(update={"notes": (f"x {IMPORT_FAILED}",)})
    assert base_problems("plain", noted) == [f"the base has a note: x {IMPORT_FAILED}"]


def told(watch: HostMonitor, words: str) -> None:
    from processes import wait_until

    wait_until(lambda: any(words in problem for problem in watch.problems()))


def test_a_quiet_machine_has_no_problems(canary: Path) -> None:
    with HostMonitor() as watch:
        assert watch.problems() == []
    assert not canary.exists()


def test_what_comes_out_of_a_submission_is_told(canary: Path) -> None:
    with HostMonitor() as watch:
        socket.create_connection(("127.0.0.1", watch_module.PORT)).close()
        told(watch, "TCP")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.sendto(b"x", ("127.0.0.1", watch_module.PORT))
        told(watch, "UDP")
        with socket.socket(socket.AF_UNIX) as unix:
            unix.connect(watch_module.ABSTRACT_SOCKET)
        told(watch, "an abstract unix socket's connection")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as packets:
            packets.sendto(b"x", watch_module.ABSTRACT_PACKETS)
            packets.sendto(b"x", str(watch_module.PATH_PACKETS))
        told(watch, "a packet to an abstract unix socket")
        told(watch, "a packet to a unix socket")


def test_what_is_changed_or_left_is_told(canary: Path) -> None:
    left = Path("/dev/shm/attack-of-the-tests")
    with HostMonitor() as watch:
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        canary.write_text("changed")
        left.touch()
        problems = watch.problems()
        left.unlink()
        child.communicate(b"\n")
    assert f"{canary} was changed" in problems
    assert f"{left} was left behind" in problems
    assert f"process {child.pid} was left behind" in problems


def test_two_validations_at_once_are_refused(canary: Path) -> None:
    with HostMonitor():
        with pytest.raises(UsageError, match=f"port {watch_module.PORT} of 127.0.0.1 cannot be watched"), HostMonitor():
            pass
        assert canary.exists()  # the first one's


def test_what_a_killed_validation_left_is_no_obstacle(canary: Path) -> None:
    canary.write_text("of a validation that was killed")
    watch_module.PATH_PACKETS.touch()
    with HostMonitor() as watch:
        assert watch.problems() == []
    assert not canary.exists()


def test_a_canary_that_cannot_be_made_is_told(canary: Path) -> None:
    canary.mkdir()
    with pytest.raises(UsageError, match="digitlab-canary: cannot be made"), HostMonitor():
        pass
