"""What the reference's own code costs while it is graded: processor time of each rubric line, imports excluded.

    python benchmarks/reference_cost.py --times 3

Prints the lines that take more than a quarter of a second, the sum of those that train, and the sum of all; medians
over several gradings, one at a time.
"""

import argparse
import statistics

from grader.engine.grade import Grader
from grader.engine.run_settings import GradeSettings
from grader.proofs.variants import MODULE
from grader.system.assets import reference_dir

SHOWN_S = 0.25


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--times", type=int, default=3, help="gradings")
    times = parser.parse_args().times
    with Grader(GradeSettings(secret=b"a secret of the benchmark")) as grader:
        results = [grader.grade(reference_dir() / MODULE) for _ in range(times)]
        training = grader.rubric.costly | {"training.validation"}
    columns = zip(*(result.items for result in results), strict=True)
    medians = {column[0].id: statistics.median(item.seconds for item in column) for column in columns}
    for line, seconds in medians.items():
        if seconds >= SHOWN_S:
            print(f"{line:<26}{seconds:6.2f} s")
    print(f"{'lines that train':<26}{sum(medians[line] for line in training):6.2f} s")
    print(f"{'all lines':<26}{sum(medians.values()):6.2f} s")
    print(f"{'on the clock, warm':<26}{statistics.median(result.seconds for result in results):6.2f} s")


if __name__ == "__main__":
    main()
