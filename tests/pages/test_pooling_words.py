"""The lesson on convolution and pooling explains what it is about, each with a formula."""

from __future__ import annotations

import re

import pytest

from core.ui.words import _formula_label, parts, topics
from tests.pages.test_lesson_words import FILES

TOPICS = (
    "Convolutional layer",
    "Activation functions",
    "Pooling",
    "Fully connected (dense) layer",
    "Back-propagation",
    "Back-propagation through pooling",
    "Weight initialisation",
    "Dropout",
)


def formula(name: str) -> str:
    return parts(FILES[name], name)["Formula"]


@pytest.mark.parametrize("topic", TOPICS)
def test_it_has_a_paragraph_of_its_own_with_a_formula(topic: str) -> None:
    """And stands on the fold's label, so that it is found before the fold is opened."""
    text = formula("pooling.cnn")
    assert topic in topics(text)
    start = re.search(rf"^\*\*{re.escape(topic)}[.:]?\*\*", text, re.MULTILINE)
    assert start is not None
    body = re.split(r"^\*\*", text[start.end() :], flags=re.MULTILINE)[0]
    assert re.search(r"\$\$.+?\$\$", body, re.DOTALL), "a formula"
    assert topic.lower() in _formula_label(text).lower()


def test_pooling_says_why_and_what_is_lost() -> None:
    assert "Why: " in formula("pooling.cnn") and "What is lost: " in formula("pooling.cnn")
    assert "| what is lost |" in formula("pooling.window")


def test_the_first_three_say_what_they_are_about() -> None:
    assert topics(formula("pooling.kernels"))[0] == "Convolutional layer"
    assert topics(formula("pooling.window"))[0] == "Pooling and its gradient"
    assert topics(formula("pooling.shift"))[0] == "Equivariance and invariance"
    assert _formula_label("$$x$$") == "Formula"
    text = "**KL of two.** x\n\n**A row.** y\n\n**D's best.** z"
    assert _formula_label(text) == "Formula: KL of two, a row, D's best"
