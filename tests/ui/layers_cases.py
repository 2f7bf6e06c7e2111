"""What test_layers.py shows: the shipped network, and one as large as can be trained here."""

from __future__ import annotations

from functools import cache
from typing import Any
from unittest.mock import patch

import numpy as np
import torch

from core.nets import cnn
from core.nets.spec import Spec
from core.pooling import inside
from core.pooling.layers import LAYERS, Settings

SPECS = {
    "large": Spec(depth=3, width=32, activation="leaky-relu", head="global-average"),
    "small": Spec(side=8, depth=1, width=3, kernel=3, pooling="none", activation="tanh"),
}


@cache
def arrays(case: str) -> dict[str, np.ndarray]:
    """The weights of a random network of that shape."""
    net = cnn.Cnn(SPECS[case])
    cnn.initialise(net, "he", torch.Generator().manual_seed(0))
    return cnn.to_arrays(net)


def payload(case: str, fields: dict[str, Any]) -> dict[str, Any]:
    """What the stage is sent of that network, with this neuron chosen."""
    torch.set_num_threads(1)
    settings = Settings(**fields)
    if case in SPECS:
        with patch.object(inside.models, "load", return_value=arrays(case)):
            frames = list(inside.run(settings))
    else:
        frames = list(inside.run(settings))
    stage = LAYERS.views[0].stage
    assert stage is not None
    return stage.payload(settings, frames)
