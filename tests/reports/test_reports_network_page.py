"""Layers beside the expected ones, and public pictures only."""

from __future__ import annotations

from report_cases import make_item, make_result

from grader.assignment.handwriting.public_set import public_test_digits, public_test_sha256
from grader.assignment.public_tests.checks.networks import ANN
from grader.marking.network_summary import layer_summary
from grader.reports import render_student_page
from grader.reports.network_page import show_network
from grader.results.models import LayerSummary, NetworkSummary, PublicDigits

RIGHT = tuple(layer_summary(layer) for layer in ANN.layers)
CONFUSION = tuple(tuple(50 if row == column else 0 for column in range(10)) for row in range(10))


def digits_of(*wrong: tuple[int, int], sha256: str = "") -> PublicDigits:
    return PublicDigits(pictures_sha256=sha256 or public_test_sha256(), confusion=CONFUSION, wrong=wrong)


def test_right_layers() -> None:
    page = show_network(NetworkSummary(name="ann", layers=RIGHT))
    assert page.verdict == "All layers are as expected."
    assert [row.differs for row in page.rows] == [False] * 3


def test_the_first_layer_that_differs_is_marked_and_missing_ones_are_named() -> None:
    page = show_network(NetworkSummary(name="ann", layers=(RIGHT[0], RIGHT[2])))
    assert page.verdict == "Layer 2 is the first that differs."
    assert [(row.came is None, row.differs) for row in page.rows] == [(False, False), (False, True), (True, False)]


def test_wrong_pictures_are_those_of_the_template() -> None:
    page = show_network(NetworkSummary(name="cnn", public_digits=digits_of((3, 9), (5_000, 1))))
    (picture,) = page.wrong
    assert (picture.index, picture.digit, picture.read) == (3, int(public_test_digits()[1][3]), 9)
    assert picture.source.startswith("data:image/png;base64,")
    assert (page.right, page.count) == (500, 500)


def test_pictures_of_another_generator_are_not_shown() -> None:
    assert show_network(NetworkSummary(name="cnn", public_digits=digits_of((3, 9), sha256="0" * 64))).wrong == ()


def test_the_student_page_tells_of_networks_in_russian() -> None:
    looks = (NetworkSummary(name="ann", layers=RIGHT[:2]), NetworkSummary(name="cnn", public_digits=digits_of((3, 9))))
    page = render_student_page(make_result("a", make_item(), networks=looks), "ru")
    for words in ("Полносвязная сеть", "Первое отличие — в слое 3.", "слоя нет", "Верно: 500 из 500.", " как 9"):
        assert words in page
    for words in ("Layer", "Parameters", ">differs<", "right.", "read as", "Picture", "Confusion"):
        assert words not in page


def test_the_student_page_shows_them_as_text() -> None:
    strange = LayerSummary(layer="<script>", activation="</td>", output_shape=(3,), parameters=1)
    looks = (
        NetworkSummary(name="ann", layers=(strange,)),
        NetworkSummary(name="cnn", public_digits=digits_of((3, 9))),
        NetworkSummary(name='"><b>'),
    )
    page = render_student_page(make_result("a", make_item(), networks=looks))
    assert "&lt;script&gt;, &lt;/td&gt;" in page
    assert "<b>" not in page
    assert "Layer 1 is the first that differs." in page
    assert "500 of 500 right." in page
    assert 'alt="Picture 3, a ' in page
