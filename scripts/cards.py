"""Draw the home page's cards, data/cards/*.png, from the runs that ship.

    .venv/bin/python -m scripts.cards [experiment ...]

Each card is the first panel of the first view at the last frame of the stored run, or what
``ELSEWHERE`` says, on a clear ground that suits light and dark. Needs a browser, as the tests do.
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
from core.experiment import Experiment, Figure
from core.plot.spec import PlainFigure

ROOT = Path(__file__).resolve().parents[1]
WIDTH, HEIGHT = 480, 300
# A preset to run, and the number of a panel, whose words stay.
ELSEWHERE = {
    "gan.judge": ("always-real", "2"),
    "vae.reparameterise": ("", "3"),
    "vae.uses": ("", "2"),
}
AT = {"diffusion.forward": 7, "vae.beta": 4}  # the frame with most to see, if not the last
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
    """One panel alone, without a title or axes."""
    experiment = get(name)
    preset, panel = ELSEWHERE.get(name, ("", ""))
    settings = experiment.preset_settings(preset) if preset else experiment.settings()
    frames = list(experiment.frames(settings)) if preset else _stored(experiment)
    fig = experiment.views[0].draw(settings, frames, AT.get(name, len(frames) - 1))
    layout = {key: value for key, value in fig["layout"].items() if key not in ("meta", "height")}
    data = [trace for trace in fig["data"] if trace.get("xaxis", "x") == f"x{panel}"]
    data = data if panel else [_wordless(trace) for trace in data]
    bare = {"visible": False, "domain": [0, 1], "constrain": "domain"}
    layout |= {
        "annotations": [],
        "margin": dict.fromkeys("lrtb", 4),
        "width": WIDTH,
        "height": HEIGHT,
    }
    layout |= {"paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)"}
    across, upright = f"xaxis{panel}", f"yaxis{panel}"
    layout[across] = {**layout[across], **bare}
    layout[upright] = {**layout[upright], **bare}
    low, high = layout[upright]["range"]
    if low < high:  # no image, whose rows run downwards: it may fill the card
        layout[upright].pop("scaleanchor", None)
    shapes = layout.get("shapes", [])
    kept = [one for one in shapes if one.get("xref", "x").split(" ")[0] == f"x{panel}"]
    return {"data": data, "layout": {**layout, "shapes": kept}}


def _stored(experiment: Experiment) -> list[Any]:
    file = ROOT / "data" / "runs" / f"{experiment.name}.npz"
    return framefile.unpack(str(file), experiment.frame)


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
