"""The reference's parse_idx and another library's reader on the same damaged files: where do they differ?

    pip install idx2numpy
    python benchmarks/idx_readers.py --count 20000 --seed 1

Sound files of all six types with bytes changed, cut short or added. Both may read a file or refuse it; where both read
it, the arrays must be the same. The reference must raise ValueError and nothing else. Ends with status 1 when it does
not, when the arrays differ, or when one reads what the other refuses for a reason that is not known here.
"""

import argparse
import io
import random
import sys
from collections import Counter
from collections.abc import Callable

import idx2numpy
import numpy as np

from grader.assignment.public_tests.checks.idx_files import TYPE_CODES, idx_bytes
from grader.proofs.variants import solved


def damaged(chance: random.Random) -> bytes:
    """Return a sound IDX file with a few bytes changed, cut off or added."""
    sizes = tuple(chance.randrange(5) for _ in range(chance.randrange(1, 5)))
    values = np.frombuffer(chance.randbytes(8 * int(np.prod(sizes)) or 8), np.uint8)
    kind = np.dtype(chance.choice(sorted(TYPE_CODES)))
    data = bytearray(idx_bytes(np.resize(values, int(np.prod(sizes)) * kind.itemsize).view(kind).reshape(sizes)))
    for _ in range(chance.randrange(3)):
        place = chance.randrange(min(len(data), 20))  # most of them in the header
        data[place] = chance.choice([0, 1, 2, 255, chance.randrange(256)])
    if chance.random() < 0.2:
        del data[chance.randrange(len(data)) :]
    if chance.random() < 0.2:
        data += chance.randbytes(chance.randrange(1, 9))
    return bytes(data)


def outcome(read: Callable[[io.BytesIO], np.ndarray], data: bytes) -> tuple[str, np.ndarray | None]:
    try:
        return "reads", np.asarray(read(io.BytesIO(data)))
    except ValueError:
        return "refuses", None
    except Exception as error:
        return type(error).__name__, None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    names: dict[str, object] = {"__name__": "mnist_all_models"}
    exec(compile(solved(), "mnist_all_models.py", "exec"), names)  # the reference itself
    ours: Callable[[io.BytesIO], np.ndarray] = names["parse_idx"]  # type: ignore[assignment]
    chance, outcomes, wrong = random.Random(asked.seed), Counter[tuple[str, str]](), 0
    for _ in range(asked.count):
        data = damaged(chance)
        (other, theirs), (mine, array) = outcome(idx2numpy.convert_from_file, data), outcome(ours, data)
        outcomes[other if other in ("reads", "refuses") else f"raises {other}", mine] += 1
        if mine not in ("reads", "refuses"):
            told = f"the reference raises {mine}"
        elif theirs is not None and array is not None:
            same = theirs.shape == array.shape and theirs.astype(array.dtype).tobytes() == array.tobytes()
            told = "" if same else "the arrays differ"
        elif (theirs is None) == (array is None) or ((other, mine) == ("reads", "refuses") and data[3] == 0):
            told = ""
        else:
            told = f"idx2numpy: {other}, the reference: {mine}"
        wrong += bool(told)
        if told:
            print(f"{told}: {data[:40].hex(' ')}")
    print(f"{'idx2numpy':<28}{'the reference':<16}files")
    for (other, mine), count in sorted(outcomes.items()):
        print(f"{other:<28}{mine:<16}{count:,}")
    print(f"{wrong} of {asked.count:,} files are read otherwise")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
