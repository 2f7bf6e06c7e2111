"""What a page shows of its runs, without a browser: the stored one, a refused one, after Reset."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import core.engine
from core.catalog import get
from core.engine.limits import QueueFull
from core.engine.run import Run, RunError
from core.experiment import Experiment, Frame, Settings
from core.framefile import unpack
from core.ui import pins, told
from core.ui.runs import SHIPPED, Shown

ROUTER = Path(__file__).resolve().parents[2] / "core" / "app" / "router.py"
NETWORK = get("optimizers.network")
FULL = "64 runs wait already: try again in a moment."
DOWN = "No process for runs can be started on this server; its log says why."


class Engine:
    """An engine of no process: every training comes to the shipped frames at once.

    fault: "", "full" (refuses each run), "down" (each run fails before its first frame).
    """

    closed = False

    def __init__(self, fault: str = "") -> None:
        self.fault, self.kept = fault, dict[str, Run]()

    def key(self, experiment: Experiment, settings: Settings) -> str:
        return f"{experiment.name} {settings.key()}"

    def submit(self, experiment: Experiment, settings: Settings, *_: Any, **more: bool) -> Run:
        if self.fault == "full":
            raise QueueFull(FULL)
        id = str(len(self.kept))
        run = Run(id, self.key(experiment, settings), experiment, settings, self, 1e9)
        self.kept[id] = run
        run.begin()
        if self.fault == "down":
            run.end("failed", RunError("crash", DOWN))
            return run
        for frame in shipped(experiment)[: 1 if more["peek"] else None]:
            run.take(frame, 1, 1.0)
        run.end("cancelled" if more["peek"] else "done")
        return run

    def get(self, id: str) -> Run | None:
        return self.kept.get(id)

    def attach(self, *_: Any) -> None:
        return None

    def nudge(self, run: Run) -> None:
        pass

    def cancel(self, run: Run) -> None:
        run.end("cancelled")

    def close(self) -> None:
        pass


def shipped(experiment: Experiment) -> list[Frame]:
    return unpack(str(SHIPPED / f"{experiment.name}.npz"), experiment.frame)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """The engine of the pages, which a test may break."""
    fake = Engine()
    monkeypatch.delitem(sys.modules, core.engine.HOLDER, raising=False)
    monkeypatch.setattr(core.engine, "_start", lambda kind: fake)
    yield fake
    sys.modules.pop(core.engine.HOLDER, None)


def opened(step: str = "6 Train", **fields: str) -> AppTest:
    """The page of the optimizers at one experiment, with these settings of the network."""
    app = AppTest.from_file(ROUTER, default_timeout=30)
    app.query_params["optimizers.see"] = step
    for field, text in fields.items():
        app.query_params[f"{NETWORK.name}.{field}"] = text
    return checked(app.switch_page("../../pages/foundations/optimizers.py").run())


def checked(app: AppTest) -> AppTest:
    assert not app.exception, app.exception
    return app


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=f"{NETWORK.name}#{key}").click()
    return checked(app.run())


def guess(app: AppTest, option: int) -> AppTest:
    app.pills(key=f"{NETWORK.name}#guess-ring").set_value(option)
    return checked(app.run())


def words(app: AppTest) -> str:
    """All that the page says in Markdown."""
    return "\n".join(one.value for one in [*app.markdown, *app.caption])


def drawn(app: AppTest) -> dict[str, Any]:
    """The picture."""
    (chart,) = app.get("plotly_chart")
    found: dict[str, Any] = json.loads(chart.proto.spec)
    return found


@pytest.mark.parametrize("fault", ["full", "down"])
def test_the_stored_picture_is_there_though_no_worker_can_be_had(
    engine: Engine, fault: str
) -> None:
    engine.fault = fault
    app = opened()
    assert not app.error and not app.warning
    picture = drawn(app)
    assert f"step {shipped(NETWORK)[-1].step:,}" in json.dumps(picture)
    assert "a stored run" in words(app)
    # A training that does not come about says so, under the picture of before.
    press(app, "train")
    said = [one.value for one in [*app.error, *app.warning]]
    assert said == [DOWN if fault == "down" else FULL]
    assert drawn(app)["data"] == picture["data"]
    # Other settings too, of which nothing is stored.
    app.selectbox(key=f"{NETWORK.name}.data").set_value("moons")
    checked(app.run())
    assert [one.value for one in [*app.error, *app.warning]] == said
    assert drawn(app)["data"] == picture["data"]


def test_after_reset_there_is_the_start_and_no_answer(engine: Engine) -> None:
    app = guess(press(opened(), "train"), 0)
    assert "You guessed it" in words(app)
    last = drawn(app)
    press(app, "reset")
    assert "Not trained yet: this is the start." in words(app)
    assert drawn(app)["data"] != last["data"] and '"step 0' in json.dumps(drawn(app))
    # The untrained network answers at random, which is what option 2 says.
    assert NETWORK.presets[0].outcome(shipped(NETWORK)[0].metrics) == 2
    assert "Why." not in words(guess(app, 2))
    assert "You guessed:" in words(press(app, "train"))


def test_what_is_pinned_after_reset_is_the_start(engine: Engine) -> None:
    app = press(press(press(opened(), "train"), "reset"), "do-pin")
    app = press(app, "train")
    now, before = (shipped(NETWORK)[n].metrics["train_loss"] for n in (-1, 0))
    table = "".join(one.proto.body for one in app.get("html"))
    assert f"{now:.4g}" in table and f"{before:.4g}" in table


@pytest.mark.parametrize(
    ("origin", "state", "finished"),
    [
        ("shipped", "", True),
        ("run", "done", True),
        ("run", "running", False),
        ("run", "cancelled", False),
        ("run", "failed", False),
        ("peek", "done", False),
        ("peek", "cancelled", False),
    ],
)
def test_a_run_is_over_where_its_end_is_shown(origin: str, state: Any, finished: bool) -> None:
    settings = NETWORK.settings()
    run = Run("1", "key", NETWORK, settings, Engine(), 1e9) if state else None
    if run is not None:
        run.begin()
        run.end(state) if state != "running" else None
    assert Shown(settings, [], origin, run).finished is finished


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "about 1 s"),  # as the experiment says of its defaults: 2,000 steps in 1 s
        ({"steps": "1000"}, "under a second"),
        ({"steps": "20000"}, "about 10 s"),
        ({"steps": "20000", "lr": "0.5", "seed": "3", "noise": "0.1"}, "about 10 s"),
        ({"hidden": "32-32"}, ""),
        ({"batch_size": "250"}, ""),
        ({"landscape": "none"}, ""),
    ],
)
def test_the_button_tells_the_time_of_its_own_settings(
    engine: Engine, fields: dict[str, str], says: str
) -> None:
    label = opened(**fields).button(key=f"{NETWORK.name}#train").label
    assert label == ", ".join(filter(None, ["Train from scratch", says]))


def test_long_times_are_rounded() -> None:
    said = [told._about(seconds) for seconds in (0.99, 9.4, 9.6, 43.0, 57.9, 62.0, 300.0)]
    rounded = ["about 9 s", "about 10 s", "about 45 s", "about 1 min", "about 1 min", "about 5 min"]
    assert said == ["under a second", *rounded]
    assert told.duration(NETWORK, NETWORK.settings(steps=1000), runs=10) == "about 5 s"


def test_folds_stay_as_they_are_on_every_experiment(engine: Engine) -> None:
    app = opened()
    assert ".katex" not in words(app) and "$$" not in words(app)
    fold(app, NETWORK.name, "maths", True)
    fold(app, NETWORK.name, "code", True)
    assert "$$" in words(app) and "Trainer" in codes(app)
    show(app, "8 Doubt")
    assert "$$" in words(app) and "core.optimizers.reddi" in words(app)
    fold(app, "optimizers.online", "maths", False)
    show(app, "6 Train")
    assert "$$" not in words(app) and "Trainer" in codes(app)


def fold(app: AppTest, name: str, what: str, open: bool) -> None:
    app.session_state[f"{name}#{what}"] = open
    checked(app.run())


def codes(app: AppTest) -> str:
    return "\n".join(one.value for one in app.code)


def show(app: AppTest, step: str) -> None:
    app.session_state["optimizers.see"] = step
    checked(app.run())


def test_a_pin_of_a_run_that_is_gone_is_none(engine: Engine) -> None:
    app = press(press(opened(), "train"), "do-pin")
    engine.kept.clear()
    checked(app.run())
    assert f"{NETWORK.name}#{pins.PIN}" not in app.session_state
