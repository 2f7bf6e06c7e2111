"""The autoencoders that ship: what data/README.md states of them, and how they were trained."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch

from core.data import models
from core.vae.bounds import bounds
from core.vae.data import held_out
from core.vae.nets import load
from core.vae.spec import KINDS
from scripts.train_vae import MODELS, check, measured

README = Path(__file__).resolve().parents[3] / "data" / "README.md"
# As in: `models/vae-mnist-beta.safetensors` (beta 4): ELBO -148.64, IWAE -143.43
FILE, BOUNDS = (
    r"`models/(vae-[\w-]+)\.safetensors`(?: \([^)]*\))?",
    r"ELBO (-\d+\.\d+)(?:, IWAE (-\d+\.\d+))?",
)
STATED = re.compile(f"{FILE}: {BOUNDS}")


def stated() -> dict[str, tuple[float, float | None]]:
    found = STATED.findall(README.read_text())
    return {name: (float(elbo), float(iwae) if iwae else None) for name, elbo, iwae in found}


def test_one_of_each_kind_ships_and_is_small() -> None:
    assert {load(name).spec.kind for name in MODELS} == set(KINDS)
    assert all(models.file_of(name).stat().st_size < 500_000 for name in MODELS)


def test_each_with_a_bound_states_it() -> None:
    bounded = {name for name in MODELS if load(name).spec.variational or load(name).spec.codes}
    assert set(stated()) == bounded


def test_the_page_states_the_same() -> None:
    text = (README.parents[1] / "pages" / "generative" / "vae" / "images.md").read_text()
    elbo, iwae = stated()["vae-mnist"]
    told = f"a test ELBO of {elbo} nats and an IWAE of 100 draws of {iwae}"
    assert told.replace("-", "−") in text


@pytest.mark.parametrize("name", sorted(stated()))
def test_the_elbo_is_what_is_stated(name: str) -> None:
    """By three draws of the code instead of a hundred: 2,000 images leave 0.1 nats of noise."""
    net = load(name)
    x, y = held_out(net.spec.data, net.spec.likelihood, 2000)
    found = bounds(net, x, y, 3, torch.Generator().manual_seed(1))
    assert float(found.elbo.mean()) == pytest.approx(stated()[name][0], abs=0.3)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(stated()))
def test_both_bounds_are_what_is_stated(name: str) -> None:
    elbo, iwae = stated()[name]
    found = measured(load(name))
    assert found["elbo"] == pytest.approx(elbo, abs=0.02)
    assert iwae is None or found["iwae"] == pytest.approx(iwae, abs=0.02)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_trained_anew_from_its_seed_it_has_the_same_bounds() -> None:
    assert check() == 0
