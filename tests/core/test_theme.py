"""The visual language: colours that every reader can tell apart, on both grounds."""

from __future__ import annotations

import tomllib
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.plot import theme
from core.ui import legend

CONFIG = tomllib.loads(
    (Path(__file__).resolve().parents[2] / ".streamlit" / "config.toml").read_text("utf-8")
)
COLOURS = {name: one["color"] for name, one in theme.LANGUAGE.items()}

# What readers without one kind of cone see of linear RGB: Machado, Oliveira and Fernandes 2009,
# "A physiologically-based model for simulation of color vision deficiency", severity 1.
VISION = {
    "all cones": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
visions = pytest.mark.parametrize("vision", VISION.values(), ids=list(VISION))
# The difference in L, a and b that half of all people notice between marks of a third of a degree
# (some 12 px at a desk): Stone, Szafir and Setlur 2014, "An engineering model for color
# difference as a function of size", p (A + B / s) with p = 0.5 and s = 1/3.
NOTICED = 0.5 * (np.array([10.16, 10.68, 10.70]) + 3 * np.array([1.50, 3.08, 5.74]))


def linear(colour: str) -> NDArray[np.float64]:
    """Linear RGB of "#rrggbb" (IEC 61966-2-1)."""
    part = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def lab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """CIE 1976 L*a*b* of linear RGB, white D65."""
    to_xyz = [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
    share = np.array(to_xyz) @ np.clip(rgb, 0, 1) / np.array([0.95047, 1.0, 1.08883])
    f = np.where(share > 216 / 24389, np.cbrt(share), (24389 / 27 * share + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def apart(a: str, b: str, vision: NDArray[np.float64]) -> float:
    """How many noticed differences lie between two colours, seen so."""
    seen = [lab(vision @ linear(colour)) for colour in (a, b)]
    return float(np.linalg.norm((seen[0] - seen[1]) / NOTICED))


def contrast(a: str, b: str) -> float:
    """The contrast ratio of WCAG 2.2."""
    weights = np.array([0.2126, 0.7152, 0.0722])
    low, high = sorted(float(weights @ linear(colour)) for colour in (a, b))
    return (high + 0.05) / (low + 0.05)


def test_the_measures_give_published_values() -> None:
    """Lab of the sRGB primaries at D65 (Lindbloom's calculator); 21 to 1 of black on white."""
    for colour, published in (
        ("#ff0000", (53.24, 80.09, 67.20)),
        ("#00ff00", (87.73, -86.18, 83.18)),
        ("#0000ff", (32.30, 79.19, -107.86)),
    ):
        assert lab(linear(colour)) == pytest.approx(published, abs=0.01)
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    for vision in VISION.values():  # a grey stays that grey
        assert vision.sum(axis=1) == pytest.approx(1, abs=2e-6)


def test_five_things_have_a_colour_and_a_mark_each() -> None:
    assert list(COLOURS) == ["real", "generated", "learned", "exact", "gradient"]
    marks = [one["mark"] for one in theme.LANGUAGE.values()]
    assert len(set(marks)) == len(set(COLOURS.values())) == 5
    drawn = [legend._MARKS[mark] for mark in marks]  # one shape of the strip for each mark
    assert len(set(drawn)) == 5


@visions
def test_everybody_tells_the_five_colours_apart(vision: NDArray[np.float64]) -> None:
    """At least one noticed difference between any two."""
    pairs = combinations(COLOURS.items(), 2)
    close = {(a, b): apart(x, y, vision) for (a, x), (b, y) in pairs}
    assert {pair: round(steps, 2) for pair, steps in close.items() if steps < 1} == {}


@visions
def test_everybody_tells_lines_of_one_chart_apart(vision: NDArray[np.float64]) -> None:
    """The first sixteen: by a noticed difference in colour, or by the dash."""
    styles = [theme.series(n) for n in range(16)]
    for one, other in combinations(styles, 2):
        if one["dash"] == other["dash"]:
            assert apart(one["color"], other["color"], vision) >= 1, (one, other)


def test_thirty_two_lines_differ() -> None:
    assert len({tuple(theme.series(n).values()) for n in range(32)}) == 32


@pytest.mark.parametrize("ground", ["light", "dark"])
def test_the_colours_stand_out_from_both_grounds(ground: str) -> None:
    """3 to 1, what WCAG 2.2 asks of graphics (1.4.11), against the page's own colour."""
    page = CONFIG["theme"][ground]["backgroundColor"]
    weak = {name: contrast(colour, page) for name, colour in COLOURS.items()}
    assert {name: round(ratio, 2) for name, ratio in weak.items() if ratio < 3} == {}


@pytest.mark.parametrize("ground", ["light", "dark"])
def test_words_stand_out_from_the_page(ground: str) -> None:
    """7 to 1 for text and 4.5 to 1 for links (WCAG 2.2, 1.4.6 and 1.4.3)."""
    tokens = CONFIG["theme"][ground]
    grounds = [tokens["backgroundColor"], tokens["secondaryBackgroundColor"]]
    grounds += [CONFIG["theme"][ground]["sidebar"]["backgroundColor"]]
    for back in grounds:
        assert contrast(tokens["textColor"], back) >= 7
        assert contrast(tokens["linkColor"], back) >= 4.5


@visions
def test_scales_of_colour_keep_their_order(vision: NDArray[np.float64]) -> None:
    """Heights get lighter all the way up; two classes get darker to both sides of the middle."""
    heights = [lab(vision @ linear(colour))[0] for _, colour in theme.HEIGHTS]
    assert all(high - low > 5 for low, high in pairwise(heights))
    middle = [lab(vision @ linear(colour))[0] for _, colour in theme.DIVERGING]
    assert middle[0] < middle[1] < middle[2] > middle[3] > middle[4]
    assert apart(theme.DIVERGING[0][1], theme.DIVERGING[-1][1], vision) >= 3


def test_streamlits_own_charts_take_the_same_colours() -> None:
    assert CONFIG["theme"]["chartCategoricalColors"] == list(theme.SERIES)
