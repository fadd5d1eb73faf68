"""The real data sets as data: names, sizes, hashes, mirrors, licences. No picture of them is part of this project."""

from __future__ import annotations

from dataclasses import dataclass

from grader.system.errors import UsageError


@dataclass(frozen=True)
class Array:
    """What one array of uint8 must look like."""

    shape: tuple[int, ...]
    labels: tuple[int, int] | None = None
    """Smallest and largest label; None for pictures."""


@dataclass(frozen=True)
class DataFile:
    """One file in the data folder: gzipped IDX with one array, or `.npz` with several."""

    name: str
    arrays: dict[str, Array]
    """By their names in an `.npz`; a gzipped IDX file has one, named ""."""
    size_bytes: int | None = None
    sha256: str | None = None
    """Of the file; None where no hash is published (members of an archive)."""
    contents_sha256: str | None = None
    """Of what is in the gzip, header included; the same whoever compressed it."""


@dataclass(frozen=True)
class Archive:
    """A zip that holds the files of a set among others."""

    name: str
    size_bytes: int
    sha256: str
    folder: str
    """Where the files stand in it, with a slash at the end."""


@dataclass(frozen=True)
class DataSet:
    """One set that `digitlab data fetch` knows."""

    name: str
    files: tuple[DataFile, ...]
    mirrors: tuple[str, ...]
    """Addresses of folders, with a slash at the end, in the order in which they are tried."""
    licence: str
    source: str
    archive: Archive | None = None


def _pair(prefix: str, count: int, labels: tuple[int, int], *published: tuple[int, str, str]) -> tuple[DataFile, ...]:
    """Return the files of `count` pictures and their labels; `published`: size, sha256, sha256 of the contents."""
    arrays = (Array((count, 28, 28)), Array((count,), labels))
    names = (f"{prefix}-images-idx3-ubyte.gz", f"{prefix}-labels-idx1-ubyte.gz")
    facts = published or ((None, None, None),) * 2
    return tuple(DataFile(name, {"": array}, *fact) for name, array, fact in zip(names, arrays, facts, strict=True))


_DIGITS, _LETTERS = (0, 9), (1, 26)
_MNIST_LICENCE = "CC BY-SA 3.0"
_MNIST_SOURCE = "Y. LeCun, C. Cortes, C. Burges: the MNIST database of handwritten digits"

MNIST = DataSet(
    name="mnist",
    files=(
        *_pair("train", 60_000, _DIGITS,
               (9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
                "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
               (28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
                "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5")),
        *_pair("t10k", 10_000, _DIGITS,
               (1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
                "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
               (4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
                "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2")),
    ),
    mirrors=(
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://raw.githubusercontent.com/fgnt/mnist/master/",
    ),
    licence=_MNIST_LICENCE,
    source=_MNIST_SOURCE,
)  # fmt: skip

MNIST_NPZ = DataSet(
    name="mnist-npz",
    files=(
        DataFile(
            name="mnist.npz",
            arrays={
                "x_train": Array((60_000, 28, 28)),
                "y_train": Array((60_000,), _DIGITS),
                "x_test": Array((10_000, 28, 28)),
                "y_test": Array((10_000,), _DIGITS),
            },
            size_bytes=11_490_434,
            sha256="731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
        ),
    ),
    mirrors=("https://storage.googleapis.com/tensorflow/tf-keras-datasets/",),
    licence=_MNIST_LICENCE,
    source=_MNIST_SOURCE + "; as one file by the authors of Keras",
)

EMNIST_LETTERS = DataSet(
    name="emnist-letters",
    files=(
        *_pair("emnist-letters-train", 124_800, _LETTERS),
        *_pair("emnist-letters-test", 20_800, _LETTERS),
    ),
    mirrors=("https://biometrics.nist.gov/cs_links/EMNIST/",),
    licence="none stated; commonly taken as public domain",
    source="G. Cohen, S. Afshar, J. Tapson, A. van Schaik: EMNIST, from NIST Special Database 19",
    archive=Archive(
        name="gzip.zip",
        size_bytes=561_753_746,
        sha256="fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e",
        folder="gzip/",
    ),
)

DATA_SETS = {data_set.name: data_set for data_set in (MNIST, MNIST_NPZ, EMNIST_LETTERS)}


def find_data_set(name: str) -> DataSet:
    """Return the set of that name.

    Raises:
        UsageError: there is none.
    """
    try:
        return DATA_SETS[name]
    except KeyError:
        raise UsageError(f"{name!r} is no data set. The data sets are {', '.join(DATA_SETS)}.") from None
