"""What every picture keeps, over the whole catalog: the same traces, axes that stay, words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import plotly.graph_objects as go
import pytest

from core import framefile
from core.catalog import get
from core.experiment import Figure, Frame, Settings, View
from core.plot.animation import animate, equal
from core.plot.panels import above, narrow
from tests.core.runs import NAMES, kept, presets

each = pytest.mark.parametrize("name", NAMES)
COLOURED = {"heatmap": ("zmin", "zmax"), "surface": ("cmin", "cmax")}


def drawn(name: str) -> list[tuple[View, list[Figure]]]:
    """Each view of the default run, at every frame of it."""
    experiment, settings, run = kept(name)
    return [(v, film(v, settings, run)) for v in experiment.views_of(settings)]


def film(view: View, settings: Settings, run: list[Frame]) -> list[Figure]:
    """A view of a run, frame by frame."""
    return [view.draw(settings, run, at) for at in range(len(run))]


def kinds(fig: Figure) -> list[tuple[str, Any]]:
    """The traces of a figure, by type and mode, in order."""
    return [(trace["type"], trace.get("mode")) for trace in fig["data"]]


def axes(fig: Figure) -> dict[str, dict[str, Any]]:
    """The layout of every axis, those of 3-D scenes among them."""
    out = {}
    for key, value in fig["layout"].items():
        if key.startswith(("xaxis", "yaxis")):
            out[key] = value
        elif key.startswith("scene"):
            out |= {f"{key}.{axis}": value.get(axis, {}) for axis in ("xaxis", "yaxis", "zaxis")}
    return out


def seen(fig: Figure) -> dict[str, dict[str, Any]]:
    """The axes that show on screen."""
    return {key: axis for key, axis in axes(fig).items() if axis.get("visible", True)}


def title(axis: dict[str, Any]) -> str:
    given = axis.get("title", "")
    return str(given.get("text", "") if isinstance(given, dict) else given).strip()


@each
def test_every_frame_has_the_same_traces(name: str) -> None:
    """A frame in the browser replaces values: it can neither add a trace nor change its kind."""
    for view, figures in drawn(name):
        assert_the_same_traces(view.name, figures)


def assert_the_same_traces(what: str, figures: list[Figure]) -> None:
    first = kinds(figures[0])
    assert [at for at, fig in enumerate(figures) if kinds(fig) != first] == [], what


@each
def test_a_clock_moves_the_picture(name: str) -> None:
    """At the start no view shows the end."""
    for view, figures in drawn(name):
        still = equal(figures[0]["data"], figures[-1]["data"])
        assert still is not view.clock, f"{view.name} has {'a' if view.clock else 'no'} clock"


@each
def test_the_layout_stays(name: str) -> None:
    """Frames in the browser leave the layout as it is, so it may not depend on the frame."""
    for view, figures in drawn(name):
        if view.clock:
            for fig in figures[1:]:
                assert equal(fig["layout"], figures[0]["layout"]), view.name


@each
def test_axes_have_titles_and_fixed_ranges(name: str) -> None:
    for view, figures in drawn(name):
        for key, axis in seen(figures[-1]).items():
            assert title(axis), f"{view.name}: {key} has no title"
        for key, axis in axes(figures[-1]).items():
            assert "range" in axis, f"{view.name}: {key} has no range"
            assert axis["range"][0] != axis["range"][1], f"{view.name}: {key}"


@each
def test_axes_stay_while_a_run_grows(name: str) -> None:
    """A live picture has few frames at first and all but the end at last, on the same axes."""
    experiment, settings, run = kept(name)
    for view in experiment.views_of(settings):
        early, late = (
            axes(view.draw(settings, some, len(some) - 1)) for some in (run[:1], run[:-1] or run)
        )
        moved = [key for key in late if not equal(early[key].get("range"), late[key].get("range"))]
        assert moved == [], f"{view.name}: {moved}"


@each
def test_colours_mean_the_same_at_every_frame(name: str) -> None:
    for view, figures in drawn(name):
        for number, last in enumerate(figures[-1]["data"]):
            shades = {colour for _, colour in last.get("colorscale", [])}
            limits = COLOURED.get(last["type"], ()) if len(shades) != 1 else ()
            values = last.get("surfacecolor", last.get("z"))
            if limits and not equal(values, figures[0]["data"][number].get("z")):
                for limit in limits:
                    given = [fig["data"][number].get(limit) for fig in figures]
                    assert given[0] is not None, f"{view.name}: trace {number} has no {limit}"
                    assert all(equal(given[0], one) for one in given), f"{view.name}: {limit} moves"


@each
def test_drawing_is_pure(name: str) -> None:
    experiment, settings, run = kept(name)
    before = framefile.pack(run)
    for view in experiment.views_of(settings):
        at = len(run) // 2
        assert equal(view.draw(settings, run, at), view.draw(settings, run, at)), view.name
    assert framefile.pack(run) == before


@each
def test_plotly_takes_every_picture(name: str) -> None:
    """The validation that drawing leaves out: plotly.graph_objects refuses what it does not know.

    Also stacked for a narrow screen, over a pinned run, and as an animation.
    """
    for view, figures in drawn(name):
        for fig in (figures[0], figures[len(figures) // 2], figures[-1]):
            go.Figure(fig)
        go.Figure(narrow(figures[-1]))
        go.Figure(above(figures[-1], figures[0], ("Now", "Pinned")))
        if view.clock:
            go.Figure(animate(figures[:4], range(4)))


@each
def test_every_preset_can_be_drawn_and_pinned(name: str) -> None:
    """With its own traces at every frame; over the default run it makes one figure."""
    experiment, settings, run = kept(name)
    for preset, other, frames in presets(name):
        for view in experiment.views_of(other):
            figures = film(view, other, frames)
            assert_the_same_traces(f"{preset}: {view.name}", figures)
            last = figures[-1]
            assert [key for key, axis in axes(last).items() if "range" not in axis] == []
            go.Figure(last)
            if view not in experiment.views_of(settings):
                continue
            plain = view.draw(settings, run, len(run) - 1)
            if len(plain["layout"]["meta"]["titles"]) == len(last["layout"]["meta"]["titles"]):
                go.Figure(above(last, plain, ("Now", "Pinned")))


def points(fig: Figure) -> Iterator[dict[str, Any]]:
    """Some points of each trace that can be clicked, as the browser reports them."""
    for trace in fig["data"]:
        if trace["type"].startswith("scatter") and len(trace.get("x", ())):
            for n in {0, len(trace["x"]) // 2, len(trace["x"]) - 1}:
                point = {"x": float(trace["x"][n]), "y": float(trace["y"][n])}
                known = trace.get("customdata")
                yield point | ({} if known is None else {"customdata": known[n]})


@each
def test_clicks_lead_to_settings_that_are_valid(name: str) -> None:
    experiment, settings, run = kept(name)
    for view in experiment.views_of(settings):
        if view.clicked is None:
            continue
        fig = view.draw(settings, run, len(run) - 1)
        found = [view.clicked(settings, run, point) for point in points(fig)]
        clicks = [click for click in found if click is not None]
        assert clicks, f"{view.name}: no click leads anywhere"
        for click in clicks:
            here = click.experiment == name  # changed at once, the other fields as they are
            assert click.words or here
            as_they_are = settings.model_dump() if here else {}
            get(click.experiment).settings.checked({**as_they_are, **click.values})


@each
def test_pictures_have_words(name: str) -> None:
    """A title, a title for each panel, and a text for those who cannot see them."""
    experiment, _, _ = kept(name)
    names = [view.name for view in experiment.views]
    assert len(set(names)) == len(names)
    for view, figures in drawn(name):
        assert view.title
        assert view.alt.endswith(".")
        assert len(view.alt) >= 30, f"{view.name}: the alternative text says too little"
        assert all(figures[-1]["layout"]["meta"]["titles"]), f"{view.name}: a panel has no title"


@each
def test_steps_are_explained_in_numbers(name: str) -> None:
    experiment, settings, run = kept(name)
    if experiment.explain is None:
        return
    for at in sorted({min(1, len(run) - 1), len(run) // 2, len(run) - 1}):
        found = experiment.explain(settings, run, at)
        assert found
        for text in found.values():
            assert text.strip()
            assert not {"nan", "inf", "None"} & set(text.replace("$", " ").split())
