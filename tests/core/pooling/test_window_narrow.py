"""The maps of all kinds on a narrow screen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.pictures import text_of
from core.plot.panels import narrow
from core.pooling.window import WINDOW, Settings
from core.pooling.window_figures import maps

OWN = {"image": "cells", "cells": text_of(np.random.default_rng(5).random((7, 6)).round(3))}


@pytest.mark.parametrize("given", [{}, {"stride": 1, **OWN}, {"kernel": 3, "stride": 2, **OWN}])
def test_numbers_on_a_narrow_screen_are_as_small_as_their_cells_or_gone(given: Any) -> None:
    """With half an em a digit, as the face of the page has them, and 290 pixels for all tiles."""
    settings = Settings(**given)
    (found,) = WINDOW.frames(settings)
    figure = narrow(maps(settings, [found], 0))
    tiles = [t for t in figure["data"] if t["type"] == "heatmap" and "meta" in t]
    assert len(tiles) == 5
    cell = 290 / (np.ptp(figure["layout"]["xaxis2"]["range"]))
    for tile in tiles:
        if not tile.get("texttemplate"):
            assert 0.8 * cell < 0.5 * 8 * 4, "there was room"
            continue
        longest = max(len(word) for row in tile["text"] for word in row)
        assert 8 <= tile["textfont"]["size"] <= 11
        assert 0.5 * tile["textfont"]["size"] * longest < cell
