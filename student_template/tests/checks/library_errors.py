"""What the errors of Keras, TensorFlow and OpenCV mean: their texts without the noise, and their usual cause."""

from __future__ import annotations

import re

from .differences import CHANNEL_FIRST
from .language import later, tr

_COLOURS = re.compile(r"\x1b?\[\d{1,2}m")
_FRAMES = re.compile(r'^ *File "[^"\n]*", line \d+, in [^\n]*$\n?', re.MULTILINE)
_NODES = re.compile(r"\[\[\{\{[^\n]*|\[Op:[^\n]*|^Detected at node [^\n]*$", re.MULTILINE)
_LABELS = re.compile(r"  Label values: [-\d][^\n]*")
_NODE_NAMED = re.compile(r" for '\{\{node [^\n']{1,500}'")
_OPENCV = re.compile(r"OpenCV\([^\n)]{1,20}\) [^\n:]{1,200}:\d{1,6}: error: ")
_CONFIG = re.compile(r"\bconfig=\{.*\}", re.DOTALL)
"""How Keras tells of an object that it cannot read back: with its whole description, addresses too."""
_OPENINGS = ("Exception encountered when calling ", "Graph execution error:")


def plain_text(text: str) -> str:
    """Return the text of an error without colours, internal frames, and the data that Keras prints in full."""
    text = text.partition("\n\nArguments received by ")[0]
    text = _CONFIG.sub("config={...}", text)
    for noise in (_COLOURS, _OPENCV, _FRAMES, _NODE_NAMED, _NODES):
        text = noise.sub("", text)
    start = text.find("Invalid input shape for input ")
    end = text.find("Expected shape ", start)
    if 0 <= start < end:
        text = f"{text[:start]}Invalid input shape. {text[end:]}"
    text = _LABELS.sub("", text)  # the labels that the network was trained on
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > 1 and lines[0].startswith(_OPENINGS):
        del lines[0]
    return "\n".join(lines)


def error_name(error: BaseException) -> str:
    """Return the name of an error's class; with its module where the name alone says nothing (`cv2.error`)."""
    kind = type(error)
    return f"{kind.__module__}.{kind.__name__}" if kind.__name__ == "error" else kind.__name__


def error_cause(text: str) -> str:
    """Name what the text of an error, as the library gave it, usually comes from; nothing when nobody knows."""
    return next((tr(cause) for words, cause in _CAUSES if any(_stands_in(text, word) for word in words)), "")


def _stands_in(text: str, words: str | re.Pattern[str]) -> bool:
    return words in text if isinstance(words, str) else words.search(text) is not None


