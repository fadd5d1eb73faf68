"""Mutants made by rules: small changes of the reference's syntax that no person thought of.

For each function of the reference, each rule is applied at each place where it fits. A mutant must cost at least one of
the lines that test its function, and no line that does not reach the function. `EQUIVALENT` names the mutants that
change nothing which the assignment speaks of. Every function is also left unwritten once: these are graded on all lines
that do not train, and prove what `reach.py` reads from the sources.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator, Mapping

from grader.proofs.line_coverage import reached_lines
from grader.proofs.mutants import Mutant, functions_of
from grader.proofs.variants import solved, without
from grader.results.rubric import Rubric
from grader.submissions.contract import CONTRACT_NAMES

LINES: dict[str, tuple[str, ...]] = {
    "parse_idx": ("parser.",),
    "mnist_parse_file": ("parser.gzip_file", "parser.raw_file", "parser.missing_file"),
    "load_mnist": ("parser.npz",),
    "build_ann": ("builders.ann_",),
    "build_cnn": ("builders.cnn_",),
    "prepare_ann": ("training.prepare_", "training.input_unchanged"),
    "prepare_cnn": ("training.prepare_", "training.input_unchanged"),
    "train_model": ("training.trains_", "training.validation", "training.ann_accuracy", "training.cnn_accuracy"),
    "predict_scores": ("training.predict_scores_",),
    "predict_labels": ("training.predict_labels_",),
    "accuracy": ("training.accuracy", "training.lists"),
    "wrong_set": ("training.wrong_set", "training.lists", "training.nothing_wrong"),
    "save_model": ("save.",),
    "restore_model": ("save.",),
    "load_drawing": ("drawing.",),
    "predict_drawing": ("drawing.predict_",),
    "load_emnist_letters": ("letters.upright", "letters.labels", "letters.count_mismatch"),
    "letter_of": ("letters.letter_of",),
    "train_letters": ("letters.train", "letters.predict", "letters.accuracy"),
    "predict_letters": ("letters.predict", "letters.accuracy"),
}
"""The beginnings of the rubric lines that test each function. The letters network is of the student's own design, and
so is the layout of a figure: most changes of them are right solutions, so the rules leave them alone."""

_PRINTS = "only how much Keras prints"
_ANOTHER_RULE = "another rule that tells light paper from dark; the assignment leaves the rule open"
_OPAQUE = "no tested drawing has transparent pixels, as the handout says: of an opaque one the outline stays"
EQUIVALENT: dict[str, str] = {
    "parse-idx/number-1": "reading two bytes finds what is left over as well as reading one",
    **{
        f"load-drawing/{name}": _ANOTHER_RULE
        for name in ("number-5", "number-8", "number-10", "number-11", "number-13", "left-out-1", "left-out-2",
                     "left-out-3", "left-out-4", "swapped-2", "swapped-3")
    },
    **{
        f"load-drawing/{name}": _OPAQUE
        for name in ("number-1", "number-2", "operator-1", "operator-2", "operator-4")
    },
    **dict.fromkeys(
        ("predict-scores/argument-4", "predict-scores/operator-2"),
        "a softmax stays what it is, whatever one number is added to a row",
    ),
    **dict.fromkeys(
        ("predict-scores/number-1", "predict-scores/argument-1", "predict-labels/number-2", "predict-labels/argument-2",
         "train-model/number-1", "train-model/argument-3"),
        _PRINTS,
    ),
}  # fmt: skip
"""Mutants that are right solutions, with the reason."""

Rule = Callable[[ast.AST], Iterator[ast.AST]]


def _numbers(node: ast.AST) -> Iterator[ast.AST]:
    """Off by one."""
    if isinstance(node, ast.Constant) and type(node.value) is int:
        yield ast.Constant(node.value + 1)


def _comparisons(node: ast.AST) -> Iterator[ast.AST]:
    """The opposite comparison."""
    opposite = {
        ast.Eq: ast.NotEq,
        ast.NotEq: ast.Eq,
        ast.Lt: ast.GtE,
        ast.Gt: ast.LtE,
        ast.LtE: ast.Gt,
        ast.Is: ast.IsNot,
    }
    if isinstance(node, ast.Compare) and type(node.ops[0]) in opposite:
        yield ast.Compare(node.left, [opposite[type(node.ops[0])](), *node.ops[1:]], node.comparators)


def _operators(node: ast.AST) -> Iterator[ast.AST]:
    """Another operator."""
    other = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult}
    if isinstance(node, ast.BinOp) and type(node.op) in other:
        yield ast.BinOp(node.left, other[type(node.op)](), node.right)


def _texts(node: ast.AST) -> Iterator[ast.AST]:
    """Another activation, loss or order of bytes."""
    other = {"relu": "sigmoid", "softmax": "linear", "sparse_categorical_crossentropy": "categorical_crossentropy"}
    if isinstance(node, ast.Constant) and node.value in other:
        yield ast.Constant(other[node.value])


def _list_items(node: ast.AST) -> Iterator[ast.AST]:
    """A list without one of its items: a layer left out."""
    if isinstance(node, ast.List) and len(node.elts) > 1:
        for position in range(len(node.elts)):
            yield ast.List(node.elts[:position] + node.elts[position + 1 :], node.ctx)


def _arguments(node: ast.AST) -> Iterator[ast.AST]:
    """A call without one of its named arguments."""
    if isinstance(node, ast.Call):
        for position in range(len(node.keywords)):
            yield ast.Call(node.func, node.args, node.keywords[:position] + node.keywords[position + 1 :])


def _swapped_pairs(node: ast.AST) -> Iterator[ast.AST]:
    """A pair the other way round."""
    if isinstance(node, ast.Tuple) and len(node.elts) == 2 and isinstance(node.ctx, ast.Load):
        yield ast.Tuple(node.elts[::-1], node.ctx)


def _checks(node: ast.AST) -> Iterator[ast.AST]:
    """A check that raises is left out."""
    if isinstance(node, ast.If) and len(node.body) == 1 and isinstance(node.body[0], ast.Raise):
        yield ast.Pass()


def _returns(node: ast.AST) -> Iterator[ast.AST]:
    """Nothing is returned."""
    if isinstance(node, ast.Return) and node.value is not None:
        yield ast.Expr(node.value)


RULES: dict[str, Rule] = {
    "number": _numbers,
    "comparison": _comparisons,
    "operator": _operators,
    "text": _texts,
    "left-out": _list_items,
    "argument": _arguments,
    "swapped": _swapped_pairs,
    "check": _checks,
    "return": _returns,
}


def automatic_mutants(rubric: Rubric, *, with_equivalent: bool = False) -> list[Mutant]:
    """Return the mutants that the rules make, and those that lack a function.

    Args:
        rubric: its lines are what a mutant can cost.
        with_equivalent: those of `EQUIVALENT` too.
    """
    reached = reached_lines(rubric)
    made = [*_by_rules(rubric, reached), *_unwritten(reached)]
    return [mutant for mutant in made if with_equivalent or mutant.name not in EQUIVALENT]


def _by_rules(rubric: Rubric, reached: Mapping[str, frozenset[str]]) -> Iterator[Mutant]:
    source = solved()
    for function, beginnings in LINES.items():
        text = functions_of(source)[function]
        tree = ast.parse(text)
        loses = tuple(line for line in rubric.by_id if line in reached[function] and line.startswith(beginnings))
        for rule_name, rule in RULES.items():
            for number, (mutated, place) in enumerate(_applied(tree, rule), start=1):
                yield Mutant(
                    name=f"{function}/{rule_name}-{number}".replace("_", "-"),
                    mistake=f"{(rule.__doc__ or '').rstrip('.').lower()}: {place}",
                    source=source.replace(text, ast.unparse(mutated) + "\n"),
                    loses=loses,
                    consequences=reached[function] - set(loses),
                    any_of=True,
                )


def _unwritten(reached: Mapping[str, frozenset[str]]) -> Iterator[Mutant]:
    for function in sorted(CONTRACT_NAMES):
        yield Mutant(
            name=f"{function}/unwritten".replace("_", "-"),
            mistake="the function is not written yet",
            source=without([function]),
            loses=tuple(sorted(reached[function])),
            any_of=True,
            everywhere=True,
        )


def _applied(tree: ast.Module, rule: Rule) -> Iterator[tuple[ast.Module, str]]:
    """Yield the tree with the rule applied at each place where it fits, and what stood there."""
    for number, node in enumerate(ast.walk(tree)):
        for replacement in rule(node):
            if ast.dump(replacement) == ast.dump(node):
                continue
            mutated = copy.deepcopy(tree)
            target = next(node for at, node in enumerate(ast.walk(mutated)) if at == number)
            fresh = copy.deepcopy(replacement)
            _Replacer(target, fresh).visit(mutated)
            yield (
                ast.fix_missing_locations(mutated),
                f"{ast.unparse(node).partition(chr(10))[0]} became {_shown(fresh)}",
            )


def _shown(node: ast.AST) -> str:
    return ast.unparse(ast.fix_missing_locations(node)).partition("\n")[0]


class _Replacer(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self._old, self._new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        if node is self._old:
            return self._new
        self.generic_visit(node)
        return node
