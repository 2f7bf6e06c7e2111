"""Every experiment by name, loaded when it is asked for: the one list."""

from __future__ import annotations

from functools import cache

from core.experiment import Experiment, resolve

CATALOG = {
    "optimizers.descend": "core.optimizers.descend:DESCEND",
    "optimizers.race": "core.optimizers.race:RACE",
    "optimizers.basin": "core.optimizers.basin:BASIN",
    "optimizers.sweep": "core.optimizers.sweep:SWEEP",
    "optimizers.online": "core.optimizers.online:ONLINE",
    "optimizers.backprop": "core.optimizers.backprop:BACKPROP",
    "optimizers.network": "core.optimizers.network:NETWORK",
    "optimizers.seeds": "core.optimizers.seeds:SEEDS",
    "pooling.kernels": "core.pooling.kernels:KERNELS",
    "pooling.window": "core.pooling.window:WINDOW",
    "pooling.shift": "core.pooling.shift:SHIFT",
    "pooling.cnn": "core.pooling.cnn:CNN",
    "pooling.compare": "core.pooling.compare:COMPARE",
    "pooling.layers": "core.pooling.layers:LAYERS",
    "pooling.classify": "core.pooling.classify:CLASSIFY",
    "gan.line": "core.gan.line:LINE",
    "gan.plane": "core.gan.plane:PLANE",
    "gan.seeds": "core.gan.seeds:SEEDS",
    "gan.map": "core.gan.map:MAP",
    "gan.step": "core.gan.step:STEP",
    "gan.images": "core.gan.images:IMAGES",
    "gan.sample": "core.gan.sample:SAMPLE",
    "gan.judge": "core.gan.judge:JUDGE",
    "vae.plane": "core.vae.plane:PLANE",
    "vae.images": "core.vae.images:IMAGES",
    "vae.beta": "core.vae.beta:BETA",
    "vae.reparameterise": "core.vae.reparameterise:REPARAMETERISE",
    "vae.uses": "core.vae.uses:USES",
    "vae.linear": "core.vae.linear:LINEAR",
    "diffusion.forward": "core.diffusion.forward:FORWARD",
    "diffusion.guess": "core.diffusion.guess:GUESS",
    "diffusion.plane": "core.diffusion.plane:PLANE",
    "diffusion.sample": "core.diffusion.sample:SAMPLE",
    "diffusion.guided": "core.diffusion.guided:GUIDED",
    "diffusion.images": "core.diffusion.images:IMAGES",
    "diffusion.learn": "core.diffusion.learn:LEARN",
    "diffusion.unet": "core.diffusion.opened:OPENED",
    "diffusion.pipeline": "core.diffusion.pipeline:PIPELINE",
}


@cache
def get(name: str) -> Experiment:
    """The experiment of that name; KeyError names those there are."""
    if name not in CATALOG:
        raise KeyError(f"no experiment {name!r}; there are {', '.join(CATALOG)}")
    experiment: Experiment = resolve(CATALOG[name])
    return experiment
