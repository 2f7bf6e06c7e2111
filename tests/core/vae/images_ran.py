"""Quick runs of ``vae.images``, kept, and their pictures."""

from __future__ import annotations

from functools import cache
from typing import Any

import plotly.graph_objects as go

from core.experiment import Figure
from core.vae.images import IMAGES, Frame, Settings

QUICK = {"data": "digits", "steps": 10, "width": 8, "train_size": 100, "batch_size": 8}


@cache
def ran(**changes: Any) -> tuple[Settings, list[Frame]]:
    """A short run of small digits. Nobody may change it."""
    settings = Settings.checked({**QUICK, **changes}).canonical()
    return settings, list(IMAGES.frames(settings))  # type: ignore[arg-type]


def drawn(view: str, at: int = -1, **changes: Any) -> Figure:
    settings, frames = ran(**changes)
    fig = IMAGES.figures(settings, frames, at % len(frames))[view]
    go.Figure(fig)
    return fig
