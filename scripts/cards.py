"""Draw the home page's cards, data/cards/*.png, from the runs that ship.

    .venv/bin/python -m scripts.cards [experiment ...]

Each card is the last frame of the stored run, its first view, on a clear ground that suits light
and dark. Needs a browser, as the tests do.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import plotly.io
from playwright.sync_api import sync_playwright

from core import framefile
from core.catalog import CATALOG, get
from core.experiment import Figure
from core.plot.spec import PlainFigure

ROOT = Path(__file__).resolve().parents[1]
WIDTH, HEIGHT = 480, 300
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


def main(names: list[str]) -> None:
    """Draw the cards of these experiments, of all when none is named."""
    out = ROOT / "data" / "cards"
    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        page = browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=1.5
        )
        for name in names or CATALOG:
            page.set_content(_html(_picture(name)))
            page.wait_for_selector(".main-svg")
            page.wait_for_timeout(800)
            page.screenshot(path=out / f"{name}.png", omit_background=True)
            print(f"{name}: {(out / f'{name}.png').stat().st_size / 1000:.0f} kB")
        browser.close()


def _picture(name: str) -> Figure:
    """The first panel alone, without words around it."""
    experiment = get(name)
    frames = framefile.unpack(str(ROOT / "data" / "runs" / f"{name}.npz"), experiment.frame)
    fig = experiment.views[0].draw(experiment.settings(), frames, len(frames) - 1)
    layout = {key: value for key, value in fig["layout"].items() if key not in ("meta", "height")}
    data = [_wordless(trace) for trace in fig["data"] if trace.get("xaxis", "x") == "x"]
    bare = {"visible": False, "domain": [0, 1], "constrain": "domain"}
    layout |= {
        "annotations": [],
        "margin": dict.fromkeys("lrtb", 4),
        "width": WIDTH,
        "height": HEIGHT,
    }
    layout |= {"paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)"}
    layout["xaxis"] = {**layout["xaxis"], **bare}
    layout["yaxis"] = {**layout["yaxis"], **bare}
    low, high = layout["yaxis"]["range"]
    if low < high:  # no image, whose rows run downwards: it may fill the card
        layout["yaxis"].pop("scaleanchor", None)
    kept = [s for s in layout.get("shapes", []) if s.get("xref", "x").split(" ")[0] == "x"]
    return {"data": data, "layout": {**layout, "shapes": kept}}


def _wordless(trace: dict[str, Any]) -> dict[str, Any]:
    """The trace without its words; one of words alone is hidden."""
    mode = trace.get("mode", "")
    if "text" not in mode:
        return trace
    left = "+".join(part for part in mode.split("+") if part != "text")
    return {**trace, "mode": left or "none", "visible": bool(left)}


def _html(fig: Figure) -> str:
    body = plotly.io.to_html(
        PlainFigure(fig), include_plotlyjs=True, full_html=False, config={"staticPlot": True}
    )
    return f"<body style='margin:0'>{body}</body>"


if __name__ == "__main__":
    main(sys.argv[1:])
