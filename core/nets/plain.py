"""A plain network of dense layers that reads the same images as the CNN, for comparison."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import nn

from core.data import models
from core.nets import stored
from core.nets.spec import CLASSES


class Plain(nn.Sequential):
    """One hidden layer of ReLU units: x (N, 1, side, side) in [0, 1] to logits (N, 10).

    The weights are not set; ``core.nets.cnn.initialise`` or ``from_arrays`` does that.
    """

    def __init__(self, side: int, hidden: int) -> None:
        with torch.device("meta"):  # no draw from the global generator
            first, last = nn.Linear(side * side, hidden), nn.Linear(hidden, CLASSES)
        super().__init__(nn.Flatten(), first, nn.ReLU(), last)
        self.to_empty(device="cpu")
        self.side, self.hidden = side, hidden


def to_arrays(net: Plain) -> dict[str, np.ndarray]:
    """Weights and biases, and ``spec``; ``from_arrays`` reads it."""
    state = {name: value.numpy(force=True).copy() for name, value in net.state_dict().items()}
    return {**state, "spec": stored.spec_array({"side": net.side, "hidden": net.hidden})}


def from_arrays(arrays: Mapping[str, np.ndarray]) -> Plain:
    """The network that ``to_arrays`` wrote, in eval mode. ValueError where they do not fit."""
    spec = stored.spec_of(arrays)
    if set(spec) != {"side", "hidden"}:
        raise ValueError("these weights are of another kind of network")
    net = Plain(**spec)
    state = {name: torch.from_numpy(np.array(v)) for name, v in arrays.items() if name != "spec"}
    try:
        net.load_state_dict(state)
    except RuntimeError:
        raise ValueError("these weights do not fit the network that they name") from None
    return net.eval()


def load(name: str = "mnist-mlp") -> Plain:
    """A model that ships. Raises models.Missing where there is none."""
    return from_arrays(models.load(name))
