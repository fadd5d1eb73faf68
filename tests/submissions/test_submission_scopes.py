import pytest

from grader.submissions.scopes import names_in


@pytest.mark.parametrize(
    ("source", "now", "later", "bound"),
    [
        ("x = a", "a", "", "x"),
        ("x = [i for i in a if b]", "a b", "", "x"),
        ("x = {i: j + T for i in a for j in i}", "a T", "", "x"),
        ("x = {i for i in i}", "i", "", "x"),
        ("x = [(y := i) for i in a]", "a", "", "x y"),
        ("x = [lambda: i + u for i in a]", "a", "u", "x"),
        ("x = [f'{a!r:>{w}}{{' for i in b]", "a b w", "", "x"),
        ("def f(p, d=a): return p, b, [q for q in c]", "a", "b c", "f"),
        ("def f():\n    x = 1\n    def g(): return x, y\n", "", "y", "f"),
        ("class K(a):\n    z = 1\n    w = z, b\n    def m(self): return z, K", "a b", "z K", "K"),
        ("import a.b, c as d", "", "", "a d"),
        ("try:\n    import a\nexcept b as e:\n    a = None", "b", "", "a e"),
        ("def f(x: a) -> b: pass", "a b", "", "f"),
    ],
)
def test_names_by_when_they_are_read(source, now, later, bound):
    names = names_in(source)
    assert (names.now, names.later, names.bound) == (set(now.split()), set(later.split()), set(bound.split()))


def test_postponed_annotations_are_not_read():
    names = names_in("def f(x: a = d) -> b: pass", postponed_annotations=True)
    assert (names.now, names.bound) == ({"d"}, {"f"})


def test_names_made_by_global():
    assert names_in("def f():\n    global x\n    x = 1").made_global == {"x"}
