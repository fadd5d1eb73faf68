"""Tell values that are safe to make while a module loads (tables, settings) from calls that do work."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_BUILTINS = frozenset(
    {
        "dict", "list", "tuple", "set", "frozenset", "range", "int", "float", "complex", "str", "bytes", "bytearray",
        "bool", "len", "zip", "enumerate", "sorted", "reversed", "min", "max", "sum", "map", "filter", "abs", "round",
        "pow", "divmod", "any", "all", "chr", "ord", "repr", "hex", "bin", "object", "slice", "property", "type",
        "isinstance",
    }
)  # fmt: skip
_DOTTED = frozenset(
    {
        "struct.Struct", "struct.calcsize", "re.compile", "string.Template", "types.SimpleNamespace",
        "types.MappingProxyType", "functools.partial", "operator.itemgetter", "operator.attrgetter",
        "collections.namedtuple", "collections.OrderedDict", "collections.defaultdict", "collections.Counter",
        "collections.deque", "collections.ChainMap", "typing.TypeVar", "typing.ParamSpec", "typing.NewType",
        "typing.NamedTuple", "typing.TypedDict", "typing.cast", "enum.Enum", "enum.IntEnum", "fractions.Fraction",
        "decimal.Decimal", "datetime.timedelta", "random.Random", "threading.Lock", "logging.getLogger",
        "pathlib.Path", "pathlib.PurePath", "pathlib.Path.cwd", "pathlib.Path.home", "os.getcwd", "os.getenv",
        "os.environ.get", "os.cpu_count", "os.path.join", "os.path.dirname", "os.path.basename", "os.path.abspath",
        "os.path.realpath", "os.path.exists", "os.path.isfile", "os.path.isdir", "os.path.expanduser",
        "os.path.splitext", "numpy.random.default_rng", "numpy.random.RandomState", "dict.fromkeys", "str.maketrans",
        "bytes.fromhex", "int.from_bytes",
    }
    | {
        f"numpy.{name}"
        for name in (
            "dtype", "array", "asarray", "arange", "linspace", "zeros", "ones", "full", "empty", "eye", "float16",
            "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bool_",
        )
    }
)  # fmt: skip
_METHODS = frozenset(
    {
        "join", "format", "split", "rsplit", "splitlines", "strip", "lstrip", "rstrip", "lower", "upper", "title",
        "capitalize", "replace", "encode", "decode", "startswith", "endswith", "zfill", "ljust", "rjust", "center",
        "removeprefix", "removesuffix", "items", "keys", "values", "get", "fromkeys", "copy", "index", "count",
        "union", "intersection", "difference", "astype", "reshape", "newbyteorder", "tolist", "joinpath", "resolve",
        "absolute", "expanduser", "with_suffix", "with_name", "exists", "is_file", "is_dir", "as_posix",
    }
)  # fmt: skip
FILLING_METHODS = frozenset({"append", "extend", "add", "update", "insert", "setdefault"})
"""Methods that put something into a table that is already there."""

_PLAIN_NODES = (
    ast.Constant, ast.Name, ast.Attribute, ast.Subscript, ast.Slice, ast.Starred, ast.BinOp, ast.UnaryOp, ast.BoolOp,
    ast.Compare, ast.IfExp, ast.JoinedStr, ast.FormattedValue, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp,
    ast.GeneratorExp, ast.List, ast.Tuple, ast.Set, ast.Dict, ast.Call,
)  # fmt: skip
_USUAL_ALIASES = {"np": "numpy"}


@dataclass(frozen=True)
class Surroundings:
    """What the module's names stand for.

    ``imported`` maps a name to what it was imported from (``np`` to ``numpy``); ``functions`` are the module's own
    functions and classes, ``assigned`` all names that it binds itself.
    """

    imported: Mapping[str, str]
    functions: frozenset[str]
    assigned: frozenset[str]


def is_plain(value: ast.expr, around: Surroundings) -> bool:
    """Tell whether a value is built from literals, names, operators and well-known cheap constructors only.

    The body of a lambda is not looked at: it runs only when it is called.
    """
    return all(
        isinstance(node, _PLAIN_NODES)
        and not (isinstance(node, ast.Call) and not _is_cheap(node, around))
        and not (isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) and _is_async(node))
        for node in _expressions(value)
    )


def root_name(node: ast.expr) -> str | None:
    """Return ``a`` for ``a``, ``a.b``, ``a[0].c`` and ``a.b()``; None when there is no such name."""
    while True:
        match node:
            case ast.Name(id=name):
                return name
            case ast.Attribute(value=inner) | ast.Subscript(value=inner) | ast.Starred(value=inner):
                node = inner
            case ast.Call(func=inner):
                node = inner
            case _:
                return None


def _expressions(value: ast.expr) -> Iterator[ast.expr]:
    """Walk all expressions that are evaluated with the value."""
    waiting: list[ast.AST] = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.expr):
            yield node
        waiting.extend(ast.iter_child_nodes(node.args if isinstance(node, ast.Lambda) else node))


def _is_async(node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> bool:
    return any(generator.is_async for generator in node.generators)


def _is_cheap(call: ast.Call, around: Surroundings) -> bool:
    name = _dotted(call.func, around)
    if name == "functools.partial":
        return True
    if _hands_over_a_function(call, around):
        return False
    if name is not None and (name in _BUILTINS or name in _DOTTED):
        return True
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in _METHODS:
        return False
    root = root_name(call.func)
    return root is None or root not in around.imported or isinstance(call.func.value, ast.Call)


def _hands_over_a_function(call: ast.Call, around: Surroundings) -> bool:
    """Tell whether the call may call back: ``map(train_one, settings)``."""
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    return any(isinstance(value, ast.Name) and value.id in around.functions for value in values)


def _dotted(function: ast.expr, around: Surroundings) -> str | None:
    """Return what is called, by the name under which it was imported; None when the module made it itself."""
    parts: list[str] = []
    while isinstance(function, ast.Attribute):
        parts.append(function.attr)
        function = function.value
    if not isinstance(function, ast.Name) or function.id in around.assigned:
        return None
    first = around.imported.get(function.id) or _USUAL_ALIASES.get(function.id, function.id)
    return ".".join([first, *reversed(parts)])