OLD_KERAS = later(
    "this name is from an older Keras: in Keras 3 all layers are in keras.layers, to_categorical is in keras.utils"
)
_OLD_MODULES = (
    r"utils\.(np|vis|generic)_utils|engine|wrappers|objectives|layers\.(convolutional|core|pooling|normalization|recurrent|"
    r"embeddings|noise|merge|merging|local|wrappers|advanced_activations|experimental)"
)
_OLD_NAMES = "np_utils|vis_utils|Merge|MaxoutDense|Highway|ImageDataGenerator|multi_gpu_model|adam|sgd|rmsprop"
_OLD_ARGUMENTS = (
    "init|border_mode|subsample|dim_ordering|nb_filter|nb_row|nb_col|output_dim|[Wb]_regularizer|[Wb]_constraint"
)
_TENSORFLOW_1 = (
    "placeholder|Session|InteractiveSession|global_variables_initializer|set_random_seed|get_variable|layers|contrib|"
    "ConfigProto|GPUOptions|reset_default_graph|get_default_graph|app|flags|logging|variable_scope|log|to_float"
)
ONE_FOR_MANY = later("got one picture instead of several: use picture[np.newaxis]")
_CAUSES: tuple[tuple[tuple[str | re.Pattern[str], ...], str], ...] = (
    (
        (
            re.compile(rf"No module named '(?:tensorflow\.)?keras\.(?:{_OLD_MODULES})\b"),
            re.compile(rf"cannot import name '(?:{_OLD_NAMES})' from '(?:tensorflow\.)?keras\b"),
            re.compile(r"module '(?:tensorflow\.)?keras(?:\.[\w.]+)?' has no attribute '(?:np_utils|experimental)'"),
            "'keras.backend' has no attribute",
            "keras.optimizers.legacy",
        ),
        OLD_KERAS,
    ),
    (
        (re.compile(r"not recognized: \{[^}]*'lr'"),),
        later("Keras calls it learning_rate; lr is how an older Keras called it"),
    ),
    (
        ("unexpected keyword argument 'nb_epoch'",),
        later("Keras calls it epochs; nb_epoch is how an older Keras called it"),
    ),
    (
        (re.compile(rf"Unrecognized keyword arguments passed to \w+: \{{'(?:{_OLD_ARGUMENTS})'"),),
        later(
            "this argument is from an older Keras; help(keras.layers.Conv2D) shows today's: filters, strides, padding"
        ),
    ),
    (
        (re.compile("has no attribute '(?:fit|evaluate|predict)_generator'"),),
        later("an older Keras had this for generators: now model.fit, evaluate and predict accept them"),
    ),
    (
        (
            re.compile(rf"module 'tensorflow' has no attribute '(?:{_TENSORFLOW_1})'"),
            re.compile(r"No module named 'tensorflow\.(?:examples|contrib)"),
        ),
        later("this is TensorFlow 1; TensorFlow 2 no longer has it: build and train the network with Keras"),
    ),
    (
        ("name 'display' is not defined",),
        later("display exists only in notebooks; in a module add: from IPython.display import display"),
    ),
    (
        ("EOF when reading a line", "reading from stdin"),
        later("input() waits for somebody at the keyboard, and nobody answers here: take the value as an argument"),
    ),
    (
        ("NoneType' object has no attribute 'open'",),  # what numpy says of an archive
        later("the .npz file was closed before its arrays were read: read them first"),
    ),
    (
        ("empty()", *(f"NoneType' object has no attribute '{name}'" for name in ("shape", "astype", "ndim", "size"))),
        later("got None instead of an array: cv2.imread returns None for unreadable files, or a `return` is missing"),
    ),
    (
        tuple(
            f"NoneType' object has no attribute '{name}'"
            for name in ("save", "predict", "fit", "input_shape", "layers", "compile", "summary")
        ),
        later("got None instead of a network: does the function that makes it end with `return model`?"),
    ),
    (
        ("attribute 'predict_classes'", "attribute 'predict_proba'"),
        later("Keras has this no more: model.predict(x) gives the outputs, np.argmax(outputs, axis=1) the classes"),
    ),
    (
        (
            "URL fetch failure on",
            "Paths are no longer accepted as the `fname` argument",  # of keras.datasets
            "<urlopen error",
            "Max retries exceeded with url",
            "name resolution",
            re.compile(r"\[Errno \d+\] [\w -]+: '[^']*(?:nonexistent|\.keras\b)"),  # where Keras puts them
        ),
        later("data were to be downloaded, but the grader has no network: read the file whose path is given"),
    ),
    (
        (
            "size 784 into shape (28,28,28,1)",
            "size 784 into shape (28,784)",
            "input shapes: [28,28,1",
            "incompatible shape (28, 28)",
            "incompatible shape (28, 28, 1)",
            "incompatible shape (784,)",
        ),
        ONE_FOR_MANY,
    ),
    (
        (re.compile(r"could not be broadcast together with shapes \((\d+),\d+\) \(\1,\)"),),
        later("one number for each row does not fit beside the rows: keepdims=True in max and sum keeps the dimension"),
    ),
    (
        ("truth value of an array with more than one element is ambiguous",),
        later(
            "an array is neither true nor false: np.mean(a == b) counts elements, len(a) == 0 asks whether it is empty"
        ),
    ),
    (
        (re.compile(r"num must be an integer with 1 <= num <= \d+, not 0"),),
        later("subplots are counted from 1: index + 1, or enumerate(..., start=1)"),
    ),
    (
        ("num must be an integer with 1 <= num <=",),
        later("the grid of subplots has fewer places than pictures: rows times columns must be enough for all"),
    ),
    (
        (re.compile(r"index 0 is out of bounds for axis \d+ with size 0"),),
        later("there is nothing in this array, not even a first element: ask for its length first"),
    ),
    (
        (re.compile(r"\bname '\w+' is not defined"),),
        later("nothing defines this name: is its import missing, or is it spelled in another way elsewhere?"),
    ),
    (
        (re.compile(r"index \d+ is out of bounds for axis \d+ with size"),),
        later("a place beyond the end of an array: counted from 1, rows for columns, or a label for an index?"),
    ),
    (
        (re.compile(r"would be zero or negative.*inputs shape=\(None, 1, 28, 28\)", re.DOTALL),),
        CHANNEL_FIRST,
    ),
    (
        ("requires a buffer of",),
        later("struct.unpack got fewer bytes than its format takes; its error is no ValueError: check the length"),
    ),
    (
        ("expected min_ndim=4, found ndim=3",),
        later("the input lacks its one channel: (28, 28, 1)"),
    ),
    (
        ("no defined input shape", "not yet been built", "has never been called"),
        later("the network does not know its input: it has no layers, or does not begin with layers.Input(...)"),
    ),
    (
        ("filename must end in `.weights.h5`",),
        later("save_weights keeps no layers, only their numbers: model.save(path) keeps all"),
    ),
    (
        ("codec can't decode byte",),
        later('the file was opened as text: these are bytes, open(..., "rb")'),
    ),
    (
        (re.compile("closed (Gzip)?[Ff]ile"),),
        later("the file is closed already: read it inside the `with` block that opens it"),
    ),
    (
        ("UnsupportedOperation: fileno", re.compile("^fileno$")),
        later("np.fromfile reads files of the disk alone, not what gzip unpacks: np.frombuffer(fd.read(), dtype)"),
    ),
    (
        (re.compile("'list' object has no attribute '(shape|reshape|transpose|astype|T|ndim|size|dtype)'"),),
        later("got a list instead of an array: np.array(...) makes one from it"),
    ),
    (
        ("'str' object has no attribute 'read'",),
        later("got a file's name instead of an open file: open it first"),
    ),
    (
        ("expected str, bytes or os.PathLike object, not",),
        later("this is no file name: parse_idx is given a file that is open already"),
    ),
    (
        ("Cannot cast ufunc",),
        later("/= writes into the whole numbers that were given: x / 255 makes a new array"),
    ),
    (
        ("output array is read-only", "assignment destination is read-only"),
        later("this array cannot be written to: compute a new one, as in b = a - 1; do not change it, as in a -= 1"),
    ),
    (
        ("'Axes' object is not",),
        later("plt.subplots(1, 1) gives one subplot, not a row of them; squeeze=False makes it a table always"),
    ),
    (
        (
            "required positional argument",
            "positional arguments but",
            "positional argument but",
            "unexpected keyword arg",
        ),
        later("a function is called with other arguments than its `def` line has"),
    ),
    (
        ("Could not locate function", "Could not locate class"),
        later("the saved file names a function or class that Keras does not know: use one of Keras by its name"),
    ),
    (
        ("Cannot feed value", "incompatible with the layer", "input has incompatible shape"),
        later("the pictures do not have the shape of the model's input"),
    ),
    (
        ("is outside the valid range of [0,",),
        later("a label has no output of its own: labels start at 0, and there is one output for each class"),
    ),
    (
        (
            "must have the same rank",
            "mean_squared_error/",
            re.compile(r"Incompatible shapes: \[(\d+)\] vs\. \[\1,\d+\]"),
            re.compile(r"Sub\[[^\n]*input shapes: \[(\d+)\], \[\1,\d+\]"),
        ),
        later("these labels are whole numbers: they need a sparse loss"),
    ),
    (
        ("must have rank (ndim) `target.ndim - 1`",),
        later("a sparse loss needs whole numbers, not rows with a one in them: give it the labels as they are"),
    ),
    (
        ("cannot reshape array of size",),
        later("the data do not have as many elements as the new shape (with -1: no multiple of the rest)"),
    ),
    (
        ("Number of rows must be a positive integer", "Number of columns must be a positive integer"),
        later("a grid of subplots needs at least one: without indices, return a figure with nothing in it"),
    ),
    (
        ("Not a gzipped file",),
        later("the file is not compressed: look at its first two bytes (or its name) before you open it"),
    ),
    (("0x1f8b",), later("1f 8b are the first bytes of a gzip file: it must be unpacked first")),
)
"""Words in an error's text, and what usually leads to it."""
