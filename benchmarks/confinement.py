"""What confining a child costs, and that nothing grows or stays over many submissions.

    python benchmarks/confinement.py --children 60 --submissions 200

Children: milliseconds from the request to a child that is ready, for each set of layers, taken in turns so that a busy
machine strikes all of them alike. Submissions: memory and descriptors of the warm processes after every twentieth one,
and what is left on the machine at the end.
"""

import argparse
import os
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from grader.engine.grade import Grader
from grader.engine.run_settings import ZYGOTE_ENVIRONMENT, GradeSettings
from grader.marking.child_session import ChildSession, ChildSettings
from grader.marking.child_use import ChildUse
from grader.proofs.hostile import bases
from grader.sandbox.confinement import ALWAYS, OPTIONAL
from grader.sandbox.control_group import find_groups
from grader.sandbox.probe import probe
from grader.sandbox.warm_process import WarmProcess

SETTINGS = ChildSettings("worker", 1500, 60)


def start_zygote(layers: tuple[str, ...], folder: Path) -> WarmProcess:
    environment = ZYGOTE_ENVIRONMENT | {"MPLCONFIGDIR": str(folder)}
    process = WarmProcess("grader.sandbox.zygote", [",".join(layers)], environment=environment, log=folder / "log")
    process.start()
    return process


def measure_children(count: int) -> None:
    """Print the median time to a ready child for each set of layers, and what it costs above no confinement."""
    full = probe().layers
    sets = {"no confinement": ALWAYS, "all layers": full}
    for layer in OPTIONAL:
        if layer in full:
            sets[f"without {layer}"] = tuple(name for name in full if name != layer)
    sets["without namespaces"] = probe("reduced").layers  # where they hide root's home, a user of its own goes too
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o711)
        zygotes = {label: start_zygote(layers, folder) for label, layers in sets.items()}
        groups = find_groups()
        settings = dict.fromkeys(zygotes, SETTINGS)
        if groups is not None:
            zygotes["all layers, control group"] = zygotes["all layers"]
            settings["all layers, control group"] = ChildSettings("worker", 1500, 60, groups)
        taken: dict[str, list[float]] = {label: [] for label in zygotes}
        for number in range(count + 5):
            for label, zygote in zygotes.items():
                start = time.perf_counter()
                session = ChildSession(zygote.requests, settings[label], folder)
                if number >= 5:
                    taken[label].append((time.perf_counter() - start) * 1000)
                session.kill()
        for zygote in set(zygotes.values()):
            zygote.stop()
        if groups is not None:
            groups.close()
    bare = statistics.median(taken["no confinement"])
    print(f"from request to ready child, {count} each, milliseconds")
    for label, values in taken.items():
        middle = statistics.median(values)
        tenth, ninth = statistics.quantiles(values, n=10)[0], statistics.quantiles(values, n=10)[-1]
        print(
            f"  {label:28s} median {middle:6.1f}  10 to 90 %: {tenth:5.1f} to {ninth:5.1f}  cost {middle - bare:+6.1f}"
        )


def measure_leaks(count: int, jobs: int) -> None:
    """Grade `count` quick submissions; print how the warm processes grow, and what is left."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        path = Path(name) / "mnist_all_models.py"
        path.write_text(bases()["plain"].source, encoding="utf-8")
        before = left_over()
        with Grader(GradeSettings(secret=b"a secret of the benchmark")) as grader:
            grader.grade(path)
            watched = processes(grader)
            print("submissions  " + "  ".join(f"{label:>28s}" for label in watched) + "   (MiB, descriptors)")
            with ThreadPoolExecutor(jobs) as pool:
                for done in range(0, count + 1, 20):
                    cells = (
                        f"{ChildUse(pid).resident_mib():20.1f} {len(descriptors_of(pid)):7d}"
                        for pid in watched.values()
                    )
                    print(f"{done:11d}  " + "  ".join(cells), flush=True)
                    if done < count:
                        results = list(pool.map(lambda _number: grader.grade(path), range(min(20, count - done))))
                        assert len({result.score for result in results}) == 1, "the same submission, the same score"
        after = left_over()
    for what, values in after.items():
        print(f"left: {what}: {sorted(values - before[what]) or 'nothing'}")


def processes(grader: Grader) -> dict[str, int]:
    """Return the processes that live as long as the run."""
    guard, scorers = grader.warm_pids
    inner = [pid for pid, parent in parents().items() if parent == guard]
    return {"supervisor": os.getpid(), "zygote": (inner or [guard])[0], "scorers' server": scorers}


def descriptors_of(pid: int) -> set[str]:
    return {path.name for path in Path(f"/proc/{pid}/fd").iterdir()}


def parents() -> dict[int, int]:
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            found[int(stat.parent.name)] = int(stat.read_text(errors="replace").rpartition(")")[2].split()[1])
        except OSError:
            continue
    return found


def left_over() -> dict[str, set[str]]:
    """Return what a run could leave on this machine."""
    ours = {os.getpid()}
    table = parents()
    while more := {pid for pid, parent in table.items() if parent in ours} - ours:
        ours |= more
    temporary = Path(tempfile.gettempdir())
    groups = Path("/sys/fs/cgroup")
    return {
        "processes": {str(pid) for pid in ours},
        "scratch folders": {str(path) for path in temporary.glob("digitlab-*")},
        "mounts": set(Path("/proc/self/mountinfo").read_text().splitlines()),
        "descriptors": descriptors_of(os.getpid()),
        "control groups": {str(path) for path in groups.rglob("digitlab-*")} if groups.is_dir() else set(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--children", type=int, default=60)
    parser.add_argument("--submissions", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    found = probe()
    print(f"level {found.level}; missing: {', '.join(found.missing) or 'nothing'}")
    if options.children:
        measure_children(options.children)
    if options.submissions:
        measure_leaks(options.submissions, options.jobs)


if __name__ == "__main__":
    main()
