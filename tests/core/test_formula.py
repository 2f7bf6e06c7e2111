"""The grammar of typed formulas: right values, refusals in words, nothing evaluated as code."""

from __future__ import annotations

import math
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.formula import Formula, FormulaError, parse

X, Y = np.meshgrid(np.linspace(-2, 2, 7), np.linspace(0.5, 3, 5))
VALUES = {
    "sin(x)*y + x^2": lambda x, y: np.sin(x) * y + x**2,
    "-x^2": lambda x, y: -(x**2),
    "2^3^0.5": lambda x, y: np.full_like(x, 2 ** (3**0.5)),
    "x - y - 1": lambda x, y: (x - y) - 1,
    "x / y / 2": lambda x, y: (x / y) / 2,
    "x - -y": lambda x, y: x + y,
    "2*-x": lambda x, y: -2 * x,
    "+x": lambda x, y: x,
    "y**-1": lambda x, y: 1 / y,
    "y^-0.5": lambda x, y: y**-0.5,
    "3": lambda x, y: np.full_like(x, 3.0),
    ".5e1 + 2. - 1E-1*x": lambda x, y: 5 + 2 - 0.1 * x,
    "pi*e*x": lambda x, y: math.pi * math.e * x,
    "cos(x)+tan(x/4)+exp(x)": lambda x, y: np.cos(x) + np.tan(x / 4) + np.exp(x),
    "log(y)*sqrt(y)": lambda x, y: np.log(y) * np.sqrt(y),
    "abs(x)+sign(x)": lambda x, y: np.abs(x) + np.sign(x),
    "tanh(x)+sinh(x)-cosh(y)": lambda x, y: np.tanh(x) + np.sinh(x) - np.cosh(y),
    "atan(x)": lambda x, y: np.arctan(x),
    "max(x, y) - min(x, 0.5)": lambda x, y: np.maximum(x, y) - np.minimum(x, 0.5),
    "(x + 1) * (y)": lambda x, y: (x + 1) * y,
    " x\t+ y ": lambda x, y: x + y,
}
REFUSED = {
    "__import__('os')": '"\'"',
    "__import__(x)": "not a function",
    "9**9**9": "exponent",
    "x^17": "exponent",
    "x^y": "exponent",
    "10^16^16": "exponent",
    "((10^16)^16)^16": "exponent|not a finite number",
    "1/0": "not a finite number",
    "log(-1)": "not a finite number",
    "(" * 5000 + "x": "5001 characters",
    "(" * 60 + "x" + ")" * 60: "nested more than 20",
    "-" * 60 + "x": "nested more than 20",
    "sin(" * 30 + "x" + ")" * 30: "nested more than 20",
    "+".join(["x"] * 90): "more than 120 parts",
    "(lambda: 0)()": "':'",
    "x.real": "'.'",
    "x[0]": r"'\['",
    "x²": "²",
    "٣*x": "٣",
    "１+x": "１",
    "х+1": "х",  # a Cyrillic letter that looks like x
    "x==y": "'='",
    "x if x else y": "not expected",
    "x;y": "';'",
    "x\ny": r"'\\n'",
    "x\0": r"\\x00",
    "'a'": '"\'"',
    "z": "'z' is not known; the variables are x and y",
    "sin": "needs brackets",
    "sin x": "needs brackets",
    "sin()": "expected",
    "sin(x, y)": "takes 1 argument",
    "max(x)": "takes 2 arguments",
    "eval(x)": "not a function",
    "x(y)": "not a function",
    "2x": r"2\*x",
    "x y": r"2\*x",
    "1.2.3": "not expected",
    "x +": "ends too early",
    "* x": "expected",
    "(x": "closing bracket",
    "x)": "not expected",
    "()": "expected",
    "": "empty",
    " \t": "empty",
    "x" * 10_000: "10000 characters",
}


@pytest.mark.parametrize("text", VALUES)
def test_values_equal_the_closed_form_on_numpy_and_torch(text: str) -> None:
    expected = VALUES[text](X, Y)
    formula = parse(text)
    np.testing.assert_allclose(formula(np, x=X, y=Y), expected, rtol=1e-13)
    tensors = {"x": torch.from_numpy(X), "y": torch.from_numpy(Y)}
    np.testing.assert_allclose(formula(torch, **tensors).numpy(), expected, rtol=1e-12)


