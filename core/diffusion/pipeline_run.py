"""The costs of one image, from the counts of every part."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.data import models
from core.diffusion import pipeline_count as count
from core.diffusion.pipeline import Frame, Settings

BESIDE = ("spec", "measured")  # what the file of a model holds beside its parameters
# The model of its kind that ships here, and the first words of its arrays' names.
OURS = {
    "unet": ("diffusion-mnist", ""),
    "text-encoder": ("diffusion-mnist", "embed.classes"),
    "vae-decoder": ("vae-mnist", "decoder"),
}


def run(settings: Settings) -> Iterator[Frame]:
    """One frame."""
    side = settings.side // count.SHRUNK
    net = count.unet(side, side)
    parts = {
        "text-encoder": (count.text_encoder(), 1 + settings.guidance),
        "unet": (net, settings.rounds * (1 + settings.guidance)),
        "controlnet": (count.controlnet(side, side), _controls(settings)),
        "vae-decoder": (count.decoder(side, side), 1),
    }
    work = {name: one.multiplications * calls / 1e12 for name, (one, calls) in parts.items()}
    weights = {name: one.parameters for name, (one, _) in parts.items()}
    used = [name for name, (_, calls) in parts.items() if calls]
    whole = sum(weights[name] for name in used) + count.encoder(side, side).parameters
    twice = count.unet(2 * side, 2 * side).multiplications
    pixels, latents = 3 * settings.side**2, count.CODE * side**2
    metrics = {f"parameters/{name}": float(value) for name, value in weights.items()}
    metrics |= {f"calls/{name}": float(calls) for name, (_, calls) in parts.items()}
    metrics |= {f"work/{name}": value for name, value in work.items()}
    metrics |= {
        "work": sum(work.values()),
        "share": work["unet"] / sum(work.values()),
        "weight": net.parameters / whole,
        "places": float(net.places),
        "crossing": net.crossing / net.parameters,
        "pixels": float(pixels),
        "latents": float(latents),
        "smaller": pixels / latents,
        "double": twice / net.multiplications,
        "added": weights["controlnet"] / net.parameters,
    }
    metrics |= {f"ours/{part}": float(ours(*where)) for part, where in OURS.items()}
    yield Frame(step=0, metrics=metrics, blocks=np.array(list(net.blocks.values()), np.int32))


def _controls(settings: Settings) -> int:
    return settings.rounds * (1 + settings.guidance) if settings.control else 0


def ours(name: str, prefix: str) -> int:
    """How many parameters a shipped model has in the arrays whose names begin so."""
    arrays = models.load(name)
    return sum(v.size for k, v in arrays.items() if k.startswith(prefix) and k not in BESIDE)
