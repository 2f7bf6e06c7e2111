"""The clickable heat map: a square over each cell, unseen whatever is selected."""

import numpy as np
import plotly.graph_objects as go
import pytest

from core.plot.heatmap import clickable

GRAY = [[0.0, "#000"], [1.0, "#fff"]]


def test_each_square_lies_on_its_cell_and_knows_row_and_column() -> None:
    z = np.arange(6.0).reshape(2, 3)
    heat, squares = clickable(z, [10, 20, 30], [1, 2], GRAY, "%{x}", text=list("abcdef"))
    for x, y, (row, column), word in zip(
        squares["x"], squares["y"], squares["customdata"], squares["text"], strict=True
    ):
        assert (x, y) == (heat["x"][column], heat["y"][row])
        assert "abcdef"[int(heat["z"][row, column])] == word
    assert {type(part) for pair in squares["customdata"] for part in pair} == {int}


def test_nothing_of_the_squares_is_ever_seen() -> None:
    heat, squares = clickable(np.zeros((2, 2)), [0, 1], [0, 1], GRAY, "cell", zmax=4.0)
    states = (squares, squares["selected"], squares["unselected"])
    assert [state["marker"]["opacity"] for state in states] == [0, 0, 0]
    assert (heat["hoverinfo"], heat["zmax"]) == ("skip", 4.0)


@pytest.mark.parametrize(
    ("shape", "columns", "text"),
    [((61, 2), 2, None), ((2, 61), 61, None), ((2, 2), 3, None), ((2, 2), 2, ["one"])],
)
def test_what_does_not_fit_is_refused(
    shape: tuple[int, int], columns: int, text: list[str] | None
) -> None:
    with pytest.raises(ValueError, match=r"clickable|text one"):
        clickable(np.zeros(shape), range(columns), range(shape[0]), GRAY, "", text=text)


def test_plotly_takes_it() -> None:
    figure = go.Figure({"data": clickable(np.eye(60), range(60), range(60), GRAY, "%{text}")})
    assert len(figure.data[1].customdata) == 3600