def test_gradients_by_autograd_equal_the_derivative() -> None:
    """d/dx (sin(x) y + max(x, 0) x^3), by hand: cos(x) y + 4 x^3 for x > 0."""
    x = torch.linspace(0.1, 2, 9, dtype=torch.float64, requires_grad=True)
    y = torch.full_like(x, 1.5)
    parse("sin(x)*y + max(x, 0)*x^3")(torch, x=x, y=y).sum().backward()
    torch.testing.assert_close(x.grad, (torch.cos(x) * y + 4 * x**3).detach())


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:16])
def test_what_the_grammar_lacks_is_refused_in_one_sentence(text: str) -> None:
    begun = time.perf_counter()
    with pytest.raises(FormulaError, match=REFUSED[text]) as caught:
        parse(text)
    assert time.perf_counter() - begun < 0.2
    said = str(caught.value)
    assert said.endswith(".") and "\n" not in said and len(said) < 200


def test_undefined_places_are_not_finite_and_do_not_warn() -> None:
    zero, one = np.zeros(1), np.ones(1)
    for text in ("1/x", "log(x)", "sqrt(x - 1)", "x/x", "x^-1", "log(-1 - x)"):
        assert not np.isfinite(parse(text)(np, x=zero, y=one)).any(), text


def test_a_huge_value_is_infinite_not_an_error() -> None:
    assert parse("exp(x)^16")(np, x=np.array([700.0]), y=np.zeros(1)) == np.inf


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=1000)
def test_any_text_is_parsed_or_refused(text: str) -> None:
    _parsed_or_refused(text)


TOKENS = ["x", "y", "1", "2.5", "9", *"+-*/^(),", "**", "sin", "exp", "max", "pi", "e"]


@given(st.lists(st.sampled_from(TOKENS)))
@settings(max_examples=300, deadline=1000)
def test_any_row_of_tokens_is_parsed_or_refused(tokens: list[str]) -> None:
    _parsed_or_refused(" ".join(tokens))


def _parsed_or_refused(text: str) -> None:
    """FormulaError is the only exception, and it speaks in sentences."""
    formula, said = _tried(text)
    if formula is None:
        assert said.endswith(".") and "\n" not in said
    else:
        assert formula(np, x=X, y=Y).shape == X.shape


def _tried(text: str) -> tuple[Formula | None, str]:
    try:
        return parse(text), ""
    except FormulaError as error:
        return None, str(error)


def _quiet(function: Callable[..., Any], *values: Any) -> Any:
    with np.errstate(all="ignore"):
        return function(*values)


_leaf = st.sampled_from([("x", X), ("y", Y), ("2", 2.0), ("0.5", 0.5)])
_tree = st.recursive(
    _leaf,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from("+-*/"), inner, inner).map(lambda t: _binary(*t)),
        inner.map(lambda a: (f"(-{a[0]})", -a[1])),
        st.tuples(st.sampled_from(["sin", "exp", "tanh", "abs"]), inner).map(
            lambda t: (f"{t[0]}({t[1][0]})", _quiet(getattr(np, t[0]), t[1][1]))
        ),
    ),
    max_leaves=8,
)


def _binary(op: str, a: tuple, b: tuple) -> tuple:
    kinds = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}
    return f"({a[0]} {op} {b[0]})", _quiet(kinds[op], a[1], b[1])


@given(_tree)
@settings(max_examples=200, deadline=1000)
def test_random_trees_equal_numpy(tree: tuple) -> None:
    """The value that NumPy gives to the same tree, built beside the text."""
    text, expected = tree
    formula, said = _tried(text)
    if formula is None:  # constants that overflow, or too long or deep a text
        assert any(word in said for word in ("finite", "characters", "nested"))
        return
    with np.errstate(all="ignore"):  # inf - inf and the like: not a number on either side
        found = formula(np, x=X, y=Y)
    np.testing.assert_allclose(found, np.broadcast_to(expected, X.shape))


def test_parsing_loads_no_torch() -> None:
    code = "import sys; from core.formula import parse; parse('x'); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
