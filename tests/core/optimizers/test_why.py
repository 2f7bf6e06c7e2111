"""Why this step? The update put together from the frame's numbers is the one that torch made."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import numpy as np
import pytest
import torch

from core.optimizers.hyper import TITLES
from core.optimizers.race import RaceSettings
from core.optimizers.racing import race
from core.optimizers.why import CONVENTIONS, explain
from core.plot.latex import number

RACE_WORDS = Path(__file__).resolve().parents[3] / "pages/foundations/optimizers/race.md"
ALL = RaceSettings.choices("optimizers")
RULES = tuple(name for name in ALL if name != "lbfgs")
RUNS = {
    "defaults": {},
    "decay": {"weight_decay": 0.1, "schedule": "cosine", "rates": "same", "lr": 0.01},
    "valley": {"surface": "rosenbrock", "schedule": "warm-up", "beta1": 0.5, "beta2": 0.9},
    "short": {"surface": "himmelblau", "rates": "same", "lr": 0.01, "beta2": 0.5, "momentum": 0.5},
    "cycle": {"rotation": 30, "schedule": "one-cycle", "weight_decay": 0.01, "beta1": 0.0},
}


def frames_of(run: str) -> tuple[RaceSettings, list]:
    settings = RaceSettings(**RUNS[run], optimizers=RULES, steps=60, noise=0.5).canonical()
    return settings, list(race(settings))


@pytest.mark.parametrize("run", RUNS)
def test_the_result_line_is_the_update_that_was_made(run: str) -> None:
    settings, frames = frames_of(run)
    for frame in frames[1:]:
        for i, name in enumerate(settings.optimizers):
            told = explain(settings, name, frame)
            off = np.abs(told.update - frame.update[i])
            # torch's update is read off as a difference of positions, exact to their last bit.
            assert (off <= 1e-9 + 1e-12 * np.abs(frame.theta[i])).all(), (name, frame.step, off)


def test_the_lines_show_the_moments_that_torch_keeps() -> None:
    """Adam at step 5: the numbers of m, v and the place it came to, as they stand in the frame."""
    settings, frames = frames_of("short")
    i, frame = settings.optimizers.index("adam"), frames[5]
    lines = [line.latex for line in explain(settings, "adam", frame).lines]
    assert lines[0].endswith(f"= {number(frame.grad[i])}")
    assert lines[1].startswith(r"m = \beta_1 m_{4}") and lines[1].endswith(number(frame.m[i]))
    assert lines[3].startswith(r"v = \beta_2 v_{4}") and lines[3].endswith(number(frame.v[i]))
    assert lines[2].endswith(number(frame.m[i] / (1 - 0.9**5)))
    assert lines[-1].endswith(number(frame.theta[i]))


@pytest.mark.parametrize("name", ALL)
def test_every_racer_has_its_convention_and_well_formed_latex(name: str) -> None:
    settings = RaceSettings(optimizers=(name,), steps=10).canonical()
    frames = list(race(settings))
    told = explain(settings, name, frames[-1])
    text = told.markdown()
    assert told.title.startswith(TITLES[name]) and told.note == CONVENTIONS[name]
    assert text.count("$$") == 2 * len(told.lines) >= 4
    for line in told.lines:
        assert line.latex.count("{") == line.latex.count("}")
        assert len(re.findall(r"\\left", line.latex)) == len(re.findall(r"\\right", line.latex))
        assert "nan" not in line.latex and "inf" not in line.latex
    np.testing.assert_allclose(told.update, frames[-1].update[0], atol=1e-9)


def test_nadams_convention_names_torchs_schedule_and_keras() -> None:
    """mu_t = beta1 (1 - 0.96^(psi t) / 2), psi as torch has it; Keras's Nadam has psi = 1.

    keras/src/optimizers/nadam.py: ``u_t = beta_1 * (1.0 - 0.5 * (ops.power(decay, local_step)))``
    with decay 0.96. The text's four numbers are those of the formula at steps 1 and 200.
    """
    psi = inspect.signature(torch.optim.NAdam).parameters["momentum_decay"].default
    weight = torch.nn.Parameter(torch.ones(1))
    nadam = torch.optim.NAdam([weight], betas=(0.9, 0.999))
    weight.grad = torch.ones(1)
    nadam.step()

    def momentum(t: int, decay: float) -> float:
        return 0.9 * (1 - 0.5 * 0.96 ** (decay * t))

    assert float(nadam.state[weight]["mu_product"]) == pytest.approx(momentum(1, psi), rel=1e-6)
    said = CONVENTIONS["nadam"]
    assert f"0.96^({psi:g} t)" in said
    assert f"Keras has 0.96^t, {1 / psi:.0f} times as fast" in said
    text = " ".join(RACE_WORDS.read_text(encoding="utf-8").split())
    assert rf"$\psi = {psi:g}$ in PyTorch and $\psi = 1$, that is $0.96^t$, in Keras" in text
    torchs, kerass = ([momentum(t, decay) for t in (1, 200)] for decay in (psi, 1))
    said = "from {:.2f} to {:.2f} in the one, from {:.2f} to {:.2f} in the other"
    assert said.format(*torchs, *kerass) in text


def test_adams_convention_says_where_eps_goes() -> None:
    """torch: one step of rate 1 on gradient g is -g / (|g| + eps), so eps joins the corrected root.

    With eps on the uncorrected root, as Keras has it, it would be -g / (|g| + eps / sqrt(0.001)).
    """
    weight = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
    adam = torch.optim.Adam([weight], lr=1.0, betas=(0.9, 0.999), eps=0.5)
    weight.grad = torch.full_like(weight, 2.0)
    adam.step()
    assert float(weight.detach()) == pytest.approx(-2 / (2 + 0.5), rel=1e-12)
    assert "bias-corrected root, which Keras adds to the uncorrected one" in CONVENTIONS["adam"]
    text = " ".join(RACE_WORDS.read_text(encoding="utf-8").split())
    assert "to the bias-corrected root, where Keras adds it to the uncorrected one" in text


def test_sgd_tells_its_noise_apart() -> None:
    settings, frames = frames_of("defaults")
    i = settings.optimizers.index("sgd")
    lines = [line.latex for line in explain(settings, "sgd", frames[3]).lines]
    assert lines[1] == rf"\xi = {number(frames[3].noise[i])}"


def test_nothing_to_explain_is_said() -> None:
    settings = RaceSettings(rates="same", lr=1.0, steps=100).canonical()
    frames = list(race(settings))
    assert explain(settings, "adam", frames[0]).lines == ()
    stopped = explain(settings, "gradient-descent", frames[-1])
    assert "last finite" in stopped.markdown() and (stopped.update == 0).all()
    with pytest.raises(KeyError, match="lion is not in the race"):
        explain(settings, "lion", frames[1])


def test_numbers_read_well() -> None:
    assert number(0.25) == "0.25"
    assert number(-1.5e-9) == r"-1.5 \times 10^{-9}"
    assert number(np.array([1.0, 2e7])) == r"\left(1,\ 2 \times 10^{7}\right)"
