"""Numbers as words on screen and as LaTeX."""

from __future__ import annotations

from core.pooling.sizes import Axis

MINUS = "\N{MINUS SIGN}"


def plain(value: float, digits: int = 4) -> str:
    """To so many digits, with a true minus; no negative zero."""
    text = f"{value:.{digits}g}"
    return "0" if float(text) == 0 else text.replace("-", MINUS)


def held(value: float) -> str:
    """As ``plain``, in brackets where it is negative."""
    return f"({plain(value)})" if value < 0 else plain(value)


def latex(value: float) -> str:
    """To five digits, powers of ten written out."""
    mantissa, _, power = f"{value + 0.0:.5g}".partition("e")
    return rf"{mantissa} \times 10^{{{int(power)}}}" if power else mantissa


def bracketed(value: float) -> str:
    """As ``latex``, in brackets where it is negative."""
    return rf"\left({latex(value)}\right)" if value < 0 else latex(value)


def size_formula(axis: Axis) -> str:
    """How many windows fit along an axis, in its numbers, as LaTeX."""
    left, right = ("lceil", "rceil") if axis.ceil_mode else ("lfloor", "rfloor")
    inside = rf"{axis.size} + {axis.before + axis.after} - {axis.dilation}({axis.kernel} - 1) - 1"
    whole = rf"\left\{left} \frac{{{inside}}}{{{axis.stride}}} \right\{right} + 1"
    room = axis.size + axis.before + axis.after - axis.reach
    plain_count = (-(-room // axis.stride) if axis.ceil_mode else room // axis.stride) + 1
    less = r" - 1" if axis.count < plain_count else ""  # a window that would start in the padding
    return f"{whole}{less} = {axis.count}"
