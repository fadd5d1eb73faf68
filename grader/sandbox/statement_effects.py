"""Which objects a statement changes in place: `net.add(layer)` builds on `net`, though it assigns nothing.

The release copies this file into the student template: standard library only.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

BUILDING = frozenset(
    {
        "append", "extend", "insert", "remove", "pop", "popitem", "clear", "sort", "reverse", "add", "discard",
        "update", "setdefault", "appendleft", "extendleft", "popleft", "rotate", "subtract", "fill", "put", "itemset",
        "resize", "compile", "build", "set_weights", "load_weights", "register", "push",
    }
)  # fmt: skip
"""Methods that change what they are called on: without them it is half built."""
LOOKING = frozenset(
    {
        "summary", "evaluate", "predict", "predict_on_batch", "test_on_batch", "save", "save_weights", "export",
        "to_json", "get_weights", "get_config", "get_layer", "count_params", "head", "tail", "info", "describe",
        "items", "keys", "values", "get", "copy", "index", "count", "join", "format", "split", "strip", "lower",
        "upper", "replace", "show", "plot", "hist", "imshow", "set_title", "set_xlabel", "set_ylabel", "legend",
        "savefig", "tight_layout", "draw", "min", "max", "mean", "std", "sum", "astype", "reshape", "tolist", "numpy",
        "debug", "warning", "error",
    }
)  # fmt: skip
"""Methods that tell or show something: what they are called on is the same without them."""
TRAINING = frozenset({"fit", "fit_generator", "train_on_batch", "fit_transform"})
"""A network is built without them, and trained is no network when a module is loaded."""
_FUNCTIONS = frozenset({"setattr", "delattr", "shuffle", "heappush", "heapify", "insort", "copyto", "place"})
"""Of Python, `random`, `heapq`, `bisect` and NumPy: they change their first argument."""
_PASSING = frozenset({"enumerate", "zip", "reversed", "list", "tuple", "iter", "sorted"})
MAX_CALLS_FOLLOWED = 3
_Functions = Mapping[str, ast.FunctionDef | ast.AsyncFunctionDef]


@dataclass(frozen=True)
class Effects:
    """Names of objects that a statement changes: surely (``built``), or perhaps (``worked``, all of them)."""

    built: frozenset[str] = frozenset()
    worked: frozenset[str] = frozenset()

    def __or__(self, other: Effects) -> Effects:
        return Effects(self.built | other.built, self.worked | other.worked)

    def seen_through(self, aliases: Mapping[str, frozenset[str]]) -> Effects:
        """Return the effects on what the names stand for, too: ``for net in (ann, cnn): net.compile(...)``."""
        return Effects(_with(self.built, aliases), _with(self.worked, aliases))


def functions_in(body: list[ast.stmt]) -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef]:
    """Return a module's own functions by their names."""
    return {one.name: one for one in body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}


def aliases_in(statements: Iterator[ast.stmt]) -> dict[str, frozenset[str]]:
    """Return, for each name that stands for another one's object or a part of it, the other names."""
    found: dict[str, frozenset[str]] = {}
    for statement in statements:
        match statement:
            case ast.Assign(targets=targets, value=value):
                pairs = [(target, value) for target in targets]
            case ast.For(target=target, iter=value):
                pairs = [(target, value)]
            case _:
                continue
        for target, source in pairs:
            for node in ast.walk(target):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    found[node.id] = found.get(node.id, frozenset()) | (_handed_on(source) - {node.id})
    return {name: others for name, others in found.items() if others}


def effects_of(statement: ast.stmt, functions: _Functions, *, _within: frozenset[str] = frozenset()) -> Effects:
    """Return what a statement changes in place, with all that stands in its blocks.

    Args:
        functions: the module's own ones: what they do to their arguments counts where they are called.
    """
    found = Effects()
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        found |= _effects_here(node, functions, _within)
        waiting.extend(ast.iter_child_nodes(node))
    return found


def _effects_here(node: ast.AST, functions: _Functions, within: frozenset[str]) -> Effects:
    match node:
        case ast.AugAssign(target=target):
            return _surely(_root(target))
        case ast.Assign(targets=targets):
            found = Effects()
            for one in targets:
                for part in ast.walk(one):
                    if isinstance(part, ast.Attribute | ast.Subscript) and isinstance(part.ctx, ast.Store):
                        found |= _by_assigning(part)
            return found
        case ast.Delete(targets=targets):
            roots = [_root(one) for one in targets if not isinstance(one, ast.Name)]
            return Effects(frozenset(filter(None, roots)), frozenset(filter(None, roots)))
        case ast.Call():
            return _by_calling(node, functions, within)
    return Effects()


def _by_assigning(target: ast.Attribute | ast.Subscript) -> Effects:
    """Tell what ``T[i] = x`` changes. A key or attribute that is missing later is told by Python, and by its name."""
    name = _root(target)
    is_named = isinstance(target, ast.Attribute) or isinstance(target.slice, ast.Constant)
    return Effects(worked=_surely(name).worked) if is_named else _surely(name)


def _by_calling(call: ast.Call, functions: _Functions, within: frozenset[str]) -> Effects:
    function = call.func
    found = Effects()
    if isinstance(function, ast.Attribute):
        name, method = _root(function.value), function.attr
        if method in BUILDING:
            found = _surely(name)
        elif name is not None and method not in LOOKING | TRAINING | _FUNCTIONS:
            found = Effects(worked=frozenset({name}))
    called = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", None)
    if called in _FUNCTIONS and call.args:
        return found | _surely(_root(call.args[0]))
    is_own = isinstance(function, ast.Name) and function.id in functions and function.id not in within
    if is_own and len(within) < MAX_CALLS_FOLLOWED:
        return found | _on_arguments(call, functions, within)
    return found


def _on_arguments(call: ast.Call, functions: _Functions, within: frozenset[str]) -> Effects:
    """Return what one of the module's own functions does to what it is given."""
    assert isinstance(call.func, ast.Name)
    function = functions[call.func.id]
    inner = Effects()
    for statement in function.body:
        inner |= effects_of(statement, functions, _within=within | {call.func.id})
    parameters = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
    given = dict(zip(parameters, call.args, strict=False))
    given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg is not None}
    roots = {parameter: _root(value) for parameter, value in given.items()}
    built = {name for parameter, name in roots.items() if name is not None and parameter in inner.built}
    return Effects(frozenset(built), frozenset(built))  # what it may do besides is not worth a run


def _surely(name: str | None) -> Effects:
    names = frozenset({name}) if name is not None else frozenset[str]()
    return Effects(names, names)


def _root(start: ast.expr) -> str | None:
    """Return ``a`` for ``a``, ``a.b``, ``a[0]`` and ``a.b().c``; None for what a call of a name returns."""
    node: ast.expr = start
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            node = node.func
        if not isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
            return None
        node = node.value
    return node.id


def _handed_on(value: ast.expr) -> frozenset[str]:
    match value:
        case ast.Name() | ast.Attribute() | ast.Subscript() | ast.Starred():
            name = _root(value)
            return frozenset() if name is None else frozenset({name})
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts) | ast.Dict(values=parts):
            return frozenset(name for part in parts for name in _handed_on(part))
        case ast.Call(func=ast.Name(id=name), args=parts) if name in _PASSING:
            return frozenset(name for part in parts for name in _handed_on(part))
    return frozenset()


def _with(names: frozenset[str], aliases: Mapping[str, frozenset[str]]) -> frozenset[str]:
    found: set[str] = set()
    waiting = set(names)
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= aliases.get(name, frozenset()) - found
    return frozenset(found)
