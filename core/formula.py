"""A small safe grammar for typed formulas: parsed by hand, never evaluated as code.

    sum     = product (("+" | "-") product)*
    product = signed (("*" | "/") signed)*
    signed  = ("-" | "+") signed | power
    power   = atom (("**" | "^") signed)?
    atom    = number | pi | e | variable | function "(" sum ("," sum)* ")" | "(" sum ")"

Parsing needs NumPy alone; a formula runs on NumPy arrays and on torch tensors alike.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

LENGTH, DEPTH, NODES, EXPONENT = 200, 20, 120, 16.0
CONSTANTS = {"pi": math.pi, "e": math.e}
ONE = ("sin", "cos", "tan", "exp", "log", "sqrt", "abs", "tanh", "sinh", "cosh", "atan", "sign")
TWO = {"max": "maximum", "min": "minimum"}
_TOKEN = re.compile(
    r"[ \t]*((?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"  # numbers
    r"|[A-Za-z_][A-Za-z_0-9]*|\*\*|[-+*/^(),])"  # names, operators
)


class FormulaError(ValueError):
    """A formula that the grammar refuses; ``str`` is one sentence that says where and why."""


@dataclass(frozen=True)
class Node:
    """One operation and its arguments; ``value`` and ``variable`` are the leaves."""

    op: str
    args: tuple[Node, ...] = ()
    value: float = 0.0
    name: str = ""


@dataclass(frozen=True)
class Formula:
    """A parsed formula. Call it with an array module and the variables."""

    text: str
    variables: tuple[str, ...]
    tree: Node = field(repr=False)

    def __call__(self, xp: Any, **variables: Any) -> Any:
        """Its value, elementwise. xp: numpy or torch; variables: arrays of one shape.

        Where the formula is undefined (a division by zero, the log of a negative number) the
        value is infinite or NaN, without a warning.
        """
        with np.errstate(all="ignore"):
            out = _value(self.tree, xp, variables)
            blank = sum(0.0 * variables[name] for name in self.variables)
            return out + blank if isinstance(out, float) else out


@lru_cache(maxsize=256)
def parse(text: str, variables: tuple[str, ...] = ("x", "y")) -> Formula:
    """The formula of that text. FormulaError, one clear sentence, if the grammar refuses it.

    At most 200 characters, 20 levels of nesting and 120 operations; exponents are constants from
    -16 to 16. Angles are in radians.
    """
    if len(text) > LENGTH:
        raise FormulaError(f"The formula has {len(text)} characters; at most {LENGTH} are allowed.")
    if not text.strip():
        raise FormulaError("The formula is empty; write one, such as sin(x)*y + x^2.")
    parser = _Parser(_tokens(text), variables)
    tree = parser.sum()
    parser.finish()
    return Formula(text, variables, tree)


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    text = text.strip(" \t")
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            rest = text[at:].lstrip(" \t")
            raise FormulaError(f"The character {rest[0]!r} has no place in a formula.")
        tokens.append(match.group(1))
        at = match.end()
    return tokens


class _Parser:
    """Recursive descent over the tokens; each method reads one line of the grammar."""

    def __init__(self, tokens: Sequence[str], variables: tuple[str, ...]) -> None:
        self.tokens, self.variables = tokens, variables
        self.at = self.depth = self.nodes = 0

    def sum(self) -> Node:
        return self._chain(("+", "-"), self.product)

    def product(self) -> Node:
        return self._chain(("*", "/"), self.signed)

    def _chain(self, ops: tuple[str, ...], inner: Any) -> Node:
        left: Node = inner()
        while self._peek() in ops:
            op = self._next()
            left = self._node(op, left, inner())
        return left

    def signed(self) -> Node:
        self._deeper()
        if self._peek() in ("-", "+"):
            sign = self._next()
            inner = self.signed()
            out = self._node("neg", inner) if sign == "-" else inner
        else:
            out = self.power()
        self.depth -= 1
        return out

    def power(self) -> Node:
        base = self.atom()
        if self._peek() not in ("**", "^"):
            return base
        self._next()
        exponent = self.signed()
        if exponent.op != "value":
            raise FormulaError(
                "An exponent must be a number, as in x^2; for others use exp and log."
            )
        if abs(exponent.value) > EXPONENT:
            raise FormulaError(f"An exponent must lie between -{EXPONENT:g} and {EXPONENT:g}.")
        return self._node("**", base, exponent)

    def atom(self) -> Node:
        token = self._next()
        if token == "(":
            inner = self.sum()
            self._expect(")")
            return inner
        if token[0] in "0123456789.":
            return self._constant(float(token))
        if token[0].isalpha() or token[0] == "_":
            return self._call(token) if self._peek() == "(" else self._name(token)
        raise FormulaError(f"A number, a variable or a bracket was expected, not {token!r}.")

    def finish(self) -> None:
        if self._peek():
            hint = " (write 2*x for 2 times x)" if self._peek()[0].isalnum() else ""
            raise FormulaError(f"{self._peek()!r} was not expected there{hint}.")

    def _name(self, name: str) -> Node:
        if name in CONSTANTS:
            return self._constant(CONSTANTS[name])
        if name in self.variables:
            self._count()
            return Node("variable", name=name)
        if name in ONE or name in TWO:
            raise FormulaError(f"The function {name} needs brackets, as in {name}(x).")
        raise FormulaError(f"{_short(name)} is not known; the variables are {self._known()}.")

    def _call(self, name: str) -> Node:
        if name not in ONE and name not in TWO:
            known = ", ".join((*ONE, *TWO))
            raise FormulaError(f"{_short(name)} is not a function here; there are {known}.")
        self._next()
        args = [self.sum()]
        while self._peek() == ",":
            self._next()
            args.append(self.sum())
        self._expect(")")
        count = 1 if name in ONE else 2
        if len(args) != count:
            raise FormulaError(f"The function {name} takes {count} argument{'s' * (count - 1)}.")
        return self._node(name, *args)

    def _node(self, op: str, *args: Node) -> Node:
        """One operation; of constants alone, its value, which must be a finite number."""
        if all(arg.op == "value" for arg in args):
            with np.errstate(all="ignore"):
                value = float(_apply(op, [np.float64(arg.value) for arg in args], np))
            return self._constant(value)
        self._count()
        return Node(op, args)

    def _constant(self, value: float) -> Node:
        self._count()
        if not math.isfinite(value):
            raise FormulaError("A part of the formula without variables is not a finite number.")
        return Node("value", value=value)

    def _count(self) -> None:
        self.nodes += 1
        if self.nodes > NODES:
            raise FormulaError(f"The formula has more than {NODES} parts; make it shorter.")

    def _deeper(self) -> None:
        self.depth += 1
        if self.depth > DEPTH:
            raise FormulaError(f"The formula is nested more than {DEPTH} levels deep.")

    def _peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def _next(self) -> str:
        if self.at >= len(self.tokens):
            raise FormulaError("The formula ends too early; something is missing at its end.")
        self.at += 1
        return self.tokens[self.at - 1]

    def _expect(self, token: str) -> None:
        if self._peek() != token:
            found = repr(self._peek()) if self._peek() else "the end"
            raise FormulaError(f"A closing bracket was expected, not {found}.")
        self.at += 1

    def _known(self) -> str:
        return " and ".join(self.variables)


def _value(node: Node, xp: Any, variables: dict[str, Any]) -> Any:
    if node.op == "value":
        return node.value
    if node.op == "variable":
        return variables[node.name]
    args = [_value(arg, xp, variables) for arg in node.args]
    if node.op in TWO:  # torch.maximum takes no plain numbers
        like = next(arg for arg in args if not isinstance(arg, float))
        args = [xp.full_like(like, a) if isinstance(a, float) else a for a in args]
    return _apply(node.op, args, xp)


def _apply(op: str, args: list[Any], xp: Any) -> Any:
    match op:
        case "+":
            return args[0] + args[1]
        case "-":
            return args[0] - args[1]
        case "*":
            return args[0] * args[1]
        case "/":
            return args[0] / args[1]
        case "**":
            return args[0] ** args[1]
        case "neg":
            return -args[0]
    return getattr(xp, TWO.get(op, op))(*args)


def _short(name: str) -> str:
    return repr(name if len(name) <= 30 else name[:27] + "...")
